"""What is wrong with qoswatch itself, decided like everything else: one subject per cause that one person repairs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from rules.alerting import Docket
from rules.audience import Audience
from rules.breaches import ended
from rules.duty import Duty
from rules.escalation import Backing
from rules.lifecycle import Decision
from rules.model import Breach, Instance, Seat, Trouble, minute_of

INSTANCE = "service"
NAME = "qoswatch"
WATCH = "service"  #: what stands in a service alert where a watch stands in others
NOBODY = Duty()
OURSELVES = Instance(INSTANCE, uuid="", number="", topic="")


def decide(
    seat: Seat,
    trouble: Trouble | None,
    now: datetime,
    facts: Mapping[str, str] | None = None,
    *,
    mended: bool = True,
    duty: Duty = NOBODY,
) -> Decision:
    """Open, renew or close the alert of one subject. `facts` are told at its end: what it cost.

    `mended`: it works again; otherwise it only concerns nobody any more.
    """
    breach = _standing(seat)
    docket = Docket(seat.id, now, [_audience(seat, trouble)], seat.alert)
    if trouble is not None:
        seat = replace(seat, facts=dict(trouble.facts))
        docket.settle(minute_of(now), [_renewed(breach, trouble)])
    elif breach is not None:
        seat = replace(seat, facts={**seat.facts, **(facts or {})})
        docket.settle(minute_of(now), [ended(breach, "fine" if mended else "unwatched", minute_of(now))])
    docket.pass_on(duty, reminds=trouble is not None and trouble.severity == "critical")
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


def _audience(seat: Seat, trouble: Trouble | None) -> Audience:
    """Whom the trouble names; without one, whoever heard of it."""
    rules = frozenset({seat.id})
    if trouble is not None:
        backing = Backing(trouble.policy, {}) if trouble.policy else None
        return Audience(WATCH, rules, trouble.notify, trouble.policy.id if trouble.policy else "", backing)
    known = seat.alert.watches[0] if seat.alert and seat.alert.watches else None
    return Audience(WATCH, rules, known.notify if known else (), known.policy if known else "")


def _standing(seat: Seat) -> Breach | None:
    alert = seat.alert
    return next((breach for breach in (alert.breaches if alert else ()) if breach.ending is None), None)


def _renewed(breach: Breach | None, trouble: Trouble) -> Breach:
    since = minute_of(trouble.since_at)
    known = breach or Breach(trouble.subject, 1, trouble.severity, since, since, "", operand="")
    return replace(known, severity=trouble.severity, because=trouble.because, says=trouble.says, hint=trouble.hint)
