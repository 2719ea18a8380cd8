"""What one post tells of an alert: in a chat all that is new, for a machine up to where somebody took or gave it back.

A person reads the whole; a machine that pages hears of "bad again" and "Ana has it" one after the other, or the
second would never stop what the first began.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules import news
from rules.model import AlertView, Channel, Entry, TransitionKind
from rules.news import NewsKind, Share
from rules.patience import MACHINES

_TAKING: frozenset[NewsKind] = frozenset(("taken", "untaken"))
_CALLS: frozenset[TransitionKind] = frozenset(("escalated", "reminder"))


@dataclass(frozen=True, slots=True)
class News:
    """What is new of an alert for a channel: its kind, what the channel sees then, and the entry up to which it is."""

    kind: NewsKind
    share: Share
    seq: int
    entry: Entry | None = None  #: the newest change behind it
    at: datetime | None = None  #: when the oldest of it arose


def news_of(
    alert: AlertView,
    told: Share | None,
    unsaid: Sequence[Entry],
    channel: Channel,
    *,
    fine: bool,
    back: bool,
) -> News | None:
    """The next news of an alert for a channel; None when there is none, or none any more."""
    now = news.share_of(alert, channel.id)
    heard = told is not None and told.open
    if channel.kind == "pagerduty" and not heard and now.open and now.taken_by:
        return None  # it would page for what somebody has already
    standing = [_standing(entry, now) for entry in unsaid] if heard else list(unsaid)
    for cut in _cuts(told, standing, now, channel):
        part, whole = standing[:cut], cut == len(standing)
        seen = now if whole else news.share_of(part[-1], channel.id)
        kind = news.kind(told, part, seen, channel.id, fine=fine, back=back)
        if kind and (kind not in _TAKING or seen.taken_by == now.taken_by):
            seq = alert.seq if whole else part[-1].seq
            return News(kind, seen, seq, _behind(kind, part, channel.id), part[0].at if part else None)
    return None


def was_critical(timeline: Sequence[Entry], now: Share, channel: str) -> bool:
    """Whether the alert is critical for a channel, or was."""
    return now.severity == "critical" or any(news.share_of(entry, channel).severity == "critical" for entry in timeline)


def _standing(entry: Entry, now: Share) -> Entry:
    """A call that went out before somebody took it, or gave it back, calls nobody any more."""
    outdated = entry.kind in _CALLS and entry.taken_by != now.taken_by
    return replace(entry, tells=()) if outdated else entry


def _cuts(told: Share | None, unsaid: Sequence[Entry], now: Share, channel: Channel) -> Iterator[int]:
    """How many of the entries may be told at once: for a machine, those before the last taking come first."""
    holders = [told.taken_by if told else "", *(entry.taken_by for entry in unsaid)]
    if channel.kind in MACHINES and now.open and holders[0] != holders[-1]:
        change = max(place for place, entry in enumerate(unsaid) if entry.taken_by != holders[place])
        yield from (cut for cut in (change, change + 1) if 0 < cut < len(unsaid))
    yield len(unsaid)


def _behind(kind: NewsKind, part: Sequence[Entry], channel: str) -> Entry | None:
    """The newest entry that brought the news; the newest of all where none bears its name."""
    for entry in reversed(part):
        called = channel in entry.tells and (entry.kind == "escalated") == (kind == "escalated")
        if called if kind in ("escalated", "reminder") else entry.kind == kind:
            return entry
    return part[-1] if part else None
