"""What a reader may do about a message: the names of its links, and the acts behind them."""

from rules.model import AlertView
from rules.shapes import MessageKind

Offer = tuple[str, str]  #: what the link says, and the act that it signs

_TAKE: Offer = ("Take it", "take")
_SNOOZE: Offer = ("Snooze 15 min", "snooze")
_MUTE: Offer = ("Not for this meeting", "mute")
_FALSE: Offer = ("False alarm", "false_alarm")
_OPEN: Offer = ("Open", "show")
_ALL: tuple[Offer, ...] = (("Take all", "take"), ("Snooze 15 min", "snooze"), _OPEN)
_EVERY: tuple[Offer, ...] = (_TAKE, _SNOOZE, _MUTE, _FALSE, _OPEN)
_SERVICE: tuple[Offer, ...] = (_TAKE, _SNOOZE, _OPEN)
#: What asks something of somebody.
_URGENT: frozenset[MessageKind] = frozenset(
    (
        "fire", "worse", "dropped", "escalated", "reopened", "reminder", "flapping", "also",
        "blind", "channel_broken", "budget", "webhooks", "memory", "gap",
    )
)  # fmt: skip


def offered(kind: MessageKind, alert: AlertView | None, *, standing: bool = True) -> tuple[Offer, ...]:
    """What to offer beside a message; nothing where nothing is left to do.

    Without an alert it is of several (`standing`: something of them is still bad), or a note.
    """
    if kind == "test":
        return _EVERY
    if kind in ("digest", "storm"):
        return _ALL if standing else ()
    if alert is None or alert.state != "open":
        return ()
    if kind == "untaken":
        return (_TAKE, _OPEN)
    if kind not in _URGENT:
        return ()
    offers = _SERVICE if alert.subject.startswith("service.") else _EVERY
    return tuple(offer for offer in offers if offer != _TAKE or alert.taken is None)
