"""What an alert has gone through: one entry for each change, with the state that it led to."""

from dataclasses import replace
from datetime import datetime

from rules.model import AlertState, Calling, Entry, TransitionKind, minute_of

FLAPS = 4  #: opened so often within the last twenty minutes, an alert goes bad and good


def followed(
    state: AlertState,
    kind: TransitionKind,
    now: datetime,
    sentence: str,
    *,
    minute: int | None = None,
    tells: tuple[str, ...] = (),
    call: Calling | None = None,
    by: str = "",
    comment: str = "",
) -> tuple[AlertState, Entry]:
    """The state with its next number, and the entry that tells of it."""
    state = replace(state, seq=state.seq + 1)
    entry = Entry(
        state.seq,
        kind,
        minute_of(now) if minute is None else minute,
        now,
        sentence,
        state.open,
        state.severity,
        state.held,
        state.watches,
        tells,
        call,
        by,
        comment,
        taken_by=state.taken.by if state.taken else "",
        snoozed_until=state.snooze.until if state.snooze else None,
        flapping=is_flapping(state),
    )
    return state, entry


def is_flapping(state: AlertState) -> bool:
    """Whether it went bad and good so often that it stays open until it is good for long."""
    return state.open and len(state.opened) >= FLAPS
