"""Server-to-server OAuth: hands out bearers for an account, and knows which of them still count."""

import base64
import binascii
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from simulator.answers import Answer, refusal
from simulator.clock import Clock

_ENDPOINTS = (
    "list_{}s",
    "{}",
    "list_{}_participants",
    "list_{}_participants_qos",
    "{}_participant_qos",
)
SCOPES = frozenset(
    f"dashboard:read:{name.format(kind)}:admin" for kind in ("meeting", "webinar") for name in _ENDPOINTS
)
# An app made before the granular scopes holds one of these instead.
CLASSIC = {
    "meeting": frozenset({"dashboard_meetings:read:admin", "dashboard:read:admin"}),
    "webinar": frozenset({"dashboard_webinars:read:admin", "dashboard:read:admin"}),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer; its scopes are those of the app when it was given out."""

    text: str
    expires_at: float
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """Whether it opens what asks for this scope."""
        kind = "webinar" if "webinar" in scope else "meeting"
        return scope in self.scopes or bool(CLASSIC[kind] & self.scopes)


class Tokens:
    """The account, its app, and the bearers given out."""

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self._clock, self._seed = clock, seed
        self._lock = threading.Lock()
        self.account_id, self.client_id = "pretend-account", "pretend-client"
        self.client_secret = "pretend-client-secret"
        self.lifetime_s = 3600.0
        self.single = False
        """A new token ends the old one, as it was in 2022 and still may be for old apps."""
        self.scopes = SCOPES
        self._issued: list[Token] = []
        self._alive: dict[str, Token] = {}

    def ask(self, authorization: str, form: Mapping[str, str], api_url: str) -> Answer:
        """POST /oauth/token."""
        if not self._is_client(authorization):
            return refusal("invalid_client")
        if form.get("grant_type") != "account_credentials":
            return refusal("unsupported_grant_type")
        if form.get("account_id") != self.account_id:
            return refusal("invalid_request")
        token = self.issue()
        body = {
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": max(1, int(self.lifetime_s) - 1),
            "scope": " ".join(sorted(token.scopes)),
            "api_url": api_url,
        }
        return Answer(200, body, {"Cache-Control": "no-store"})

    def issue(self) -> Token:
        """A new bearer."""
        with self._lock:
            made = Random(f"{self._seed}|token|{len(self._issued)}").randbytes(24).hex()
            text = f"sim{len(self._issued)}.{made}"
            if self.single:
                self._alive.clear()
            return self._keep(Token(text, self._clock.now() + self.lifetime_s, self.scopes))

    def accept(self, text: str, lifetime_s: float = 10 * 365 * 86400) -> Token:
        """Let a ready bearer count, as one in ZOOM_ACCESS_TOKEN."""
        with self._lock:
            return self._keep(Token(text, self._clock.now() + lifetime_s, self.scopes))

    def _keep(self, token: Token) -> Token:
        self._issued.append(token)
        self._alive[token.text] = token
        return token

    def revoke(self) -> None:
        """No bearer given out so far counts any more."""
        with self._lock:
            self._alive.clear()

    def check(self, authorization: str) -> Token | Answer:
        """The token of a call, or code 124."""
        kind, _, text = authorization.partition(" ")
        with self._lock:
            token = self._alive.get(text.strip()) if kind.lower() == "bearer" else None
        if token is None:
            return refusal("124")
        if token.expires_at <= self._clock.now():
            return refusal("124", message="Access token is expired.")
        return token

    @property
    def issued(self) -> int:
        """How many were ever given out."""
        return len(self._issued)

    def _is_client(self, authorization: str) -> bool:
        kind, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return kind.lower() == "basic" and given == f"{self.client_id}:{self.client_secret}"
