"""Behind the watermark: which rows of an answer are new, and what is wrong with the others.

One row per session and minute; the first wins. Zoom tells each row for minutes on end: only what is new is read. The
one that was the newest, which Zoom may have told too early, is compared once more: where its media differ by then it
is counted `revised`. A row that comes after a newer minute is `late`, a hole that Zoom no longer tells a `gap`, a
minute ahead of our clock `future`, a field that can not be read `spoiled`.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from math import nan
from operator import attrgetter

from rules.metrics import CATALOGUE, STREAMS
from rules.model import Sample, Session, Unread, minute_of

BEFORE_FIRST_SEEN = 5  #: minutes of history that a new session brings along; older rows are dropped
AHEAD = timedelta(seconds=60)
_REMEMBERED = 64
_BITS = 32  #: of a checksum
_COUNTED = ("future", "late", "revised", "spoiled", "gap")
_FIGURES = struct.Struct(f"<{len(CATALOGUE)}d{len(STREAMS)}?")


@dataclass(frozen=True, slots=True)
class Taken:
    """The session moved on, the samples to judge (oldest first), and what was counted."""

    session: Session
    samples: tuple[Sample, ...]
    counts: Mapping[str, int]


def joined(session_id: str, now: datetime) -> Session:
    """A session seen for the first time."""
    return Session(session_id, first_minute=minute_of(now) - BEFORE_FIRST_SEEN)


def taken(session: Session, rows: Iterable[Sample | Unread], now: datetime) -> Taken:
    """Take the rows that are new to this session."""
    latest, watermark = minute_of(now + AHEAD), session.watermark
    recent, fresh, oldest = dict(session.recent), list[Sample](), 0
    floor = session.recent[0][0] if session.recent else watermark
    counts = dict.fromkeys(_COUNTED, 0)
    for row in sorted(rows, key=attrgetter("minute")):
        minute, known = row.minute, recent.get(row.minute)
        if not session.first_minute <= minute <= latest:
            counts["future"] += minute > latest
            continue
        oldest = oldest or minute
        if minute > watermark or (minute == watermark and known is not None):
            mark = recent[minute] = _mark(row)
            if known is None:
                sample, spoiled = (row, 0) if isinstance(row, Sample) else row.read(session.id)
                fresh.append(sample)
                counts["spoiled"] += spoiled
            else:
                counts["revised"] += known != mark and known >> _BITS == mark >> _BITS
        elif known is None and minute >= floor:
            counts["late"] += 1
            recent[minute] = 0
    if watermark and oldest:
        counts["gap"] = max(0, oldest - watermark - 1)
    return Taken(_moved(session, recent, fresh), tuple(fresh), {name: n for name, n in counts.items() if n})


def _moved(session: Session, recent: dict[int, int], fresh: list[Sample]) -> Session:
    watermark = max(session.watermark, fresh[-1].minute) if fresh else session.watermark
    kept = tuple(sorted(recent.items())[-_REMEMBERED:])
    if kept == session.recent:
        return session
    return Session(session.id, session.first_minute, watermark, session.left_at, session.leave_reason, kept)


def _mark(row: Sample | Unread) -> int:
    """What is remembered of a row: a checksum, and which kind of it, as texts do not compare with folded figures."""
    if not isinstance(row, Sample):
        return row.mark() | 1 << _BITS
    told = _FIGURES.pack(*map(row.values.get, CATALOGUE, repeat(nan)), *map(row.blank.__contains__, STREAMS))
    return zlib.crc32(told)
