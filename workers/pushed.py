"""What a batch of webhooks means for one meeting: who is in it, when it is looked at next, what figures people have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import structlog

from rules import hearing, watching
from rules import roster as seating
from rules.hearing import Event
from rules.model import Instance, Listed, MeetingKind, Roster, Watch
from service.store import keys
from service.store.leases import Claim
from workers import feeding, rosters
from workers.deciding import Scene
from workers.look import scene_of
from workers.runtime import Runtime

WARNED_AGAIN_S = 30
log = structlog.get_logger()


def hear(runtime: Runtime, claim: Claim, events: Sequence[Event]) -> Counter[str]:
    """Deal with what was pushed of one meeting, in its order. Raises Stale; answers what to count."""
    scene = _scene(runtime, events)
    if scene is None:
        return Counter({"events:not_watched": len(events)})
    instance, now = scene.instance, runtime.store.clock.now()
    before = scene.roster
    roster = rosters.changed(runtime, instance.id, lambda known: hearing.told(known, events, instance.id, now))
    scene = replace(scene, roster=roster)
    _arm(runtime, scene, before, events)
    figures = [event for event in events if event.kind in ("figures", "machine")]
    counts = feeding.fold(runtime, claim, scene, figures) if figures else Counter[str]()
    _move(runtime, scene, events)
    return counts


def _scene(runtime: Runtime, events: Sequence[Event]) -> Scene | None:
    """The run and who watches it; None where nobody does, or where it is over. One that is new is kept and armed."""
    store, id = runtime.store, keys.instance_id(events[0].meeting.uuid)
    known = store.instances.get(id)
    if known is not None and known.ended_at is not None:
        if any(event.kind != "ended" and event.at > known.ended_at for event in events):
            store.due.arm(id, store.clock.now())  # it may be on after all: one call tells
        return None
    run = _run(known or Instance(id, events[0].meeting.uuid, "", kind="auto"), events)
    scene = scene_of(runtime, run)
    if not watching.looking(scene.watches, scene.rules):
        return None
    if known is None and not _begins(scene.watches, events):
        return None
    if run != known:
        store.instances.put(run)
    if known is None or any(event.kind == "started" for event in events):
        store.due.arm(id, store.clock.now())
        log.info("meeting is live", instance=id, number=run.number, topic=run.topic)
    return scene


def _run(known: Instance, events: Sequence[Event]) -> Instance:
    """What we know of a run, with what the events tell of it."""
    told = [event.meeting for event in events]
    kind: MeetingKind = "webinar" if events[0].webinar else "meeting"
    return replace(
        known,
        number=known.number or next((each.number for each in told if each.number), ""),
        topic=known.topic or next((each.topic for each in told if each.topic), ""),
        kind=kind if known.kind == "auto" else known.kind,
        started_at=known.started_at or next((each.started_at for each in told if each.started_at), None),
    )


def _begins(watches: Sequence[Watch], events: Sequence[Event]) -> bool:
    """Whether a run that we do not know is to be watched: its end is nothing new, and of any meeting somebody's is."""
    news = [event for event in events if event.kind != "ended"]
    if any(watch.meeting != watching.ANY for watch in watches):
        return bool(news)
    wanted = [who for watch in watches for who in watch.who]
    return any(
        seating.is_meant(who, session, listed) for event in news for session, listed in _of(event) for who in wanted
    )


def _of(event: Event) -> list[tuple[str, Listed]]:
    """Whoever an event names: the person, and the host whose meeting it is."""
    person = event.person
    host = [("", Listed("", zoom_user=event.host_id, role="host"))] if event.kind == "started" else []
    if person is None:
        return host
    return [*host, (person.session, Listed("", person.name, person.email, person.zoom_user, person.role))]


def _arm(runtime: Runtime, scene: Scene, before: Roster, events: Sequence[Event]) -> None:
    """Look at the meeting when there will be something to see."""
    store, now, id = runtime.store, runtime.store.clock.now(), scene.instance.id
    if any(event.kind == "ended" for event in events):
        store.due.arm(id, now)
    if any(event.kind == "alert" for event in events):
        store.due.hasten(id, WARNED_AGAIN_S)
    meant, people = scene.wishes(), scene.roster.people
    moved = {session for session, listed in people.items() if listed != before.people.get(session)}
    moments = [hearing.look_at(people[session], now) for session in moved if people[session].seat in meant]
    if moments:
        store.due.arm(id, max(now, min(moments)))


def _move(runtime: Runtime, scene: Scene, events: Sequence[Event]) -> None:
    """Decide about the watched people who came or went, at once and without a call."""
    people, meant = scene.roster.people, scene.wishes()
    sessions = {event.person.session for event in events if event.person and event.kind in hearing.PRESENCE}
    sights = {each: feeding.sight(each, people[each]) for each in sessions if people[each].seat in meant}
    if sights:
        feeding.decide_pushed(runtime, scene, sights)
