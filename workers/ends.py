"""How a run of a meeting ends, is doubted, goes on after all, and is followed by the next."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from rules import cadence, watching
from rules.model import Instance, Meeting, MeetingRecord
from service.store import keys
from workers import rosters
from workers.asking import Answer
from workers.calls import ask_meeting, kind_of
from workers.deciding import Scene, again, decide
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError

NOT_LIVE_TWICE = timedelta(seconds=60)
RESTARTS_WITHIN = timedelta(minutes=1)
log = structlog.get_logger()


def is_confirmed(runtime: Runtime, holding: Holding, scene: Scene) -> bool:
    """Zoom has sent `ended`: anybody could have, so the meeting is asked once. True: it is over, and settled here."""
    instance, told_at = scene.instance, scene.roster.ended_at
    if told_at is None:
        return False
    try:
        ask_meeting(runtime, holding, instance.uuid, kind_of(instance))
    except ZoomError as error:
        if error.kind != "not_live":
            return False
        _over(runtime, holding, scene, min(told_at, runtime.store.clock.now()))
        return True
    rosters.changed(runtime, instance.id, lambda roster: replace(roster, ended_at=None))
    log.warning("meeting is on, though Zoom sent its end", instance=instance.id)
    return False


def is_over(runtime: Runtime, holding: Holding, scene: Scene) -> bool:
    """After a look that found nothing live only the meeting is asked. True: it is still not live, which is settled."""
    try:
        ask_meeting(runtime, holding, scene.instance.uuid, kind_of(scene.instance))
    except ZoomError as error:
        if error.kind != "not_live":
            return False
        not_live(runtime, holding, scene)
        return True
    return False


def not_live(runtime: Runtime, holding: Holding, scene: Scene) -> None:
    """Zoom says that the meeting is not live: once may be an error, twice a minute apart is its end."""
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    version, record = store.seats.record(instance.id)
    if record.not_live_at is None or now - record.not_live_at < NOT_LIVE_TWICE:
        first = record.not_live_at or now
        doubted = replace(record, not_live_at=first)
        again_at = first + NOT_LIVE_TWICE
        store.seats.commit(instance.id, (), record=(version, doubted), claim=holding.claim, next_at=again_at)
        return
    _over(runtime, holding, scene, record.not_live_at)


def afterwards(runtime: Runtime, holding: Holding, scene: Scene, ended_at: datetime) -> None:
    """A run that ended by Zoom's answers alone is asked for a few times more; if it is on, it is watched on."""
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    await_next_run(runtime, instance, now)
    if not watching.looking(scene.watches, scene.rules):
        store.due.done(holding.claim, None)
        return
    try:
        meeting = ask_meeting(runtime, holding, instance.uuid, kind_of(instance))
    except ZoomError:
        store.due.done(holding.claim, cadence.after_end(ended_at, now))
        return
    store.instances.put(_known(replace(instance, ended_at=None), meeting))
    rosters.changed(runtime, instance.id, lambda roster: replace(roster, ended_at=None, listed_at=None))
    version, _ = store.seats.record(instance.id)
    store.seats.commit(instance.id, (), record=(version, MeetingRecord()), claim=holding.claim, next_at=now)
    log.warning("meeting is on after all", instance=instance.id, number=instance.number)


def await_next_run(runtime: Runtime, instance: Instance, now: datetime) -> None:
    """Whoever waits for the number goes on waiting; first a minute, since people restart meetings."""
    known = runtime.store.documents.watches_of(instance.number, "") if instance.number else []
    watches = [watch for watch in known if watch.meeting == instance.number]
    again_at = cadence.ask_again(watches, now)
    if again_at is not None:
        soon = any(watching.concerns(watch, None, now) for watch in watches)
        moment = min(again_at, now + RESTARTS_WITHIN) if soon else again_at
        runtime.store.due.arm(keys.number_member(instance.number), moment)


def renewed(runtime: Runtime, instance: Instance, meeting: Meeting) -> Instance:
    """The instance with what Zoom tells of the meeting now: its number, topic and start."""
    known = _known(instance, meeting)
    if known != runtime.store.instances.get(instance.id):
        runtime.store.instances.put(known)
    return known


def _over(runtime: Runtime, holding: Holding, scene: Scene, over_at: datetime) -> None:
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    ended = again(runtime, replace(scene, instance=replace(instance, ended_at=over_at)))
    decide(runtime, ended, Answer(), over_at)
    await_next_run(runtime, instance, now)  # first: whoever dies after the next line leaves nobody waiting in vain
    store.instances.end(instance.id, over_at)
    seats = store.seats.load(instance.id)
    if late := frozenset(id for id, (_, seat) in seats.items() if seat.alert and seat.alert.open):
        decide(runtime, again(runtime, ended), Answer(), over_at, only=late)  # a push opened it just before the end
    store.due.done(holding.claim, cadence.after_end(over_at, now))
    log.info("meeting is over", instance=instance.id, number=instance.number)


def _known(instance: Instance, meeting: Meeting) -> Instance:
    """The number that people watch stays, even where Zoom names the run by another."""
    return replace(
        instance,
        number=instance.number or meeting.number,
        topic=meeting.topic or instance.topic,
        started_at=instance.started_at or meeting.started_at,
    )
