"""A watch as people read it: what it waits for, what is known of each person, each with a sentence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar

from rules.model import AlertState, Instance, MeetingKind, Seat, Watch, Who, WhoKind
from rules.presence import Presence
from rules.presence import State as PersonState
from rules.watching import ANY, is_bound
from service.api.bodies import Answer
from service.api.forecast import Cost, Delay
from service.api.runs import is_of_one_run

State = Literal["waiting", "live", "over", "paused"]
Entry = Mapping[WhoKind, str | Literal[True]]  #: as it was given: {"name": "*Kline*"}, {"everyone": true}


class Person(Answer):
    """One person of a watch, as they are now. `participant_id` is their session: Zoom's number of one join.

    `who` is the entry that means them; `ambiguous`: it fits several people who are there, and all are watched.
    """

    who: Entry
    participant_id: str | None
    name: str | None
    state: PersonState
    ambiguous: bool
    seat: str | None
    alert: str | None
    says: str


HERE = ("watching", "no_figures")  #: states of somebody who is there
P = TypeVar("P", bound=Person)


class WatchSummary(Answer):
    """A watch in a list."""

    id: str
    revision: int
    meeting: str
    who: tuple[Entry, ...]
    kind: MeetingKind
    rules: tuple[str, ...]
    notify: tuple[str, ...]
    policy: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    hard_stop: bool
    labels: dict[str, str]
    created_at: datetime
    bound: str | None
    state: State
    says: str


class WatchAnswer(WatchSummary):
    """A watch with the people in it (500 at most), its cost and its delay."""

    people: tuple[Person, ...]
    cost: Cost
    delay: Delay | None


def entry_of(who: Who) -> Entry:
    """An entry of a watch as it was given."""
    return {who.kind: who.value or True}


def state_of(watch: Watch, runs: Sequence[Instance], now: datetime) -> State:
    """Where a watch stands. A window that has ended is soft: it lasts to the end of the meeting."""
    if watch.paused:
        return "paused"
    if is_of_one_run(watch) and not any(run.ended_at is None for run in runs):
        return "over"
    live = any(run.ended_at is None and (run.started_at or watch.bound == run.id) for run in runs)
    if watch.ends_at and now >= watch.ends_at and (watch.hard_stop or not live):
        return "over"
    return "live" if live and not (watch.starts_at and now < watch.starts_at) else "waiting"


def sentence_of(watch: Watch, runs: Sequence[Instance], state: State, *, found: bool, blind: str = "") -> str:
    """One sentence on a watch. `found`: somebody whom it means was seen. `blind`: why nobody can be seen now."""
    who, place = _whom(watch.who), _place(watch, runs)
    told, but = _told(watch), f" {blind}" if blind else ""
    match state:
        case "paused":
            return f"Paused: {who} in {place} not watched until it is resumed."
        case "over" if is_bound(watch):
            return f"Over: {place} has ended; Zoom numbers people anew in its next run."
        case "over" if is_of_one_run(watch) and not any(run.ended_at is None for run in runs):
            return f"Over: {place} has ended, and this run of it does not come again."
        case "over":
            return f"Over: its time has ended; {who} in {place} no longer watched."
        case _ if not watch.rules:
            return "Looks for nothing: its last rule was deleted. Give it rules, or delete it."
        case "live" if not found:
            return f"{place} is on, but nobody watched was seen in it yet{_hint(watch)}.{but}"
        case "live":
            return f"Watching {who} in {place}; tells {told}.{but}"
        case "waiting":
            return f"Waiting for {who} in {place}; will tell {told}.{but}"


def person_of(presence: Presence, alert: AlertState | None) -> Person:
    """One person of a watch as they are now."""
    return Person(
        who=entry_of(presence.who),
        participant_id=presence.session,
        name=presence.name or None,
        state=presence.state,
        ambiguous=presence.ambiguous,
        seat=presence.seat,
        alert=alert.id if alert else None,
        says=presence.says,
    )


def unseen(person: P, blind_since: datetime | None) -> P:
    """While we are blind nothing is said of how somebody is; that somebody left is known."""
    if blind_since is None or person.state not in HERE:
        return person
    return person.model_copy(update={"state": "watching", "says": f"Not seen since {blind_since:%H:%M} UTC."})


def alert_of(seat: Seat | None) -> AlertState | None:
    """The alert that is open on a seat."""
    return seat.alert if seat and seat.alert and seat.alert.open else None


def _place(watch: Watch, runs: Sequence[Instance]) -> str:
    if len(runs) > 1:
        return f"{len(runs)} meetings"
    if runs and runs[0].topic:
        return runs[0].topic
    return "any meeting" if watch.meeting == ANY else f"meeting {watch.meeting}"


def _told(watch: Watch) -> str:
    """ "slack-av, teams-av", "slack-av, and more by policy av", "whom policy av names"."""
    channels = ", ".join(watch.notify)
    if not watch.policy:
        return channels
    return f"{channels}, and more by policy {watch.policy}" if channels else f"whom policy {watch.policy} names"


def _whom(entries: Sequence[Who]) -> str:
    """Those who are meant, counted: "2 people", "1 person and the hosts", "everyone"."""
    if any(who.kind == "everyone" for who in entries):
        return "everyone"
    named = sum(1 for who in entries if who.kind != "role")
    people = [f"{named} {'person' if named == 1 else 'people'}"] if named else []
    people += [f"the {who.value}s" for who in entries if who.kind == "role"]
    return " and ".join([", ".join(people[:-1]), people[-1]] if len(people) > 1 else people)


def _hint(watch: Watch) -> str:
    """What to do about somebody who is not found."""
    kinds = {who.kind for who in watch.who}
    if kinds == {"participant_id"}:
        return ": every join gives a new participant id"
    if kinds & {"name", "email", "zoom_user"}:
        return f"; whoever is there under another name: POST /v1/watches/{watch.id}/bind"
    return ""
