"""The way to a Redis that can be trusted with this: who can not is named at the start, in a sentence."""

from collections.abc import Mapping
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from service.store.errors import StoreError, StoreUnavailable

Connection = redis.Redis  #: for those who may not import redis
OLDEST = (7, 0)
_CONNECT_S = 3.0
_ANSWER_S = 10.0


def client(url: str) -> redis.Redis:
    """A client that waits a bounded time and never tries a command twice. Raises StoreError for no address."""
    try:
        return redis.Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=_CONNECT_S,
            socket_timeout=_ANSWER_S,
        )
    except ValueError:  # it would show what may be a part of the password
        raise StoreError("REDIS_URL can not be read: is its port a number, and are its options known?") from None


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


def _unreachable(error: RedisError) -> str:
    return f"Redis can not be reached: {error} Start it, correct REDIS_URL, or unset that and use `qoswatch up`."


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
