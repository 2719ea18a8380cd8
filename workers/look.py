"""One look at a live meeting: load, ask Zoom, decide seat by seat, commit. Then due again on its own phase."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from rules import cadence, lifecycle, listing, silencing, watching
from rules import roster as seating
from rules.model import Instance, Roster, Round, Seat, moment_of
from service.store.seats import Subjects
from workers import ends, hearing_watch, pace, records, resolve, rollcall, rosters
from workers.asking import Answer, Wanted, ask
from workers.common import Common, Shelf
from workers.deciding import Due, Scene, Watched, decide
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError

SILENT = timedelta(seconds=150)
NOBODY_HERE = 5  #: periods between looks at a meeting in which nobody watched is present
FED = 3  #: periods between looks at a meeting whose figures are pushed to us
LISTED_A_MINUTE = 10  #: of such meetings: an account may have hundreds, where people are followed through any
_SPENT = ("budget", "daily")
log = structlog.get_logger()


def look(runtime: Runtime, holding: Holding, calls: ThreadPoolExecutor) -> None:
    """Look once at the claimed meeting and decide about everybody watched in it."""
    store = runtime.store
    instance = store.instances.get(holding.claim.member)
    if instance is None:
        store.due.done(holding.claim, None)
        return
    known = store.seats.whole(instance.id)
    scene = scene_of(runtime, instance, holding.shelf, known)
    if instance.ended_at is not None:
        ends.afterwards(runtime, holding, scene, instance.ended_at)
        return
    if not watching.looking(scene.watches, scene.rules):
        _unwatched(runtime, holding, scene)
        return
    if instance.id not in holding.shelf.now().live:
        store.instances.wake(instance.id)
    if instance.kind == "auto" and (scene := _settled(runtime, holding, scene)).instance.kind == "auto":
        return
    if ends.is_confirmed(runtime, holding, scene):
        return
    if known.record[1].not_live_at and ends.is_over(runtime, holding, scene):
        return
    last = store.round(instance.id)
    answer = ask(runtime, holding, calls, _wanted(runtime, holding, scene, known, last))
    runtime.mark("polled")
    holding.keep()  # whoever stood still meanwhile has an old answer, and its place is taken
    if answer.trouble is not None:
        if answer.listed is not None:
            rosters.changed(runtime, instance.id, lambda roster: _told(scene, roster, store.clock.now(), answer))
        _blind(runtime, holding, instance, answer.trouble)
    elif answer.not_live:
        ends.not_live(runtime, holding, scene)
    else:
        _seen(runtime, holding, scene, answer, known, last)


def scene_of(runtime: Runtime, instance: Instance, shelf: Shelf | None = None, known: Subjects | None = None) -> Scene:
    """Who watches this run now, by which rules, and who is in it as far as we know."""
    store, now, shelf = runtime.store, runtime.store.clock.now(), shelf or Shelf(runtime.store)
    registered = store.documents.watches_of(instance.number, instance.uuid)
    watches = tuple(watch for watch in registered if watching.concerns(watch, instance, now))
    rules = shelf.rules({rule for watch in watches for rule in watching.rule_ids(watch)})
    channels = {channel for watch in watches for channel in watch.notify}
    common = shelf.knowing(channels, {watch.policy for watch in watches if watch.policy})
    _, roster = known.roster if known else store.seats.roster(instance.id)
    silences = silencing.acting(common.silences, now)
    return Scene(instance, watches, rules, roster, common.duty, silences, known.seats if known else None)


def _settled(runtime: Runtime, holding: Holding, scene: Scene) -> Scene:
    """A run that may be a meeting or a webinar is asked for as both, once; as neither, it is not live."""
    try:
        meeting, kind = resolve.find(runtime, holding, scene.instance.uuid, ("auto",))
    except ZoomError as error:
        if error.kind == "not_live":
            ends.not_live(runtime, holding, scene)
        else:
            _blind(runtime, holding, scene.instance, error)
        return scene
    return replace(scene, instance=ends.renewed(runtime, replace(scene.instance, kind=kind), meeting))


def _wanted(runtime: Runtime, holding: Holding, scene: Scene, known: Subjects, last: Round | None) -> Wanted:
    now, instance, common = runtime.store.clock.now(), scene.instance, holding.shelf.now()
    sessions, seats = _sessions(scene, scene.roster), [seat for _, seat in known.seats.values()]
    return Wanted(
        instance,
        scene.roster,
        partial(_sessions, scene),
        partial(_told, scene, scene.roster, now),
        listing=listing.is_due(
            scene.roster,
            instance,
            scene.watches,
            seats,
            now,
            hearing=common.hearing(now),
            stretch=common.pace.calm,
        ),
        doubtful=not instance.number or _is_doubtful(seats, sessions, last, now),
        blind_before=known.record[1].failures,
    )


def _sessions(scene: Scene, roster: Roster) -> frozenset[str]:
    """Whose figures are wanted: of everybody watched and present, by session.

    Where no list tells who is there, whoever is named by an id is asked for by that id.
    """
    seats = scene.among(roster).wishes()
    here = {session for session, listed in seating.present(roster.people).items() if listed.seat in seats}
    if roster.listed_at is not None and roster.whole:
        return frozenset(here)
    watches = watching.looking(scene.watches, scene.rules)
    named = (who for watch in watches for who in watching.entries(watch, scene.instance.id))
    ids = {who.value for who in named if who.kind == "participant_id"}
    return frozenset(here | (ids - roster.people.keys()))


def _told(scene: Scene, roster: Roster, now: datetime, answer: Answer) -> Roster:
    """The roster with what an answer tells. All bulk pages find newcomers as a list does, but tell no roles."""
    told = rosters.told(
        roster,
        scene.instance.id,
        now,
        listed=answer.listed,
        complete=answer.complete,
        sights=answer.sights.values(),
        asked=scene.roster.people,
    )
    by_role = any(who.kind == "role" for watch in scene.watches for who in watch.who)
    listed_at = now if answer.passed and not by_role else told.listed_at
    present = seating.present(told.people).keys()
    faceless = answer.absent & present if answer.listed is not None else answer.absent & set(roster.faceless)
    return replace(told, order=answer.order or told.order, listed_at=listed_at, faceless=tuple(sorted(faceless)))


def _is_doubtful(seats: Iterable[Seat], sessions: frozenset[str], last: Round | None, now: datetime) -> bool:
    """Nobody whom we ask for showed a new figure for a while, nor in the last look: is the meeting over?"""
    asked = [seat for seat in seats if any(session.id in sessions for session in seat.sessions)]
    since = min(now - SILENT, last.at if last else now)
    return bool(asked) and all(seat.row_at is None or seat.row_at < since for seat in asked)


def _blind(runtime: Runtime, holding: Holding, instance: Instance, trouble: ZoomError) -> None:
    """Nobody could be seen: nothing is decided about people; the meeting remembers since when, and why."""
    store, now = runtime.store, runtime.store.clock.now()
    version, record = store.seats.record(instance.id)
    period_s = runtime.settings.qoswatch_poll_seconds
    again_at = cadence.next_look(instance.id, now, period_s)
    if trouble.kind in _SPENT:  # asking sooner brings nothing, and takes what is kept to see who is there
        known = holding.shelf.now().pace
        again_at = pace.next_look(runtime, known, instance.id, now, period_s * NOBODY_HERE, urgent=True)
    blind = records.went_blind(record, trouble, now)
    store.seats.commit(instance.id, (), record=(version, blind), claim=holding.claim, next_at=again_at)
    holding.counts["rounds:blind"] += 1
    log.warning("round was blind", instance=instance.id, kind=trouble.kind, words=trouble.words)


def _unwatched(runtime: Runtime, holding: Holding, scene: Scene) -> None:
    """Nobody asks for anybody here now: what is open ends as that, without a call."""
    ends.await_next_run(runtime, scene.instance, runtime.store.clock.now())
    decide(runtime, scene, Answer(), None, holding, None, seen=False)
    runtime.store.instances.rest(scene.instance.id)


def _seen(
    runtime: Runtime, holding: Holding, scene: Scene, answer: Answer, known: Subjects, last: Round | None
) -> None:
    store, now, instance = runtime.store, runtime.store.clock.now(), scene.instance
    if answer.meeting is not None:
        instance = ends.renewed(runtime, instance, answer.meeting)
    roster = rosters.changed(runtime, instance.id, lambda roster: _told(scene, roster, now, answer), known.roster)
    for watch in scene.watches:
        ids = {who.value for who in watch.who if who.kind == "participant_id"}
        if watch.bound is None and ids & roster.people.keys():
            store.documents.bind(watch.id, instance.id)
    hearing_watch.compare(runtime, scene.roster, answer, now)
    scene = scene.among(roster) if instance == scene.instance else replace(scene, instance=instance, roster=roster)
    decide(runtime, scene, answer, None, holding, partial(_next, runtime, holding, scene, answer))
    rollcall.call(runtime, scene, roster, now)
    since_s = (now - last.at).total_seconds() if last else 0.0
    holding.counts += Counter({"rounds:seen": 1, "person_minutes": answer.asked * max(1, round(since_s / 60))})
    _measure(runtime, answer, now)


def _next(
    runtime: Runtime, holding: Holding, scene: Scene, answer: Answer, watched: tuple[Watched, ...], now: datetime
) -> Due:
    """When to look again: by the pace of the day, and at the moment when a broken line becomes a drop-out."""
    urgent = any(cadence.is_urgent(each.seat, each.wishes) for each in watched)
    common = holding.shelf.now()
    period_s = _period_s(runtime, common, scene, answer, [each.seat for each in watched], now)
    again_at = pace.next_look(runtime, common.pace, scene.instance.id, now, period_s, urgent=urgent)
    moments = [lifecycle.drop_moment(each.seat, each.wishes) for each in watched]
    return Due(min([again_at, *(moment for moment in moments if moment and moment > now)]), period_s, urgent)


def _period_s(
    runtime: Runtime, common: Common, scene: Scene, answer: Answer, seats: list[Seat], now: datetime
) -> float:
    """Each period; less often where nobody is, or where figures come without being asked for."""
    period_s: float = runtime.settings.qoswatch_poll_seconds
    hearing = common.hearing(now)
    if not answer.asked and not listing.seeks(scene.roster, scene.instance, scene.watches, seats, now, hearing=hearing):
        return period_s * max(NOBODY_HERE, len(common.live) // LISTED_A_MINUTE)
    return period_s * FED if hearing and _is_fed(runtime, scene, now) else period_s


def _is_fed(runtime: Runtime, scene: Scene, now: datetime) -> bool:
    """Whether the figures of everybody watched and present are pushed to us."""
    return runtime.store.feed.fed(scene.instance.id, _sessions(scene, scene.roster), now)


def _measure(runtime: Runtime, answer: Answer, now: datetime) -> None:
    """Note how far back Zoom's answers reach, and how old their newest row is."""
    told = [minutes for sight in answer.sights.values() if (minutes := sight.minutes)]
    if told:
        reach_min = max(minutes[-1] - minutes[0] + 1 for minutes in told)
        newest = max(minutes[-1] for minutes in told)
        runtime.store.budget.measured(reach_min=reach_min, age_s=(now - moment_of(newest)).total_seconds())
