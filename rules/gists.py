"""An alert in half a line: who was bad when, and how bad at worst; and how harmful that was beside others."""

from rules.case import Case, noun
from rules.model import BreachView
from rules.shapes import Gist
from rules.words import clean, cut, quantity

_NAME = 30
_WAYS = {"sent audio": "sent", "received audio": "received"}
_CRITICAL = 1000.0  # a critical breach is worse than any warning


def gist(case: Case, who: str) -> Gist:
    """ "Dr Chen 02:14-02:31, 22 % received"; an alert that goes on has no end."""
    breach = max(case.breaches, key=_harm)
    start, ended_at = case.clock.at(breach.since_at), breach.ended_at or case.alert.closed_at
    when = case.clock.span(breach.since_at, ended_at) if ended_at else f"since {start}"
    value = breach.worst if breach.worst is not None else breach.value
    way = _WAYS.get(noun(breach), noun(breach))
    told = (
        f"{quantity(value, breach.unit, breach.threshold)} {way}".strip() if value is not None else clean(breach.rule)
    )
    return Gist(f"{cut(who, _NAME)} {when}, {told}", _harm(breach))


def _harm(breach: BreachView) -> float:
    """How far beyond its own limit it went, so that losses and delays may stand beside each other."""
    value = breach.worst if breach.worst is not None else breach.value
    beyond = abs(value - breach.threshold) / (abs(breach.threshold) or 1.0) if value is not None else 0.0
    return min(beyond, _CRITICAL - 1) + (_CRITICAL if breach.severity == "critical" else 0.0)
