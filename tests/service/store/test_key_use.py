"""API keys: shown once, kept hashed, scoped, ended, noted; each has a pace, and so has whoever tries wrong ones."""

from datetime import timedelta
from typing import Any

import pytest

from service.store import ApiKey, Store, Use, keys
from service.store.apikeys import WRONG
from service.store.link import Link
from tests.service.store.builders import START

MY_OWN = "a key of my own, 24 letters"
HERE, THERE = "192.0.2.1", "192.0.2.2"
NAMES = ("record", "pace", "door", "let-in")


def opened(store: Store, secret: str) -> ApiKey | None:
    return store.keys_.use(secret, HERE).key


def use(store: Store, now_ms: int, gap: float = 50, burst: float = 100, wrong: float = 6000) -> Any:
    return Link(store.redis).run("key_use", NAMES, (now_ms, gap, burst, wrong, 2 * wrong, 3600))


def test_a_key_asks_in_a_burst_and_then_one_a_gap(store: Store) -> None:
    store.redis.set("record", "r")
    assert [use(store, 1000) for _ in range(4)] == [[b"r", 0], [b"r", 0], [b"r", 0], [b"r", 50]]
    assert use(store, 1049) == [b"r", 1]
    assert use(store, 1050) == [b"r", 0]


def test_the_fourth_wrong_key_is_not_looked_at(store: Store) -> None:
    assert [use(store, 1000) for _ in range(4)] == [[None, 0], [None, 0], [None, 0], [None, 6000]]
    store.redis.set("record", "r")
    assert use(store, 6999) == [None, 1], "a guess that is right by now is no guess that was tried"
    assert use(store, 7000) == [b"r", 0]


def test_a_key_that_was_right_from_here_before_is_let_in_beside_any_number_of_wrong_ones(store: Store) -> None:
    store.redis.set("record", "r")
    use(store, 1000)
    for _ in range(9):
        Link(store.redis).run("key_use", ("wrong", "its-pace", "door", "not"), (1000, 50, 100, 6000, 12_000, 3600))
    assert use(store, 1000) == [b"r", 0]
    assert store.redis.ttl("let-in") == 3600


def test_a_key_that_asks_every_day_is_no_stranger_after_a_month(store: Store) -> None:
    store.redis.set("record", "r")
    use(store, 1000)
    store.redis.expire("let-in", 1000)
    use(store, 2000)
    assert store.redis.ttl("let-in") == 3600


def test_a_clock_that_was_set_back_locks_nobody_out(store: Store) -> None:
    for _ in range(3):
        assert use(store, 3_600_000) == [None, 0]
    assert use(store, 1000) == [None, 0], "nor is their address slowed for an hour"
    store.redis.set("record", "r")
    assert use(store, 3_600_000) == [b"r", 0]
    assert [use(store, 2000) for _ in range(4)] == [[b"r", 0], [b"r", 0], [b"r", 0], [b"r", 50]]


def test_what_is_counted_is_gone_when_it_means_nothing_any_more(store: Store) -> None:
    use(store, 1000)
    store.redis.set("record", "r")
    use(store, 1000)
    assert 0 < store.redis.pttl("pace") <= 50
    assert 0 < store.redis.pttl("door") <= 6000


def test_a_full_redis_counts_nothing_and_opens_what_it_opened(store: Store) -> None:
    secret = store.keys_.create("read", "a")[1]
    store.redis.config_set("maxmemory", 1)
    try:
        assert [store.keys_.use(secret, HERE, a_minute=60).wait_ms for _ in range(30)] == [0] * 30
        assert opened(store, secret)
        assert opened(store, "nobody's" * 5) is None
    finally:
        store.redis.config_set("maxmemory", 0)


def test_a_key_has_its_pace_and_another_one_has_its_own(store: Store) -> None:
    one, other = (store.keys_.create("read", name)[1] for name in "ab")
    waits = [store.keys_.use(one, HERE, a_minute=60).wait_ms for _ in range(17)]
    assert waits[:15] == [0] * 15
    assert 0 < waits[16] <= 2000
    assert store.keys_.use(one, THERE, a_minute=60).wait_ms > 0, "wherever it comes from"
    assert store.keys_.use(other, HERE, a_minute=60).wait_ms == 0


def test_who_tries_many_keys_is_slowed_and_nobody_else(store: Store) -> None:
    known, fresh = (store.keys_.create("read", name)[1] for name in "ab")
    opened(store, known)
    waits = [store.keys_.use(f"guess {number:030}", HERE).wait_ms for number in range(WRONG + 2)]
    assert waits[:WRONG] == [0] * WRONG
    assert 0 < waits[-1] <= 6000
    assert opened(store, known)
    assert store.keys_.use(fresh, HERE).key is None, "a guess is not looked at, right or wrong"
    assert store.keys_.use(fresh, THERE).key
    assert len(store.redis.keys("*door:*")) == 3, "strangers fill nothing: one pace for their address"


@pytest.mark.parametrize("secret", ["short", "x" * 257, "schlüssel" * 3])
def test_what_can_be_no_key_is_no_guess(store: Store, secret: str) -> None:
    assert [store.keys_.use(secret, HERE) for _ in range(WRONG + 2)] == [Use(None)] * (WRONG + 2)


def test_a_made_key_opens_and_is_nowhere_kept(store: Store) -> None:
    id, secret = store.keys_.create("write", "dispatcher")
    assert secret.startswith(f"qw_{id}_")
    key = opened(store, secret)
    assert (key.id, key.name, key.scope) == (id, "dispatcher", "write")
    random = secret.split("_", 2)[2].encode()
    assert not [name for name in store.redis.keys("*") if random in name or random in store.redis.dump(name)]


@pytest.mark.parametrize("secret", ["", "qw_", "qw_00000000_x", "é", "x" * 100_000])
def test_what_is_no_key_opens_nothing(store: Store, secret: str) -> None:
    store.keys_.create("read", "a")
    assert opened(store, secret) is None


@pytest.mark.parametrize(
    ("has", "may"),
    [("read", ["read"]), ("write", ["read", "write"]), ("admin", ["read", "write", "admin"])],
)
def test_a_scope_holds_the_ones_before_it(store: Store, has: str, may: list[str]) -> None:
    key = opened(store, store.keys_.create(has, "a")[1])
    assert [scope for scope in ("read", "write", "admin") if key.may(scope)] == may


def test_a_key_ends_at_its_moment(store: Store) -> None:
    _, secret = store.keys_.create("read", "a", START + timedelta(days=1))
    store.clock.advance(days=1, seconds=-1)
    assert opened(store, secret)
    store.clock.advance(seconds=1)
    assert opened(store, secret) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(store: Store) -> None:
    id, secret = store.keys_.create("read", "a")
    assert store.keys_.revoke(id)
    assert not store.keys_.revoke(id)
    assert not store.keys_.revoke("nope")
    assert opened(store, secret) is None
    assert [key.revoked_at for key in store.keys_.list()] == [START]


def test_the_list_is_newest_first(store: Store) -> None:
    for name in ("a", "b"):
        store.keys_.create("read", name)
        store.clock.advance(seconds=1)
    assert [key.name for key in store.keys_.list()] == ["b", "a"]


def test_a_use_is_noted_at_most_once_a_minute(store: Store) -> None:
    _, secret = store.keys_.create("read", "a")

    def used() -> Any:
        opened(store, secret)
        return store.keys_.list()[0].last_used_at

    assert store.keys_.list()[0].last_used_at is None
    assert used() == START
    store.clock.advance(seconds=59)
    assert used() == START
    store.clock.advance(seconds=1)
    assert used() == START + timedelta(minutes=1)


def test_a_key_that_is_refused_was_not_used(store: Store) -> None:
    id, secret = store.keys_.create("read", "a")
    store.keys_.revoke(id)
    assert store.keys_.use(secret, HERE) == Use(None)
    assert store.keys_.list()[0].last_used_at is None


def test_a_key_of_one_s_own_is_taken_once(store: Store) -> None:
    id = store.keys_.adopt(MY_OWN, "admin", "QOSWATCH_API_KEY")
    assert store.keys_.adopt(MY_OWN, "admin", "QOSWATCH_API_KEY") == id
    assert opened(store, MY_OWN).scope == "admin"
    assert len(store.keys_.list()) == 1
    store.keys_.revoke(id)
    store.keys_.adopt(MY_OWN, "admin", "QOSWATCH_API_KEY")
    assert opened(store, MY_OWN) is None, "a restart does not undo a revocation"
    assert store.redis.zcard(keys.api_keys()) == 1
