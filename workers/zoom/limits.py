"""How long Zoom wants us to wait: Retry-After in its three spellings, the second or minute told from the day."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from workers.zoom.urls import Label

SECOND_S = 1.0  #: what a per-second limit asks for when it does not say
SECOND_MAX_S = 5.0
MINUTE_S = 60.0  #: of Resource-intensive calls there are so many a minute
DAY_MIN_S = 60.0
DAY_MARGIN = timedelta(seconds=60)
SERVER_MAX_S = 300.0
_LONG_S = 3600.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Now by the store's clock, and how many of its seconds pass in a real one."""

    now: datetime
    speed: float = 1.0

    def after(self, real_s: float) -> datetime:
        """The moment that many real seconds from now."""
        return self.now + timedelta(seconds=real_s * self.speed)


def retry_after_s(text: str | None, clock: Clock) -> float | None:
    """Real seconds to wait: `7`, `Wed, 21 Oct 2026 07:28:00 GMT` or `2026-10-21T00:00:00Z`."""
    text = (text or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        moment = _moment(text)
        return max(0.0, (moment - clock.now).total_seconds() / clock.speed) if moment else None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def is_daily(headers: Mapping[str, str], message: str, wait_s: float | None) -> bool:
    """Whether a 429 speaks of the day: by header, else by its words, else by the length of the wait."""
    for text in (headers.get("X-RateLimit-Type", "").lower(), message.lower()):
        if any(span in text for span in ("daily", "qps", "second", "minute")):
            return "daily" in text
    return wait_s is not None and wait_s >= _LONG_S


def second_s(wait_s: float | None, label: Label = "heavy") -> float:
    """The wait after a per-second limit, or after the per-minute one of Resource-intensive calls."""
    if label == "intensive":
        return MINUTE_S if wait_s is None else min(wait_s, MINUTE_S)
    return SECOND_S if wait_s is None else min(wait_s, SECOND_MAX_S)


def day_s(wait_s: float | None, clock: Clock) -> float:
    """The wait after a daily limit: never past the reset, which is at 00:00 UTC, and a margin."""
    midnight = clock.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    reset = midnight + timedelta(days=1) + DAY_MARGIN
    longest = (reset - clock.now).total_seconds() / clock.speed
    return longest if wait_s is None else min(max(wait_s, DAY_MIN_S), longest)


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
