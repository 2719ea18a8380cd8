"""Escalate: for each alert whose moment has come, take the next step of its policies, remind, or end a snooze."""

from datetime import datetime, timedelta

import structlog

from rules import reminding, troubles
from rules.duty import Duty
from rules.model import AlertState, AlertView, Entry
from service.store.acting import change
from service.store.leases import Claim
from workers.runtime import Runtime

AT_ONCE = 200  #: alerts of one job
LEASE_S = 60  #: real seconds
BLIND_FOR = timedelta(minutes=3)  #: from then on a service alert tells of it, and holds the rest
log = structlog.get_logger()


def escalate(runtime: Runtime) -> int:
    """Move every alert on whose moment has come; answers how many there were."""
    store = runtime.store
    claims = store.steps.claim(AT_ONCE, LEASE_S)
    for claim in claims:
        try:
            _one(runtime, claim)
        except Exception as error:  # one bad alert must not stop the ladder of the others; its lease brings it back
            log.error("step failed", alert_id=claim.member, error=type(error).__name__, exc_info=True)
    if claims:
        runtime.queues.deliver()
    return len(claims)


def _one(runtime: Runtime, claim: Claim) -> None:
    store, now = runtime.store, runtime.store.clock.now()
    view = store.alerts.get(claim.member)
    if view is None or view.state == "closed":
        store.steps.done(claim, None)
        return
    if _is_blind(runtime, view, now):
        store.steps.done(claim, now + timedelta(minutes=1))
        return
    known: list[tuple[AlertState, tuple[Entry, ...]]] = []

    def passing(state: AlertState, duty: Duty) -> tuple[AlertState, tuple[Entry, ...]]:
        known.append(reminding.passed(state, duty, now))
        return known[-1]

    change(store, claim.member, passing, now)
    for entry in known[-1][1] if known else ():
        store.health.count(f"transitions:{entry.kind}")
        log.info("alert moved on", alert_id=claim.member, kind=entry.kind, because=entry.sentence, tells=entry.tells)
    store.steps.done(claim, known[-1][0].next_at if known else None)


def _is_blind(runtime: Runtime, view: AlertView, now: datetime) -> bool:
    """Whether nobody can see this meeting, and the service alert that says so stands for all of it."""
    if troubles.is_ours(view.subject):
        return False
    since = runtime.store.seats.record(view.instance)[1].blind_since
    return since is not None and now - since >= BLIND_FOR
