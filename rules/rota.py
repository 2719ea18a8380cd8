"""Who is on call: turns by the clocks of the schedule's own zone, hours in which anybody is, and covers over them.

    every     = N w | N d         how long a turn lasts: "1w", "2w", "1d"
    hand_off  = [day] HH:MM       when turns change: "Mon 09:00"; turns of days change at a time alone: "09:00"

The turns go on from an anchor: the one that holds `starts_at` (else the moment in which the schedule was made) is the
first person's. Before `starts_at` nobody is on call, and outside the hours nobody either, also by no cover.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from rules import weekly
from rules.errors import RulesError
from rules.model import Cover, Schedule

HORIZONS = tuple(timedelta(days=days) for days in (15, 60, 400))  #: how far is looked for the end of being on call
_LONGEST_DAYS = 182
_EVERY = re.compile(r"([1-9]\d{0,2})\s*([wd])")
_HAND_OFF = re.compile(r"(?:([A-Za-z]+)\s+)?(\d{1,2}):(\d\d)")


class RotaError(RulesError):
    """A hand-off or a length of turns that can not be read. `str()` says why and what would work."""


@dataclass(frozen=True, slots=True)
class Turn:
    """So long somebody is on call; `person` None: nobody. `cover`: the cover that changed who it is."""

    person: str | None
    start: datetime
    end: datetime
    cover: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is on call at a moment, until when (None: nothing ends it as far as can be seen), and who is after them."""

    person: str | None
    until: datetime | None
    cover: str = ""
    then: Turn | None = None  #: the next turn of anybody


def length_days(every: str) -> int:
    """How many days a turn lasts. Raises RotaError."""
    found = _EVERY.fullmatch(every.strip())
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    if not 1 <= days <= _LONGEST_DAYS:
        raise RotaError('is not how long a turn lasts: "1w", "2w" or "1d", at most half a year')
    return days


def change(hand_off: str, every: str) -> tuple[int | None, time]:
    """On which day of the week (Monday is 0; None: on any) turns change, and when. Raises RotaError."""
    found = _HAND_OFF.fullmatch(hand_off.strip())
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        raise RotaError('is no time of a hand-off: "Mon 09:00", or "09:00" where turns last days')
    at, in_weeks = time(int(found[2]), int(found[3])), every.strip().endswith("w")
    if in_weeks and found[1] is None:
        raise RotaError(f'needs a day, since turns last weeks: "Mon {at:%H:%M}"')
    if found[1] is None:
        return None, at
    if not in_weeks:
        raise RotaError(f'has a day, and turns last days: "{at:%H:%M}" alone; or say every: "1w"')
    try:
        return weekly.day_number(found[1]), at
    except weekly.WindowError as error:
        raise RotaError(str(error)) from None


def on_call(schedule: Schedule, covers: Iterable[Cover], at: datetime) -> str | None:
    """The person on call at a moment; None in a gap."""
    return _who(schedule, _own(schedule, covers), at)[0]


def turns(schedule: Schedule, covers: Iterable[Cover], start: datetime, end: datetime) -> tuple[Turn, ...]:
    """Who is on call from `start` to `end`, without a hole: gaps are turns of nobody. The outer two are cut there."""
    own = _own(schedule, covers)
    found: list[Turn] = []
    for begins, over in pairwise(_changes(schedule, own, start, end)):
        person, cover = _who(schedule, own, begins)
        if found and (found[-1].person, found[-1].cover) == (person, cover):
            found[-1] = replace(found[-1], end=over)
        else:
            found.append(Turn(person, begins, over, cover))
    return tuple(found)


def gaps(
    schedule: Schedule, covers: Iterable[Cover], people: Collection[str], start: datetime, end: datetime
) -> tuple[Turn, ...]:
    """The turns of nobody, or of somebody who is not there any more."""
    return tuple(turn for turn in turns(schedule, covers, start, end) if turn.person not in people)


def standing(schedule: Schedule, covers: Iterable[Cover], at: datetime) -> Standing:
    """Who is on call at a moment, for how long, and who is next."""
    own = _own(schedule, covers)
    person, cover = _who(schedule, own, at)
    for horizon in HORIZONS:
        _, *later = _runs(turns(schedule, own, at, at + horizon))
        then = next((turn for turn in later if turn.person), None)
        if then:
            return Standing(person, later[0].start, cover, then)
    return Standing(person, later[0].start if later else None, cover)


def shift(schedule: Schedule, covers: Iterable[Cover], at: datetime) -> Standing:
    """As `standing`, over hours in which nobody is on call: who follows is always somebody else."""
    own = _own(schedule, covers)
    person, cover = _who(schedule, own, at)
    for horizon in HORIZONS:
        found = turns(schedule, own, at, at + horizon)
        then = next((turn for turn in found if turn.person not in (None, person)), None)
        if then:
            until = max(turn.end for turn in found if turn.person == person and turn.end <= then.start)
            return Standing(person, until, cover, then)
    return Standing(person, None, cover)


def hand_offs(schedule: Schedule, covers: Iterable[Cover], start: datetime, end: datetime) -> tuple[Turn, ...]:
    """The turns that begin in [start, end] with somebody else than the last one who was on call."""
    last: str | None = None
    found: list[Turn] = []
    for turn in turns(schedule, covers, start - HORIZONS[0], end + timedelta(seconds=1)):
        if turn.person is None:
            continue
        if turn.person != last and turn.start >= start:
            found.append(turn)
        last = turn.person
    return tuple(found)


def changes_nothing(schedule: Schedule, covers: Iterable[Cover], cover: Cover) -> bool:
    """Whether the same people would be on call without a cover."""
    others = [each for each in covers if each.id != cover.id]
    span = (cover.starts_at, cover.ends_at)
    with_it, without = turns(schedule, [*others, cover], *span), turns(schedule, others, *span)
    return _runs(with_it) == _runs(without)


def _runs(found: Sequence[Turn]) -> list[Turn]:
    """Turns of one person after another as one, whatever cover made them."""
    runs: list[Turn] = []
    for turn in found:
        if runs and runs[-1].person == turn.person:
            runs[-1] = replace(runs[-1], end=turn.end)
        else:
            runs.append(replace(turn, cover=""))
    return runs


def _own(schedule: Schedule, covers: Iterable[Cover]) -> list[Cover]:
    """The covers of a schedule, the newest made first."""
    own = [cover for cover in covers if cover.schedule == schedule.id]
    return sorted(own, key=lambda cover: (cover.created_at, cover.id), reverse=True)


def _who(schedule: Schedule, covers: Sequence[Cover], at: datetime) -> tuple[str | None, str]:
    """Who is on call, and the cover that changed it. `covers` are the schedule's, the newest made first."""
    if schedule.hours and not weekly.is_in(schedule.hours, schedule.timezone, at):
        return None, ""
    person = _by_rotation(schedule, at)
    for cover in covers:
        if cover.starts_at <= at < cover.ends_at and cover.instead_of in ("", person):
            return cover.person, "" if cover.person == person else cover.id
    return person, ""


def _by_rotation(schedule: Schedule, at: datetime) -> str | None:
    if not schedule.rotation or (schedule.starts_at and at < schedule.starts_at):
        return None
    return schedule.rotation[_number(schedule, at) % len(schedule.rotation)]


def _number(schedule: Schedule, at: datetime) -> int:
    """The number of the turn that holds a moment; that of the anchor is 0."""
    zone, days = weekly.zone_of(schedule.timezone), length_days(schedule.every)
    guess = (at.astimezone(zone).date() - _first_day(schedule)).days // days
    return guess if _begins(schedule, guess) <= at else guess - 1


def _begins(schedule: Schedule, number: int) -> datetime:
    """When a turn begins: counted in days of the calendar, told by the clocks, compared in UTC."""
    _, at = change(schedule.hand_off, schedule.every)
    day = _first_day(schedule) + timedelta(days=number * length_days(schedule.every))
    return weekly.moment(datetime.combine(day, at), weekly.zone_of(schedule.timezone))


def _first_day(schedule: Schedule) -> date:
    """The day on which the first person's first turn begins, or would have begun."""
    anchor, zone = schedule.starts_at or schedule.created_at, weekly.zone_of(schedule.timezone)
    weekday, at = change(schedule.hand_off, schedule.every)
    day = anchor.astimezone(zone).date()
    step = 1 if weekday is None else 7
    if weekday is not None:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    return day if weekly.moment(datetime.combine(day, at), zone) <= anchor else day - timedelta(days=step)


def _changes(schedule: Schedule, covers: Iterable[Cover], start: datetime, end: datetime) -> list[datetime]:
    """Every moment from `start` to `end` at which somebody else may be on call, those two among them."""
    edges = [moment for span in weekly.spans(schedule.hours, schedule.timezone, start, end) for moment in span]
    edges += [moment for cover in covers for moment in (cover.starts_at, cover.ends_at)]
    edges += [schedule.starts_at] if schedule.starts_at else []
    edges += [_begins(schedule, number) for number in range(_number(schedule, start), _number(schedule, end) + 1)]
    return sorted({start.astimezone(UTC), *(edge for edge in edges if start < edge < end), end.astimezone(UTC)})
