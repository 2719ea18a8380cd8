"""Behind the watermark: which rows of an answer are new, and what is wrong with the others.

One row per session and minute; the first wins. A row that differs from the one we took is counted `revised`, one
that comes after a newer minute `late`, a hole that Zoom no longer tells `gap`, a minute ahead of our clock `future`.
"""

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.model import Sample, Session, minute_of

BEFORE_FIRST_SEEN = 5  #: minutes of history that a new session brings along; older rows are dropped
AHEAD = timedelta(seconds=60)
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Taken:
    """The session moved on, the samples to judge (oldest first), and what was counted."""

    session: Session
    samples: tuple[Sample, ...]
    counts: Counter[str]


def joined(session_id: str, now: datetime) -> Session:
    """A session seen for the first time."""
    return Session(session_id, first_minute=minute_of(now) - BEFORE_FIRST_SEEN)


def taken(session: Session, rows: Iterable[Sample], now: datetime) -> Taken:
    """Take the rows that are new to this session."""
    latest = minute_of(now + AHEAD)
    counts: Counter[str] = Counter()
    recent = dict(session.recent)
    floor = min(recent, default=session.watermark)
    fresh: list[Sample] = []
    usable = []
    for row in sorted(rows, key=lambda row: row.minute):
        if row.minute > latest:
            counts["future"] += 1
        elif row.minute >= session.first_minute:
            usable.append(row)
    for row in usable:
        mark = _checksum(row)
        if row.minute in recent:
            counts["revised"] += recent[row.minute] != mark
        elif row.minute > session.watermark:
            fresh.append(row)
        elif row.minute >= floor:
            counts["late"] += 1
        else:
            continue
        recent[row.minute] = mark
    if session.watermark and usable:
        counts["gap"] += max(0, usable[0].minute - session.watermark - 1)
    watermark = max([session.watermark, *(row.minute for row in fresh)])
    kept = tuple(sorted(recent.items())[-_REMEMBERED:])
    return Taken(replace(session, watermark=watermark, recent=kept), tuple(fresh), +counts)


def _checksum(row: Sample) -> int:
    told = repr((sorted(row.values.items()), sorted(row.blank)))
    return zlib.crc32(told.encode())
