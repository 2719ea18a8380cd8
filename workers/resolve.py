"""A meeting number that waits to go live: one call turns it into an instance, which is then looked at."""

from dataclasses import replace
from datetime import datetime

import structlog

from rules import cadence, watching
from rules.model import Instance, Meeting, MeetingRecord
from service.store import keys
from workers.asking import ask_meeting
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
        _sees(runtime, holding)
        store.due.done(holding.claim, cadence.ask_again(watches, now))
        return
    try:
        meeting = ask_meeting(runtime, holding, number)
    except ZoomError as error:
        _not_now(runtime, holding, error)
        return
    _sees(runtime, holding)
    instance = arm(runtime, meeting, number)
    log.info("meeting is live", instance=instance.id, number=number, topic=instance.topic)
    store.due.done(holding.claim, cadence.opens_next(watches, now))


def arm(runtime: Runtime, meeting: Meeting, number: str) -> Instance:
    """Keep a live meeting and make it due at once."""
    now = runtime.store.clock.now()
    instance = Instance(
        id=keys.instance_id(meeting.uuid),
        uuid=meeting.uuid,
        number=number,
        topic=meeting.topic,
        started_at=meeting.started_at or now,
    )
    runtime.store.instances.put(instance)
    runtime.store.due.arm(instance.id, now)
    return instance


def _not_now(runtime: Runtime, holding: Holding, error: ZoomError) -> None:
    """Not live: ask again by the windows of those who wait. Any other trouble is blindness, and asked again soon."""
    store, now, member = runtime.store, runtime.store.clock.now(), holding.claim.member
    if error.kind in ("not_live", "too_old"):
        _sees(runtime, holding)
        watches = store.documents.watches_of(member[1:], "")
        store.due.done(holding.claim, cadence.ask_again(watches, now))
        return
    version, record = store.seats.record(member)
    again_at = cadence.next_look(member, now, runtime.settings.qoswatch_poll_seconds)
    store.seats.commit(
        member, (), record=(version, went_blind(record, error, now)), claim=holding.claim, next_at=again_at
    )
    store.health.count("rounds:blind")
    log.warning("meeting could not be asked for", member=member, kind=error.kind, words=error.words)


def _sees(runtime: Runtime, holding: Holding) -> None:
    """Zoom answers, or nobody asks any more: what was blind is not."""
    version, record = runtime.store.seats.record(holding.claim.member)
    if record.blind_since is not None:
        runtime.store.seats.commit(holding.claim.member, (), record=(version, MeetingRecord()))


def went_blind(record: MeetingRecord, error: ZoomError, now: datetime) -> MeetingRecord:
    """The record of a meeting after one more blind round: since when, and in which words."""
    return replace(
        record,
        blind_since=record.blind_since or now,
        blind_kind=error.kind,
        blind_reason=error.words,
        failures=record.failures + 1,
    )
