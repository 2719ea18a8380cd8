"""Leases: two holders never meet, a stale token ends nothing, what a dead holder had becomes due again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service.store import Claim, Store, keys
from tests.service.store.builders import START
from tests.service.store.conftest import SECRET_KEY

LATER = START + timedelta(minutes=1)


def test_what_is_due_is_claimed_earliest_first_and_once(store: Store) -> None:
    for member, seconds in (("b", -1), ("a", -2), ("c", 1)):
        store.due.arm(member, START + timedelta(seconds=seconds))

    assert [claim.member for claim in store.due.claim(9, 90)] == ["a", "b"]
    assert store.due.claim(9, 90) == []


def test_no_more_is_claimed_than_was_asked_for(store: Store) -> None:
    for member in "abc":
        store.due.arm(member, START)
    assert len(store.due.claim(2, 90)) == 2


def test_a_lease_that_ran_out_is_claimed_again_under_a_newer_token(store: Store) -> None:
    store.due.arm("a", START)
    (dead,) = store.due.claim(1, 90)
    store.clock.advance(seconds=90)

    (live,) = store.due.claim(1, 90)

    assert int(live.token) > int(dead.token)
    assert not store.due.renew(dead, 90)
    assert not store.due.done(dead, LATER)
    assert not store.due.give_back(dead)
    assert store.due.renew(live, 90)


def test_a_lease_is_meant_in_real_seconds(store: Store) -> None:
    base = store.clock.machine_ms() // 1000
    sped = Store(store.redis, secret_keys=[SECRET_KEY], test_clock=f"12@{base}")
    sped.due.arm("a", sped.clock.now() - timedelta(seconds=1))
    sped.due.claim(1, 90)
    assert sped.due.first()[1] - sped.clock.now() > timedelta(seconds=89 * 12)


def test_a_renewed_lease_holds_on(store: Store) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)
    store.clock.advance(seconds=80)
    assert store.due.renew(claim, 90)
    store.clock.advance(seconds=80)
    assert store.due.claim(1, 90) == []


def test_one_that_nobody_took_over_can_be_renewed_late(store: Store) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)
    store.clock.advance(seconds=100)
    assert store.due.renew(claim, 90)


def test_done_makes_it_due_then_or_never(store: Store) -> None:
    store.due.arm("a", START)
    store.due.arm("b", START)
    first, second = store.due.claim(2, 90)

    assert store.due.done(first, LATER)
    assert store.due.done(second, None)

    assert store.due.first() == ("a", LATER)
    assert store.redis.zcard(keys.due()) == 1
    assert not store.redis.exists(keys.claims(keys.due()))


def test_arming_only_lowers(store: Store) -> None:
    store.due.arm("a", LATER)
    store.due.arm("a", LATER + timedelta(hours=1))
    assert store.due.first() == ("a", LATER)
    store.due.arm("a", START)
    assert store.due.first() == ("a", START)


@pytest.mark.parametrize("next_at", [LATER, None], ids=["it would be due later", "it would be gone"])
def test_what_is_wanted_while_it_is_held_is_due_at_once_afterwards(store: Store, next_at: object) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)

    store.due.arm("a", START)

    assert store.due.claim(1, 90) == [], "a second holder must not come in"
    assert store.due.done(claim, next_at)
    assert store.due.first() == ("a", START)


@pytest.mark.parametrize(
    ("next_s", "wanted_s", "due_s"),
    [(300, (60,), 60), (300, (90, 60, 120), 60), (30, (60,), 30), (None, (60,), 60), (300, (60, 0), 0)],
)
def test_what_is_wanted_for_later_while_it_is_held_is_due_then(
    next_s: int | None, wanted_s: tuple[int, ...], due_s: int, store: Store
) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)
    for seconds in wanted_s:
        store.due.arm("a", START + timedelta(seconds=seconds))
    store.due.done(claim, None if next_s is None else START + timedelta(seconds=next_s))
    assert store.due.first() == ("a", START + timedelta(seconds=due_s))


def test_a_claim_as_an_older_version_wrote_it_is_wanted_at_once(store: Store) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)
    held = keys.claims(keys.due())
    token, ends, _, since = store.redis.hget(held, "a").decode().split("|")
    store.redis.hset(held, "a", f"{token}|{ends}|1|{since}")
    store.due.done(claim, LATER)
    assert store.due.first() == ("a", START)


def test_a_wish_after_the_lease_ran_out_is_not_undone_by_the_late_holder(store: Store) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)
    now = store.clock.advance(seconds=100)
    store.due.arm("a", now)
    assert store.due.done(claim, now + timedelta(hours=1))
    assert store.due.first() == ("a", now)


def test_what_is_given_back_is_due_as_it_was(store: Store) -> None:
    store.due.arm("a", START)
    store.clock.advance(seconds=30)
    (claim,) = store.due.claim(1, 90)
    assert store.due.give_back(claim)
    assert store.due.first() == ("a", START)


def test_claimed_over_and_over_and_never_done_counts_as_overdue(store: Store) -> None:
    store.due.arm("a", START)
    for _ in range(3):
        assert store.due.claim(1, 90)
        store.clock.advance(seconds=90)
    store.due.claim(1, 90)

    assert store.due.overdue(120) == 1
    assert store.due.overdue(300) == 0


def test_what_waits_unclaimed_counts_as_overdue_once_late(store: Store) -> None:
    store.due.arm("a", START)
    store.clock.advance(seconds=60)
    assert store.due.overdue(60) == 0
    store.clock.advance(seconds=1)
    assert store.due.overdue(60) == 1


def test_a_removed_member_is_gone_whoever_held_it(store: Store) -> None:
    store.due.arm("a", START)
    (claim,) = store.due.claim(1, 90)
    store.due.remove("a")
    assert store.due.first() is None
    assert not store.due.done(claim, LATER)


def test_one_member_may_be_taken_by_name_by_one_at_a_time(store: Store) -> None:
    first = store.due.take("a", 90)
    assert first is not None
    assert store.due.take("a", 90) is None
    store.due.done(first, None)
    assert store.due.take("a", 90) is not None


def test_schedulers_side_by_side_claim_nothing_twice(store: Store) -> None:
    members = {f"m{n}" for n in range(200)}
    for member in members:
        store.due.arm(member, START)

    with ThreadPoolExecutor(8) as pool:
        rounds = pool.map(lambda _: store.due.claim(7, 90), range(60))
        claims: list[Claim] = [claim for claimed in rounds for claim in claimed]

    assert sorted(claim.member for claim in claims) == sorted(members)
    assert len({claim.token for claim in claims}) == len(members)


def test_whoever_hastens_a_member_again_at_once_is_told_so(store: Store) -> None:
    store.due.arm("a", LATER)

    assert store.due.hasten("a", 10)
    assert store.due.when("a") == START
    (held,) = store.due.claim(1, 90)
    assert not store.due.hasten("a", 10)
    assert store.due.done(held, LATER)
    assert store.due.when("a") == LATER
    assert store.due.when("b") is None


def test_a_held_member_that_is_hastened_is_due_again_when_it_is_done(store: Store) -> None:
    store.due.arm("a", START)
    (held,) = store.due.claim(1, 90)

    assert store.due.hasten("a", 10)
    assert store.due.done(held, LATER)

    assert store.due.when("a") == START
