"""What events tell of people: in any order, and however often, the same people are in the same places."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from rules import hearing
from rules.hearing import Event, Kind
from rules.model import Listed, Meeting, Roster, Sight
from tests.rules.builders import START

I = "i"  # noqa: E741 - an instance
MEETING = Meeting("uuid==", "97763643886")
NETWORK = "Network connection error."


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def an_event(kind: Kind, seconds: float, session: str = "7", **person: object) -> Event:
    """Something that happened so many seconds after START."""
    known: dict[str, object] = {"name": "Ana", "uuid": "U-1", **person}
    if kind == "joined":
        known.setdefault("joined_at", at(seconds))
    if kind == "left":
        known.setdefault("left_at", at(seconds))
    sight = Sight(session, **known)
    return Event(kind, MEETING, False, at(seconds), at(seconds), sight)


def told(*events: Event, known: Roster | None = None) -> dict[str, Listed]:
    """Each event by itself, in this order, as when each comes in a batch of its own."""
    roster = known or Roster()
    for event in events:
        roster = hearing.told(roster, [event], I, at(3600))
    return dict(roster.people)


STORIES = {
    "came-and-left": (an_event("joined", 0), an_event("left", 60, leave_reason=NETWORK)),
    "waited-and-came": (an_event("waits", 0), an_event("admitted", 30), an_event("joined", 30)),
    "waited-and-gave-up": (an_event("waits", 0), an_event("left_waiting", 30)),
    "left-the-waiting-room-by-being-let-in": (
        an_event("waits", 0),
        an_event("left_waiting", 30),
        an_event("joined", 30),
    ),
    "put-back-and-let-in-again": (an_event("joined", 0), an_event("waits", 60), an_event("admitted", 90)),
    "put-back": (an_event("joined", 0), an_event("waits", 60)),
}


@pytest.mark.parametrize("events", [pytest.param(events, id=name) for name, events in STORIES.items()])
def test_disorder_and_repetition_change_nothing(events: tuple[Event, ...]) -> None:
    wanted = told(*events)
    for mixed in permutations([*events, *events], len(events) + 1):
        if set(map(id, mixed)) == set(map(id, events)):
            assert told(*mixed) == wanted, [event.kind for event in mixed]


@pytest.mark.parametrize(
    ("story", "waiting", "left_at", "joined_at"),
    [
        pytest.param("came-and-left", False, at(60), at(0), id="gone"),
        pytest.param("waited-and-came", False, None, at(30), id="here-since-they-were-let-in"),
        pytest.param("waited-and-gave-up", True, at(30), at(0), id="never-came-in"),
        pytest.param("left-the-waiting-room-by-being-let-in", False, None, at(30), id="let-in"),
        pytest.param("put-back-and-let-in-again", False, None, at(90), id="here-again"),
        pytest.param("put-back", True, None, at(60), id="waits-again"),
    ],
)
def test_where_somebody_is(story: str, waiting: bool, left_at: datetime | None, joined_at: datetime) -> None:
    listed = told(*STORIES[story])["7"]
    assert (listed.waiting, listed.left_at, listed.joined_at) == (waiting, left_at, joined_at)


def test_a_joined_that_comes_after_the_left_of_its_session_brings_nobody_back() -> None:
    listed = told(an_event("left", 60, leave_reason=NETWORK), an_event("joined", 0, email="ana@example.com"))["7"]
    assert listed.left_at == at(60)
    assert listed.leave_reason == NETWORK
    assert listed.joined_at == at(0)
    assert listed.email == "ana@example.com"


def test_the_first_word_of_a_departure_stands() -> None:
    """A breakout room and the meeting both tell of it, each with its moment."""
    listed = told(
        an_event("left", 60, leave_reason="Moved to or from a breakout room."),
        an_event("left", 61, leave_reason="left the meeting"),
    )["7"]
    assert (listed.left_at, listed.leave_reason) == (at(60), "Moved to or from a breakout room.")


def test_who_moves_to_a_breakout_room_keeps_the_seat() -> None:
    people = told(
        an_event("joined", 0),
        an_event("joined", 60, "8"),
        an_event("left", 60, "7", leave_reason="Moved to or from a breakout room."),
    )
    assert {listed.seat for listed in people.values()} == {"i.7"}
    assert people["7"].left_at == at(60)
    assert people["8"].left_at is None


def test_two_of_one_name_stay_two() -> None:
    people = told(
        an_event("joined", 0, "7", name="iPhone", uuid="A"), an_event("joined", 5, "8", name="iPhone", uuid="B")
    )
    assert [listed.seat for listed in people.values()] == ["i.7", "i.8"]


def test_figures_of_somebody_whose_coming_was_never_told_seat_them() -> None:
    people = told(an_event("figures", 60, email="ana@example.com"))
    assert people["7"].seat == "i.7"
    assert told(an_event("figures", 90), known=Roster({"7": Listed("i.7", left_at=at(60))}))["7"].left_at == at(60)


def test_an_end_is_kept_until_a_look_confirms_it() -> None:
    ended = Event("ended", Meeting("uuid==", ended_at=at(600), number="9"), False, at(600), at(601))
    assert hearing.told(Roster(), [ended], I, at(601)).ended_at == at(600)


@pytest.mark.parametrize(
    ("listed", "seconds"),
    [
        pytest.param(Listed("s", joined_at=at(0)), 60, id="figures-of-the-first-minute"),
        pytest.param(Listed("s", joined_at=at(0), left_at=at(100), leave_reason=NETWORK), 190, id="dropped-out"),
        pytest.param(
            Listed("s", left_at=at(100), leave_reason="Ana got disconnected from the meeting."), 190, id="too"
        ),
        pytest.param(Listed("s", left_at=at(100), leave_reason="Ana left the meeting."), 280, id="left-for-good"),
        pytest.param(Listed("s", joined_at=at(0), waiting=True), 180, id="waits"),
    ],
)
def test_when_the_meeting_is_worth_a_look(listed: Listed, seconds: float) -> None:
    assert hearing.look_at(listed, at(500)) == at(seconds)


KNOWN = Roster({"7": Listed("i.7", joined_at=at(-900))}, listed_at=at(0))


@pytest.mark.parametrize(
    ("known", "sight", "missed"),
    [
        pytest.param(KNOWN, Sight("8", joined_at=at(60)), at(60), id="came-and-nobody-told"),
        pytest.param(KNOWN, Sight("7", joined_at=at(-900), left_at=at(60)), at(60), id="left-and-nobody-told"),
        pytest.param(KNOWN, Sight("8", joined_at=at(60), waiting=True), None, id="waits"),
        pytest.param(KNOWN, Sight("8", joined_at=at(-60)), None, id="older-than-the-list-before"),
        pytest.param(KNOWN, Sight("7", joined_at=at(60)), None, id="known"),
        pytest.param(Roster(), Sight("8", joined_at=at(60)), None, id="the-first-list-of-a-meeting"),
    ],
)
def test_what_no_event_has_told(known: Roster, sight: Sight, missed: datetime | None) -> None:
    assert hearing.untold(known, [sight]) == missed
