"""What people do to an alert: take it, give it back, snooze it, close it. Doing what is done already is a success."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from rules import reminding
from rules.duty import Duty
from rules.model import ActKind, AlertState, AlertView, Entry, Snooze, Taken, TransitionKind, minute_of
from rules.timeline import followed
from rules.words import Clock, clean, cut

FALSE_ALARM = "false_alarm"
_LINKS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person. `link` marks a signed link that acted, so that it acts once."""

    kind: ActKind
    by: str
    comment: str = ""
    until: datetime | None = None  #: of a snooze
    reason: str = ""  #: "false_alarm", of a resolve
    link: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is true after an act, in a sentence."""

    changed: bool
    says: str
    alert: AlertView


@dataclass(frozen=True, slots=True)
class Done:
    """An alert after an act: what was written down, and what is true now."""

    state: AlertState
    entries: tuple[Entry, ...]
    says: str


def done(state: AlertState, act: Act, duty: Duty, now: datetime, tz: str = "UTC") -> Done:
    """Do what somebody asks of an alert, as far as there is anything to do. No entries: nothing changed."""
    clock = Clock(tz, now)
    if not state.open:
        return Done(state, (), _over(state, clock))
    if act.link and act.link in state.used:
        return Done(state, (), _stands(state, clock))
    after = _ACTS[act.kind](state, act, now, clock)
    if not after.entries:
        return after
    moved, more = reminding.passed(_marked(after.state, act), duty, now)
    return Done(moved, (*after.entries, *more), after.says or _stands(moved, clock))


def outgrown(state: AlertState) -> AlertState:
    """It turned critical: whoever had it took a warning, so nobody has this, and no snooze meant it."""
    return reminding.anew(replace(state, was_taken=state.taken or state.was_taken, taken=None, snooze=None))


def _take(state: AlertState, act: Act, now: datetime, clock: Clock) -> Done:
    if state.taken:
        at = f"{clock.at(state.taken.at)} {clock.abbreviation}"
        return Done(state, (), f"{_name(state.taken.by)} already has it since {at}. Nothing to do.")
    state = reminding.anew(replace(state, taken=Taken(act.by, now, act.comment), was_taken=None, snooze=None))
    return _followed(state, "taken", act, now, f"{_name(act.by)} has it{_quoted(act.comment)}")


def _give_back(state: AlertState, act: Act, now: datetime, clock: Clock) -> Done:
    if not state.taken:
        return Done(state, (), "Nobody has it. Nothing to do.")
    whose = "" if state.taken.by == act.by else f" (it was {_name(state.taken.by)}'s)"
    runs = tuple(replace(run, last_at=now, started_at=now) for run in state.runs)  # its wait begins here
    state = reminding.anew(replace(state, taken=None, runs=runs))
    words = f"{_name(act.by)} gave it back{whose}; nobody has it{_quoted(act.comment)}"
    return _followed(state, "untaken", act, now, words)


def _snooze(state: AlertState, act: Act, now: datetime, clock: Clock) -> Done:
    if act.until is None or act.until <= now:
        return Done(state, (), "This snooze is over before it begins. Nothing to do.")
    if state.snooze and state.snooze.until >= act.until:
        return Done(state, (), _stands(state, clock))
    state = replace(state, snooze=Snooze(act.by, now, act.until, act.comment))
    until = f"{clock.at(act.until)} {clock.abbreviation}"
    return _followed(state, "snoozed", act, now, f"{_name(act.by)} snoozed it until {until}{_quoted(act.comment)}")


def _resolve(state: AlertState, act: Act, now: datetime, clock: Clock) -> Done:
    """Closed at once; what is bad now is silent until it was clear once, or gets worse."""
    breaches = tuple(replace(b, muted=b.severity) if b.ending is None else b for b in state.breaches)
    resolved = Taken(act.by, now, act.comment, act.reason)
    views = tuple(replace(view, severity=None, rules=(), held=False) for view in state.watches)
    state = replace(
        state,
        open=False,
        held=False,
        closed_at=now,
        closed_minute=minute_of(now),
        ending="resolved",
        breaches=breaches,
        watches=views,
        resolved=resolved,
        snooze=None,
    )
    why = " as a false alarm" if act.reason == FALSE_ALARM else ""
    return _followed(state, "closed", act, now, f"closed by {_name(act.by)}{why}{_quoted(act.comment)}")


def _followed(state: AlertState, kind: TransitionKind, act: Act, now: datetime, words: str) -> Done:
    state, entry = followed(state, kind, now, words, by=act.by, comment=act.comment)
    return Done(state, (entry,), "")


def _marked(state: AlertState, act: Act) -> AlertState:
    return replace(state, used=(*state.used, act.link)[-_LINKS_KEPT:]) if act.link else state


def _stands(state: AlertState, clock: Clock) -> str:
    """What is true of an alert, as an answer to whoever did something to it."""
    zone = clock.abbreviation
    if not state.open:
        return _over(state, clock)
    if state.snooze:
        return f"{_name(state.snooze.by)} snoozed it until {clock.at(state.snooze.until)} {zone}. Paging paused."
    if state.taken:
        again = f" I remind {_name(state.taken.by)} at {clock.at(state.remind_at)}." if state.remind_at else ""
        who = f"{_name(state.taken.by)} has it ({clock.at(state.taken.at)} {zone}){_quoted(state.taken.comment)}."
        return f"{who} Paging stopped.{again}"
    return "Nobody has it."


def _over(state: AlertState, clock: Clock) -> str:
    at = f" at {clock.at(state.closed_at)} {clock.abbreviation}" if state.closed_at else ""
    if state.resolved:
        why = " as a false alarm" if state.resolved.reason == FALSE_ALARM else ""
        until = " It stays closed until it was fine once, or gets worse." if state.ending == "resolved" else ""
        return f"{_name(state.resolved.by)} closed it{at}{why}.{until}"
    return f"It is over ({(state.ending or 'fine').replace('_', ' ')}) since{at.removeprefix(' at')}. Nothing to do."


def _name(by: str) -> str:
    return cut(clean(by), 60) or "somebody"


def _quoted(comment: str) -> str:
    return f': "{cut(clean(comment), 120)}"' if comment else ""


_ACTS: Mapping[ActKind, Callable[[AlertState, Act, datetime, Clock], Done]] = {
    "acknowledge": _take,
    "unacknowledge": _give_back,
    "snooze": _snooze,
    "resolve": _resolve,
}
