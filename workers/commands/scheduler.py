"""`qoswatch scheduler`: claims what is due, four times a second. Several may run side by side."""

import argparse
from importlib import import_module

from service.settings import Settings
from workers.reach import running


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser(
        "scheduler", help="the pace: what is due is handed to the workers", description=__doc__
    )
    parser.set_defaults(func=run)


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Tick until SIGTERM."""
    code: int | None = import_module("workers.scheduler").run(running(settings))
    return code or 0
