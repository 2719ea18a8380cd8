"""How Zoom signs its webhooks: HMAC-SHA256 over "v0:", the timestamp, ":" and the raw body. Pure.

https://developers.zoom.us/docs/api/webhooks/#verify-with-zooms-header
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
#: What a challenge may hold. A signed message begins "v0:" and goes on with JSON: nothing of this kind is one.
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body: "v0=" and 64 hex digits."""
    return "v0=" + _hmac(secret, b"v0:" + timestamp.encode() + b":" + body)


def is_signed(secret: str, timestamp: str, given: str, body: bytes) -> bool:
    """Whether the signature is that of this body, compared in constant time."""
    told, at = given.encode("utf-8", "replace"), timestamp.encode("utf-8", "replace")
    if not (_SIGNATURE.fullmatch(told) and _TIMESTAMP.fullmatch(at)):
        return False
    return hmac.compare_digest(told, signature(secret, timestamp, body).encode())


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Whether a timestamp that was signed is of these five minutes, before or after."""
    return abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()


def answer(secret: str, plain_token: object) -> dict[str, str] | None:
    """What a challenge wants to hear; None: it asks us to sign what could be a message.

    https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint
    """
    if not isinstance(plain_token, str) or not _PLAIN_TOKEN.fullmatch(plain_token):
        return None
    return {"plainToken": plain_token, "encryptedToken": _hmac(secret, plain_token.encode())}


def _hmac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
