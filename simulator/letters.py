"""A webhook on its way: signed with Zoom's headers, posted, and what became of it."""

import hashlib
import hmac
import http.client
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_TROUBLE = (OSError, http.client.HTTPException)


@dataclass(order=True, slots=True)
class Letter:
    """One webhook waiting to be sent; earlier ones first."""

    due_at: float
    number: int
    event: str = field(compare=False)
    body: bytes = field(compare=False)
    attempt: int = field(default=1, compare=False)
    forged: bool = field(default=False, compare=False)
    age_s: float = field(default=0.0, compare=False)
    """How much older than now its header says it is."""
    signed: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt and what it was told; status 0: no answer came."""

    number: int
    at: float
    event: str
    attempt: int
    status: int
    body: Any
    answer: str = ""

    @property
    def accepted(self) -> bool:
        """Whether Zoom would be content: only a 200 or 204 is a yes."""
        return self.status in (200, 204)

    @property
    def to_retry(self) -> bool:
        """Whether Zoom would try again: never after a 3xx or 4xx."""
        return self.status == 0 or self.status >= 500


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of sending many at once."""

    sent: int
    seconds: float
    statuses: Mapping[int, int]

    @property
    def accepted(self) -> int:
        """How many were taken."""
        return sum(count for status, count in self.statuses.items() if status in (200, 204))

    @property
    def per_second(self) -> float:
        """How many a second."""
        return self.sent / self.seconds if self.seconds else 0.0


def packed(body: Any) -> bytes:
    """The bytes that go out and are signed: no spaces, names as they are."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """x-zm-signature: v0 over timestamp and raw body."""
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def headers(secret: str, now: float, body: bytes, request_id: str, *, signed: bool = True) -> dict[str, str]:
    """The headers that Zoom sends."""
    timestamp = str(int(now))
    made = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zoom Marketplace/1.0a",
        "x-zm-request-id": request_id,
    }
    if signed:
        made |= {"x-zm-request-timestamp": timestamp, "x-zm-signature": signature(secret, timestamp, body)}
    return made


class Line:
    """A connection to the receiver; it is opened when needed and kept between posts until closed."""

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)

    def post(self, body: bytes, head: Mapping[str, str]) -> tuple[int, str]:
        """Status and text; status 0 when no answer came in time."""
        try:
            self._connection.request("POST", self._path, body, dict(head))
            with self._connection.getresponse() as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except _TROUBLE:
            self._connection.close()
            return 0, ""

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def storm(url: str, ready: Sequence[tuple[Mapping[str, str], bytes]], *, threads: int, timeout_s: float) -> Storm:
    """Send all that is ready over so many lines at once, as fast as they are taken."""

    def send(part: Sequence[tuple[Mapping[str, str], bytes]]) -> Counter[int]:
        line = Line(url, timeout_s)
        told = Counter(line.post(body, head)[0] for head, body in part)
        line.close()
        return told

    begun = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        statuses = sum(pool.map(send, [ready[nth::threads] for nth in range(threads)]), Counter[int]())
    return Storm(len(ready), time.monotonic() - begun, dict(statuses))
