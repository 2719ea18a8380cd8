"""One look at a live meeting: load, ask Zoom, decide seat by seat, commit. Then due again on its own phase."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from rules import cadence, watching
from rules.model import Instance, Meeting, MeetingRecord, Rule, Seat
from service.store import keys
from workers.asking import Answer, ask, ask_meeting
from workers.deciding import Scene, decide
from workers.holding import Holding
from workers.resolve import went_blind
from workers.runtime import Runtime
from workers.zoom import ZoomError

NOT_LIVE_TWICE = timedelta(seconds=60)
RESTARTS_WITHIN = timedelta(minutes=1)
SILENT = timedelta(seconds=150)
NOBODY_LEFT = 5  #: periods between looks at a meeting in which nobody watched is present any more
log = structlog.get_logger()


def look(runtime: Runtime, holding: Holding, calls: ThreadPoolExecutor) -> None:
    """Look once at the claimed meeting and decide about everybody watched in it."""
    store = runtime.store
    instance = store.instances.get(holding.claim.member)
    if instance is None:
        store.due.done(holding.claim, None)
        return
    scene = _scene(runtime, instance)
    if instance.ended_at is not None:
        _afterwards(runtime, holding, scene, instance.ended_at)
        return
    if not scene.wishes:
        _unwatched(runtime, holding, scene)
        return
    store.instances.wake(instance.id)
    seats = [seat for _, seat in store.seats.load(instance.id).values()]
    sessions = _worth_asking(scene, seats)
    doubtful = not instance.number or _is_doubtful(seats, sessions, store.clock.now())
    blind_before = store.seats.record(instance.id)[1].failures
    answer = ask(runtime, holding, calls, instance, sessions, doubtful=doubtful, blind_before=blind_before)
    runtime.mark("polled")
    if answer.trouble is not None:
        _blind(runtime, holding, instance, answer.trouble)
    elif answer.not_live:
        _not_live(runtime, holding, scene)
    else:
        _seen(runtime, holding, scene, answer)


def _scene(runtime: Runtime, instance: Instance) -> Scene:
    store, now = runtime.store, runtime.store.clock.now()
    known = store.documents.watches_of(instance.number, instance.uuid)
    watches = tuple(watch for watch in known if watching.concerns(watch, instance.id, now))
    wanted = {rule for watch in watches for rule in watching.rule_ids(watch)}
    rules: Mapping[str, Rule] = store.documents.rules.get_many(sorted(wanted))
    return Scene(instance, watches, watching.wishes(watches, rules))


def _worth_asking(scene: Scene, seats: Iterable[Seat]) -> list[str]:
    """The watched sessions that have not left: who left never comes back under the same id."""
    left = {session.id for seat in seats for session in seat.sessions if session.left_at}
    return sorted(set(scene.wishes) - left)


def _is_doubtful(seats: Iterable[Seat], sessions: Sequence[str], now: datetime) -> bool:
    """Nobody whom we ask for has shown a new figure for a while: is the meeting over?"""
    asked = [seat for seat in seats if any(session.id in sessions for session in seat.sessions)]
    return bool(asked) and all(seat.row_at is None or now - seat.row_at > SILENT for seat in asked)


def _blind(runtime: Runtime, holding: Holding, instance: Instance, trouble: ZoomError) -> None:
    """Nobody could be seen: nothing is decided about people; the meeting remembers since when, and why."""
    store, now = runtime.store, runtime.store.clock.now()
    version, record = store.seats.record(instance.id)
    again_at = cadence.next_look(instance.id, now, runtime.settings.qoswatch_poll_seconds)
    blind = went_blind(record, trouble, now)
    store.seats.commit(instance.id, (), record=(version, blind), claim=holding.claim, next_at=again_at)
    store.health.count("rounds:blind")
    log.warning("round was blind", instance=instance.id, kind=trouble.kind, words=trouble.words)


def _not_live(runtime: Runtime, holding: Holding, scene: Scene) -> None:
    """Zoom says that the meeting is not live: once may be an error, twice a minute apart is its end."""
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    version, record = store.seats.record(instance.id)
    if record.not_live_at is None or now - record.not_live_at < NOT_LIVE_TWICE:
        first = record.not_live_at or now
        doubted = replace(record, not_live_at=first)
        again_at = first + NOT_LIVE_TWICE
        store.seats.commit(instance.id, (), record=(version, doubted), claim=holding.claim, next_at=again_at)
        return
    over_at = record.not_live_at
    ended = replace(scene, instance=replace(instance, ended_at=over_at))
    decide(runtime, ended, Answer(), over_at)
    _await_next_run(runtime, instance, now)  # first: whoever dies after the next line leaves nobody waiting in vain
    store.instances.end(instance.id, over_at)
    store.due.done(holding.claim, cadence.after_end(over_at, now))
    log.info("meeting is over", instance=instance.id, number=instance.number)


def _afterwards(runtime: Runtime, holding: Holding, scene: Scene, ended_at: datetime) -> None:
    """A run that ended by Zoom's answers alone is asked for a few times more; if it is on, it is watched on."""
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    _await_next_run(runtime, instance, now)
    if not scene.wishes:
        store.due.done(holding.claim, None)
        return
    try:
        meeting = ask_meeting(runtime, holding, instance.uuid)
    except ZoomError:
        store.due.done(holding.claim, cadence.after_end(ended_at, now))
        return
    store.instances.put(_known(replace(instance, ended_at=None), meeting))
    version, _ = store.seats.record(instance.id)
    store.seats.commit(instance.id, (), record=(version, MeetingRecord()), claim=holding.claim, next_at=now)
    log.warning("meeting is on after all", instance=instance.id, number=instance.number)


def _unwatched(runtime: Runtime, holding: Holding, scene: Scene) -> None:
    """Nobody asks for anybody here now: what is open ends as that, without a call."""
    _await_next_run(runtime, scene.instance, runtime.store.clock.now())
    decide(runtime, scene, Answer(), None, holding, None, seen=False)
    runtime.store.instances.rest(scene.instance.id)


def _await_next_run(runtime: Runtime, instance: Instance, now: datetime) -> None:
    """Whoever waits for the number goes on waiting; first a minute, since people restart meetings."""
    watches = runtime.store.documents.watches_of(instance.number, "") if instance.number else []
    again_at = cadence.ask_again(watches, now)
    if again_at is not None:
        soon = any(watching.concerns(watch, "", now) for watch in watches)
        moment = min(again_at, now + RESTARTS_WITHIN) if soon else again_at
        runtime.store.due.arm(keys.number_member(instance.number), moment)


def _seen(runtime: Runtime, holding: Holding, scene: Scene, answer: Answer) -> None:
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    for watch in scene.watches:
        if watch.bound is None and any(who.value in answer.sights for who in watch.who):
            store.documents.bind(watch.id, instance.id)
    if answer.meeting is not None:
        scene = replace(scene, instance=_renewed(runtime, instance, answer.meeting))
    period = runtime.settings.qoswatch_poll_seconds * (1 if answer.asked else NOBODY_LEFT)
    next_at = cadence.next_look(instance.id, now, period)
    decide(runtime, scene, answer, None, holding, next_at)
    store.health.count("rounds:seen")


def _renewed(runtime: Runtime, instance: Instance, meeting: Meeting) -> Instance:
    """The instance with what Zoom tells of the meeting now: its number, topic and start."""
    known = _known(instance, meeting)
    if known != instance:
        runtime.store.instances.put(known)
    return known


def _known(instance: Instance, meeting: Meeting) -> Instance:
    """The number that people watch stays, even where Zoom names the run by another."""
    return replace(
        instance,
        number=instance.number or meeting.number,
        topic=meeting.topic or instance.topic,
        started_at=instance.started_at or meeting.started_at,
    )
