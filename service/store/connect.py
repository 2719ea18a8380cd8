"""The way to a Redis that can be trusted with this: who can not is named at the start, in a sentence."""

from collections.abc import Mapping
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool

from rules.sentinels import Login, Sentinels, is_sentinels, sentinels
from service.store.errors import StoreError, StoreUnavailable

Connection = redis.Redis  #: for those who may not import redis
OLDEST = (7, 0)
_CONNECT_S = 3.0
ANSWER_S = 10.0
HASTY_S = 3.0  #: for who answers people and probes, which give up themselves soon
_Sentinel: Any = Sentinel  # redis types neither
_Pool: Any = SentinelConnectionPool
_SENTINEL_S = 1.0  #: for each Sentinel: a dead one must not use up the patience of whoever waits


def client(url: str, answer_s: float = ANSWER_S) -> redis.Redis:
    """A client that waits a bounded time and never tries a command twice.

    With Sentinels every new connection goes to whom they call the primary then; one to a primary that was
    demoted is given up at its first refusal to write. Raises StoreError for no address.
    """
    waits: dict[str, Any] = {
        "retry": Retry(NoBackoff(), 0),
        "socket_connect_timeout": _CONNECT_S,
        "socket_timeout": answer_s,
    }
    if is_sentinels(url):
        return _following(sentinels(url), waits)
    try:
        return redis.Redis.from_url(url, **waits)
    except ValueError:  # it would show what may be a part of the password
        raise StoreError("REDIS_URL can not be read: is its port a number, and are its options known?") from None


def _following(named: Sentinels, waits: Mapping[str, Any]) -> redis.Redis:
    quick = {
        "retry": Retry(NoBackoff(), 0),
        "socket_connect_timeout": _SENTINEL_S,
        "socket_timeout": _SENTINEL_S,
        "decode_responses": True,
    }
    watch = _Sentinel(list(named.hosts), sentinel_kwargs={**quick, **_ways(named, named.own)})
    pool = _Pool(named.service, watch, db=named.db, **waits, **_ways(named, named.servers))
    return redis.Redis.from_pool(pool)


def _ways(named: Sentinels, login: Login) -> dict[str, Any]:
    known = {"username": login.user, "password": login.password, "ssl": named.tls or None}
    return {name: value for name, value in known.items() if value is not None}


def watchers(server: redis.Redis) -> dict[str, str | None]:
    """Each Sentinel of this client and the primary that it names; None: it does not answer, or knows none."""
    pool: Any = server.connection_pool
    if not isinstance(pool, SentinelConnectionPool):
        return {}
    found: dict[str, str | None] = {}
    for each in pool.sentinel_manager.sentinels:
        where = each.get_connection_kwargs()
        try:
            named = each.sentinel_get_master_addr_by_name(pool.service_name)
        except RedisError:
            named = None
        found[f"{where['host']}:{where['port']}"] = f"{named[0]}:{named[1]}" if named else None
    return found


def examined(server: redis.Redis) -> tuple[str, ...]:
    """What to warn of. Raises StoreError when this server must not be used."""
    try:
        info: Mapping[str, Any] = server.info("all")
    except RedisError as error:
        raise StoreUnavailable(_unreachable(error)) from error
    for refusal in (_too_old(info), _clustered(info), _read_only(info), _evicting(info)):
        if refusal:
            raise StoreError(refusal)
    return _without_persistence(server, info)


def said(error: RedisError) -> str:
    """What went wrong, in a sentence that fits a line."""
    if isinstance(error, MasterNotFoundError):  # its own text shows every client in full
        return "no Sentinel names a primary: are they up, do they know that service, is their password right?"
    return str(error)


def _unreachable(error: RedisError) -> str:
    return f"Redis can not be reached: {said(error)} Start it, correct REDIS_URL, or unset that and use `qoswatch up`."


def _too_old(info: Mapping[str, Any]) -> str | None:
    # Valkey tells the Redis version that it was forked from; its own is the one that counts
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = str(info.get("valkey_version") or info.get("redis_version") or "0")
    found = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if found >= OLDEST:
        return None
    return f"{name} {version} is too old: qoswatch needs Redis 7.0 or Valkey 7.2, or newer"


def _clustered(info: Mapping[str, Any]) -> str | None:
    if str(info.get("redis_mode")) != "cluster" and not info.get("cluster_enabled"):
        return None
    return "this is a Redis Cluster: our scripts touch keys of many slots; use one server, or Sentinel"


def _read_only(info: Mapping[str, Any]) -> str | None:
    if info.get("role") == "master" or not info.get("slave_read_only", 1):
        return None
    return (
        f"this Redis is a read-only replica of {info.get('master_host')}:{info.get('master_port')}: "
        "point REDIS_URL at its primary"
    )


def _evicting(info: Mapping[str, Any]) -> str | None:
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if not info.get("maxmemory") or policy == "noeviction":
        return None
    return (
        f"this Redis throws keys away when it is full (maxmemory-policy {policy}), watches and open alerts among "
        "them: set maxmemory-policy noeviction"
    )


def _without_persistence(server: redis.Redis, info: Mapping[str, Any]) -> tuple[str, ...]:
    if info.get("aof_enabled"):
        return ()
    try:
        save = server.config_get("save").get("save", "")
    except ResponseError:  # a hosted Redis may hide its configuration
        return ("this Redis keeps no append-only file: up to some minutes of state are lost when it stops",)
    except RedisError as error:
        raise StoreUnavailable(_unreachable(error)) from error
    if save:
        return ("this Redis saves snapshots only: what came after the last one is lost when it stops",)
    return ("this Redis keeps nothing on disk: watches and alerts are gone when it stops; set appendonly yes",)
