"""The one line to Redis: typed answers, one kind of failure, scripts by name, and never a second try.

A repeated script whose first reply was merely late would run twice, so nothing here retries: a lost reply
is resolved by loading again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import OutOfMemoryError, RedisError
from redis.retry import Retry

from service.store.connect import said
from service.store.errors import StoreFull, StoreUnavailable
from service.store.haste import Haste

Command = tuple[str | bytes | int | float, ...]
Entries = list[tuple[str, dict[bytes, bytes]]]
_T = TypeVar("_T")

#: Scripts that share a part: the part's text goes before theirs.
_PARTS = {
    "lease": ("part_claims",),
    "budget_take": ("part_pace",),
    "key_use": ("part_pace",),
    "seat_commit": ("part_claims", "part_owing"),
    "lane_owe": ("part_claims", "part_owing"),
    "lane_claim": ("part_claims",),
    "lane_begin": ("part_claims",),
    "lane_redeliver": ("part_claims",),
    "lane_record": ("part_claims", "part_gates", "part_paying"),
    "lane_pass": ("part_claims", "part_gates", "part_paying"),
    "lane_put_off": ("part_claims", "part_gates"),
    "lane_release": ("part_claims",),
    "gate_reset": ("part_claims", "part_gates"),
    "document_put": ("part_claims",),
    "feed_keep": ("part_claims",),
}


#: Scripts that run on a full server too. A post that went out must not go unrecorded, and people must be able to
#: pause and change what they registered; what is new was refused long before.
_ALWAYS = frozenset(("lease", "lane_record", "lane_pass", "lane_put_off", "lane_release", "document_put"))


@cache
def script_text(name: str) -> str:
    """A script with its shared parts in front."""
    folder = files("service.store").joinpath("lua")
    first = ["#!lua flags=allow-oom"] if name in _ALWAYS else []
    return "\n".join(first + [folder.joinpath(f"{part}.lua").read_text() for part in (*_PARTS.get(name, ()), name)])


class Link:
    """A client that fails as StoreUnavailable and runs the scripts of lua/ by name."""

    def __init__(self, client: redis.Redis, haste: Haste | None = None) -> None:
        client.set_retry(Retry(NoBackoff(), 0))
        self.client, self._haste = client, haste
        self._execute: Callable[..., Any] = client.execute_command
        self._scripts: dict[str, Script] = {}

    def run(self, name: str, keys: Sequence[str], args: Iterable[str | bytes | int | float]) -> Any:
        """Run a script of lua/."""
        script = self._scripts.get(name)
        if script is None:
            script = self._scripts[name] = self.client.register_script(script_text(name))
        return self._ask(lambda: script(keys=list(keys), args=list(args)))

    def do(self, *command: str | bytes | int | float) -> Any:
        """One plain command, for those whose answer needs no shaping."""
        return self._ask(lambda: self._execute(*command))

    def together(self, commands: Iterable[Command]) -> list[Any]:
        """Several plain commands as one transaction."""
        with self.client.pipeline(transaction=True) as pipe:
            queue: Callable[..., Any] = pipe.execute_command
            for command in commands:
                queue(*command)
            return self._ask(pipe.execute)

    def get(self, key: str) -> bytes | None:
        """The bytes of a key."""
        return _maybe(self._ask(lambda: self.client.get(key)))

    def many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The bytes of several keys, in their order."""
        return [_maybe(raw) for raw in self._ask(lambda: self.client.mget(keys))] if keys else []

    def hash(self, key: str) -> dict[str, bytes]:
        """A whole hash, field names as text."""
        raw = self._ask(lambda: self.client.hgetall(key))
        return {word(field): _bytes(value) for field, value in raw.items()}

    def field(self, key: str, name: str) -> bytes | None:
        """One field of a hash."""
        return _maybe(self._ask(lambda: self.client.hget(key, name)))

    def fields(self, key: str, names: Sequence[str]) -> dict[str, bytes]:
        """Those of these fields of a hash that are there."""
        raw = self._ask(lambda: self.client.hmget(key, list(names))) if names else []
        return {name: _bytes(value) for name, value in zip(names, raw, strict=True) if value is not None}

    def span(self, key: str, low: str, high: str, start: int, count: int, newest: bool) -> list[tuple[str, int]]:
        """Members of a sorted set between two scores, with their scores."""
        if newest:
            found: Any = self._ask(lambda: self.client.zrevrangebyscore(key, high, low, start, count, withscores=True))
        else:
            found = self._ask(lambda: self.client.zrangebyscore(key, low, high, start, count, withscores=True))
        return [(word(member), int(score)) for member, score in found]

    def newest_entries(self, streams: Sequence[str], count: int) -> list[Entries]:
        """The last entries of each stream, newest first."""
        found = self.together([("XREVRANGE", key, "+", "-", "COUNT", count) for key in streams]) if streams else []
        return [[(word(entry), fields) for entry, fields in entries or []] for entries in found]

    def time_ms(self) -> int:
        """The server's own time."""
        seconds, micros = self._ask(self.client.time)
        return int(seconds) * 1000 + int(micros) // 1000

    def info(self, section: str) -> Mapping[str, Any]:
        """What the server tells of itself."""
        told: Mapping[str, Any] = self._ask(lambda: self.client.info(section))
        return told

    def close(self) -> None:
        """Give back every connection."""
        self.client.close()

    def _ask(self, question: Callable[[], _T]) -> _T:
        with one_kind(), self._haste.turn() if self._haste else nullcontext():
            return question()


@contextmanager
def one_kind() -> Iterator[None]:
    """Whatever goes wrong with Redis is StoreUnavailable."""
    try:
        yield
    except OutOfMemoryError as error:
        raise StoreFull(
            "Redis is full, so nothing was written: raise its maxmemory, delete what nobody needs, "
            "or shorten QOSWATCH_KEEP_SAMPLES"
        ) from error
    except RedisError as error:
        raise StoreUnavailable(f"Redis did not do what was asked: {said(error)}") from error


def word(raw: Any) -> str:
    """Redis bytes as text."""
    return raw.decode() if isinstance(raw, bytes) else str(raw)


def _bytes(raw: bytes | str) -> bytes:
    return raw if isinstance(raw, bytes) else raw.encode()


def _maybe(raw: bytes | str | None) -> bytes | None:
    return None if raw is None else _bytes(raw)
