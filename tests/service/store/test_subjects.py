"""The subjects of a run: read whole, read in part, and a roster changed from what was read a moment ago."""

from dataclasses import replace
from datetime import UTC, datetime

from rules.lifecycle import empty_seat
from rules.model import Listed, MeetingRecord, Plan, Roster
from service.store import Store

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RUN = "3f9a0c11d2e4"


def seated(store: Store, *sessions: str) -> None:
    seats = [empty_seat(RUN, session) for session in sessions]
    assert not store.seats.commit(
        RUN, [Plan(seat.id, "", seat) for seat in seats], record=("", MeetingRecord(rounds=1))
    )


def someone(roster: Roster) -> Roster:
    return replace(roster, people={**roster.people, "7": Listed(f"{RUN}.7", "Ana")})


def test_one_reading_holds_the_seats_the_record_and_the_roster(store: Store) -> None:
    seated(store, "7", "8")
    store.seats.change_roster(RUN, someone)
    whole = store.seats.whole(RUN)
    assert whole.seats == store.seats.load(RUN)
    assert whole.record == store.seats.record(RUN)
    assert whole.roster == store.seats.roster(RUN)
    empty = store.seats.whole("nobody")
    assert (empty.seats, empty.record, empty.roster) == ({}, ("", MeetingRecord()), ("", Roster()))


def test_some_seats_are_read_alone(store: Store) -> None:
    seated(store, "7", "8", "9")
    assert store.seats.load(RUN, {f"{RUN}.8", f"{RUN}.none"}).keys() == {f"{RUN}.8"}
    assert store.seats.load(RUN, ()) == {}


def test_a_roster_is_changed_from_what_was_read_and_others_changes_are_kept(store: Store) -> None:
    known = store.seats.roster(RUN)
    assert store.seats.change_roster(RUN, someone, known).people.keys() == {"7"}
    after = store.seats.change_roster(RUN, lambda roster: replace(roster, listed_at=AT), known)
    assert after.people.keys() == {"7"}, "somebody wrote since it was read"
    assert store.seats.roster(RUN)[1] == after
