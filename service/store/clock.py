"""One clock for all: Redis TIME by offset, or a test clock; no host clock decides.

The meeting's time (`now`) can be sped or frozen by QOSWATCH_TEST_CLOCK. What bounds machines (leases, posts
a second, the scheduler's tick) is meant in real seconds and converted here, once, where it is read.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.store import keys
from service.store.errors import StoreError
from service.store.link import Link

_REFRESH_S = 10.0
_SPED = re.compile(r"(\d+(?:\.\d+)?)@(\d+(?:\.\d+)?)")


def ms(moment: datetime) -> int:
    """A moment as milliseconds since 1970, as Redis keeps it."""
    return round((moment - _EPOCH) / _MILLI)


def moment(milliseconds: float) -> datetime:
    """The moment that a number in Redis means."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLI = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the clock runs: `speed` times real time since `base_ms`; a `stepped` one stands until it is moved."""

    speed: float = 1.0
    base_ms: float = 0.0
    stepped: bool = False

    @classmethod
    def read(cls, text: str | None) -> "Pace":
        """`SPEED@BASE` (say "12@1764000000"), "hash", or nothing for real time."""
        if not text:
            return cls()
        if text == "hash":
            return cls(stepped=True)
        found = _SPED.fullmatch(text)
        if found is None or float(found[1]) == 0:
            raise StoreError(f"test clock {text!r}: write SPEED@BASE, say 12@1764000000, or hash")
        return cls(speed=float(found[1]), base_ms=float(found[2]) * 1000)


class Clock:
    """What time it is, for everybody on this Redis."""

    def __init__(self, link: Link, test_clock: str | None = None) -> None:
        self._link = link
        self._pace = Pace.read(test_clock)
        self._offset: tuple[float, float] | None = None  # (server ms - monotonic ms, monotonic s when asked)

    @property
    def stepped(self) -> bool:
        """Whether the clock only moves when somebody moves it."""
        return self._pace.stepped

    def now(self) -> datetime:
        """The moment, in UTC."""
        return moment(self.now_ms())

    def now_ms(self) -> int:
        """The moment in milliseconds, as scripts are told it."""
        if self._pace.stepped:
            held = self._link.field(keys.clock(), "ms")
            return int(held) if held is not None else self.machine_ms()
        real = self.machine_ms()
        return round(self._pace.base_ms + self._pace.speed * (real - self._pace.base_ms))

    def machine_ms(self) -> int:
        """Redis's real time, which no test clock moves."""
        here = time.monotonic()
        if self._offset is None or here - self._offset[1] > _REFRESH_S:
            asked = self._link.time_ms()
            self._offset = (asked - time.monotonic() * 1000, here)
        return round(self._offset[0] + time.monotonic() * 1000)

    def real(self, seconds: float) -> int:
        """How many of the clock's milliseconds so many real seconds are."""
        return round(seconds * 1000 * self._pace.speed)

    def real_seconds(self, clock_ms: float) -> float:
        """How many real seconds so many of the clock's milliseconds are."""
        return clock_ms / 1000 / self._pace.speed

    def put(self, at: datetime) -> None:
        """Set a stepped clock (`hash`), for tests."""
        self._link.do("HSET", keys.clock(), "ms", ms(at))

    def advance(self, **span: float) -> datetime:
        """Move a stepped clock on: advance(minutes=5)."""
        self.put(self.now() + timedelta(**span))
        return self.now()
