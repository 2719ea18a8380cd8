"""Pushed figures: folded to minutes as they come, and decided through the one door when a minute is complete."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from rules import folding, intake
from rules.folding import Fed
from rules.hearing import Event
from rules.model import Listed, Sample, Seat, Sight
from service.store import StoreUnavailable
from service.store.leases import Claim
from workers.asking import Answer
from workers.deciding import Scene, again, decide
from workers.holding import Stale
from workers.look import scene_of
from workers.runtime import Runtime

SOON = timedelta(seconds=1)  #: complete minutes of one meeting wait so long for each other
AFTER_FAILURE = timedelta(seconds=60)
AT_ONCE = 50  #: meetings decided between two batches
log = structlog.get_logger()


def fold(runtime: Runtime, claim: Claim, scene: Scene, events: Iterable[Event]) -> Counter[str]:
    """Keep what events told of watched people. Raises Stale: another drainer keeps it by now."""
    store, id, counts = runtime.store, scene.instance.id, Counter[str]()
    people, meant, kept = scene.roster.people, scene.wishes(), store.feed.load(id)
    changed: dict[str, Fed] = {}
    for event in events:
        person = event.person
        if person is None or people[person.session].seat not in meant:
            counts["events:not_watched"] += 1
            continue
        before = changed.get(person.session) or kept.get(person.session) or Fed()
        after, late = folding.fed(before, person.samples, event.came_at)
        changed[person.session] = replace(
            after, facts={**after.facts, **person.facts}, spoiled=after.spoiled + person.spoiled
        )
        counts += late
    runtime.mark("decided")
    moments = [moment for each in changed.values() if (moment := folding.complete_at(each))]
    if changed and not store.feed.keep(claim, id, changed, _due(moments, store.clock.now()), sooner=True):
        raise Stale(claim.member)
    runtime.mark("committed")
    return counts


def decide_complete(runtime: Runtime, claim: Claim) -> int:
    """Decide the complete minutes of the meetings that are due for it; answer how many meetings. Raises Stale."""
    store = runtime.store
    due = store.feed.due(store.clock.now(), AT_ONCE)
    for instance in due:
        try:
            _decide_one(runtime, claim, instance)
        except (Stale, StoreUnavailable):
            raise
        except Exception as error:
            store.health.count("hooks:failed")
            log.error("pushed minutes were not decided", instance=instance, error=type(error).__name__, exc_info=True)
            _keep(runtime, claim, instance, {}, store.clock.now() + AFTER_FAILURE)
    return len(due)


def decide_pushed(runtime: Runtime, scene: Scene, sights: dict[str, Sight]) -> None:
    """Decide about the seats of these sights; where a look found the meeting over meanwhile, it is for them as well."""
    seats = frozenset(scene.roster.people[session].seat for session in sights)
    decide(runtime, scene, Answer(sights=sights), None, only=seats, seen=False)
    run = runtime.store.instances.get(scene.instance.id)
    if run is not None and run.ended_at is not None:
        decide(runtime, again(runtime, replace(scene, instance=run)), Answer(), run.ended_at, only=seats, seen=False)


def sight(session: str, listed: Listed, fed: Fed | None = None, samples: tuple[Sample, ...] = ()) -> Sight:
    """What is known of a session, and what was pushed of its figures."""
    return Sight(
        session,
        listed.name,
        listed.email,
        listed.zoom_user,
        facts=fed.facts if fed else {},
        joined_at=listed.joined_at,
        left_at=listed.left_at,
        leave_reason=listed.leave_reason,
        samples=samples,
        spoiled=fed.spoiled if fed else 0,
        role=listed.role,
        waiting=listed.waiting,
        uuid=listed.uuid,
    )


def _decide_one(runtime: Runtime, claim: Claim, id: str) -> None:
    store, now = runtime.store, runtime.store.clock.now()
    instance, kept = store.instances.get(id), store.feed.load(id)
    if instance is None or instance.ended_at is not None:
        _keep(runtime, claim, id, {}, None)
        return
    scene = scene_of(runtime, instance)
    people = scene.roster.people
    ready = {session: rows for session, fed in kept.items() if (rows := folding.complete(fed, now))}
    sights = {each: sight(each, people[each], kept[each], rows) for each, rows in ready.items() if each in people}
    if sights:
        decide_pushed(runtime, scene, sights)
    waiting = _put_off(scene, store.seats.load(id), sights, now)
    done = {each: folding.without(kept[each], rows) for each, rows in ready.items() if each not in waiting}
    moments = [moment for fed in (kept | done).values() if (moment := folding.complete_at(fed))]
    _keep(runtime, claim, id, done, _due(moments, now))


def _put_off(
    scene: Scene, seats: Mapping[str, tuple[str, Seat]], sights: Mapping[str, Sight], now: datetime
) -> frozenset[str]:
    """The sessions whose rows were not taken, because others wrote their seat all the time."""
    taken = {each.id: each for _, seat in seats.values() for each in seat.sessions}
    meant, people = scene.wishes(), scene.roster.people
    return frozenset(
        session
        for session, sight in sights.items()
        if people[session].seat in meant
        and (session not in taken or any(intake.taken(taken[session], sight.samples, now).samples))
    )


def _due(moments: Sequence[datetime], now: datetime) -> datetime | None:
    """When the first minute is complete; one that is already waits a moment for others."""
    return max(min(moments), now + SOON) if moments else None


def _keep(runtime: Runtime, claim: Claim, id: str, sessions: Mapping[str, Fed], due_at: datetime | None) -> None:
    if not runtime.store.feed.keep(claim, id, sessions, due_at):
        raise Stale(claim.member)
