"""Which Redis may be used: one that can not is named in a sentence, one that might forget is warned of."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import NoPermissionError

from service.store import Store, StoreError, StoreUnavailable
from service.store.connect import client, examined
from tests.service.store.conftest import SECRET_KEY

GOOD = {"redis_version": "7.0.15", "redis_mode": "standalone", "role": "master", "maxmemory": 0, "aof_enabled": 1}


@dataclass(frozen=True)
class Wish:
    redis_url: str | None
    secret_keys: list[str] = field(default_factory=lambda: [SECRET_KEY])
    zoom_account_id: str | None = "acc"
    zoom_plan: str = "pro"
    zoom_heavy_per_second: float | None = None
    zoom_intensive_per_minute: float | None = None
    zoom_calls_per_day: int | None = None
    qoswatch_poll_seconds: int = 60
    qoswatch_keep_samples_s: int = 3600
    qoswatch_keep_alerts_s: int = 3600
    qoswatch_test_clock: str | None = None


class Server:
    """A server that says of itself what the test wants."""

    def __init__(self, save: object = "", **info: object) -> None:
        self._info, self._save = {**GOOD, **info}, save

    def info(self, *_: str) -> dict[str, object]:
        return self._info

    def config_get(self, _: str) -> dict[str, object]:
        if isinstance(self._save, Exception):
            raise self._save
        return {"save": self._save}


@pytest.mark.parametrize(
    "info",
    [
        pytest.param({}, id="redis 7.0"),
        pytest.param({"redis_version": "8.2.1"}, id="redis 8"),
        pytest.param({"redis_version": "10.0.0"}, id="ten is more than seven"),
        pytest.param({"redis_version": "7.2.4", "valkey_version": "9.1.2"}, id="valkey"),
        pytest.param({"maxmemory": 100, "maxmemory_policy": "noeviction"}, id="bounded, but forgets nothing"),
        pytest.param({"maxmemory": 0, "maxmemory_policy": "allkeys-lru"}, id="evicts, but is not bounded"),
        pytest.param({"role": "slave", "slave_read_only": 0}, id="a replica that may be written"),
    ],
)
def test_a_server_that_will_do(info: dict[str, object]) -> None:
    assert examined(Server(**info)) == ()


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        pytest.param({"redis_version": "6.2.14"}, "Redis 6.2.14 is too old", id="too old"),
        pytest.param({"redis_version": "7.2.4", "valkey_version": "6.0.0"}, "Valkey 6.0.0 is too old",
                     id="valkey is judged by its own version"),
        pytest.param({"redis_version": "unstable"}, "too old", id="a version that says nothing"),
        pytest.param({"redis_mode": "cluster"}, "Redis Cluster", id="cluster"),
        pytest.param({"cluster_enabled": 1}, "Redis Cluster", id="cluster, hidden"),
        pytest.param({"role": "slave", "slave_read_only": 1, "master_host": "db1", "master_port": 6379},
                     "read-only replica of db1:6379", id="replica"),
        pytest.param({"maxmemory": 100, "maxmemory_policy": "allkeys-lru"}, "maxmemory-policy allkeys-lru",
                     id="evicting"),
        pytest.param({"maxmemory": 100, "maxmemory_policy": "volatile-ttl"}, "maxmemory-policy volatile-ttl",
                     id="evicting what will go anyway is evicting"),
    ],
)  # fmt: skip
def test_a_server_that_will_not_do_is_named(info: dict[str, object], sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        examined(Server(**info))


@pytest.mark.parametrize(
    ("save", "warning"),
    [
        pytest.param("", "keeps nothing on disk", id="nothing at all"),
        pytest.param("3600 1", "snapshots only", id="snapshots"),
        pytest.param(NoPermissionError(), "no append-only file", id="it does not tell"),
    ],
)
def test_a_server_that_may_forget_is_warned_of(save: object, warning: str) -> None:
    (said,) = examined(Server(save, aof_enabled=0))
    assert warning in said


def test_a_server_that_goes_away_is_unreachable() -> None:
    with pytest.raises(StoreUnavailable):
        examined(Server(Unreachable(), aof_enabled=0))


def test_the_store_of_the_settings(redis_socket: Path) -> None:
    store = Store.connect(Wish(f"unix://{redis_socket}"))
    store.ping()
    assert "keeps nothing on disk" in store.warnings[0], "the tests' own server does not"
    assert store.budget.spent().a_day == 30_000
    store.close()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere.sock"])
def test_a_server_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="Redis can not be reached"):
        Store.connect(Wish(url))


def test_no_server_named_is_told_how_to_get_one() -> None:
    with pytest.raises(StoreError, match="qoswatch up"):
        Store.connect(Wish(None))


def test_the_client_waits_a_bounded_time_and_never_retries() -> None:
    made = client("redis://127.0.0.1:1/0")
    assert made.get_retry().get_retries() == 0
    assert made.get_connection_kwargs()["socket_timeout"] == 10
    assert made.get_connection_kwargs()["socket_connect_timeout"] == 3
    made.close()


@pytest.mark.parametrize("url", ["redis://user:pa/ss@h:6379", "redis://h:x/y", "redis://[", "redis://h?db=x&port=y"])
def test_what_is_no_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(StoreError, match="REDIS_URL can not be read") as refused:
        client(url)
    assert "pa" not in str(refused.value)
    assert refused.value.__suppress_context__
