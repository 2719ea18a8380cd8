"""intake_add.lua: a webhook is kept in its order, until too many wait."""

from service.store import Store
from service.store.intake import Intake
from tests.service.store.builders import START


def test_what_came_first_waits_first(store: Store) -> None:
    assert [store.intake.add(body) for body in (b"one", b"two", b"three")] == [1, 2, 3]
    assert [entry.body for entry in store.intake.first(2)] == [b"one", b"two"]
    assert store.intake.waiting() == 3


def test_what_is_done_is_gone_and_the_rest_waits(store: Store) -> None:
    for body in (b"one", b"two", b"three"):
        store.intake.add(body)
    store.intake.done(store.intake.first(2))
    store.intake.done([])
    assert [entry.body for entry in store.intake.first(9)] == [b"three"]


def test_bytes_come_back_as_they_were(store: Store) -> None:
    body = bytes(range(256)) * 10
    store.intake.add(body)
    assert store.intake.first(1)[0].body == body


def test_a_full_stream_keeps_nothing_more_and_counts_it(store: Store) -> None:
    small = Intake(store._link, store.clock, most=2)
    assert [small.add(b"x") for _ in range(4)] == [1, 2, 0, 0]
    assert small.waiting() == 2
    assert store.health.counters() == {"hooks:taken": 2, "hooks:full": 2}


def test_when_anything_was_heard(store: Store) -> None:
    assert store.intake.heard_at() is None
    store.intake.add(b"x")
    store.clock.advance(minutes=1)
    assert store.intake.heard_at() == START
    assert store.intake.first(1)[0].at == START
