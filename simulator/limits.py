"""Counts calls as Zoom does: so many of a label each second or minute, so many heavy ones each day; then 429."""

import threading
import time
from collections.abc import Callable
from email.utils import formatdate

from simulator.answers import Answer
from simulator.clock import Clock, minute_of, stamp

DAY = 86400
_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
_DAILY = (
    "You have reached the maximum daily rate limit for this API."
    " Refer to the response header for details on when you can make another request."
)
NAMES = {"heavy": "Heavy", "intensive": "Resource-intensive", "light": "Light", "medium": "Medium"}
#: Resource-intensive calls are counted by the minute.
PER_MINUTE = {"business": {"intensive": 20}, "pro": {"intensive": 10}, "free": {"intensive": 10}}
PLANS: dict[str, tuple[dict[str, int], int]] = {
    "business": ({"light": 80, "medium": 60, "heavy": 40}, 60_000),
    "pro": ({"light": 30, "medium": 20, "heavy": 10}, 30_000),
    "free": ({"light": 4, "medium": 2, "heavy": 1}, 1_000),
}


class Limits:
    """The account's allowance. Seconds are real ones, minutes and days are those of the simulator's clock (UTC)."""

    def __init__(self, clock: Clock, real: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._real = clock, real
        self._lock = threading.Lock()
        self.per_second: dict[str, int] = {}
        self.per_minute: dict[str, int] = {}
        self.per_day: int | None = None
        self.headers = True
        """Whether a 429 says in headers what it is; the page of 2026 does not promise them."""
        self.retry_after = "iso"
        """Of a daily 429: "iso", "http-date", "seconds", or a text as it is."""
        self.daily_code = self.second_code = 429
        self._second: tuple[int, dict[str, int]] = (0, {})
        self._minute: tuple[int, dict[str, int]] = (0, {})
        self._day: tuple[int, int] = (0, 0)
        self.plan("business")

    def plan(self, name: str) -> None:
        """The published numbers of a plan."""
        per_second, self.per_day = PLANS[name]
        self.per_second, self.per_minute = dict(per_second), dict(PER_MINUTE[name])

    def spend(self, calls: int) -> None:
        """Another app of the account has made so many heavy calls today."""
        with self._lock:
            self._day = (self._today(), self._spent() + calls)

    @property
    def spent(self) -> int:
        """Heavy calls made today."""
        with self._lock:
            return self._spent()

    def take(self, label: str) -> Answer | None:
        """None when the call is allowed, else the 429."""
        with self._lock:
            self._second = _now_in(self._second, int(self._real()))
            self._minute = _now_in(self._minute, minute_of(self._clock.now()))
            spans = ((self.per_second, self._second[1]), (self.per_minute, self._minute[1]))
            if any(label in most and used.get(label, 0) >= most[label] for most, used in spans):
                return self.refuse(label, daily=False)
            if label in ("heavy", "intensive"):
                if self.per_day is not None and self._spent() >= self.per_day:
                    return self.refuse(label, daily=True)
                self._day = (self._today(), self._spent() + 1)
            for _, used in spans:
                used[label] = used.get(label, 0) + 1
            return None

    def refuse(
        self, label: str, *, daily: bool, headers: bool | None = None, retry_after: str = "", code: int = 0
    ) -> Answer:
        """A 429 of either kind, with or without its headers."""
        code = code or (self.daily_code if daily else self.second_code)
        body = {"code": code, "message": _DAILY if daily else _SECOND}
        if not (self.headers if headers is None else headers):
            return Answer(429, body)
        told = {
            "X-RateLimit-Category": NAMES.get(label, label),
            "X-RateLimit-Type": "Daily-limit" if daily else "QPS",
            "X-RateLimit-Limit": str(self.per_day if daily else {**self.per_second, **self.per_minute}.get(label, 0)),
            "X-RateLimit-Remaining": "0",
        }
        if daily or retry_after:
            told["Retry-After"] = self._when(retry_after or self.retry_after)
        return Answer(429, body, told)

    def _when(self, style: str) -> str:
        midnight = (self._today() + 1) * DAY
        if style == "iso":
            return stamp(midnight)
        if style == "http-date":
            return formatdate(midnight, usegmt=True)
        return str(int(midnight - self._clock.now())) if style == "seconds" else style

    def _today(self) -> int:
        return int(self._clock.now() // DAY)

    def _spent(self) -> int:
        return self._day[1] if self._day[0] == self._today() else 0


def _now_in(span: tuple[int, dict[str, int]], now: int) -> tuple[int, dict[str, int]]:
    """The counts of the span that `now` names; a new one starts with none."""
    return span if span[0] == now else (now, {})
