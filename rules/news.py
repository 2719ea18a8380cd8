"""What is new for a channel: the difference between what it was told of an alert and what is true now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.model import DROPPED, AlertState, AlertView, Entry, Severity, WatchView
from rules.severities import RANK, worst
from rules.timeline import is_flapping

NewsKind = Literal[
    "fire",
    "worse",
    "dropped",
    "escalated",
    "reopened",
    "flapping",
    "also",
    "reminder",
    "closed_bad",
    "broke_and_recovered",
    "resolved",
    "back",
    "better",
    "taken",
    "untaken",
    "snoozed",
    "held",
    "resumed",
]
#: The strongest first: the order of lines in a digest, and of what is cut last.
STRENGTH: tuple[NewsKind, ...] = (
    "fire",
    "worse",
    "dropped",
    "escalated",
    "reopened",
    "flapping",
    "also",
    "reminder",
    "closed_bad",
    "broke_and_recovered",
    "resolved",
    "back",
    "better",
    "taken",
    "untaken",
    "snoozed",
    "held",
    "resumed",
)


@dataclass(frozen=True, slots=True)
class Share:
    """An alert as one channel sees it: through the watches that tell this channel."""

    severity: Severity | None = None
    rules: frozenset[str] = frozenset()
    held: bool = False
    silenced: bool = False
    taken_by: str = ""
    snoozed_until: datetime | None = None
    flapping: bool = False

    @property
    def open(self) -> bool:
        """Something of the channel's own is bad."""
        return self.severity is not None


def share(
    watches: Iterable[WatchView],
    channel: str,
    *,
    taken_by: str = "",
    snoozed_until: datetime | None = None,
    flapping: bool = False,
) -> Share:
    """The part of an alert that a channel hears of."""
    views = [view for view in watches if channel in view.notify]
    own = [view for view in views if view.severity is not None]
    return Share(
        worst(view.severity for view in own),
        frozenset(rule for view in own for rule in view.rules),
        bool(own) and all(view.held for view in own),
        any(view.silenced for view in views),
        taken_by,
        snoozed_until,
        flapping,
    )


def share_of(told: Entry | AlertView, channel: str) -> Share:
    """What a channel sees in an alert, or saw after an entry of its timeline."""
    return share(
        told.watches,
        channel,
        taken_by=told.taken_by or "",
        snoozed_until=told.snoozed_until,
        flapping=bool(told.flapping),
    )


def share_in(alert: AlertState, channel: str) -> Share:
    """The same, of the state that decisions are made of."""
    return share(
        alert.watches,
        channel,
        taken_by=alert.taken.by if alert.taken else "",
        snoozed_until=alert.snooze.until if alert.snooze else None,
        flapping=is_flapping(alert),
    )


def as_it_stands(now: Share, *, fine: bool, back: bool) -> NewsKind:
    """The kind of an alert that is told again, whatever of it was heard before."""
    if now.open:
        return "dropped" if DROPPED in now.rules else "fire"
    return "resolved" if fine else "back" if back else "closed_bad"


def kind(
    told: Share | None, unsaid: Sequence[Entry], now: Share, channel: str, *, fine: bool, back: bool = False
) -> NewsKind | None:
    """What to tell; None when nothing is new.

    `told` is what the channel last heard (None: nothing yet), `unsaid` the entries since. `fine`: what was bad ended
    because it was fine again. `back`: who had dropped out came back.
    """
    if told is None or not told.open:
        return _first(told, unsaid, now, channel)
    if not now.open and now.silenced:
        return None  # it is still bad, and nobody wants to hear of it
    heard = told.rules
    if DROPPED in now.rules - heard:
        return "dropped"
    if back and DROPPED in heard - now.rules:
        return "back"
    if not now.open:
        return "resolved" if fine else "closed_bad"
    if RANK[now.severity] > RANK[told.severity]:
        return "worse"
    return _called(unsaid, channel) or _changed(told, now, any(channel in entry.tells for entry in unsaid))


def _first(told: Share | None, unsaid: Sequence[Entry], now: Share, channel: str) -> NewsKind | None:
    """The news for a channel that knows of nothing bad."""
    if told is None and (now.taken_by or not now.open) and _only_called(unsaid, channel):
        return None  # a step of a policy that came too late: somebody has it, or it is over
    if DROPPED in now.rules:
        return "dropped"
    if now.open:
        return "fire" if told is None else "flapping" if now.flapping else "reopened"
    if now.silenced:
        return None
    return "broke_and_recovered" if any(share_of(entry, channel).open for entry in unsaid) else None


def _only_called(unsaid: Sequence[Entry], channel: str) -> bool:
    """Whether a step of a policy alone brought the news here, and no watch of the channel's own."""
    calls = [place for place, entry in enumerate(unsaid) if entry.kind == "escalated" and channel in entry.tells]
    return bool(calls) and not any(share_of(entry, channel).open for entry in unsaid[: calls[0]])


def _called(unsaid: Iterable[Entry], channel: str) -> NewsKind | None:
    return "escalated" if any(entry.kind == "escalated" and channel in entry.tells for entry in unsaid) else None


def _changed(told: Share, now: Share, reminded: bool) -> NewsKind | None:
    """What changed in an alert that is as bad as it was, or better."""
    if now.flapping and not told.flapping:
        return "flapping"
    if now.rules - told.rules:
        return "also"
    if reminded:
        return "reminder"
    if RANK[now.severity] < RANK[told.severity]:
        return "better"
    if now.taken_by != told.taken_by:
        return "taken" if now.taken_by else "untaken"
    if now.snoozed_until and now.snoozed_until != told.snoozed_until:
        return "snoozed"
    if now.held != told.held:
        return "held" if now.held else "resumed"
    return None
