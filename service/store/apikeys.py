"""API keys: shown once, kept as a hash, each with a scope that holds the ones before it.

The key's own SHA-256 names its record, so what is compared in plain time tells nobody anything about a key.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from service.store import keys
from service.store.clock import Clock, ms
from service.store.codec import decode, encode
from service.store.link import Link, word

Scope = Literal["read", "write", "admin"]

_ORDER: tuple[Scope, ...] = ("read", "write", "admin")
_USED_EVERY_MS = 60_000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What one key may do. The key itself is nowhere kept."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def may(self, scope: Scope) -> bool:
        """Whether this key's scope holds the other one."""
        return _ORDER.index(self.scope) >= _ORDER.index(scope)


class ApiKeys:
    """Every key that was made."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link, self._clock = link, clock

    def create(self, scope: Scope, name: str, expires_at: datetime | None = None) -> tuple[str, str]:
        """A new key: its id, and the secret that nobody will see again."""
        id = secrets.token_hex(4)
        secret = f"qw_{id}_{secrets.token_urlsafe(24)}"
        self._write(secret, ApiKey(id, name, scope, self._clock.now(), expires_at))
        return id, secret

    def adopt(self, secret: str, scope: Scope, name: str) -> str:
        """A key that somebody chose (QOSWATCH_API_KEY); the same again, or after it was revoked, changes nothing."""
        held = self._link.get(keys.api_key(_digest(secret)))
        if held is not None:
            return decode(ApiKey, held).id
        key = ApiKey(_digest(secret)[:8], name, scope, self._clock.now())
        self._write(secret, key)
        return key.id

    def verify(self, secret: str) -> ApiKey | None:
        """The key that a caller bears; None when it is unknown, revoked or out of time."""
        name = keys.api_key(_digest(secret))
        blob = self._link.get(name)
        if blob is None:
            return None
        key, now = decode(ApiKey, blob), self._clock.now()
        if key.revoked_at or (key.expires_at and key.expires_at <= now):
            return None
        return self._used(name, blob, key, now)

    def list(self) -> tuple[ApiKey, ...]:
        """All keys, newest first, the revoked ones too."""
        return tuple(key for _, key in self._all())

    def revoke(self, id: str) -> bool:
        """End a key for good. False: there is none of that id that still works."""
        for name, key in self._all():
            if key.id == id and not key.revoked_at:
                self._link.do("SET", name, encode(replace(key, revoked_at=self._clock.now())))
                return True
        return False

    def _all(self) -> tuple[tuple[str, ApiKey], ...]:
        names = [keys.api_key(word(raw)) for raw in self._link.do("ZRANGE", keys.api_keys(), 0, -1, "REV")]
        found = zip(names, self._link.many(names), strict=True)
        return tuple((name, decode(ApiKey, blob)) for name, blob in found if blob is not None)

    def _used(self, name: str, blob: bytes, key: ApiKey, now: datetime) -> ApiKey:
        """Note the use, at most once a minute, and never over a change made meanwhile."""
        if key.last_used_at and ms(now) - ms(key.last_used_at) < _USED_EVERY_MS:
            return key
        used = replace(key, last_used_at=now)
        self._link.run("swap", (name,), (blob, encode(used)))
        return used

    def _write(self, secret: str, key: ApiKey) -> None:
        digest = _digest(secret)
        self._link.together(
            [
                ("SET", keys.api_key(digest), encode(key)),
                ("ZADD", keys.api_keys(), ms(key.created_at), digest),
            ]
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
