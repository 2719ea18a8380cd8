"""What is wrong with qoswatch itself, decided like everything else: one subject per cause that one person repairs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from rules.alerting import Audience, Docket
from rules.breaches import ended
from rules.lifecycle import Decision
from rules.model import Breach, Instance, Seat, Trouble, minute_of

INSTANCE = "service"
NAME = "qoswatch"
WATCH = "service"  #: what stands in a service alert where a watch stands in others
OURSELVES = Instance(INSTANCE, uuid="", number="", topic="")


def decide(
    seat: Seat, trouble: Trouble | None, now: datetime, facts: Mapping[str, str] | None = None, *, mended: bool = True
) -> Decision:
    """Open, renew or close the alert of one subject. `facts` are told at its end: what it cost.

    `mended`: it works again; otherwise it only concerns nobody any more.
    """
    breach = _standing(seat)
    told = seat.alert.watches[0].notify if seat.alert and seat.alert.watches else ()
    notify = trouble.notify if trouble else told
    docket = Docket(seat.id, now, [Audience(WATCH, frozenset({seat.id}), notify)], seat.alert)
    if trouble is not None:
        seat = replace(seat, facts=dict(trouble.facts))
        docket.settle(minute_of(now), [_renewed(breach, trouble)])
    elif breach is not None:
        seat = replace(seat, facts={**seat.facts, **(facts or {})})
        docket.settle(minute_of(now), [ended(breach, "fine" if mended else "unwatched", minute_of(now))])
    return Decision(replace(seat, alert=docket.alert), docket.changes())


def empty_seat(subject: str) -> Seat:
    """A subject of our own that was never in trouble."""
    return Seat(subject, INSTANCE, name=NAME)


def is_open(seat: Seat) -> bool:
    """Whether its alert stands."""
    return _standing(seat) is not None


def is_ours(subject: str) -> bool:
    """Whether a subject is one of ours, and nobody's call."""
    return subject.startswith(f"{INSTANCE}.")


def _standing(seat: Seat) -> Breach | None:
    alert = seat.alert
    return next((breach for breach in (alert.breaches if alert else ()) if breach.ending is None), None)


def _renewed(breach: Breach | None, trouble: Trouble) -> Breach:
    since = minute_of(trouble.since_at)
    known = breach or Breach(trouble.subject, 1, trouble.severity, since, since, "", operand="")
    return replace(known, severity=trouble.severity, because=trouble.because, says=trouble.says, hint=trouble.hint)
