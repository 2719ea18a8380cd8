"""Builders of what the store keeps: they state what matters and leave the rest out of sight."""

from dataclasses import replace
from datetime import UTC, datetime

from rules.gate import Gate
from rules.model import (
    AlertView,
    AlertWrite,
    Channel,
    Debt,
    Entry,
    Note,
    Plan,
    Rule,
    Sample,
    Seat,
    Watch,
    WatchView,
    Who,
    minute_of,
)
from service.store import Attempt, Store, Turn, keys

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE = minute_of(START)
I = "3f9a0c11d2e4"  # noqa: E741 - data.md's own name of an instance
LANE = f"slack-av:{I}"
OPEN = Gate()


def a_seat(session: str = "7", **changes: object) -> Seat:
    return replace(Seat(id=f"{I}.{session}", instance=I), **changes)


def a_plan(session: str = "7", was: str = "", **changes: object) -> Plan:
    return replace(Plan(f"{I}.{session}", was, a_seat(session)), **changes)


def a_debt(subject: str = "al_1", seq: int = 1, lane: str = LANE) -> Debt:
    return Debt(lane.split(":")[0], lane, subject, seq)


def a_note(id: str = "nt_1") -> Note:
    return Note(id, "test", "This is a test.", START)


def a_row(minute: int = 0, session: str = "7", **values: float) -> Sample:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Sample(session, MINUTE + minute, named or {"audio_input.avg_loss": 14.0})


def a_view(id: str = "al_1", **changes: object) -> AlertView:
    view = AlertView(
        id=id,
        seq=1,
        subject=f"{I}.7",
        instance=I,
        meeting="97763643886",
        uuid="aDYlohsHRtCd4ii1uC2+hA==",
        topic="Board meeting",
        who="Dr Rao",
        session="7",
        state="open",
        held=False,
        severity="warning",
        says="others hear Dr Rao breaking up",
        opened_at=START,
        closed_at=None,
        ending=None,
        breaches=(),
        watches=(WatchView("w_1", "warning", ("slack-av",)),),
    )
    return replace(view, **changes)


def a_closed_view(id: str = "al_1", at: datetime = START, **changes: object) -> AlertView:
    return a_view(id, state="closed", closed_at=at, ending="fine", **changes)


def an_entry(seq: int = 1) -> Entry:
    return Entry(seq, "fire", MINUTE, START, "sent audio loses 14 %", True, "warning", False)


def a_change(view: AlertView | None = None, *entries: Entry) -> AlertWrite:
    return AlertWrite(view or a_view(), entries, True)


def a_watch(id: str = "w_1", **changes: object) -> Watch:
    watch = Watch(id, 0, "97763643886", (Who("participant_id", "16778240"),), ("speaker",), ("slack-av",), START)
    return replace(watch, **changes)


def a_rule(id: str = "audio-sent", **changes: object) -> Rule:
    return replace(Rule(id, 1, "others hear {who} breaking up", warning="audio_input.avg_loss > 5%"), **changes)


def a_channel(id: str = "slack-av", **changes: object) -> Channel:
    return replace(Channel(id, 0, "slack", "https://hooks.slack.com/services/T0/B0/secret", START), **changes)


def an_attempt(outcome: str = "accepted", status: int | None = 200, answer: str = "ok") -> Attempt:
    return Attempt(START, status, 120, answer, outcome)


def owe(store: Store, *debts: Debt, session: str = "7") -> None:
    """A commit that leaves debts, and the 300 ms after which their lanes are due."""
    subject = f"{I}.{session}"
    was = store.seats.load(I).get(subject, ("", None))[0]
    assert not store.seats.commit(I, [a_plan(session, was, debts=debts)])
    store.clock.advance(milliseconds=300)


def claimed(store: Store) -> Turn:
    """The one turn that may be had now."""
    (turn,) = store.lanes.claim(9, 60)
    return turn


def posted(store: Store, turn: Turn, outcome: str = "accepted", **record: object) -> str:
    """A post of all that a turn owes, and what came of it; answers the delivery's id."""
    pairs = turn.sending.pairs if turn.sending else tuple(sorted(turn.owed.items()))
    id = turn.sending.id if turn.sending else keys.delivery_id(turn.lane, pairs)
    assert store.lanes.begin(turn, id, pairs)
    assert store.lanes.record(turn, an_attempt(outcome), **{"gate": OPEN, "lane_not_before": None, **record})
    return id
