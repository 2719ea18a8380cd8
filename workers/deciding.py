"""Decide about every seat of a meeting and commit; a seat that somebody else changed meanwhile is decided again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from rules import cadence, lifecycle, planning, watching
from rules import roster as seating
from rules.duty import Duty
from rules.lifecycle import Seen, Wish
from rules.model import Instance, Listed, MeetingRecord, Plan, Roster, Round, Rule, Seat, Sight, Silence, Watch
from rules.presence import NO_FIGURES
from workers import records
from workers.asking import Answer
from workers.holding import Holding
from workers.runtime import Runtime

TRIES = 3
LEFT_LATELY = timedelta(minutes=5)  #: who left longer ago than this, and was never seen, gets no seat
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a look works on: the meeting, who watches it by which rules, and who is in it."""

    instance: Instance
    watches: tuple[Watch, ...]
    rules: Mapping[str, Rule]
    roster: Roster = field(default_factory=Roster)
    duty: Duty = field(default_factory=Duty)
    silences: tuple[Silence, ...] = ()  #: those at work now
    seats: Mapping[str, tuple[str, Seat]] | None = None  #: every seat with its version, where they were read already
    _asked: dict[str, Mapping[str, tuple[Wish, ...]]] = field(default_factory=dict, init=False, compare=False)

    def wishes(self) -> Mapping[str, tuple[Wish, ...]]:
        """What is asked of each seat; found out once, since each entry of a watch is held against each person."""
        if "" not in self._asked:
            self._asked[""] = watching.wishes(
                self.watches, self.rules, self.instance, self.roster.people, self.duty.policies, self.silences
            )
        return self._asked[""]

    def among(self, roster: Roster) -> "Scene":
        """The scene with another roster; the same people are asked for the same."""
        scene = replace(self, roster=roster)
        if roster.people == self.roster.people:
            scene._asked[""] = self.wishes()
        return scene


@dataclass(frozen=True, slots=True)
class Watched:
    """One watched seat after a decision."""

    seat: Seat
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """The next look, the period that it comes from, and whether somebody is in trouble."""

    at: datetime
    period_s: float
    urgent: bool


NextLook = Callable[[tuple[Watched, ...], datetime], Due]


def decide(
    runtime: Runtime,
    scene: Scene,
    answer: Answer,
    over_at: datetime | None,
    holding: Holding | None = None,
    next_look: NextLook | None = None,
    *,
    seen: bool = True,
    only: frozenset[str] | None = None,
) -> None:
    """Decide about every seat and commit; those that somebody else changed meanwhile are decided again.

    `only`: these seats alone, which is how a push decides; it sums nobody up and ends no claim.
    """
    store, instance, whole = runtime.store, scene.instance, only is None
    for attempt in range(TRIES):
        now, first = store.clock.now(), whole and attempt == 0
        plans, counts, watched = _plans(runtime, scene, answer, over_at, now, only, seen=seen)
        runtime.mark("decided")
        due = next_look(watched, now) if next_look else None
        refused = store.seats.commit(
            instance.id,
            plans,
            record=_record(runtime, instance, answer, plans, now, seen=seen) if first else None,
            round=_round(watched, answer, due, now) if first else None,
            claim=holding.claim if holding and first else None,
            next_at=due.at if due and first else None,
        )
        runtime.mark("committed")
        if due and not first:
            store.due.arm(instance.id, due.at)  # by now somebody may be in trouble
        _told(runtime, [plan for plan in plans if plan.subject not in refused])
        if attempt == 0:
            (holding.counts.update if holding else store.health.count_all)(counts)
        if not (only := refused - {"meeting"}):
            return
        scene = again(runtime, scene)
    store.health.count("seats_put_off", len(only or ()))


def again(runtime: Runtime, scene: Scene) -> Scene:
    """The scene with whoever is in it by now: others may have written while Zoom was asked."""
    return replace(scene, roster=runtime.store.seats.roster(scene.instance.id)[1], seats=None)


def _record(
    runtime: Runtime, instance: Instance, answer: Answer, plans: Iterable[Plan], now: datetime, *, seen: bool
) -> tuple[str, MeetingRecord]:
    version, record = runtime.store.seats.record(instance.id)
    return version, records.saw(record, answer, plans, now, seen=seen)


def _plans(
    runtime: Runtime,
    scene: Scene,
    answer: Answer,
    over_at: datetime | None,
    now: datetime,
    only: frozenset[str] | None,
    *,
    seen: bool,
) -> tuple[list[Plan], Mapping[str, int], tuple[Watched, ...]]:
    """A plan for each seat that changes, and the watched ones as they are then; `only` names seats to decide again."""
    wishes, loaded = scene.wishes(), scene.seats
    if loaded is None:
        loaded = runtime.store.seats.load(scene.instance.id, only)
    sessions = seating.sessions_of(scene.roster.people)
    plans: list[Plan] = []
    watched: list[Watched] = []
    counts = Counter[str]()
    for seat_id in dict.fromkeys((*loaded, *wishes)):
        if only is not None and seat_id not in only:
            continue
        version, seat = loaded.get(seat_id, ("", None))
        ids = dict.fromkeys((*sessions.get(seat_id, ()), *(session.id for session in (seat.sessions if seat else ()))))
        if seat is None:
            if not _deserves_seat(ids, scene.roster.people, answer, now):
                continue
            seat = lifecycle.empty_seat(scene.instance.id, seat_id.rpartition(".")[2])
        told = Seen(
            tuple(_sights(ids, scene.roster.people if seen and over_at is None else {}, answer)),
            missing=bool(ids) and all(session in answer.missing for session in ids),
            over_at=over_at,
            asked=seen and any(session in answer.sights or session in answer.absent for session in ids),
        )
        asked = wishes.get(seat_id, ())
        decision = lifecycle.decide(seat, told, asked, now, scene.duty)
        counts += decision.counts
        if asked:
            watched.append(Watched(decision.seat, asked))
        if decision.seat != seat or decision.samples:
            plans.append(planning.plan(version, seat, decision, scene.instance, now, scene.duty))
    return plans, counts, tuple(watched)


def _deserves_seat(ids: Iterable[str], people: seating.People, answer: Answer, now: datetime) -> bool:
    """Who showed figures, is there, waits, or left a moment ago."""
    return any(
        session in answer.sights or (moment := people[session].left_at) is None or now - moment <= LEFT_LATELY
        for session in ids
        if session in people or session in answer.sights
    )


def _sights(ids: Iterable[str], people: seating.People, answer: Answer) -> Iterable[Sight]:
    """What is told of each session: its figures, else what the roster knows of it."""
    for session in ids:
        if session in answer.sights:
            yield _as_known(answer.sights[session], people.get(session))
        elif session in people and session not in answer.failed and session not in answer.missing:
            yield _as_listed(session, people[session])


def _as_known(sight: Sight, listed: Listed | None) -> Sight:
    """Figures may come from somebody who has left since: an event may have told it while we asked."""
    if listed is None or listed.left_at is None or sight.left_at:
        return sight
    return replace(sight, left_at=listed.left_at, leave_reason=listed.leave_reason)


def _as_listed(session: str, listed: Listed) -> Sight:
    return Sight(
        session,
        listed.name,
        listed.email,
        listed.zoom_user,
        joined_at=listed.joined_at,
        left_at=listed.left_at,
        leave_reason=listed.leave_reason,
        role=listed.role,
        waiting=listed.waiting,
        uuid=listed.uuid,
    )


def _round(watched: Iterable[Watched], answer: Answer, due: Due | None, now: datetime) -> Round:
    """Who is bad, who shows no figures, who is fine, of those watched and present; what that cost."""
    here = [each.seat for each in watched if each.seat.away_at is None]
    bad = sum(1 for seat in here if seat.alert and seat.alert.open)
    silent = sum(
        1
        for seat in here
        if not (seat.alert and seat.alert.open) and (seat.row_at is None or now - seat.row_at > NO_FIGURES)
    )
    return Round(
        watched=len(here),
        fine=len(here) - bad - silent,
        bad=bad,
        no_figures=silent,
        at=now,
        calls=answer.calls,
        urgent=due.urgent if due else any(cadence.is_urgent(each.seat, each.wishes) for each in watched),
        period_s=round(due.period_s) if due else 0,
    )


def _told(runtime: Runtime, plans: Iterable[Plan]) -> None:
    """Wake a sender when something is owed; log what changed."""
    written, counts = list(plans), Counter[str]()
    if any(plan.debts for plan in written):
        runtime.queues.deliver()
    for plan in written:
        for write in plan.alerts:
            for entry in write.entries:
                counts[f"transitions:{entry.kind}"] += 1
                log.info(
                    "alert changed",
                    alert_id=write.view.id,
                    seat_id=plan.subject,
                    kind=entry.kind,
                    severity=entry.severity,
                    because=entry.sentence,
                    watches=[view.id for view in entry.watches],
                )
    runtime.store.health.count_all(counts)
