"""Windows of the week by the clocks of a zone, summer and winter: quiet hours, hours on call, weekly silences.

    window  = [days] HH:MM-HH:MM     "Sun 02:00-05:00"; without days every day: "22:00-07:00"
    days    = day [-day]             Mon Tue Wed Thu Fri Sat Sun; "Fri-Mon" goes over the weekend

An end that is not after its start is on the next day: "Fri 22:00-06:00" ends on Saturday. A whole day is 00:00-24:00.
A window begins the first time that the clocks show its start and ends the last time that they show its end; an hour
that they skip is passed at the moment of the skip. Thus the doubled hour of autumn is never torn, and adjoining
windows adjoin on every day of the year.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.errors import RulesError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_MIN = 1440
_DAY = timedelta(days=1)
_SHAPE = re.compile(r"(?:([A-Za-z]+)(?:\s*[-–]\s*([A-Za-z]+))?\s+)?(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)")
_EXAMPLES = 'write it as "Mon-Fri 08:00-18:00", "Sun 02:00-05:00" or, for every day, "22:00-07:00"'
_AHEAD = timedelta(days=15)  # twice a week and a day: one Sunday's window may fall into the hour that is skipped


class WindowError(RulesError):
    """A window that can not be read. `str()` says why and what would work."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window: the days on which it begins (Monday is 0), and minutes since the midnight before its start."""

    days: frozenset[int]
    start_min: int
    end_min: int  #: beyond 1440 when it ends on the next day

    def __str__(self) -> str:
        end_min = self.end_min if self.end_min <= _DAY_MIN else self.end_min - _DAY_MIN
        return f"{_days_text(self.days)}{_time_text(self.start_min)}-{_time_text(end_min)}"


@lru_cache(maxsize=1024)
def parse(text: str) -> Window:
    """Read a window; its `str()` is the usual way to write it. Raises WindowError."""
    found = _SHAPE.fullmatch(text.strip())
    if not found:
        raise WindowError(f"is no window of the week: {_EXAMPLES}")
    first, last, *numbers = found.groups()
    start_min, end_min = _minutes(*numbers[:2]), _minutes(*numbers[2:])
    if start_min == end_min:
        raise WindowError("ends where it begins: a whole day is 00:00-24:00")
    if start_min == _DAY_MIN:
        raise WindowError("begins at 24:00: that is 00:00 of the next day")
    return Window(_days(first, last), start_min, end_min if end_min > start_min else end_min + _DAY_MIN)


def is_in(windows: Iterable[str], zone: str, at: datetime) -> bool:
    """Whether any of the windows holds a moment."""
    return any(start <= at < end for start, end in _occurrences(windows, zone, at, at))


def ends(windows: Iterable[str], zone: str, at: datetime) -> datetime | None:
    """When the window that holds `at` is over, with those that follow at once; None: none holds it, or for ever."""
    for start, end in spans(windows, zone, at, at + _AHEAD):
        if start <= at < end:
            return None if end >= at + _AHEAD else end
    return None


def next_start(windows: Iterable[str], zone: str, at: datetime) -> datetime | None:
    """When the next window begins after `at`; None: there is none, or one holds for ever."""
    return next((start for start, _ in spans(windows, zone, at, at + _AHEAD) if start > at), None)


def spans(windows: Iterable[str], zone: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """What the windows cover that touches [start, end], in order; those that touch or overlap are one."""
    whole: list[tuple[datetime, datetime]] = []
    for begins, over in sorted(_occurrences(windows, zone, start, end)):
        if whole and begins <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(over, whole[-1][1]))
        else:
            whole.append((begins, over))
    return [(begins, over) for begins, over in whole if begins <= end and over >= start]


def moment(local: datetime, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """When the clocks of a zone show a time, in UTC: of two times the first, or the `last`; of none the skip itself."""
    found = local.replace(tzinfo=zone, fold=int(last)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    return _skip(local, zone)


def zone_of(name: str) -> ZoneInfo:
    """A zone by its name. One that is not known any more counts as UTC: its hours are better told wrong than never."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _occurrences(
    windows: Iterable[str], zone: str, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Every time that a window stands on the days from the one before `start` to the one after `end`."""
    place = zone_of(zone)
    first, last = start.astimezone(place).date() - _DAY, end.astimezone(place).date() + _DAY
    for window in map(parse, windows):
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            if day.weekday() in window.days:
                begins, over = _clock(day, window.start_min), _clock(day, window.end_min)
                stands = moment(begins, place), moment(over, place, last=True)
                if stands[0] < stands[1]:  # else the clocks skip all of it
                    yield stands


def _clock(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _skip(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks jump over a time that they do not show."""
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _minutes(hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > _DAY_MIN:
        raise WindowError(f"has no time of day at {hour}:{minute}: they go from 00:00 to 24:00")
    return found


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    start = day_number(first)
    length = (day_number(last) - start) % 7 if last else 0
    return frozenset((start + number) % 7 for number in range(length + 1))


def day_number(name: str) -> int:
    """The number of a day by its short English name; Monday is 0. Raises WindowError."""
    try:
        return DAYS.index(name.capitalize())
    except ValueError:
        raise WindowError(f"has no day {name[:20]!r}: they are {' '.join(DAYS)}") from None


def _days_text(days: frozenset[int]) -> str:
    if len(days) == 7:
        return ""
    start = next(day for day in days if (day - 1) % 7 not in days)
    last = (start + len(days) - 1) % 7
    return f"{DAYS[start]} " if start == last else f"{DAYS[start]}-{DAYS[last]} "


def _time_text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
