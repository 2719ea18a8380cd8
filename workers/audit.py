"""Once a minute: what is wrong with ourselves? It reports, and repairs nothing: that is what leases are for.

Then the dead man's switch: a ping that says "all is watched", sent only when that is true.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from rules import planning, selfwords, troubles
from rules.duty import Duty, reached
from rules.model import Plan, Trouble
from service.store.health import Figures
from service.store.room import FULL
from workers import handovers, hearing_watch, memory, pace
from workers.faults import BUDGET, ZOOM, Scene, audience, blind, broken, scenes_of
from workers.runtime import Runtime

TRIES = 3
_TICK_S = 30.0
log = structlog.get_logger()


def audit(runtime: Runtime) -> None:
    """Decide about every subject of our own; then tell the outside that we live, if we do."""
    now = runtime.store.clock.now()
    scenes = scenes_of(runtime, now)
    pace.set_pace(runtime)
    everybody = audience(runtime, [watch for scene in scenes for watch in scene.watches], ())
    own = (
        pace.trouble(runtime, everybody),
        hearing_watch.silence(runtime, now, everybody),
        memory.trouble(runtime, now),
    )
    gaps = handovers.gap_troubles(runtime, now, everybody)
    told = (*filter(None, own), *blind(runtime, scenes, now), *broken(runtime, now), *gaps)
    found = {trouble.subject: trouble for trouble in told}  # blind for want of calls is worse than short of them
    duty = runtime.store.duty()
    _decide(runtime, _by_policy(runtime, found, duty, now), scenes, now, duty)
    _ping(runtime, runtime.store.health.figures(now))


def _by_policy(runtime: Runtime, found: Mapping[str, Trouble], duty: Duty, now: datetime) -> Mapping[str, Trouble]:
    """Where the operator chose a policy for service alerts, it alone says who is told, unless it reaches nobody."""
    name = (runtime.settings.qoswatch_ops_channel or "").partition("policy:")[2]
    policy = duty.policies.get(name)
    if policy is None or not reached(duty, [target for step in policy.steps for target in step.tell], (), now).channels:
        return found
    return {subject: replace(trouble, notify=(), policy=policy) for subject, trouble in found.items()}


def _decide(runtime: Runtime, found: Mapping[str, Trouble], scenes: list[Scene], now: datetime, duty: Duty) -> None:
    """One decision and one commit for each subject in trouble, or just out of it."""
    store = runtime.store
    for _ in range(TRIES):
        loaded = store.seats.load(troubles.INSTANCE)
        subjects = {*found, *(subject for subject, (_, seat) in loaded.items() if troubles.is_open(seat))}
        plans: list[Plan] = []
        for subject in sorted(subjects):
            version, seat = loaded.get(subject, ("", troubles.empty_seat(subject)))
            mended = _is_mended(runtime, subject, scenes)
            decision = troubles.decide(
                seat, found.get(subject), now, _cost(runtime, subject, scenes), mended=mended, duty=duty
            )
            if decision.seat != seat:
                plans.append(planning.plan(version, seat, decision, troubles.OURSELVES, now, duty))
        if not store.seats.commit(troubles.INSTANCE, plans):
            break
    for plan in plans:
        for write in plan.alerts:
            for entry in write.entries:
                log.warning("service alert changed", alert_id=write.view.id, subject=plan.subject, kind=entry.kind)
    if any(plan.debts for plan in plans):
        runtime.queues.deliver()


def _is_mended(runtime: Runtime, subject: str, scenes: Iterable[Scene]) -> bool:
    """Whether what was wrong works again, or has only stopped to concern anybody."""
    if subject == hearing_watch.WEBHOOKS:
        return hearing_watch.is_heard(runtime)
    if subject == memory.SUBJECT:
        return True
    if subject in (ZOOM, BUDGET):
        return any(not scene.record.blind_since for scene in scenes)
    if subject.startswith(handovers.SUBJECT):
        return handovers.is_mended(runtime, subject)
    return runtime.store.duty().kind(subject.removeprefix("service.channel.")) is not None


def _cost(runtime: Runtime, subject: str, scenes: Iterable[Scene]) -> dict[str, str]:
    """What the blindness cost: minutes that Zoom told afterwards, those that nobody will know, and who is bad now."""
    records = [scene.record for scene in scenes if scene.record.sees_since]
    if subject not in (ZOOM, BUDGET) or not records:
        return {}
    filled = max(record.filled_min for record in records)
    missed = max(record.missed_min for record in records)
    standing = [alert.who for alert in runtime.store.alerts.page(state="open", limit=200)[0]]
    bad = [who for who in standing if who != troubles.NAME]
    note = f"Bad now: {selfwords.names(bad)}." if bad else "Nothing bad now."
    return {"cost": f"{filled} min filled from Zoom, {missed} min not known", "note": note}


def _ping(runtime: Runtime, figures: Figures) -> None:
    """The dead man's switch: whoever waits for this ping hears of us when it does not come."""
    url = runtime.settings.qoswatch_heartbeat_url
    if not url:
        return
    if why := unfit(figures):
        log.warning("heartbeat withheld", because=why)
        return
    if not runtime.sender.ping(url):
        log.warning("heartbeat failed")


def unfit(figures: Figures) -> str:
    """Why we can not say that all is watched; "" when we can."""
    if figures.memory.share >= FULL:
        return "Redis is full"
    if figures.tick_age_s is None or figures.tick_age_s > _TICK_S:
        return "the scheduler does not tick"
    late = {
        "meetings overdue": figures.overdue_meetings,
        "conversations overdue": figures.overdue_lanes,
        "steps overdue": figures.overdue_steps,
        "meetings not armed": figures.unarmed_meetings,
    }
    return ", ".join(f"{number} {what}" for what, number in late.items() if number)
