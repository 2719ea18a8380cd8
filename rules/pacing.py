"""How often meetings are looked at when the day's calls do not last: calm ones wait first, nobody waits for ever.

An answer of Zoom holds the rows of the last minutes (its reach), so a look every so many minutes still brings
every minute, only later. Beyond the reach minutes are lost: that is done only when the day leaves nothing else.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import cadence

BEFORE_CALM = 4  #: beyond the reach, meetings in trouble are looked at so many times as often as calm ones
LONGEST = 60  #: periods between two looks, at most: nobody is starved
UNKNOWN_REACH_MIN = 1  #: before any answer was measured: every minute between two looks may be lost
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Load:
    """What one meeting asks for: so many calls a look, from now (or `since`) until it is over (or the day is)."""

    instance: str
    calls: int
    urgent: bool = False  #: somebody's breach is pending or open
    until: datetime | None = None
    since: datetime | None = None
    every: float = 1.0  #: periods between two looks in any case: figures that are pushed need few of them


@dataclass(frozen=True, slots=True)
class Pace:
    """By how many periods looks are stretched; 1 is every round. `beyond`: minutes may be lost by it."""

    calm: int = 1
    urgent: int = 1
    beyond: bool = False

    @property
    def is_stretched(self) -> bool:
        """Whether anybody is looked at less often than wished."""
        return self.calm > 1 or self.urgent > 1

    def of(self, urgent: bool) -> int:
        """The stretch of one meeting."""
        return self.urgent if urgent else self.calm


def pace(
    loads: Iterable[Load], *, left: int, now: datetime, resets_at: datetime, period_s: float, reach_min: int
) -> Pace:
    """The least stretch under which what is `left` for figures lasts to the reset.

    In this order, each as far as it must: calm meetings up to the reach, urgent ones up to the reach, calm ones
    beyond and urgent ones a quarter as far, urgent ones alone. Where even the longest stretch costs too much, it is
    the longest.
    """
    asked = [load for load in loads if load.calls > 0]
    reach = reach_periods(reach_min, period_s)
    for calm, urgent in _steps(reach):
        if projected(asked, Pace(calm, urgent), now=now, resets_at=resets_at, period_s=period_s) <= left:
            return Pace(calm, urgent, max(calm, urgent) > reach)
    return Pace(LONGEST, LONGEST, reach < LONGEST)


def reach_periods(reach_min: int, period_s: float) -> int:
    """After how many periods an answer still holds every minute since the last look."""
    return min(LONGEST, max(1, int(reach_min * 60 // period_s)))


def projected(loads: Iterable[Load], at: Pace, *, now: datetime, resets_at: datetime, period_s: float) -> int:
    """The calls that the meetings cost until they are over or the day is."""
    return sum(load.calls * _looks(load, at, now, resets_at, period_s) for load in loads)


def calls_a_minute(loads: Sequence[Load], at: Pace, period_s: float) -> float:
    """What is asked of Zoom at a pace."""
    return sum(load.calls * 60 / (period_s * _stretch(load, at)) for load in loads)


def delay_s(at: Pace, period_s: float) -> int:
    """By how much later an alert may come because looks are stretched."""
    return round((max(at.calm, at.urgent) - 1) * period_s)


def next_look(instance: str, now: datetime, period_s: float, stretch: float) -> datetime:
    """The next look on the meeting's own phase; soon after the reset at the latest, when there are calls again."""
    reset = next_reset(now)
    return min(cadence.next_look(instance, now, period_s * stretch), cadence.next_look(instance, reset, period_s))


def next_reset(now: datetime) -> datetime:
    """When Zoom counts anew: the next midnight in UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def _steps(reach: int) -> Iterable[tuple[int, int]]:
    """Every (calm, urgent), from the wished pace to the longest stretch."""
    yield from ((calm, 1) for calm in range(1, reach + 1))
    yield from ((reach, urgent) for urgent in range(2, reach + 1))
    yield from ((calm, max(reach, calm // BEFORE_CALM)) for calm in range(reach + 1, LONGEST + 1))
    yield from ((LONGEST, urgent) for urgent in range(max(reach, LONGEST // BEFORE_CALM) + 1, LONGEST + 1))


def _looks(load: Load, at: Pace, now: datetime, resets_at: datetime, period_s: float) -> int:
    start = max(now, load.since or now)
    end = min(resets_at, load.until or resets_at)
    return max(0, math.ceil((end - start).total_seconds() / (period_s * _stretch(load, at))))


def _stretch(load: Load, at: Pace) -> float:
    return max(load.every, at.of(load.urgent))
