"""Behind the watermark: which rows of an answer are new, and what is wrong with the others.

One row per session and minute; the first wins. Zoom tells each row for minutes on end: only what is new is read, and
once more the row that was the newest, which Zoom may have told too early. One that differs by then is counted
`revised`, one that comes after a newer minute `late`, a hole that Zoom no longer tells `gap`, a minute ahead of our
clock `future`, a field that can not be read `spoiled`.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import repeat
from math import nan

from rules.metrics import CATALOGUE, STREAMS
from rules.model import Sample, Session, Unread, minute_of

BEFORE_FIRST_SEEN = 5  #: minutes of history that a new session brings along; older rows are dropped
AHEAD = timedelta(seconds=60)
_REMEMBERED = 64
_FIGURES = struct.Struct(f"<{len(CATALOGUE)}d{len(STREAMS)}?")


@dataclass(frozen=True, slots=True)
class Taken:
    """The session moved on, the samples to judge (oldest first), and what was counted."""

    session: Session
    samples: tuple[Sample, ...]
    counts: Counter[str]


def joined(session_id: str, now: datetime) -> Session:
    """A session seen for the first time."""
    return Session(session_id, first_minute=minute_of(now) - BEFORE_FIRST_SEEN)


def taken(session: Session, rows: Iterable[Sample | Unread], now: datetime) -> Taken:
    """Take the rows that are new to this session."""
    latest, watermark, counts = minute_of(now + AHEAD), session.watermark, Counter[str]()
    told = sorted(rows, key=_minute)
    usable = [row for row in told if session.first_minute <= row.minute <= latest]
    recent, fresh = dict(session.recent), list[Sample]()
    floor = min(recent, default=watermark)
    for row in usable:
        minute, known = row.minute, recent.get(row.minute)
        if minute <= watermark and known is None:
            if minute >= floor:
                counts["late"] += 1
                recent[minute] = 0
        elif minute >= watermark:
            sample, spoiled = _read(row, session)
            mark = recent[minute] = _checksum(sample)
            if known is None:
                fresh.append(sample)
                counts["spoiled"] += spoiled
            elif known != mark:
                counts["revised"] += 1
    counts["future"] = sum(row.minute > latest for row in told)
    if watermark and usable:
        counts["gap"] = max(0, usable[0].minute - watermark - 1)
    if fresh:
        watermark = max(watermark, fresh[-1].minute)
    kept = tuple(sorted(recent.items())[-_REMEMBERED:])
    return Taken(replace(session, watermark=watermark, recent=kept), tuple(fresh), +counts)


def _minute(row: Sample | Unread) -> int:
    return row.minute


def _read(row: Sample | Unread, session: Session) -> tuple[Sample, int]:
    return row.read(session.id) if isinstance(row, Unread) else (row, 0)


def _checksum(row: Sample) -> int:
    """Of the figures that Zoom told, whatever was computed of them."""
    told = _FIGURES.pack(*map(row.values.get, CATALOGUE, repeat(nan)), *map(row.blank.__contains__, STREAMS))
    return zlib.crc32(told)
