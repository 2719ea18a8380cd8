"""Zoom's access token: one for the whole account, shared by every worker, sealed, refreshed by one at a time."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from service.store import keys
from service.store.clock import Clock, moment, ms
from service.store.leases import Leases
from service.store.link import Link
from service.store.vault import Seal, Vault

_GRACE = timedelta(hours=1)  # the key outlives its token a little; its stored end is what counts


class Tokens:
    """The token of one account."""

    def __init__(self, link: Link, clock: Clock, vault: Vault, account: str) -> None:
        self._link, self._clock, self._vault = link, clock, vault
        self._key, self._member = keys.token(account), f"token:{account}"
        self._locks = Leases(link, clock, keys.locks())

    def get(self) -> tuple[str, datetime] | None:
        """The token and its end; it may have ended."""
        held = self._link.hash(self._key)
        if "sealed" not in held:
            return None
        return self._vault.open(held["sealed"].decode()), moment(int(held["expires_at"]))

    def seal(self) -> Seal | None:
        """Under which key the token lies; None: there is none."""
        held = self._link.hash(self._key)
        return self._vault.seal_of(held["sealed"].decode()) if "sealed" in held else None

    def put(self, token: str, expires_at: datetime) -> None:
        """Keep a new token for everybody."""
        life_ms = self._clock.real_seconds(ms(expires_at + _GRACE) - self._clock.now_ms()) * 1000
        sealed = self._vault.seal(token)
        self._link.together(
            [
                ("HSET", self._key, "sealed", sealed, "expires_at", ms(expires_at), "mark", _mark(token)),
                ("PEXPIRE", self._key, max(1, round(life_ms))),
            ]
        )

    def drop(self, if_token: str) -> bool:
        """Forget a token that Zoom refused, unless somebody has brought another by now."""
        return bool(self._link.run("token_drop", (self._key,), (_mark(if_token),)))

    @contextmanager
    def lock(self, ttl_s: float) -> Iterator[bool]:
        """Whether it is ours to refresh: one at a time, given back at the end of the block or after `ttl_s`."""
        claim = self._locks.take(self._member, ttl_s)
        try:
            yield claim is not None
        finally:
            if claim is not None:
                self._locks.done(claim, None)


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]
