"""What is new for a channel: the difference between what it was told of an alert and what is true now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rules.model import DROPPED, Severity, WatchView

NewsKind = Literal[
    "fire",
    "worse",
    "dropped",
    "also",
    "reopened",
    "resolved",
    "closed_bad",
    "broke_and_recovered",
    "back",
    "better",
    "held",
    "resumed",
]
#: The strongest first: the order of lines in a digest, and of what is cut last.
STRENGTH: tuple[NewsKind, ...] = (
    "fire",
    "worse",
    "dropped",
    "also",
    "reopened",
    "closed_bad",
    "broke_and_recovered",
    "resolved",
    "back",
    "better",
    "held",
    "resumed",
)
_RANK = {None: 0, "warning": 1, "critical": 2}


@dataclass(frozen=True, slots=True)
class Share:
    """An alert as one channel sees it: through the watches that tell this channel."""

    severity: Severity | None = None
    rules: frozenset[str] = frozenset()
    held: bool = False

    @property
    def open(self) -> bool:
        """Something of the channel's own is bad."""
        return self.severity is not None


def share(watches: Iterable[WatchView], channel: str) -> Share:
    """The part of an alert that a channel hears of."""
    own = [view for view in watches if channel in view.notify and view.severity is not None]
    severity = max((view.severity for view in own), key=lambda s: _RANK[s], default=None)
    return Share(severity, frozenset(r for view in own for r in view.rules), bool(own) and all(v.held for v in own))


def as_it_stands(now: Share, *, fine: bool, back: bool) -> NewsKind:
    """The kind of an alert that is told again, whatever of it was heard before."""
    if now.open:
        return "dropped" if DROPPED in now.rules else "fire"
    return "resolved" if fine else "back" if back else "closed_bad"


def kind(
    told: Share | None, between: Iterable[Share], now: Share, *, fine: bool, back: bool = False
) -> NewsKind | None:
    """What to tell; None when nothing is new.

    `told` is what the channel last heard (None: nothing yet), `between` what was true since and is not now,
    `fine` whether what was bad ended because it was fine again, `back` whether who had dropped out came back.
    """
    heard = told.rules if told else frozenset()
    if DROPPED in now.rules - heard:
        return "dropped"
    if told is None or not told.open:
        if now.open:
            return "fire" if told is None else "reopened"
        return "broke_and_recovered" if any(past.open for past in between) else None
    if back and DROPPED in heard - now.rules:
        return "back"
    if not now.open:
        return "resolved" if fine else "closed_bad"
    if _RANK[now.severity] > _RANK[told.severity]:
        return "worse"
    if now.rules - told.rules:
        return "also"
    if _RANK[now.severity] < _RANK[told.severity]:
        return "better"
    if now.held != told.held:
        return "held" if now.held else "resumed"
    return None
