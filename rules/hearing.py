"""What Zoom's webhooks tell: who came, waited and left, in whatever order and however often it is told.

An event says when it happened, and that moment counts, not the one at which it came. The last arrival of a session,
into the waiting room or the meeting, is its `joined_at`: what is older tells only what was not known yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from rules import dropping
from rules import roster as seating
from rules.lifecycle import REJOIN_GRACE
from rules.model import Listed, Meeting, Roster, Sight

Kind = Literal["started", "ended", "joined", "left", "waits", "left_waiting", "admitted", "alert", "figures", "machine"]

_EVENTS: Mapping[str, Kind] = {
    "started": "started",
    "ended": "ended",
    "alert": "alert",
    "participant_joined": "joined",
    "participant_joined_breakout_room": "joined",
    "participant_admitted": "admitted",
    "participant_left": "left",
    "participant_left_breakout_room": "left",
    "participant_joined_waiting_room": "waits",
    "participant_put_in_waiting_room": "waits",
    "participant_left_waiting_room": "left_waiting",
    "participant_qos": "figures",
    "participant_data": "machine",
}
#: Zoom's names of the events that we hear → what each is to us.
KINDS: Mapping[str, Kind] = {f"{run}.{name}": kind for run in ("meeting", "webinar") for name, kind in _EVENTS.items()}

PRESENCE: frozenset[Kind] = frozenset({"joined", "left", "waits", "left_waiting", "admitted"})
FIRST_MINUTE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook, read. `at`: when it happened; `came_at`: when it came to us."""

    kind: Kind
    meeting: Meeting
    webinar: bool
    at: datetime
    came_at: datetime
    person: Sight | None = None
    host_id: str = ""  #: the Zoom user whose meeting it is


def heard(people: seating.People, event: Event, instance: str, now: datetime) -> dict[str, Listed]:
    """Everybody after an event about one of them; the same again, or what is older than we know, changes nothing."""
    person, told = event.person, dict(people)
    if person is None or event.kind not in PRESENCE:
        return told
    before = people.get(person.session)
    known = seating.seated(people, (person,), instance, now, complete=False)[person.session]
    move = _left if event.kind in ("left", "left_waiting") else _came
    told[person.session] = move(known, before, event, person)
    return told


def told(roster: Roster, events: Iterable[Event], instance: str, now: datetime) -> Roster:
    """The roster after all that was heard of its meeting, in the order in which it happened."""
    people, ended_at = roster.people, roster.ended_at
    for event in sorted(events, key=lambda event: event.at):
        if event.kind in PRESENCE:
            people = heard(people, event, instance, now)
        elif event.person is not None and event.person.session not in people:  # their coming was never told
            people = seating.seated(people, (event.person,), instance, now, complete=False)
        if event.kind == "ended":
            ended_at = event.meeting.ended_at or event.at
    return replace(roster, people=people, ended_at=ended_at)


def look_at(listed: Listed, now: datetime) -> datetime:
    """When the meeting is worth a look because of somebody watched who came or went.

    Who came has figures when their first minute is over. Who left is gone for good after a grace, or dropped out.
    """
    if listed.left_at is not None:
        reason = listed.leave_reason.casefold()
        is_cut_off = any(words in reason for words in dropping.WORDS)
        return listed.left_at + (dropping.AFTER if is_cut_off else REJOIN_GRACE)
    return (listed.joined_at or now) + (REJOIN_GRACE if listed.waiting else FIRST_MINUTE)


def untold(known: Roster, listed: Iterable[Sight]) -> datetime | None:
    """The first coming or going that a list shows and no event has told; its event may be on its way.

    `known`: the roster before that list. The first list of a meeting tells nothing of this: it may be older than us.
    """
    before = known.listed_at
    if before is None:
        return None
    missed = (moment for sight in listed for moment in _missed(known.people.get(sight.session), sight))
    return min((moment for moment in missed if moment > before), default=None)


def newer(
    told: seating.People, heard: seating.People, asked: seating.People, listed: Iterable[Sight]
) -> seating.People:
    """People after a list, where events that came since it was asked for know better (`asked` → `heard`).

    Who is not in that list came after it, and who waits in it was let in; who has left in it has left.
    """
    if heard is asked:
        return told
    gone = {sight.session for sight in listed if sight.left_at}
    since = {each: known for each, known in heard.items() if each not in gone and asked.get(each) != known}
    return {**told, **{each: _as_it_was(told[each], known, known.joined_at) for each, known in since.items()}}


def _came(known: Listed, before: Listed | None, event: Event, person: Sight) -> Listed:
    """After an arrival, in the waiting room or in the meeting; whoever left since has left."""
    waiting = event.kind == "waits"
    at = (person.joined_at if event.kind == "joined" else None) or event.at
    if before is not None and _is_older(at, before, waiting=waiting):
        return _as_it_was(known, before, before.joined_at or at)
    return replace(known, joined_at=at, waiting=waiting, left_at=None, leave_reason="")


def _left(known: Listed, before: Listed | None, event: Event, person: Sight) -> Listed:
    """After a departure. From the meeting it is for good: a session never comes back. Who waits may be let in."""
    at, joined_at = person.left_at or event.at, before.joined_at if before else None
    if event.kind == "left_waiting":
        let_in = before is not None and not before.waiting
        if before and (let_in or before.left_at or (joined_at and joined_at > at)):
            return _as_it_was(known, before, joined_at)
        return replace(known, joined_at=joined_at, waiting=True, left_at=at)
    first = before is None or before.left_at is None or before.waiting
    if not first and before and before.leave_reason:  # both rooms tell it, and once more: the first word stands
        return _as_it_was(known, before, joined_at)
    return replace(known, joined_at=joined_at, waiting=False, left_at=at, leave_reason=person.leave_reason)


def _as_it_was(known: Listed, before: Listed, joined_at: datetime | None) -> Listed:
    """What is told of the person is welcome; where they are is known better."""
    return replace(
        known,
        joined_at=joined_at,
        waiting=before.waiting,
        left_at=before.left_at,
        leave_reason=before.leave_reason,
    )


def _is_older(at: datetime, before: Listed, *, waiting: bool) -> bool:
    """Whether something newer is known of a session than that it came then."""
    if before.left_at is not None:
        if not before.waiting:
            return at <= before.left_at or bool(before.leave_reason)
        return at < before.left_at or (waiting and at == before.left_at)  # who left the waiting room may be let in
    if before.joined_at is None:
        return False
    return at < before.joined_at or (at == before.joined_at and waiting and not before.waiting)


def _missed(known: Listed | None, sight: Sight) -> tuple[datetime, ...]:
    """When somebody came or left without our having heard of it."""
    came = sight.joined_at if known is None and not sight.waiting else None
    left = sight.left_at if known is None or known.left_at is None else None
    return tuple(moment for moment in (came, left) if moment is not None)
