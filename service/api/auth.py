"""Who may: bearer keys, each with a scope that holds the ones before it. What nobody declared is closed."""

from collections.abc import Callable, Mapping
from ipaddress import IPv6Network
from typing import Literal, Protocol

from flask import request

from service.api.errors import Problem

Scope = Literal["read", "write", "admin"]
_RANK: Mapping[Scope, int] = {"read": 1, "write": 2, "admin": 3}
_MAY = {"read": "read", "write": "read and write"}
_MAKE = "qoswatch keys create --scope"


class Key(Protocol):
    """What we need to know of an API key."""

    @property
    def scope(self) -> Scope: ...


class Use(Protocol):
    """What became of a request with a key."""

    @property
    def key(self) -> Key | None: ...
    @property
    def wait_ms(self) -> int: ...


class Guard:
    """Asks every request for its key before anything is read. `scopes`: endpoint → scope, None is open.

    `use` is given the key and the address it came from.
    """

    def __init__(self, use: Callable[[str, str], Use], scopes: Mapping[str, Scope | None]) -> None:
        self._use, self._scopes = use, scopes

    def __call__(self) -> None:
        """Let the request pass. Raises Problem 401, 403 or 429; a path that nothing answers is not guarded."""
        if request.endpoint is None:
            return
        need = self._scopes.get(request.endpoint, "admin")
        if need is None:
            return
        have = self._key().scope
        if _RANK[have] < _RANK[need]:
            raise Problem(403, f"this key may {_MAY[have]} only; ask for '{need}' ({_MAKE} {need})")

    def _key(self) -> Key:
        given = request.authorization
        if given is None or given.type != "bearer" or not given.token:
            challenge = 'Bearer realm="qoswatch"'
            words = f"a key is needed: Authorization: Bearer qw_… ({_MAKE} read)"
            raise Problem(401, words, headers={"WWW-Authenticate": challenge})
        use = self._use(given.token, _source())
        if use.wait_ms:
            raise _later(use)
        if use.key is None:
            challenge = 'Bearer realm="qoswatch", error="invalid_token"'
            words = f"this key is unknown, revoked or expired; make a new one: {_MAKE} read"
            raise Problem(401, words, headers={"WWW-Authenticate": challenge})
        return use.key


def _source() -> str:
    """Where a request comes from. Somebody with one IPv6 address has its /64; behind a proxy, all are the proxy."""
    told = (request.remote_addr or "").removeprefix("::ffff:")  # who listens on both has IPv4 in this disguise
    return str(IPv6Network((told, 64), strict=False)) if ":" in told else told


def _later(use: Use) -> Problem:
    wait_s = -(-use.wait_ms // 1000)
    why = "this key asks too often" if use.key else "too many unknown keys came from your address"
    return Problem(429, f"{why}: go on in {wait_s} s", headers={"Retry-After": str(wait_s)})
