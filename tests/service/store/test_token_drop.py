"""Zoom's token: one for all, sealed, and forgotten only by whoever saw that very one refused."""

from datetime import timedelta

from service.store import Store
from tests.service.store.builders import START
from tests.service.store.conftest import SECRET_KEY

END = START + timedelta(hours=1)


def test_a_token_is_shared_and_sealed(store: Store) -> None:
    assert store.tokens.get() is None
    store.tokens.put("eyJ.secret", END)
    other = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash")
    assert other.tokens.get() == ("eyJ.secret", END)
    (key,) = (key for key in store.redis.keys("*") if b"token" in key)
    assert b"eyJ.secret" not in store.redis.dump(key)
    assert 3600 < store.redis.ttl(key) <= 7200


def test_a_refused_token_is_forgotten_and_a_newer_one_is_not(store: Store) -> None:
    store.tokens.put("old", END)
    store.tokens.put("new", END)
    assert not store.tokens.drop("old")
    assert store.tokens.get() == ("new", END)
    assert store.tokens.drop("new")
    assert store.tokens.get() is None
    assert not store.tokens.drop("new")


def test_accounts_do_not_share_a_token(store: Store) -> None:
    store.tokens.put("a", END)
    assert Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash", account="b").tokens.get() is None


def test_one_refreshes_at_a_time(store: Store) -> None:
    with store.tokens.lock(20) as mine:
        with store.tokens.lock(20) as theirs:
            assert (mine, theirs) == (True, False)
        with store.tokens.lock(20) as theirs:
            assert not theirs, "one that had no lock gives none back"
    with store.tokens.lock(20) as theirs:
        assert theirs


def test_a_dead_refresher_holds_up_nobody_for_long(store: Store) -> None:
    with store.tokens.lock(20):
        store.clock.advance(seconds=20)
        with store.tokens.lock(20) as theirs:
            assert theirs
        with store.tokens.lock(20) as again:
            assert again
