"""Remembers every call that reached the pretend Zoom, so that a test can count and a person can look."""

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass, replace
from typing import Any

from simulator.clock import Clock


@dataclass(frozen=True, slots=True)
class Call:
    """One request and what it was told. `path` is as sent, `token` the first characters of the bearer."""

    number: int
    at: float
    method: str
    path: str
    query: str = ""
    label: str = ""
    token: str = ""
    status: int = 0
    code: int = 0


class Calls:
    """The log of calls, newest last, and its counts."""

    def __init__(self, clock: Clock, keep: int = 50_000) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._log: deque[Call] = deque(maxlen=keep)
        self._number = 0

    def write(self, call: Call) -> None:
        """Add a call, numbered and dated here."""
        with self._lock:
            self._number += 1
            self._log.append(replace(call, number=self._number, at=self._clock.now()))

    def log(self, *, path: str = "", label: str = "", status: int | None = None, token: str = "") -> list[Call]:
        """The calls whose path contains `path`, of a label, with a status, by a token."""
        with self._lock:
            kept = list(self._log)
        return [
            call
            for call in kept
            if path in call.path
            and (not label or call.label == label)
            and (status is None or call.status == status)
            and (not token or call.token == token)
        ]

    def count(self, *, path: str = "", label: str = "", status: int | None = None, token: str = "") -> int:
        """How many there were of that kind."""
        return len(self.log(path=path, label=label, status=status, token=token))

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._log.clear()

    def summary(self) -> dict[str, Any]:
        """Counts by path, label, status and token, as JSON."""
        log = self.log()
        return {
            "total": len(log),
            "by_path": dict(Counter(call.path for call in log)),
            "by_label": dict(Counter(call.label for call in log)),
            "by_status": {str(key): n for key, n in Counter(call.status for call in log).items()},
            "by_token": dict(Counter(call.token for call in log)),
        }

    def as_json(self, **which: Any) -> list[dict[str, Any]]:
        """The log as JSON."""
        return [asdict(call) for call in self.log(**which)]
