"""Who may: bearer keys, each with a scope that holds the ones before it. What nobody declared is closed."""

from collections.abc import Callable, Mapping
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


class Guard:
    """Asks every request for its key before anything is read. `scopes`: endpoint → scope, None is open."""

    def __init__(self, verify: Callable[[str], Key | None], scopes: Mapping[str, Scope | None]) -> None:
        self._verify, self._scopes = verify, scopes

    def __call__(self) -> None:
        """Let the request pass. Raises Problem 401 or 403; a path that nothing answers is not guarded."""
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
        key = self._verify(given.token) if given.token.isascii() and len(given.token) <= 256 else None
        if key is None:
            challenge = 'Bearer realm="qoswatch", error="invalid_token"'
            words = f"this key is unknown, revoked or expired; make a new one: {_MAKE} read"
            raise Problem(401, words, headers={"WWW-Authenticate": challenge})
        return key
