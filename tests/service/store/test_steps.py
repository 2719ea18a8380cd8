"""When time alone changes an alert: the moment is written with it, and whoever holds it hears that it moved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.model import AlertState, AlertView, Breach
from rules.taking import Act
from service.store import Store, keys
from service.store.acting import act
from tests.service.store.builders import MINUTE, START, I, a_change, a_closed_view, a_plan, a_seat, a_view, an_entry

SOON, LATER = START + timedelta(minutes=5), START + timedelta(minutes=10)


def write(store: Store, view: AlertView | None = None, *, at=SOON, was: str = "") -> None:
    change = replace(a_change(view or a_view(), an_entry()), next_at=at)
    assert not store.seats.commit(I, [a_plan(was=was, alerts=(change,))])


def test_a_commit_says_when_its_alert_is_due(store: Store) -> None:
    write(store)
    assert store.steps.when("al_1") == SOON

    write(store, at=LATER, was="000000000001")
    assert store.steps.when("al_1") == LATER, "later than before, since somebody took it"

    write(store, at=None, was="000000000002")
    assert store.steps.when("al_1") is None


def test_a_closed_alert_is_due_at_no_time(store: Store) -> None:
    write(store)
    write(store, a_closed_view(), at=None, was="000000000001")

    assert store.steps.members() == frozenset()


def test_whoever_holds_a_step_looks_again_when_its_alert_changed_meanwhile(store: Store) -> None:
    write(store, at=START)
    (claim,) = store.steps.claim(9, 60)

    write(store, at=LATER, was="000000000001")
    assert store.steps.when("al_1") != LATER, "it is leased"
    store.steps.done(claim, SOON)

    assert store.steps.when("al_1") == START, "at once, since it was wanted meanwhile"


def test_a_step_whose_holder_died_is_due_again(store: Store) -> None:
    write(store, at=START)
    store.steps.claim(9, 60)
    store.clock.advance(seconds=61)

    assert [claim.member for claim in store.steps.claim(9, 60)] == ["al_1"]


def test_a_step_that_is_late_is_counted(store: Store) -> None:
    write(store, at=START)
    store.clock.put(START + timedelta(seconds=59))
    assert store.health.figures(store.clock.now()).overdue_steps == 0

    store.clock.put(START + timedelta(seconds=61))
    assert store.health.figures(store.clock.now()).overdue_steps == 1


def test_an_open_alert_whose_step_nothing_will_take_is_counted(store: Store) -> None:
    write(store, a_view(next_at=SOON))
    assert store.health.figures(START).overdue_steps == 0

    store.steps.remove("al_1")
    assert store.health.figures(START).overdue_steps == 1


# The one door for acts


def an_alert(store: Store, **changes: object) -> None:
    state = AlertState("al_1", 1, START, MINUTE, True, "warning", watches=a_view().watches)
    seat = a_seat(name="Dr Rao", alert=replace(state, **changes))
    view = a_view(breaches=())
    assert not store.seats.commit(I, [a_plan(seat=seat, alerts=(a_change(view, an_entry()),))])


def test_there_is_nothing_to_do_about_an_alert_that_never_was(store: Store) -> None:
    assert act(store, "al_none", Act("acknowledge", "Ana"), START) is None


def test_an_alert_of_which_only_the_document_is_left_is_over(store: Store) -> None:
    write(store, a_closed_view(says="Over (fine): others hear Dr Rao breaking up."))

    done = act(store, "al_1", Act("acknowledge", "Ana"), START)

    assert done is not None
    assert (done.changed, done.says) == (False, "It is over. Over (fine): others hear Dr Rao breaking up.")


@pytest.mark.parametrize("kind", ["acknowledge", "resolve", "snooze"])
def test_an_act_is_written_with_its_entry_and_its_debt(store: Store, kind: str) -> None:
    an_alert_with_breach(store)

    done = act(store, "al_1", Act(kind, "Ana", until=LATER), START)

    assert done is not None
    assert done.changed
    assert store.alerts.get("al_1") == done.alert
    entry = store.alerts.timeline("al_1")[-1]
    assert (entry.seq, entry.by) == (2, "Ana")
    assert store.redis.hgetall(keys.owed(f"slack-av:{I}")) == {b"al_1": b"2"}
    assert store.health.counters()[f"acts:{kind}"] == 1


def test_two_who_take_it_at_once_are_told_the_same_truth(store: Store) -> None:
    an_alert_with_breach(store)

    first = act(store, "al_1", Act("acknowledge", "Ana Ruiz"), START)
    second = act(store, "al_1", Act("acknowledge", "Ben Ito"), START + timedelta(seconds=1))

    assert first is not None
    assert second is not None
    assert (first.changed, second.changed) == (True, False)
    assert second.says == "Ana Ruiz already has it since 10:00 UTC. Nothing to do."
    assert len(store.alerts.timeline("al_1")) == 2


def test_a_false_alarm_is_counted_for_its_rule(store: Store) -> None:
    an_alert_with_breach(store)

    act(store, "al_1", Act("resolve", "Ana", reason="false_alarm"), START)

    assert store.health.counters()["false_alarms:audio-sent"] == 1


def an_alert_with_breach(store: Store) -> None:
    breach = Breach("audio-sent", 1, "warning", MINUTE, MINUTE, "sent audio loses 6 %", operand="audio_input.avg_loss")
    an_alert(store, breaches=(breach,))
