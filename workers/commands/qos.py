"""`qoswatch qos MEETING [PARTICIPANT]`: asks Zoom and shows who is there, or one person's figures."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from rules.meeting_names import meeting_name
from service.settings import Settings
from service.store import Store, StoreError
from workers.embedded import running_url
from workers.zoom import Zoom, ZoomError, attendance, payloads, report
from workers.zoom.needs import Alone, Shared
from workers.zoom.urls import ZoomKind


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser(
        "qos",
        help="ask Zoom who is in a meeting, or for one person's figures",
        description="Asks Zoom for the quality of one person's call and prints it, newest minute last. "
        "Without PARTICIPANT it lists the people who are there, each with the id to ask by.",
    )
    parser.add_argument("meeting", metavar="MEETING", help="number (its latest run), join URL, or UUID (one run)")
    parser.add_argument("participant", metavar="PARTICIPANT", nargs="?", help="Zoom's user_id of one join: 16778240")
    parser.add_argument("--webinar", action="store_true", help="MEETING is a webinar")
    parser.add_argument("--type", choices=("live", "past"), default="live", help="default: live")
    parser.add_argument("--json", action="store_true", help="print Zoom's own JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Ask, print, answer the exit code."""
    try:
        meeting = meeting_name(args.meeting)
    except ValueError as error:
        return _failed(error)
    zone = ZoneInfo(settings.qoswatch_tz)
    try:
        with _shared(settings) as shared, Zoom(settings, shared) as zoom:
            if args.participant is None:
                print(_people(zoom, meeting, args, zone))
            else:
                print(_figures(zoom, meeting, args, zone, shared))
    except (ZoomError, StoreError) as error:
        return _failed(error)
    return 0


def _people(zoom: Zoom, meeting: str, args: argparse.Namespace, zone: ZoneInfo) -> str:
    """Who is there, by one call for each 300 joins."""
    rows = zoom.participants(meeting, args.type, kind=_kind(args))
    if args.json:
        return _as_json(rows)
    people, past = payloads.listing(rows), args.type == "past"
    return attendance.text(people, meeting=meeting, zone=zone, past=past, complete=rows.complete)


def _figures(zoom: Zoom, meeting: str, args: argparse.Namespace, zone: ZoneInfo, shared: Shared) -> str:
    """One person's figures, by one call."""
    session = args.participant.strip()
    raw = zoom.participant_qos(meeting, session, args.type, kind=_kind(args))
    if args.json:
        return _as_json(raw)
    sight, width = payloads.sight(raw, session=session), shutil.get_terminal_size((130, 40)).columns
    return report.text(sight, meeting=meeting, zone=zone, now=shared.clock.now(), width=width)


def _kind(args: argparse.Namespace) -> ZoomKind:
    return "webinar" if args.webinar else "meeting"


def _failed(error: Exception) -> int:
    print(f"qoswatch qos: {error}", file=sys.stderr)
    return 1


def _as_json(raw: object) -> str:
    """Zoom's own; ASCII, since a name may hold what a terminal obeys."""
    return json.dumps(raw, indent=2)


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
