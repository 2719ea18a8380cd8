"""A meeting number that waits to go live: one call turns it into an instance, which is then looked at."""

import structlog

from rules import cadence, watching
from rules.model import Instance, Meeting
from service.store import keys
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError

log = structlog.get_logger()


def resolve(runtime: Runtime, holding: Holding) -> None:
    """Ask Zoom whether the number is live; arm its instance, or ask again later."""
    store, number = runtime.store, holding.claim.member[1:]
    now = store.clock.now()
    watches = store.documents.watches_of(number, "")
    if not any(watching.concerns(watch, "", now) for watch in watches):
        store.due.done(holding.claim, cadence.ask_again(watches, now))
        return
    holding.keep()
    try:
        meeting = runtime.zoom.meeting(number)
    except ZoomError as error:
        _not_now(runtime, holding, error)
        return
    instance = arm(runtime, meeting, number)
    log.info("meeting is live", instance=instance.id, number=number, topic=instance.topic)
    store.due.done(holding.claim, None)


def arm(runtime: Runtime, meeting: Meeting, number: str) -> Instance:
    """Keep a live meeting and make it due at once."""
    now = runtime.store.clock.now()
    instance = Instance(
        id=keys.instance_id(meeting.uuid),
        uuid=meeting.uuid,
        number=meeting.number or number,
        topic=meeting.topic,
        started_at=meeting.started_at or now,
    )
    runtime.store.instances.put(instance)
    runtime.store.due.arm(instance.id, now)
    return instance


def _not_now(runtime: Runtime, holding: Holding, error: ZoomError) -> None:
    """Not live: ask again by the windows of those who wait. Any other trouble: in a period, with back-off."""
    store, now = runtime.store, runtime.store.clock.now()
    if error.kind in ("not_live", "too_old"):
        watches = store.documents.watches_of(holding.claim.member[1:], "")
        store.due.done(holding.claim, cadence.ask_again(watches, now))
        return
    store.health.count("rounds:blind")
    log.warning("meeting could not be asked for", member=holding.claim.member, kind=error.kind, words=error.words)
    period = runtime.settings.qoswatch_poll_seconds
    store.due.done(holding.claim, cadence.after_failure(holding.claim.member, now, period, 1))
