"""What a silence covers, and when it is at work. What it covers is recorded all the same; only nobody is told.

Every matcher that is given must fit. Trouble of our own ("service.*") is never covered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Literal

from rules import weekly
from rules.model import Severity, Silence, Watch

State = Literal["pending", "on", "over"]

#: What a silence can match by.
KEYS = ("watch", "rule", "meeting", "person", "label", "severity", "seat")
OURSELVES = "service."  #: how the subjects begin that no silence covers


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be silenced: one watch's view of one rule that one person's call breaks."""

    watch: str
    labels: Mapping[str, str]
    meeting: str  #: its number
    uuid: str
    seat: str
    name: str
    aliases: tuple[str, ...]
    rule: str
    severity: Severity


def fits(silence: Silence, thing: Thing) -> bool:
    """Whether every matcher fits. One that we do not know fits nothing: better told than hidden."""
    if thing.seat.startswith(OURSELVES) or not silence.matchers:
        return False
    return all(_matches(key, value, thing) for key, value in silence.matchers.items())


def may_fit(silence: Silence, watch: Watch, meeting: str, uuid: str) -> bool:
    """Whether it may cover anything that a watch hears of in a meeting: as `fits`, without looking at people."""
    given = silence.matchers
    here = "meeting" not in given or given["meeting"] in (meeting, uuid)
    own = given.get("watch", watch.id) == watch.id
    return bool(given) and here and own and ("label" not in given or bears(given["label"], watch.labels))


def bears(label: str, labels: Mapping[str, str]) -> bool:
    """Whether "site=lyon" is among the labels of a watch."""
    key, _, value = label.partition("=")
    return labels.get(key) == value


def is_on(silence: Silence, now: datetime) -> bool:
    """Whether it is at work at this moment."""
    if now < silence.starts_at or (silence.ends_at is not None and now >= silence.ends_at):
        return False
    return not silence.weekly or weekly.is_in(silence.weekly, silence.timezone, now)


def acting(silences: Iterable[Silence], now: datetime) -> tuple[Silence, ...]:
    """Those at work."""
    return tuple(silence for silence in silences if is_on(silence, now))


def ends_at(silence: Silence, now: datetime) -> datetime | None:
    """When one that is at work stops being so; None: it is not at work, or nobody can say."""
    if not is_on(silence, now):
        return None
    window = weekly.ends(silence.weekly, silence.timezone, now) if silence.weekly else None
    return min((moment for moment in (silence.ends_at, window) if moment is not None), default=None)


def begins_at(silence: Silence, now: datetime) -> datetime | None:
    """When one that is not at work will be next; None: never again, or it is at work."""
    first = max(now, silence.starts_at)
    if is_on(silence, now):
        return None
    if silence.weekly and not weekly.is_in(silence.weekly, silence.timezone, first):
        following = weekly.next_start(silence.weekly, silence.timezone, first)
        if following is None:
            return None
        first = following
    return None if silence.ends_at is not None and first >= silence.ends_at else first


def state(silence: Silence, now: datetime) -> State:
    """Where it stands. Between two of its weekly windows it is pending."""
    if is_on(silence, now):
        return "on"
    return "over" if begins_at(silence, now) is None else "pending"


def _matches(key: str, value: str, thing: Thing) -> bool:
    match key:
        case "watch":
            return value == thing.watch
        case "rule":
            return value == thing.rule
        case "meeting":
            return bool(value) and value in (thing.meeting, thing.uuid)
        case "person":
            return _is_person(value.casefold(), thing)
        case "label":
            return bears(value, thing.labels)
        case "severity":
            return value == thing.severity
        case "seat":
            return value == thing.seat
        case _:
            return False


def _is_person(wanted: str, thing: Thing) -> bool:
    """By name as `who` knows it (`*` is anything, `?` one letter), or by e-mail address or Zoom user, exactly."""
    named = bool(thing.name) and fnmatchcase(thing.name.casefold(), wanted)
    return named or any(alias.casefold() == wanted for alias in thing.aliases)
