"""The command line: `qoswatch up` for everything in one terminal, and a word for each part of it."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from service import log
from service.settings import SettingsError, environment, load
from service.store.errors import StoreError
from workers.errors import CommandError
from workers.supervisor import WRONG_SETTINGS

#: Each is a module of workers/commands with add(subparsers) and run(args, settings) -> return code.
COMMANDS = (
    "up",
    "web",
    "worker",
    "scheduler",
    "keys",
    "reseal",
    "qos",
    "rules",
    "doctor",
    "deliveries",
    "plan",
    "oncall",
)


def parser(wanted: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The command line of these commands; only their modules are loaded."""
    whole = argparse.ArgumentParser("qoswatch", description="Alerts for live Zoom call quality.", allow_abbrev=False)
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in wanted:
        import_module(f"workers.commands.{name}").add(commands)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. A fault is told in a sentence, never in a traceback."""
    words = sys.argv[1:] if argv is None else list(argv)
    args = parser(words[:1] if words and words[0] in COMMANDS else COMMANDS).parse_args(words)
    log.configure(args.command)
    try:
        code: int = args.func(args, load(environment()))
    except SettingsError as error:
        print(f"qoswatch: {error}", file=sys.stderr)
        return WRONG_SETTINGS
    except (CommandError, StoreError) as error:
        print(f"qoswatch: {log.redacted(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `qoswatch … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
