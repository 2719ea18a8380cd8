"""Zoom's budget: a pace with a little burst and a day's count, in one answer, failing closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis

from service.store import Store, StoreUnavailable, Taken, keys
from service.store.link import Link
from service.store.plans import PLANS, plan_of
from tests.service.store.conftest import SECRET_KEY

PACE, DAY = keys.budget("a", "heavy"), keys.budget("a", "2026-03-02")


def take(store: Store, now_ms: int, gap: float = 25, burst: float = 75, a_day: int = 100) -> list[int]:
    return Link(store.redis).run("budget_take", (PACE, DAY), (now_ms, gap, burst, a_day, 3600))


def test_a_burst_goes_at_once_and_then_one_a_gap(store: Store) -> None:
    assert [take(store, 1000)[0] for _ in range(5)] == [1, 1, 1, 1, 0]
    assert take(store, 1000) == [0, 25, 96]
    assert take(store, 1024)[0] == 0
    assert take(store, 1025) == [1, 0, 95]


def test_over_a_second_no_more_than_pace_and_burst(store: Store) -> None:
    granted = sum(take(store, 1000 + ms, gap=1000 / 38, burst=3000 / 38, a_day=60_000)[0] for ms in range(1000))
    assert 38 <= granted <= 42


def test_waiting_as_told_is_enough(store: Store) -> None:
    now = 1000
    for _ in range(20):
        ok, wait, _ = take(store, now)
        if not ok:
            now += wait
            assert take(store, now)[0] == 1


def test_when_the_day_is_spent_nothing_goes_and_the_pace_is_not_charged(store: Store) -> None:
    assert [take(store, 1000 * n, a_day=2) for n in range(1, 4)] == [[1, 0, 1], [1, 0, 0], [0, -1, 0]]
    assert float(store.redis.get(PACE)) == 2025


def test_a_call_that_no_day_counts(store: Store) -> None:
    assert take(store, 1000, a_day=-1) == [1, 0, -1]
    assert not store.redis.exists(DAY)


def test_a_day_of_no_calls_is_spent_from_its_start(store: Store) -> None:
    assert take(store, 1000, a_day=0) == [0, -1, 0]


def test_both_marks_are_swept_after_their_day(store: Store) -> None:
    take(store, 1000)
    assert 0 < store.redis.ttl(PACE) <= 3600
    assert 0 < store.redis.ttl(DAY) <= 3600


def test_many_workers_together_spend_one_budget(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.budget.take("intensive"), range(40)))
    assert sum(each.ok for each in taken) == 1, "twenty a minute, none at once"
    assert all(0 < each.wait_ms <= 3000 for each in taken if not each.ok)
    assert store.budget.spent().today == 1


def test_heavy_and_intensive_share_the_day_and_light_calls_are_free(store: Store) -> None:
    assert [store.budget.take(label).left_today for label in ("heavy", "intensive", "light")] == [
        59_999,
        59_998,
        59_998,
    ]
    assert (store.budget.spent().today, store.budget.spent().left) == (2, 59_998)


def test_a_new_day_of_the_clock_is_a_new_count(store: Store) -> None:
    store.budget.take("heavy")
    store.clock.advance(days=1)
    assert store.budget.take("heavy").left_today == 59_999


def test_a_spent_day_waits_for_midnight(store: Store) -> None:
    store.budget.correct("heavy", daily=True)
    taken = store.budget.take("heavy")
    assert taken == Taken(False, 14 * 3_600_000, 0)


@pytest.mark.parametrize(("plan", "heavy"), [("business", 4), ("pro", 1)])
def test_the_plan_sets_the_pace(store: Store, plan: str, heavy: int) -> None:
    planned = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash", plan=plan)
    planned.clock.machine_ms = lambda: 5_000_000
    assert sum(planned.budget.take("heavy").ok for _ in range(10)) == heavy


@pytest.mark.parametrize("allowed", [40, 10, 80, 3, 31])
def test_no_second_holds_more_than_zoom_allows(store: Store, allowed: float) -> None:
    rate = plan_of("business", heavy_per_s=allowed).heavy
    gap = 1000 / rate.per_s
    granted = sum(take(store, 1000 + ms, gap, gap * (rate.burst - 1), 60_000)[0] for ms in range(1000))
    assert 0.85 * allowed <= granted <= allowed, "a full second, the burst first"


def test_what_an_account_agreed_otherwise_stands_for_its_plan(store: Store) -> None:
    plan = plan_of("business", heavy_per_s=10, intensive_per_min=6, a_day=5_000)
    agreed = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash", plan=plan)
    assert (agreed.budget.plan.heavy, agreed.budget.plan.light) == (PLANS["pro"].heavy, PLANS["business"].light)
    assert agreed.budget.take("intensive") == Taken(True, 0, 4_999)
    assert 9_900 < agreed.budget.take("intensive").wait_ms <= 10_000


def test_figures_leave_the_last_calls_of_the_day_to_discovery(store: Store) -> None:
    small = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash", plan=plan_of("business", a_day=40))
    small.budget.hear(3)
    assert small.budget.spent().reserve == 2
    assert small.budget.take("heavy", "qos") == Taken(True, 0, 0)
    assert small.budget.take("heavy", "qos") == Taken(False, 14 * 3_600_000, 0), "the reserve is not theirs"
    assert [small.budget.take("heavy", "discovery").left_today for _ in range(2)] == [1, 0]
    assert not small.budget.take("heavy", "discovery").ok
    assert small.budget.take("light", "qos").ok


def test_accounts_have_budgets_of_their_own(store: Store) -> None:
    store.budget.take("heavy")
    other = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash", account="another")
    assert other.budget.spent().today == 0


def test_without_redis_nothing_is_granted() -> None:
    nowhere = Store(redis.Redis(unix_socket_path="/nowhere.sock"), secret_keys=[SECRET_KEY])
    with pytest.raises(StoreUnavailable):
        nowhere.budget.take("heavy")


def test_the_pace_is_real_whatever_the_clock_says(store: Store) -> None:
    while store.budget.take("heavy").ok:
        pass
    store.clock.advance(hours=1)
    assert not store.budget.take("intensive").wait_ms > timedelta(minutes=1) / timedelta(milliseconds=1)
    assert 0 < store.budget.take("intensive").wait_ms <= 3000
