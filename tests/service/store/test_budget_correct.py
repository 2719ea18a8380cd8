"""Zoom says that we called too often: hold, and know it for everybody."""

from datetime import timedelta

import pytest

from service.store import Store, keys
from service.store.link import Link
from tests.service.store.conftest import SECRET_KEY

PACE, DAY, OTHERS = (keys.budget("a", what) for what in ("heavy", "2026-03-02", "2026-03-02:others"))


def test_a_hold_only_ever_grows(store: Store) -> None:
    link = Link(store.redis)
    for until in (5000, 3000):
        link.run("budget_correct", (PACE, DAY, OTHERS), (until, 0, 3600))
    assert float(store.redis.get(PACE)) == 5000
    assert not store.redis.exists(DAY, OTHERS)


def test_a_spent_day_is_never_called_less_spent(store: Store) -> None:
    link = Link(store.redis)
    store.redis.set(DAY, 70)
    assert link.run("budget_correct", (PACE, DAY, OTHERS), (5000, 60, 3600)) == 0
    assert (store.redis.get(DAY), store.redis.get(OTHERS)) == (b"70", None)
    assert link.run("budget_correct", (PACE, DAY, OTHERS), (5000, 100, 3600)) == 30
    assert (store.redis.get(DAY), store.redis.get(OTHERS)) == (b"100", b"30")
    assert 0 < store.redis.ttl(OTHERS) <= 3600


def test_too_many_a_second_hold_that_label_for_a_second(store: Store) -> None:
    store.budget.correct("heavy", daily=False)
    taken = store.budget.take("heavy")
    assert not taken.ok
    assert 500 < taken.wait_ms <= 1010
    assert taken.left_today == 60_000
    assert store.budget.take("light").ok


def test_a_moment_that_zoom_names_is_waited_for(store: Store) -> None:
    store.budget.correct("heavy", daily=False, until=store.clock.now() + timedelta(seconds=30))
    assert 29_000 < store.budget.take("heavy").wait_ms <= 30_010


def test_a_moment_on_a_sped_clock_comes_sooner(store: Store) -> None:
    sped = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="12@1700000000")
    sped.budget.correct("heavy", daily=False, until=sped.clock.now() + timedelta(seconds=60))
    assert 4000 < sped.budget.take("heavy").wait_ms <= 5010


@pytest.mark.parametrize("label", ["heavy", "intensive"])
def test_a_spent_day_stops_both_labels_that_share_it(store: Store, label: str) -> None:
    store.budget.correct(label, daily=True, until=store.clock.now() + timedelta(hours=1))
    assert [store.budget.take(each).ok for each in ("heavy", "intensive", "light")] == [False, False, True]
    assert store.budget.spent().left == 0


def test_a_moment_that_is_past_holds_nothing(store: Store) -> None:
    store.budget.correct("light", daily=True, until=store.clock.now() - timedelta(hours=1))
    assert store.budget.take("light").ok
    assert store.budget.spent().today == 0


def test_what_zoom_counts_beyond_our_calls_others_made(store: Store) -> None:
    store.budget.take("heavy")
    store.budget.hear(59_000)
    store.budget.take("heavy")
    store.budget.hear(59_500)
    spent = store.budget.spent()
    assert (spent.today, spent.ours, spent.others, spent.left) == (1_001, 2, 999, 58_999)
    assert store.budget.take("heavy").ok, "hearing holds nothing"


def test_a_day_spent_before_we_have_spent_it_was_spent_by_others(store: Store) -> None:
    store.budget.take("heavy")
    for _ in range(2):
        store.budget.correct("heavy", daily=True)
    spent = store.budget.spent()
    assert (spent.ours, spent.others, spent.left_for_figures) == (1, 59_999, 0)


def test_others_are_awaited_as_they_were_the_day_before(store: Store) -> None:
    store.budget.hear(36_000)
    assert store.budget.awaited() == 0, "what they have spent is spent"
    store.clock.advance(hours=14)
    assert (store.budget.spent().others, store.budget.awaited()) == (0, 24_000)
    store.clock.advance(hours=18)
    assert store.budget.awaited() == 6_000
    store.clock.advance(hours=6)
    assert store.budget.awaited() == 0
