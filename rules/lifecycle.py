"""The one decision door: a seat, what a look told of it, and now → the seat as it is, and what changed.

Minutes are judged one by one in their order, so that one late look at half an hour decides what thirty looks would
have decided. Then come the things that only time and presence decide: no figures, departure, the meeting's end.
A blind round does not come here at all: it decides nothing about people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rules import breaches, dropping, intake, judging, whereabouts, window
from rules.alerting import Docket
from rules.audience import Wish as Wish
from rules.audience import audience_of
from rules.duty import Duty
from rules.model import (
    DROPPED,
    AlertState,
    Breach,
    Entry,
    Ring,
    Rule,
    Sample,
    Seat,
    Session,
    Sight,
    Span,
    minute_of,
)

REJOIN_GRACE = timedelta(minutes=3)
STEADY = Span(10, 10)  #: what goes bad and good is over after so many good minutes
NOBODY = Duty()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look or a push learned of one seat. `missing`: the meeting is live and this person is not in it.

    A sight without samples tells who is where. `asked`: it was also asked for figures, so that none means silence.
    """

    sights: tuple[Sight, ...] = ()
    missing: bool = False
    over_at: datetime | None = None
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """The seat moved on, every alert it went through with its new entries, the rows to keep, what was counted."""

    seat: Seat
    changes: tuple[tuple[AlertState, tuple[Entry, ...]], ...] = ()
    samples: tuple[Sample, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)


def decide(seat: Seat, seen: Seen, wishes: Sequence[Wish], now: datetime, duty: Duty = NOBODY) -> Decision:
    """Judge what a look told of a seat."""
    rules = {rule.id: rule for wish in wishes for rule in wish.rules}
    audience = [audience_of(wish, seat) for wish in wishes]
    docket = Docket(seat.id, now, audience, seat.alert)
    docket.settle(minute_of(now), _edits(docket, rules, now))
    levels = {id: rule for id, rule in rules.items() if rule.warning or rule.critical}
    rings, newest = _current_rings(seat.rings, levels, docket.breaches), seat.newest
    seat, sessions, samples, counts = _taken(seat, seen, now)
    for minute, rows in _by_minute(samples):
        rings, newest = _judged_minute(rings, newest, docket, levels, minute, rows, counts)
    row_at, first_seen_at = now if samples else seat.row_at, seat.first_seen_at or (now if seen.sights else None)
    seat = replace(
        seat, sessions=sessions, row_at=row_at, first_seen_at=first_seen_at, rings=rings, newest=newest
    )  # once: it is the greater part of a calm decision
    seat = whereabouts.placed(seat, seen.sights, now, missing=seen.missing)
    _drop(seat, seen, docket, rules, now)
    changed = tuple(_timed(seat, seen, docket, levels, now))
    docket.settle(minute_of(now), changed)
    docket.pass_on(duty)
    over = {breach.rule for breach in changed if breach.ending} if newest else set()
    if over or docket.alert is not seat.alert:
        seat = replace(seat, rings=_cut_off(rings, over), alert=docket.alert)
    return Decision(seat, docket.changes(), tuple(samples), counts)


def drop_moment(seat: Seat, wishes: Iterable[Wish]) -> datetime | None:
    """When the breach `dropped` opens for somebody who just left; one that is past was decided already."""
    wanted = any(rule.id == DROPPED for wish in wishes for rule in wish.rules)
    known = seat.alert.breaches if seat.alert else ()
    if not wanted or any(breach.rule == DROPPED and breach.ending is None for breach in known):
        return None
    return dropping.opens_at(seat)


def _edits(docket: Docket, rules: Mapping[str, Rule], now: datetime) -> Iterator[Breach]:
    """What changed rules and watches do to open breaches."""
    for rule_id, breach in docket.breaches.items():
        if rule_id in rules:
            yield breaches.edited(breach, rules[rule_id], minute_of(now))
        else:
            yield breaches.ended(breach, "rule_changed" if rules else "unwatched", minute_of(now))


def _current_rings(
    rings: Mapping[str, Ring], rules: Mapping[str, Rule], standing: Mapping[str, Breach]
) -> Mapping[str, Ring]:
    """A ring for each rule; a new revision starts with an empty one."""
    current = {}
    for rule_id, rule in rules.items():
        ring = rings.get(rule_id)
        if ring is None or ring.revision != rule.revision:
            breach = standing.get(rule_id)
            ring = window.empty(rule.revision, breach.severity if breach and not breach.no_figures else None)
        current[rule_id] = ring
    return current


def _taken(seat: Seat, seen: Seen, now: datetime) -> tuple[Seat, tuple[Session, ...], list[Sample], Counter[str]]:
    """What was told of the person, where each session is, and its new rows."""
    sessions = {session.id: session for session in seat.sessions}
    samples: list[Sample] = []
    counts: Counter[str] = Counter()
    for sight in seen.sights:
        known = sessions.get(sight.session) or intake.joined(sight.session, now)
        took = intake.taken(known, (*sight.samples, *sight.unread), now)
        samples += took.samples
        _count(counts, took.counts)
        _count(counts, {"spoiled": sight.spoiled} if sight.spoiled else {})
        rejoined = sight.session not in sessions and all(session.left_at for session in sessions.values())
        seat = _named(replace(seat, facts={}) if rejoined else seat, sight)
        sessions[sight.session] = whereabouts.moved(took.session, sight, now)
    _count(counts, {"samples": len(samples)} if samples else {})
    return seat, tuple(sessions.values()), samples, counts


def _count(counts: Counter[str], more: Mapping[str, int]) -> None:
    """As `counts += more`, where most often there is next to nothing to count."""
    for name, n in more.items():
        counts[name] = counts.get(name, 0) + n


def _named(seat: Seat, sight: Sight) -> Seat:
    """The seat with what was told of its person, which mostly is what is known."""
    new = {sight.email, sight.zoom_user}.difference(seat.aliases, ("",))
    if not new and sight.name in (seat.name, "") and sight.facts.items() <= seat.facts.items():
        return seat
    aliases, facts = tuple(sorted({*seat.aliases, *new})), {**seat.facts, **sight.facts}
    return replace(seat, name=sight.name or seat.name, aliases=aliases, facts=facts)


def _by_minute(samples: Iterable[Sample]) -> list[tuple[int, list[Sample]]]:
    minutes: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        minutes[sample.minute].append(sample)
    return sorted(minutes.items())


def _judged_minute(
    rings: Mapping[str, Ring],
    last: int,
    docket: Docket,
    rules: Mapping[str, Rule],
    minute: int,
    rows: list[Sample],
    counts: Counter[str],
) -> tuple[Mapping[str, Ring], int]:
    """Move every ring to this minute, judge every rule at the newest, settle the alert once. `last`: judged so far."""
    newest = max(last, minute)
    older = newest - last if last else 0
    known, flaps, moved, changed = docket.known, docket.flaps, dict[str, Ring](), []
    for rule_id, rule in rules.items():
        rule = replace(rule, clear_for=STEADY) if flaps else rule
        marks = [window.read(rule, row) for row in rows]
        for mark in marks:
            counts[mark.counted] = counts.get(mark.counted, 0) + 1
        ring = window.moved(rings[rule_id], older, newest - minute, marks)
        breach, moved[rule_id] = judging.judged(
            known.get(rule_id), ring, rule, newest, minute, rows, first=newest > last
        )
        if breach is not None:
            changed.append(replace(breach, clears_for=rule.clear_for) if flaps else breach)
    docket.settle(newest, changed)
    return moved, newest


def _cut_off(rings: Mapping[str, Ring], over: Set[str]) -> Mapping[str, Ring]:
    """A breach that ended takes its minutes with it: the same minutes must not break the rule again."""
    return {rule: window.cut(ring) if rule in over else ring for rule, ring in rings.items()}


def _drop(seat: Seat, seen: Seen, docket: Docket, rules: Mapping[str, Rule], now: datetime) -> None:
    """Open the built-in breach of somebody whose connection broke, at its own minute however late we look."""
    if DROPPED not in rules or DROPPED in docket.breaches or seen.over_at:
        return
    breach = dropping.opened(seat, rules[DROPPED], now)
    if breach is not None:
        docket.settle(breach.fired_minute, [breach])


def _timed(seat: Seat, seen: Seen, docket: Docket, rules: Mapping[str, Rule], now: datetime) -> Iterator[Breach]:
    """What the meeting's end, a departure and missing figures do to breaches."""
    standing = {rule: _placed(breach, seat, seen, now) for rule, breach in docket.breaches.items()}
    yield from standing.values()
    if seen.sights and seen.asked and not (seen.over_at or seat.away_at):
        yield from _silent(seat, standing, rules, now)


def _placed(breach: Breach, seat: Seat, seen: Seen, now: datetime) -> Breach:
    """A breach where its person is: in a meeting that is over, gone, just left, or here."""
    if seen.over_at:
        return breaches.ended(breach, "meeting_over", minute_of(seen.over_at))
    if breach.rule == DROPPED:
        return dropping.placed(breach, seat, seen.sights, now)
    if seat.away_at and now - seat.away_at >= REJOIN_GRACE:
        return breaches.ended(breach, "left", minute_of(seat.away_at))
    if seat.away_at:
        return breaches.away(breach, minute_of(seat.away_at))
    return replace(breach, hold=None) if breach.hold == "away" else breach


def _silent(seat: Seat, standing: Mapping[str, Breach], rules: Mapping[str, Rule], now: datetime) -> Iterator[Breach]:
    """Nobody sends us rows of somebody who is there: keep, alert or close, as each rule says."""
    since = max((moment for moment in (seat.row_at, seat.here_at) if moment), default=seat.first_seen_at or now)
    waited_s = (now - since).total_seconds()
    for rule_id, rule in rules.items():
        if waited_s < rule.no_data_for_s:
            continue
        breach = standing.get(rule_id)
        if breach is None:
            if rule.no_data == "alert":
                yield breaches.without_figures(rule, minute_of(now))
        elif rule.no_data == "close":
            yield breaches.ended(breach, "no_figures", seat.newest)
        elif not breach.no_figures:
            yield breaches.held(breach, "no_data", seat.newest)


def empty_seat(instance: str, session: str) -> Seat:
    """The seat of somebody seen for the first time."""
    return Seat(f"{instance}.{session}", instance, sessions=())
