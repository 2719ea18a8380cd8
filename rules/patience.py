"""How long a conversation may keep its news: the rest after a post, longer for what asks nothing, and quiet hours.

The first news of a resting lane goes at once, what follows waits for `GROUP_WINDOW`. From the third post in a row on,
news that asks nothing of anybody waits for `GROUP_INTERVAL`; what somebody may have to act on never does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import weekly
from rules.model import Channel, ChannelKind
from rules.news import NewsKind

GROUP_WINDOW = timedelta(seconds=30)
GROUP_INTERVAL = timedelta(minutes=5)
CALM_FROM = 2  #: posts in a row, after which calm news waits longer
#: What somebody may have to act on.
URGENT: frozenset[NewsKind] = frozenset(("fire", "worse", "dropped", "escalated", "reopened", "flapping", "reminder"))
#: They group for themselves, and wait for what stops them: news goes there one after the other.
MACHINES: frozenset[ChannelKind] = frozenset(("pagerduty", "webhook"))


@dataclass(frozen=True, slots=True)
class Piece:
    """One alert's news: its kind, whether it is or was critical, and when the oldest of it arose."""

    kind: NewsKind
    critical: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a lane remembers: posts in a row, when the last was accepted, and until when it was put off since."""

    posts: int = 0
    last_at: datetime | None = None
    put_off: datetime | None = None


def in_a_row(memory: Memory, now: datetime) -> int:
    """The posts in a row so far. A lane that had nothing to say for `GROUP_INTERVAL` starts anew; one that kept its
    news for so long does not."""
    if memory.last_at is None:
        return 0
    interval_ends = memory.last_at + GROUP_INTERVAL
    kept = memory.put_off is not None and memory.put_off <= interval_ends
    return memory.posts if kept or now < interval_ends else 0


def rests_until(kind: ChannelKind, now: datetime) -> datetime | None:
    """Until when a lane keeps silent after a post of alerts."""
    return None if kind in MACHINES else now + GROUP_WINDOW


def waits_until(pieces: Iterable[Piece], memory: Memory, channel: Channel, now: datetime) -> datetime | None:
    """Until when news is kept; None: it goes now."""
    told = list(pieces)
    if not told:
        return None
    if (over_at := quiet_until(channel, now)) and not any(piece.critical for piece in told):
        return over_at
    if channel.kind in MACHINES or any(piece.kind in URGENT for piece in told):
        return None
    if memory.last_at is None or in_a_row(memory, now) < CALM_FROM:
        return None
    due_at = memory.last_at + GROUP_INTERVAL
    return due_at if due_at > now else None


def quiet_until(channel: Channel, now: datetime) -> datetime | None:
    """When the channel's quiet hours end that are now; None: it is not quiet there."""
    hours = (channel.quiet_hours,) if channel.quiet_hours else ()
    try:
        if not weekly.is_in(hours, channel.timezone, now):
            return None
        return weekly.ends(hours, channel.timezone, now) or now + timedelta(days=1)
    except weekly.WindowError:  # hours that nobody can read must keep no alarm
        return None


def was_quiet(pieces: Iterable[Piece], channel: Channel, now: datetime) -> bool:
    """Whether this is what quiet hours kept: the oldest of it arose in such, which are over."""
    first = min((piece.at for piece in pieces if piece.at), default=None)
    over_at = quiet_until(channel, first) if first else None
    return over_at is not None and over_at <= now
