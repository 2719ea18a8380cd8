"""Zoom says that we called too often: hold, and know it for everybody."""

from datetime import timedelta

import pytest

from service.store import Store, keys
from service.store.link import Link
from tests.service.store.conftest import SECRET_KEY

PACE, DAY = keys.budget("a", "heavy"), keys.budget("a", "2026-03-02")


def test_a_hold_only_ever_grows(store: Store) -> None:
    link = Link(store.redis)
    for until in (5000, 3000):
        link.run("budget_correct", (PACE, DAY), (until, 0, 3600))
    assert float(store.redis.get(PACE)) == 5000
    assert not store.redis.exists(DAY)


def test_a_spent_day_is_never_called_less_spent(store: Store) -> None:
    link = Link(store.redis)
    store.redis.set(DAY, 70)
    link.run("budget_correct", (PACE, DAY), (5000, 60, 3600))
    assert store.redis.get(DAY) == b"70"
    link.run("budget_correct", (PACE, DAY), (5000, 100, 3600))
    assert store.redis.get(DAY) == b"100"


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
