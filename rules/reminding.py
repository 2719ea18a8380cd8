"""What time alone does to an alert: reminders at growing intervals, the end of a snooze, the steps of its policies."""

from dataclasses import replace
from datetime import datetime, timedelta

from rules import escalation
from rules.duty import Duty
from rules.model import AlertState, Entry
from rules.timeline import followed
from rules.words import duration

NOBODY_HAS_IT = (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40))
SOMEBODY_HAS_IT = (timedelta(minutes=15), timedelta(minutes=30))
AT_MOST = timedelta(minutes=60)


def passed(
    state: AlertState, duty: Duty, now: datetime, *, reminds: bool = True
) -> tuple[AlertState, tuple[Entry, ...]]:
    """Everything that is due by now, and the moment of what is due next. Not `reminds`: it is no urgent matter."""
    if not (state.open or state.remind_at or state.next_at):
        return state, ()
    state, awake = _awake(state, duty, now)
    state, steps = escalation.advanced(state, duty, now)
    told = bool(awake or any(step.tells for step in steps))
    state, reminders = _reminded(state, duty, now, already=told) if reminds else (replace(state, remind_at=None), ())
    due_at = next_at(state, duty)
    state = state if due_at == state.next_at else replace(state, next_at=due_at)
    return state, (*awake, *steps, *reminders)


def next_at(state: AlertState, duty: Duty) -> datetime | None:
    """When time alone changes this alert."""
    moments = (
        escalation.next_at(state, duty),
        state.remind_at if state.open else None,
        state.snooze.until if state.open and state.snooze else None,
    )
    return min((moment for moment in moments if moment), default=None)


def anew(state: AlertState) -> AlertState:
    """Reminders begin again: somebody has it now, or nobody has it any more."""
    return replace(state, reminded=0, remind_at=None)


def _awake(state: AlertState, duty: Duty, now: datetime) -> tuple[AlertState, tuple[Entry, ...]]:
    """The end of a snooze; whoever heard of the alert hears that it is still bad."""
    if not (state.open and state.snooze and state.snooze.until <= now):
        return state, ()
    state = anew(replace(state, snooze=None))
    state, entry = followed(state, "unsnoozed", now, "the snooze is over, still bad", tells=_chats(state, duty))
    return state, (entry,)


def _reminded(state: AlertState, duty: Duty, now: datetime, *, already: bool) -> tuple[AlertState, tuple[Entry, ...]]:
    """Say again that it is still bad. `already`: chats hear of it just now, so the next reminder is a wait away."""
    chats = _chats(state, duty)
    if not state.open or state.held or state.snooze or not chats:
        return replace(state, remind_at=None) if state.remind_at else state, ()
    if state.remind_at is None or already:
        return replace(state, remind_at=now + _wait(state)), ()
    if now < state.remind_at:
        return state, ()
    state = replace(state, reminded=state.reminded + 1)
    state = replace(state, remind_at=now + _wait(state))
    since = duration((now - (state.taken.at if state.taken else state.opened_at)).total_seconds())
    words = f"still bad after {since}, and nobody has it"
    if state.taken:
        words = f"still bad; {state.taken.by} has had it for {since}"
    state, entry = followed(state, "reminder", now, words, tells=chats)
    return state, (entry,)


def _wait(state: AlertState) -> timedelta:
    waits = SOMEBODY_HAS_IT if state.taken else NOBODY_HAS_IT
    return waits[state.reminded] if state.reminded < len(waits) else AT_MOST


def _chats(state: AlertState, duty: Duty) -> tuple[str, ...]:
    """The chats that hear of something bad in it now."""
    told = (channel for view in state.watches if view.severity for channel in view.notify)
    return tuple(dict.fromkeys(channel for channel in told if duty.is_chat(channel)))
