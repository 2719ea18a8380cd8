"""`qoswatch doctor`: is everything well, and if not, what to do. Exits 1 when something does not work."""

import argparse
import json
import sys
from collections.abc import Sequence

from rules.words import clean
from service import log
from service.settings import Settings
from workers.doctor.findings import Finding, Level
from workers.doctor.rounds import Found, look_over, patient

_MARKS: dict[Level, str] = {"ok": "✓", "warning": "!", "fault": "✗"}
_CLEAR = "\r\x1b[K"  # to the line's beginning, and away with what stands there


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser("doctor", help="is everything well, and if not, what to do", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Look once, print each finding as it comes, answer 1 when there is a fault."""
    found: list[Found] = []
    with patient(settings) as whom:
        for name, finding in look_over(whom, progress=_progress):
            found.append((name, finding))
            if not args.json:
                _progress("")
                print(_line(name, finding), flush=True)
    _progress("")
    print(_as_json(found) if args.json else _summary(found))
    return 1 if _count(found, "fault") else 0


def _progress(doing: str) -> None:
    """What is waited for, to somebody at a terminal; "" takes it away."""
    if sys.stderr.isatty():
        print(f"{_CLEAR}{doing} …" if doing else _CLEAR, end="", file=sys.stderr, flush=True)


def _line(name: str, finding: Finding) -> str:
    says, todo = _safe(finding.says), _safe(finding.todo)
    return f"{_MARKS[finding.level]} {name:<10} {says}" + (f" → {todo}" if todo else "")


def _summary(found: Sequence[Found]) -> str:
    faults, warnings = _count(found, "fault"), _count(found, "warning")
    if not faults and not warnings:
        return "All is well."
    parts = [
        f"{number} {word}{'' if number == 1 else 's'}" for number, word in ((faults, "fault"), (warnings, "warning"))
    ]
    return f"{' and '.join(part for part in parts if not part.startswith('0'))}."


def _as_json(found: Sequence[Found]) -> str:
    told = [
        {"check": name, "level": each.level, "says": _safe(each.says), "todo": _safe(each.todo)} for name, each in found
    ]
    return json.dumps({"ok": not _count(found, "fault"), "findings": told}, indent=2, ensure_ascii=False)


def _count(found: Sequence[Found], level: Level) -> int:
    return sum(finding.level == level for _, finding in found)


def _safe(text: str) -> str:
    """One line, without what steers a terminal and without secrets."""
    return clean(log.redacted(text))
