"""API keys: shown once, kept hashed, scoped, ended; a use is noted once a minute and never over a revocation."""

from datetime import timedelta

import pytest

from service.store import Store, keys
from service.store.link import Link
from tests.service.store.builders import START


def test_a_key_is_written_only_over_what_was_read(store: Store) -> None:
    link = Link(store.redis)
    store.redis.set("k", "one")
    assert link.run("swap", ("k",), ("two", "three")) == 0
    assert link.run("swap", ("k",), ("one", "three")) == 1
    assert link.run("swap", ("nope",), ("", "three")) == 0
    assert store.redis.get("k") == b"three"


def test_a_made_key_opens_and_is_nowhere_kept(store: Store) -> None:
    id, secret = store.keys_.create("write", "dispatcher")
    assert secret.startswith(f"qw_{id}_")
    key = store.keys_.verify(secret)
    assert (key.id, key.name, key.scope) == (id, "dispatcher", "write")
    random = secret.split("_", 2)[2].encode()
    assert not [name for name in store.redis.keys("*") if random in name or random in store.redis.dump(name)]


@pytest.mark.parametrize("secret", ["", "qw_", "qw_00000000_x", "é", "x" * 100_000])
def test_what_is_no_key_opens_nothing(store: Store, secret: str) -> None:
    store.keys_.create("read", "a")
    assert store.keys_.verify(secret) is None


@pytest.mark.parametrize(
    ("has", "may"),
    [("read", ["read"]), ("write", ["read", "write"]), ("admin", ["read", "write", "admin"])],
)
def test_a_scope_holds_the_ones_before_it(store: Store, has: str, may: list[str]) -> None:
    key = store.keys_.verify(store.keys_.create(has, "a")[1])
    assert [scope for scope in ("read", "write", "admin") if key.may(scope)] == may


def test_a_key_ends_at_its_moment(store: Store) -> None:
    _, secret = store.keys_.create("read", "a", START + timedelta(days=1))
    store.clock.advance(days=1, seconds=-1)
    assert store.keys_.verify(secret)
    store.clock.advance(seconds=1)
    assert store.keys_.verify(secret) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(store: Store) -> None:
    id, secret = store.keys_.create("read", "a")
    assert store.keys_.revoke(id)
    assert not store.keys_.revoke(id)
    assert not store.keys_.revoke("nope")
    assert store.keys_.verify(secret) is None
    assert [key.revoked_at for key in store.keys_.list()] == [START]


def test_the_list_is_newest_first(store: Store) -> None:
    for name in ("a", "b"):
        store.keys_.create("read", name)
        store.clock.advance(seconds=1)
    assert [key.name for key in store.keys_.list()] == ["b", "a"]


def test_a_use_is_noted_at_most_once_a_minute(store: Store) -> None:
    _, secret = store.keys_.create("read", "a")
    store.keys_.verify(secret)
    store.clock.advance(seconds=59)
    assert store.keys_.verify(secret).last_used_at == START
    store.clock.advance(seconds=1)
    assert store.keys_.verify(secret).last_used_at == START + timedelta(minutes=1)
    assert store.keys_.list()[0].last_used_at == START + timedelta(minutes=1)


def test_a_key_of_one_s_own_is_taken_once(store: Store) -> None:
    id = store.keys_.adopt("my-own-key", "admin", "QOSWATCH_API_KEY")
    assert store.keys_.adopt("my-own-key", "admin", "QOSWATCH_API_KEY") == id
    assert store.keys_.verify("my-own-key").scope == "admin"
    assert len(store.keys_.list()) == 1
    store.keys_.revoke(id)
    store.keys_.adopt("my-own-key", "admin", "QOSWATCH_API_KEY")
    assert store.keys_.verify("my-own-key") is None, "a restart does not undo a revocation"
    assert store.redis.zcard(keys.api_keys()) == 1
