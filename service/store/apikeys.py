"""API keys: shown once, kept as a hash, each with a scope that holds the ones before it, and a pace of its own.

The key's own SHA-256 names its record, so what is compared in plain time tells nobody anything about a key.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import structlog

from service.store import keys
from service.store.clock import Clock, moment, ms
from service.store.codec import decode, encode
from service.store.errors import StoreUnavailable
from service.store.link import Link, word

Scope = Literal["read", "write", "admin"]

A_MINUTE = 1_200  #: requests of one key; a quarter of them may come at once
WRONG = 10  #: unknown keys of one address at once, and then a minute
_MINUTE_MS, _BURST = 60_000, 4
_SHORTEST, _LONGEST = 24, 256  #: characters of a key; QOSWATCH_API_KEY has no fewer
_LET_IN_S = 30 * 86_400
_ORDER: tuple[Scope, ...] = ("read", "write", "admin")
_USED_EVERY_MS = 60_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What one key may do. The key itself is nowhere kept."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None  #: kept beside the record, so that a use is never written over a revocation

    def may(self, scope: Scope) -> bool:
        """Whether this key's scope holds the other one."""
        return _ORDER.index(self.scope) >= _ORDER.index(scope)


@dataclass(frozen=True, slots=True)
class Use:
    """What became of a request with a key. With a wait, nothing: without a key it is the address that has to wait."""

    key: ApiKey | None  #: None: unknown, revoked, out of time, or not looked at
    wait_ms: int = 0


class ApiKeys:
    """Every key that was made."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link, self._clock = link, clock
        self._noted: dict[str, int] = {}  # hash of a key → when its use was noted by this process

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

    def use(self, secret: str, address: str = "", *, a_minute: int = A_MINUTE) -> Use:
        """A request comes with this key from this address.

        An address that tried too many unknown keys is not listened to for a while: its next key is not even looked
        at, or guessing would go on under another answer. Keys that were right from there before pass nevertheless, so
        that strangers behind the same proxy lock nobody out. What can be no key is no guess.
        """
        if not (_SHORTEST <= len(secret) <= _LONGEST and secret.isascii()):
            return Use(None)
        digest, source = _digest(secret), _digest(address)[:16]
        gap_ms, wrong_ms = _MINUTE_MS / a_minute, _MINUTE_MS / WRONG
        names = (keys.api_key(digest), keys.key_pace(digest), keys.door(source), keys.let_in(digest, source))
        paces = (gap_ms, _MINUTE_MS / _BURST - gap_ms, wrong_ms, _MINUTE_MS - wrong_ms)
        blob, wait_ms = self._link.run("key_use", names, (self._clock.machine_ms(), *paces, _LET_IN_S))
        if blob is None:
            if not wait_ms:  # so that strangers do not fill the log either
                log.warning("unknown key was refused", address=address)
            return Use(None, wait_ms)
        key, now = decode(ApiKey, blob), self._clock.now()
        if key.revoked_at or (key.expires_at and key.expires_at <= now):
            return Use(None)
        if not wait_ms:
            self._note(digest, key, now)
        return Use(key, wait_ms)

    def list(self) -> tuple[ApiKey, ...]:
        """All keys, newest first, the revoked ones too."""
        used = self._link.hash(keys.api_keys_used())
        found = ((key, used.get(digest)) for digest, key in self._all())
        return tuple(replace(key, last_used_at=moment(int(at))) if at else key for key, at in found)

    def revoke(self, id: str) -> bool:
        """End a key for good. False: there is none of that id that still works."""
        for digest, key in self._all():
            if key.id == id and not key.revoked_at:
                self._link.do("SET", keys.api_key(digest), encode(replace(key, revoked_at=self._clock.now())))
                return True
        return False

    def _all(self) -> tuple[tuple[str, ApiKey], ...]:
        digests = [word(raw) for raw in self._link.do("ZRANGE", keys.api_keys(), 0, -1, "REV")]
        found = zip(digests, self._link.many([keys.api_key(digest) for digest in digests]), strict=True)
        return tuple((digest, decode(ApiKey, blob)) for digest, blob in found if blob is not None)

    def _note(self, digest: str, key: ApiKey, now: datetime) -> None:
        """Note the use, at most once a minute. A note that can not be kept is no reason to turn anybody away."""
        if abs(ms(now) - self._noted.get(digest, 0)) < _USED_EVERY_MS:
            return
        try:
            self._link.do("HSET", keys.api_keys_used(), digest, ms(now))
            self._noted[digest] = ms(now)
        except StoreUnavailable as error:
            log.warning("use of a key was not noted", key_id=key.id, because=str(error))

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
