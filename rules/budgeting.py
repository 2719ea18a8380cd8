"""What a load costs in Zoom calls, how often that lets us look, and how soon an alert can come: counted, not asked."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rules.model import Span, Who
from rules.pacing import LONGEST
from rules.words import duration

BULK = 10  #: people on one page of figures
LIST = 300  #: people on one page of a list
LISTED_EVERY_S = 300
CROWD = 50  #: people in a meeting of which nothing is known yet
ROW_AGE_MIN = 1  #: how old the newest row is on arrival, before that was measured
SPANS = (Span(3, 5), Span(2, 3))  #: those of the stock rules that page somebody
_OPEN = ("name", "role", "everyone")


@dataclass(frozen=True, slots=True)
class Described:
    """So many meetings at once of so many people, with so many watched in each, for so many hours of a day."""

    meetings: int
    size: int
    watched: int
    hours: float


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be spent: so many calls a day, so many of them kept for discovery, so many a second."""

    a_day: int
    reserve: int
    per_s: float


@dataclass(frozen=True, slots=True)
class Delay:
    """How many minutes after the trouble starts a rule of that span tells."""

    span: Span
    from_minutes: int
    to_minutes: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a described load means. `most_*`: what would fit at the wished period, the other figures as described."""

    calls_a_look: int
    calls_a_minute: float
    calls_a_day: int
    discovery_a_day: int
    for_figures: int  #: calls of a day that figures may have
    fits: bool
    interval_s: int
    lasts: bool  #: at that interval the calls last to the end of the day
    most_watched: int
    most_meetings: int
    delays: tuple[Delay, ...]


def cover(watched: int, size: int) -> int:
    """The calls of one look at one meeting: one for each person watched, or pages of everybody, whichever is fewer."""
    return min(watched, -(-size // BULK))


def calls_a_look(who: Iterable[Who], people: int | None = None, size: int | None = None) -> int:
    """The calls that these entries of a watch cost a look: `people` are meant by them in a meeting of `size`.

    Before anybody was seen, a name, a role or everyone is taken to mean half a crowd.
    """
    entries = set(who)
    is_open = any(each.kind in _OPEN for each in entries)
    if people is None:
        people = sum(each.kind not in _OPEN for each in entries) + (CROWD // 2 if is_open else 0)
    if size is None and not is_open:
        return people
    return cover(people, max(people, size if size is not None else CROWD))


def after(need: int, interval_s: float, age_s: float | None = None) -> tuple[int, int]:
    """How many minutes after it starts `need` bad minutes are known: they pass, a row comes late, and we look then."""
    age_min = ROW_AGE_MIN if age_s is None else max(ROW_AGE_MIN, int(age_s // 60))
    return need + age_min, need + age_min + math.ceil(interval_s / 60)


def outlook(load: Described, allowed: Allowed, *, period_s: int, age_s: float | None = None) -> Outlook:
    """What a described load costs, and the interval that it gets."""
    each = cover(load.watched, load.size)
    at_once, looks = load.meetings * each, _looks(load.hours, period_s)
    listed = load.meetings * -(-load.size // LIST) * _looks(load.hours, LISTED_EVERY_S)
    usable = max(0, allowed.a_day - max(allowed.reserve, listed))
    a_period = int(min(usable / looks, allowed.per_s * period_s))  # calls that one round may cost
    stretch = _stretch(at_once, usable, load.hours, period_s, allowed.per_s)
    interval_s = period_s * min(stretch, LONGEST)
    return Outlook(
        calls_a_look=each,
        calls_a_minute=at_once * 60 / period_s,
        calls_a_day=at_once * looks,
        discovery_a_day=listed,
        for_figures=usable,
        fits=stretch == 1,
        interval_s=interval_s,
        lasts=stretch <= LONGEST,
        most_watched=_most_watched(load, a_period),
        most_meetings=a_period // each if each else load.meetings,
        delays=tuple(Delay(span, *after(span.need, interval_s, age_s)) for span in SPANS),
    )


def sentence(load: Described, told: Outlook, period_s: int) -> str:
    """The answer to "does it fit?" as a person reads it."""
    what = f"{many(load.meetings, 'meeting')} of {load.size:,} with {load.watched:,} watched"
    cost = (
        f"{told.calls_a_minute:,.0f} calls a minute, {told.calls_a_day:,} a day; figures may have {told.for_figures:,}"
    )
    delays = ", ".join(f"{each.span} after {each.from_minutes} to {each.to_minutes} min" for each in told.delays)
    look = f"A look every {every(told.interval_s)}; alerts by {delays}."
    if told.fits:
        return f"{what}: {cost}. It fits. {look}"
    spent = "" if told.lasts else " Even so the day's calls are used up before its end."
    would = _would_fit(told)
    return f"{what}: {cost}. It does not fit. {look}{spent} With a look every {every(period_s)} {would} would fit."


def every(seconds: float) -> str:
    """ "minute", "90 s", "3 min": what stands behind "every"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{round(seconds)} s" if rest or not minutes else "minute" if minutes == 1 else duration(seconds)


def many(number: int, one: str) -> str:
    """ "1 meeting", "1,200 meetings"."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def _would_fit(told: Outlook) -> str:
    fewer = [f"{told.most_watched:,} watched in each"] if told.most_watched else []
    return " or ".join([*fewer, many(told.most_meetings, "such meeting") if told.most_meetings else "none of these"])


def _looks(hours: float, period_s: int) -> int:
    return max(1, math.ceil(hours * 3600 / period_s))


def _stretch(at_once: int, usable: int, hours: float, period_s: int, per_s: float) -> int:
    """The fewest periods between two rounds under which a day's rounds, and a second's calls, stay in bounds."""
    if not at_once:
        return 1
    rounds = usable // at_once
    by_day = math.ceil(hours * 3600 / (period_s * rounds)) if rounds else LONGEST + 1
    return max(1, by_day, math.ceil(at_once / (per_s * period_s)))


def _most_watched(load: Described, a_period: int) -> int:
    """Pages show everybody, so what pays for the pages pays for all."""
    a_meeting = a_period // load.meetings
    return load.size if a_meeting >= -(-load.size // BULK) else a_meeting
