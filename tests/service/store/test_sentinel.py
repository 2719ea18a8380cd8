"""A client that follows a failover: real servers, a real Sentinel, the primary killed under it."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from service.store import StoreUnavailable
from service.store.connect import client, examined, watchers
from service.store.errors import StoreError
from service.store.link import Link
from tests.redises import SERVICE, guarded

MOST_S = 20.0


def _once_it_works(ask: Callable[[], Any]) -> Any:
    """The first answer."""
    deadline = time.monotonic() + MOST_S
    while True:
        try:
            return ask()
        except StoreUnavailable:
            assert time.monotonic() < deadline, "it never came back"
            time.sleep(0.05)


def test_a_client_goes_to_the_new_primary_by_itself_and_its_scripts_work_there() -> None:
    with guarded(1) as house:
        following = client(house.url)
        assert examined(following)
        line, old = Link(following), house.primary()
        line.do("HSET", "k", "mark", "first")
        assert line.run("token_drop", ("k",), ("another",)) == 0
        assert line.do("WAIT", 1, 5000) == 1

        old.kill()
        with pytest.raises(StoreUnavailable):
            line.do("PING")
        dropped = _once_it_works(lambda: line.run("token_drop", ("k",), ("first",)))
        new = house.wait_for_other(old)

        assert dropped == 1, "what the replica had heard is there, and the script is loaded anew"
        assert new.ask("EXISTS", "k") == 0
        assert watchers(following) == {f"127.0.0.1:{house.watchers[0].port}": f"127.0.0.1:{new.port}"}
        line.close()


def test_a_primary_that_was_demoted_is_left_at_its_first_refusal() -> None:
    with guarded(1) as house:
        line, (old, new), [watcher] = Link(client(house.url)), house.servers, house.watchers
        line.do("HSET", "k", "mark", 1)
        line.do("WAIT", 1, 5000)
        new.ask("REPLICAOF", "NO", "ONE")
        watcher.ask("SENTINEL", "REMOVE", SERVICE)
        watcher.ask("SENTINEL", "MONITOR", SERVICE, "127.0.0.1", new.port, 1)
        old.ask("REPLICAOF", "127.0.0.1", new.port)

        with pytest.raises(StoreUnavailable):
            line.run("token_drop", ("k",), ("1",))
        assert line.run("token_drop", ("k",), ("1",)) == 1
        assert new.ask("EXISTS", "k") == 0
        line.close()


def test_sentinels_that_call_a_replica_the_primary_are_not_believed() -> None:
    with guarded(1) as house:
        _, replica = house.servers
        house.watchers[0].ask("SENTINEL", "REMOVE", SERVICE)
        house.watchers[0].ask("SENTINEL", "MONITOR", SERVICE, "127.0.0.1", replica.port, 1)
        following = client(house.url)
        with pytest.raises(StoreError, match="read-only replica"):
            examined(following)
        following.close()


def test_where_no_sentinel_answers_that_is_said() -> None:
    following = client("redis+sentinel://127.0.0.1:1,127.0.0.1:2/qos")
    assert watchers(following) == {"127.0.0.1:1": None, "127.0.0.1:2": None}
    with pytest.raises(StoreUnavailable, match="can not be reached: no Sentinel names a primary"):
        examined(following)
    following.close()
