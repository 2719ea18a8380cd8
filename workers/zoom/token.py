"""The one token of the account: shared, sealed, renewed early by one of us at a time.

Some apps still end the old token when a new one is made, so every process uses the one that is stored.
https://developers.zoom.us/docs/internal-apps/s2s-oauth/
"""

import base64
import copy
import math
import random
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import requests
import structlog

from service.settings import Settings
from service.store.errors import StoreError, StoreUnavailable
from workers.zoom import http, words
from workers.zoom.answers import Answer, object_in
from workers.zoom.errors import ZoomError
from workers.zoom.needs import Shared

log = structlog.get_logger()

EARLY_S = (300.0, 600.0)  #: how long before its end a token is renewed
LIFE_S = 3600.0
LOCK_S = 30.0
FAILED_S = 5.0  #: after a refusal nobody in this process asks for a token again for so long
PASSING_S = 0.1  #: after a failure that may pass
NO_EARLY_S = 30.0  #: after a failure while the old token still serves
DOUBT_S = 60.0
KNOWN_S = 1.0  #: so long a token is used again without looking whether another process has made a new one
_TOKEN = re.compile(r"[!-~]+")  # goes into a header
_LOOKS, _LOOK_S = 40, 0.25  #: how long we wait for another process that is renewing it


class Tokens:
    """Gives the token to use, and another one for a token that Zoom refused."""

    def __init__(
        self,
        settings: Settings,
        store: Shared,
        session: requests.Session,
        *,
        sleep: Callable[[float], None] = time.sleep,
        rand: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._store, self._session = settings, store, session
        self._sleep, self._rand, self._monotonic = sleep, rand, monotonic
        self._ready = settings.zoom_access_token.get_secret_value() if settings.zoom_access_token else ""
        self._mine = threading.Lock()
        self._early = self._rand()
        self._life_s = LIFE_S
        self._failure: tuple[float, ZoomError] | None = None
        self._no_early_until = -math.inf
        self._doubted_at = -math.inf
        self._looked: tuple[float, tuple[str, datetime] | None] = (-math.inf, None)

    def current(self) -> str:
        """The token to use now. Raises ZoomError when there is none and none can be had."""
        if self._ready:
            return self._ready
        held, now = self._known(), self._store.clock.now()
        if held and held[1] - self._early_by() > now:
            return held[0]
        if held and held[1] > now:
            return self._renewed_early(*held)
        return self._renewed(None)[0]

    def instead_of(self, refused: str) -> tuple[str, bool]:
        """A token for one that Zoom refused, and whether it was made for this: it may stand there already."""
        if not self._ready:
            self._looked = (-math.inf, None)
            return self._renewed(refused)
        self._ready = again(self._settings, "zoom_access_token")
        if self._ready == refused:
            raise ZoomError("credentials", words.ready_token_refused(), code=124)
        return self._ready, True

    def failed(self, error: ZoomError) -> ZoomError:
        """Remember a failure, so that not every thread runs into it: what a person must mend, for longer."""
        rest_s = PASSING_S if error.retry else FAILED_S
        self._failure = (self._monotonic() + rest_s, copy.copy(error))
        return error

    def doubt(self, token: str) -> None:
        """Forget a token that lacks a scope, at most once a minute: a scope added later is not in it."""
        if self._ready or self._monotonic() - self._doubted_at < DOUBT_S:
            return
        self._doubted_at = self._monotonic()
        self._store.tokens.drop(token)
        self._looked = (-math.inf, None)

    def _early_by(self) -> timedelta:
        shortest, longest = EARLY_S
        return timedelta(seconds=min(shortest + (longest - shortest) * self._early, self._life_s / 4))

    def _renewed_early(self, token: str, expires_at: datetime) -> str:
        """A new token if nobody else is at it; the old one still serves."""
        if self._monotonic() < self._no_early_until or not self._mine.acquire(blocking=False):
            return token
        try:
            with self._store.tokens.lock(LOCK_S) as ours:
                return self._made() if ours and self._stored() == (token, expires_at) else token
        except ZoomError as error:
            self._no_early_until = self._monotonic() + NO_EARLY_S
            log.warning("early zoom token renewal failed", kind=error.kind, words=error.words)
            return token
        finally:
            self._mine.release()

    def _renewed(self, refused: str | None) -> tuple[str, bool]:
        """One thread of a process, then one process of all, makes it; the others take what it stored."""
        with self._mine:
            for _ in range(_LOOKS):
                if (held := self._held()) and held != refused:
                    return held, False
                self._raise_recent()
                with self._store.tokens.lock(LOCK_S) as ours:
                    if ours:
                        held = self._held()
                        return (held, False) if held and held != refused else (self._made(), True)
                self._sleep(_LOOK_S)
            raise self.failed(ZoomError("network", "Another process takes too long to get a Zoom token."))

    def _known(self) -> tuple[str, datetime] | None:
        """What is stored, or was a moment ago."""
        at, held = self._looked
        if held is None or self._monotonic() - at >= KNOWN_S:
            held = self._stored()
            self._looked = (self._monotonic(), held)
        return held

    def _stored(self) -> tuple[str, datetime] | None:
        """What is stored; a token sealed with a key that we no longer have is none: a new one costs nothing."""
        try:
            return self._store.tokens.get()
        except StoreUnavailable:
            raise
        except StoreError:
            return None

    def _held(self) -> str | None:
        held = self._stored()
        return held[0] if held and held[1] > self._store.clock.now() else None

    def _raise_recent(self) -> None:
        if self._failure and self._monotonic() < self._failure[0]:
            raise copy.copy(self._failure[1])  # threads that raise one object would share its traceback

    def _made(self) -> str:
        try:
            token, life_s = self._asked()
        except ZoomError as error:
            raise self.failed(error) from None
        self._failure, self._early, self._life_s = None, self._rand(), life_s
        self._store.tokens.put(token, self._store.clock.now() + timedelta(seconds=life_s))
        self._looked = (-math.inf, None)
        return token

    def _asked(self) -> tuple[str, float]:
        settings = self._settings
        secret = again(settings, "zoom_client_secret")
        if not (settings.zoom_account_id and settings.zoom_client_id and secret):
            raise ZoomError("credentials", words.no_credentials())
        pair = f"{settings.zoom_client_id}:{secret}".encode()
        answer = http.exchange(
            self._session,
            "POST",
            settings.zoom_token_url,
            form={"grant_type": "account_credentials", "account_id": settings.zoom_account_id},
            authorization="Basic " + base64.b64encode(pair).decode(),
            monotonic=self._monotonic,
        )
        return granted(answer)


def again(settings: Settings, name: str) -> str:
    """A secret as its file holds it now: people replace files while we run."""
    try:
        secret = settings.again(name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ZoomError("credentials", f"{name.upper()}_FILE can not be read: {reason}.") from None
    return secret.get_secret_value() if secret else ""


def granted(answer: Answer) -> tuple[str, float]:
    """The token in Zoom's answer and its life in seconds. Raises ZoomError when there is none."""
    content = object_in(answer.body)
    token = (content or {}).get("access_token")
    if content and answer.status == 200 and isinstance(token, str) and token.isascii() and token.isprintable():
        return token, _life_s(content.get("expires_in"))
    if answer.status >= 500:
        raise ZoomError("server", "Zoom gives no token now: it has trouble of its own.", status=answer.status)
    if answer.status == 429:
        raise ZoomError("rate", "Zoom gives no token now: too many were asked for.", status=429, retry_after_s=5.0)
    if content is None or not {"reason", "error", "errorMessage", "message"} & set(content):
        raise ZoomError("garbage", "The answer to our asking for a token is not Zoom's.", status=answer.status)
    reason = str(content.get("reason") or content.get("errorMessage") or content.get("message") or "")
    error = str(content.get("error") or content.get("errorCode") or "")
    denied = words.token_denied(reason, error)
    raise ZoomError("credentials", denied, status=answer.status, message=reason or error)


def _life_s(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return LIFE_S
    return float(given) if 1 <= given <= 86_400 else LIFE_S
