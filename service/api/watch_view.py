"""A watch as people read it: what it waits for, what is known of each person, each with a sentence."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from rules.model import Instance, Seat, Session, Watch
from service.api.bodies import Answer
from service.api.forecast import Cost, Delay

State = Literal["waiting", "live", "over", "paused"]
PersonState = Literal["watching", "not_here", "left", "hidden", "ambiguous", "no_figures"]
_FRESH = timedelta(minutes=5)


class Person(Answer):
    """One person of a watch, as they are now."""

    participant_id: str
    name: str | None
    state: PersonState
    seat: str | None
    alert: str | None
    says: str


class PersonName(Answer):
    """One person, as named when the watch was registered."""

    participant_id: str


class WatchSummary(Answer):
    """A watch in a list."""

    id: str
    revision: int
    meeting: str
    who: tuple[PersonName, ...]
    kind: Literal["auto", "meeting", "webinar"]
    rules: tuple[str, ...]
    notify: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    hard_stop: bool
    labels: dict[str, str]
    created_at: datetime
    bound: str | None
    state: State
    says: str


class WatchAnswer(WatchSummary):
    """A watch with the people in it, its cost and its delay."""

    people: tuple[Person, ...]
    cost: Cost
    delay: Delay | None


def state_of(watch: Watch, run: Instance | None, now: datetime) -> State:
    """Where a watch stands. A window that has ended is soft: it lasts to the end of the meeting."""
    begun = run is not None and (watch.bound == run.id or run.started_at is not None)
    live = begun and run is not None and run.ended_at is None
    if watch.paused:
        return "paused"
    if run is not None and run.ended_at is not None:
        return "over"
    if watch.ends_at and now >= watch.ends_at and (watch.hard_stop or not live):
        return "over"
    return "live" if live and not (watch.starts_at and now < watch.starts_at) else "waiting"


def sentence_of(watch: Watch, run: Instance | None, state: State) -> str:
    """One sentence on a watch."""
    who = "1 person" if len(watch.who) == 1 else f"{len(watch.who)} people"
    meeting = (run.topic if run else "") or f"meeting {watch.meeting}"
    told = ", ".join(watch.notify)
    match state:
        case "paused":
            return f"Paused: {who} in {meeting} not watched until it is resumed."
        case "over" if run is not None:
            return f"Over: {meeting} has ended; Zoom numbers people anew in its next run."
        case "over":
            return f"Over: its time ended, and {who} of {meeting} {'was' if len(watch.who) == 1 else 'were'} not seen."
        case "live" if watch.rules and watch.bound is None:
            return f"{meeting} is on, but nobody watched was seen in it yet: every join gives a new participant id."
        case "live" if watch.rules:
            return f"Watching {who} in {meeting}; tells {told}."
        case "waiting" if watch.rules:
            return f"Waiting for {who} in {meeting}; will tell {told}."
        case _:
            return "Looks for nothing: its last rule was deleted. Give it rules, or delete it."


def person_of(participant: str, seat: Seat | None, now: datetime) -> Person:
    """What is known of one person now."""
    session = _session(participant, seat)
    state, says = _standing(seat, session, now)
    alert = seat.alert if seat else None
    return Person(
        participant_id=participant,
        name=(seat.name or None) if seat else None,
        state=state,
        seat=seat.id if seat else None,
        alert=alert.id if alert and alert.open else None,
        says=says,
    )


def seat_of(participant: str, seats: Mapping[str, tuple[str, Seat]]) -> Seat | None:
    """The seat in which a participant sits, among those that were loaded."""
    return next((seat for _, seat in seats.values() if _session(participant, seat)), None)


def _session(participant: str, seat: Seat | None) -> Session | None:
    return next((s for s in seat.sessions if s.id == participant), None) if seat else None


def _standing(seat: Seat | None, session: Session | None, now: datetime) -> tuple[PersonState, str]:
    if seat is None or session is None:
        return "not_here", "Nobody was seen under this id yet."
    name = seat.name or f"Participant {session.id}"
    if session.left_at:
        why = f" ({session.leave_reason})" if session.leave_reason else ""
        return "left", f"{name} left at {session.left_at:%H:%M} UTC{why}."
    if seat.away_at:
        return "not_here", f"{name} is not in the meeting since {seat.away_at:%H:%M} UTC."
    if seat.row_at is None or now - seat.row_at > _FRESH:
        return "no_figures", f"{name} is there, but Zoom gives no figures."
    if seat.alert and seat.alert.open:
        return "watching", f"{name} is watched; alert {seat.alert.id} is open."
    return "watching", f"{name} is watched; nothing is wrong."
