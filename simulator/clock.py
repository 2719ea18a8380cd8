"""The simulator's own clock: it can run fast, stand still, be set and be stepped."""

import threading
import time
from collections.abc import Callable

MINUTE = 60


class Clock:
    """Tells `base + speed * (real - base)`; speed 0 stands still. Moments are unix seconds."""

    def __init__(self, base: float | None = None, speed: float = 1.0, real: Callable[[], float] = time.time) -> None:
        self._lock = threading.Lock()
        self._real = real
        self._speed = speed
        # At speed 0 the base itself is the time told; otherwise both ends of the line are the base.
        self._real_from = real() if base is None or speed == 0 else base
        self._told_from = self._real_from if base is None else base

    def now(self) -> float:
        """The moment it is here."""
        with self._lock:
            return self._now()

    def _now(self) -> float:
        return self._told_from + self._speed * (self._real() - self._real_from)

    @property
    def speed(self) -> float:
        """Simulated seconds per real second."""
        return self._speed

    def set(self, now: float) -> None:
        """Make it `now`, at the speed it has."""
        with self._lock:
            self._real_from, self._told_from = self._real(), now

    def step(self, seconds: float = 0.0, *, minutes: float = 0.0) -> float:
        """Move by so much; the new moment."""
        with self._lock:
            now = self._now() + seconds + minutes * MINUTE
            self._real_from, self._told_from = self._real(), now
            return now

    def run_at(self, speed: float) -> None:
        """Go on from this moment at another speed."""
        with self._lock:
            now = self._now()
            self._real_from, self._told_from, self._speed = self._real(), now, speed


def minute_of(moment: float) -> int:
    """The start of the minute that a moment is in."""
    return int(moment // MINUTE) * MINUTE


def stamp(moment: float) -> str:
    """A moment as Zoom writes it: 2022-03-01T10:16:00Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
