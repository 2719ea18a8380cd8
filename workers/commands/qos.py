"""`qoswatch qos MEETING PARTICIPANT`: asks Zoom once and shows one person's figures."""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from service.settings import Settings
from service.store import Store, StoreError
from workers.embedded import running_url
from workers.zoom import Zoom, ZoomError, payloads, report
from workers.zoom.needs import Alone, Shared


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser(
        "qos",
        help="ask Zoom once for one person's figures",
        description="Asks Zoom once for the quality of one person's call and prints it, newest minute last.",
    )
    parser.add_argument("meeting", metavar="MEETING", help="meeting number (its latest run) or UUID (one run)")
    parser.add_argument("participant", metavar="PARTICIPANT", help="Zoom's user_id of one join, say 16778240")
    parser.add_argument("--type", choices=("live", "past"), default="live", help="default: live")
    parser.add_argument("--json", action="store_true", help="print Zoom's own JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Ask once, print, answer the exit code."""
    meeting = _normal(args.meeting)
    try:
        with _shared(settings) as shared, Zoom(settings, shared) as zoom:
            raw = zoom.participant_qos(meeting, args.participant.strip(), args.type)
            now = shared.clock.now()
    except (ZoomError, StoreError) as error:
        print(f"qoswatch qos: {error}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(raw, indent=2))  # ASCII: a name may hold what a terminal obeys
        return 0
    sight = payloads.sight(raw, session=args.participant.strip())
    width = shutil.get_terminal_size((130, 40)).columns
    print(report.text(sight, meeting=meeting, zone=ZoneInfo(settings.qoswatch_tz), now=now, width=width))
    return 0


@contextmanager
def _shared(settings: Settings) -> Iterator[Shared]:
    """The store when a server of ours runs: its budget and its token are for everybody."""
    url = settings.redis_url or running_url(settings.qoswatch_data_dir)
    if url is None:
        yield Alone()
        return
    store = Store.connect(settings.model_copy(update={"redis_url": url}))
    try:
        yield store
    finally:
        store.close()


def _normal(meeting: str) -> str:
    """`977 6364 3886` as Zoom prints it -> `97763643886`; a UUID stays."""
    digits = re.sub(r"[\s-]", "", meeting)
    return digits if digits.isascii() and digits.isdigit() else meeting.strip()
