"""POST /hooks/zoom: what Zoom pushes is verified, kept and answered at once; workers decide what it means.

Nothing is read before the signature is: only a challenge may come without one, since Zoom does not say that it signs
those, and the little that it may ask us to sign can be no message (signatures.py).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from flask import Response, request
from pydantic import SecretStr

from rules.hearing import KINDS
from service.api.bodies import sent
from service.api.errors import Problem
from service.hooks import signatures
from service.store import Store

CHALLENGE = "endpoint.url_validation"
_SHORT = 4096  #: bytes of a challenge that nobody signed
log = structlog.get_logger(__name__)


class ZoomHook:
    """The door for Zoom's webhooks. `secret` gives the current one; `wake` calls a drainer."""

    def __init__(self, store: Store, secret: Callable[[], SecretStr | None], wake: Callable[[], object]) -> None:
        self._store, self._secret, self._wake = store, secret, wake

    def take(self) -> Response:
        """One webhook. Raises Problem: Zoom tries again after a 5xx, and never after a 4xx."""
        secret = self._secret()
        if secret is None or not secret.get_secret_value():
            raise Problem(404, "webhooks are not taken here: ZOOM_WEBHOOK_SECRET is unset")
        body = sent()
        signed = self._verified(secret.get_secret_value(), body)
        told = _object(body) if signed or len(body) <= _SHORT else {}
        event = told.get("event")
        if event == CHALLENGE:
            return self._challenged(secret.get_secret_value(), told)
        if not signed:
            raise self._refused("unsigned", "this is not signed: x-zm-signature is missing")
        if not isinstance(event, str):
            self._store.health.count("hooks:unreadable")
            raise Problem(400, "this is no event: a JSON object with an 'event' is needed")
        if event not in KINDS:
            self._store.health.count("hooks:unknown")
            return Response(status=200)
        return self._kept(body)

    def _verified(self, secret: str, body: bytes) -> bool:
        """Whether Zoom signed it; False where nobody claims that. Raises Problem where the claim is wrong."""
        at, given = request.headers.get("x-zm-request-timestamp"), request.headers.get("x-zm-signature")
        if at is None and given is None:
            return False
        if not signatures.is_signed(secret, at or "", given or "", body):
            raise self._refused(
                "refused", "the signature is not that of this body: is ZOOM_WEBHOOK_SECRET the right one?"
            )
        if not signatures.is_fresh(at or "", self._store.clock.now()):
            raise self._refused("stale", "the signature is older than five minutes, or a clock is wrong")
        return True

    def _refused(self, why: str, words: str) -> Problem:
        self._store.health.count(f"hooks:{why}")
        log.warning("webhook was refused", because=words)
        return Problem(401, words)

    def _challenged(self, secret: str, told: Mapping[str, Any]) -> Response:
        payload = told.get("payload")
        answer = signatures.answer(secret, payload.get("plainToken") if isinstance(payload, dict) else None)
        if answer is None:
            self._store.health.count("hooks:refused")
            raise Problem(400, "a plainToken is 1 to 64 letters, digits, '_' or '-'")
        self._store.health.count("hooks:challenge")
        return Response(json.dumps(answer), content_type="application/json")

    def _kept(self, body: bytes) -> Response:
        waiting = self._store.intake.add(body)
        if not waiting:
            raise Problem(503, "too many events wait already: send it again later", headers={"Retry-After": "60"})
        if waiting == 1:  # behind others, somebody is awake
            self._wake()
        return Response(status=200)


def _object(body: bytes) -> Mapping[str, Any]:
    """A body as a JSON object; anything else is an empty one."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, a number or a depth beyond reason
        return {}
    return told if isinstance(told, dict) else {}
