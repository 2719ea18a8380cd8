"""Decide about every seat of a meeting and commit; a seat that somebody else changed meanwhile is decided again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from rules import lifecycle, planning
from rules.lifecycle import Seen, Wish
from rules.model import Instance, MeetingRecord, Plan, Round, Seat, Unseen, Watch, minute_of
from workers.asking import Answer
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError

TRIES = 3
NO_FIGURES = timedelta(minutes=5)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a look works on: the meeting, who watches it, what is asked of whom."""

    instance: Instance
    watches: tuple[Watch, ...]
    wishes: Mapping[str, tuple[Wish, ...]]


def decide(
    runtime: Runtime,
    scene: Scene,
    answer: Answer,
    over_at: datetime | None,
    holding: Holding | None = None,
    next_at: datetime | None = None,
    *,
    seen: bool = True,
) -> None:
    """Decide about every seat and commit; those that somebody else changed meanwhile are decided again."""
    store, instance = runtime.store, scene.instance
    only: frozenset[str] | None = None
    for attempt in range(TRIES):
        now = store.clock.now()
        plans, counts, around = _plans(runtime, scene, answer, over_at, now, only)
        runtime.mark("decided")
        version, record = store.seats.record(instance.id)
        told = _sees(record, answer, plans, now) if seen else MeetingRecord()
        refused = store.seats.commit(
            instance.id,
            plans,
            record=(version, told) if attempt == 0 else None,
            round=around if attempt == 0 else None,
            claim=holding.claim if holding and attempt == 0 else None,
            next_at=next_at,
        )
        runtime.mark("committed")
        _told(runtime, [plan for plan in plans if plan.subject not in refused])
        if attempt == 0:
            store.health.count_all(counts)
        only = refused - {"meeting"}
        if not only:
            return
    store.health.count("seats_put_off", len(only or ()))


def _sees(record: MeetingRecord, answer: Answer, plans: Iterable[Plan], now: datetime) -> MeetingRecord:
    """The record after a seen round; after a blind one, what of the gap Zoom has told us now."""
    seen = replace(
        record,
        rounds=record.rounds + 1,
        failures=0,
        not_live_at=None,
        blind_since=None,
        blind_kind="",
        blind_reason="",
        unseen={session: _unseen(record, session, error, now) for session, error in answer.failed.items()},
    )
    if record.blind_since is None:
        return seen
    gap = range(minute_of(record.blind_since), minute_of(now))
    told = {sample.minute for plan in plans for sample in plan.samples} & set(gap)
    return replace(
        seen,
        blind_from=record.blind_since,
        sees_since=now,
        filled_min=len(told),
        missed_min=len(gap) - len(told),
    )


def _unseen(record: MeetingRecord, session: str, error: ZoomError, now: datetime) -> Unseen:
    known = record.unseen.get(session)
    return Unseen(known.since if known else now, error.kind, error.words)


def _plans(
    runtime: Runtime,
    scene: Scene,
    answer: Answer,
    over_at: datetime | None,
    now: datetime,
    only: frozenset[str] | None,
) -> tuple[list[Plan], Mapping[str, int], Round]:
    """A plan for each seat; `only` names the seats to decide again."""
    loaded = runtime.store.seats.load(scene.instance.id)
    seats = _with_newcomers(loaded, scene.instance.id, answer)
    plans: list[Plan] = []
    after: list[tuple[Seat, bool]] = []
    counts = Counter[str]()
    for seat_id, (version, seat) in seats.items():
        if only is not None and seat_id not in only:
            continue
        ids = [session.id for session in seat.sessions] or [seat_id.rpartition(".")[2]]
        wishes = tuple(wish for session in ids for wish in scene.wishes.get(session, ()))
        seen = Seen(
            tuple(answer.sights[session] for session in ids if session in answer.sights),
            missing=bool(ids) and all(session in answer.missing for session in ids),
            over_at=over_at,
        )
        decision = lifecycle.decide(seat, seen, wishes, now)
        counts += decision.counts
        after.append((decision.seat, bool(wishes)))
        if decision.seat != seat or decision.samples:
            plans.append(planning.plan(version, seat, decision, scene.instance, now))
    return plans, counts, _round([seat for seat, watched in after if watched], now)


def _with_newcomers(
    loaded: Mapping[str, tuple[str, Seat]], instance: str, answer: Answer
) -> dict[str, tuple[str, Seat]]:
    """The seats that are there, and a new one for each session that nobody sits for yet."""
    seats = dict(loaded)
    known = {session.id for _, seat in loaded.values() for session in seat.sessions}
    for session in answer.sights:
        if session not in known:
            seat = lifecycle.empty_seat(instance, session)
            seats[seat.id] = ("", seat)
    return seats


def _round(seats: Iterable[Seat], now: datetime) -> Round:
    """Who is bad, who shows no figures, who is fine, of those watched and present."""
    here = [seat for seat in seats if seat.away_at is None]
    bad = sum(1 for seat in here if seat.alert and seat.alert.open)
    silent = sum(
        1
        for seat in here
        if not (seat.alert and seat.alert.open) and (seat.row_at is None or now - seat.row_at > NO_FIGURES)
    )
    return Round(watched=len(here), fine=len(here) - bad - silent, bad=bad, no_figures=silent, at=now)


def _told(runtime: Runtime, plans: Iterable[Plan]) -> None:
    """Log what changed; wake a sender when something is owed."""
    owed = False
    for plan in plans:
        owed = owed or bool(plan.debts)
        for write in plan.alerts:
            for entry in write.entries:
                runtime.store.health.count(f"transitions:{entry.kind}")
                log.info(
                    "alert changed",
                    alert_id=write.view.id,
                    seat_id=plan.subject,
                    kind=entry.kind,
                    severity=entry.severity,
                    because=entry.sentence,
                    watches=[view.id for view in entry.watches],
                )
    if owed:
        runtime.queues.deliver()
