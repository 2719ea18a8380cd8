"""A day with a quarter of the calls that its watches would like: who waits, for how long, and what is still found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from statistics import median
from typing import Any

from simulator.calls import Call
from tests.bench import breaks, budget, house
from tests.bench.breaks import MINUTE, Break
from tests.bench.report import percentile
from tests.stories.conftest import BASE, House

DAY_MIN = 24 * 60
MIDNIGHT = (BASE // 86_400 + 1) * 86_400
QUOTA = 5_000
WATCHED = (40, 2, 2, 2, 1, 1)  #: 5 pages and 8 single calls a minute, and 6 lists every five minutes
WISHED = 13 * DAY_MIN + 6 * DAY_MIN // 5
TROUBLE_EVERY_MIN = 240
STEP_S = 10.0
STARVED_S = 3600 + 2 * MINUTE  #: the longest stretch there is, and a row's own time
SAME_TROUBLE_S = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Day:
    """What the day came to."""

    qos_calls: int
    other_calls: Counter[str]
    refused: int
    waits_s: Mapping[str, float]  #: by session, the longest time without a new row
    looks_min: Sequence[float]  #: minutes between two looks at a meeting
    expected: frozenset[Break]
    told: frozenset[Break]
    delays_s: Sequence[float]
    at_noon: Mapping[str, Any]
    at_end: Mapping[str, Any]
    service: Counter[str]

    @property
    def found(self) -> int:
        """The breaches that people were told of."""
        return sum(1 for each in self.expected if _is_among(each, self.told))

    @property
    def holds(self) -> bool:
        """Whether nobody was starved, Zoom refused nothing, and alerts came."""
        nobody_starved = max(self.waits_s.values()) <= STARVED_S
        return nobody_starved and not self.refused and not self.invented and self.found > 0

    @property
    def invented(self) -> int:
        """Told, and none."""
        return sum(1 for each in self.told if not _is_among(each, self.expected))


def day() -> Day:
    """One simulated day from midnight to midnight, in ticks of five seconds."""
    dice = Random(f"{budget.SEED}|day")
    with house.house(budget.SEED, ZOOM_CALLS_PER_DAY=str(QUOTA)) as home:
        home.simulator.limits.per_day = QUOTA
        home.simulator.world.knobs.row_delay_s = budget.ROW_DELAY_S
        home.channel()
        casts = house.play(home, at=MIDNIGHT - budget.WARM_UP_MIN * MINUTE)
        watched = budget.chosen(casts, WATCHED, dice)
        for cast in casts:
            house.watch(home, cast, watched[cast.uuid])
        house.let_pass(home, budget.WARM_UP_MIN * MINUTE)
        home.simulator.calls.clear()
        meant = budget.sessions(casts, watched)
        breaks.schedule(home.simulator, meant, dice, MIDNIGHT, DAY_MIN - 60, TROUBLE_EVERY_MIN)
        waits, at_noon = _gone_through(home, {session for some in meant.values() for session in some})
        calls = [call for call in home.simulator.calls.log() if call.at < MIDNIGHT + DAY_MIN * MINUTE]
        alerts = house.alerts(home)
        return Day(
            sum(1 for call in calls if budget.is_qos(call)),
            Counter(budget.kind_of(call) for call in calls if not budget.is_qos(call) and call.label != "token"),
            sum(1 for call in calls if call.status == 429),
            waits,
            _looks(calls),
            frozenset(breaks.all_found(home.simulator, meant, MIDNIGHT, MIDNIGHT + DAY_MIN * MINUTE)),
            budget.told(alerts),
            budget.delays(alerts),
            at_noon,
            home.api("GET", "/v1/budget"),
            Counter(house.service_alerts(home)),
        )


def _gone_through(home: House, watched: set[str]) -> tuple[dict[str, float], dict[str, Any]]:
    """The day, minute by minute: how long each person was without a new row, and the budget at noon."""
    waits: dict[str, float] = {}
    at_noon: dict[str, Any] = {}
    for minute in range(DAY_MIN):
        house.let_pass(home, MINUTE, STEP_S)
        if minute == DAY_MIN // 2:
            at_noon = home.api("GET", "/v1/budget")
        now = home.store.clock.now()
        for instance in home.store.instances.live():
            for _, seat in home.store.seats.load(instance).values():
                wait_s = (now - seat.row_at).total_seconds() if seat.row_at else 0.0
                for session in seat.sessions:
                    waits[session.id] = max(wait_s, waits.get(session.id, 0.0))
    return {session: waits.get(session, DAY_MIN * MINUTE) for session in watched}, at_noon


def _looks(calls: Iterable[Call]) -> list[float]:
    """Minutes between the looks at each meeting, by the calls for figures that Zoom had."""
    at: dict[str, list[float]] = {}
    for call in calls:
        if budget.is_qos(call):
            moments = at.setdefault(call.path.split("/")[4], [])
            if not moments or call.at - moments[-1] > 30:
                moments.append(call.at)
    return [(later - sooner) / MINUTE for moments in at.values() for sooner, later in pairwise(moments)]


def _is_among(one: Break, others: Iterable[Break]) -> bool:
    """Whether the same trouble is there; where minutes were lost it may seem to have begun a little later."""
    return any(
        (one.session, one.rule) == (other.session, other.rule) and abs(one.since - other.since) <= SAME_TROUBLE_S
        for other in others
    )


def section() -> tuple[list[str], bool]:
    """Measure; the day in words and figures, and whether it is as promised."""
    got = day()
    waits = sorted(got.waits_s.values())
    lines = [
        "## A day with too few calls",
        "",
        f"One simulated day from midnight to midnight in ticks of {STEP_S:.0f} s, `ZOOM_CALLS_PER_DAY={QUOTA}` and a "
        f"pretend Zoom that refuses the call after: {sum(WATCHED)} people watched in 6 meetings of 50, which would "
        f"take {WISHED:,} calls at every round. Breaks and their counting are as above, with fewer breaks.",
        "",
        f"- Made: {got.qos_calls + got.other_calls.total():,} calls: {got.qos_calls:,} for figures, {_spelt(got)}. "
        f"Refused by Zoom (429): **{got.refused}**.",
        f"- Looks at a meeting were {median(got.looks_min):.0f} min apart at the median and {max(got.looks_min):.0f} "
        f"min at most. The longest that anybody was without a new row: **{waits[-1] / MINUTE:.0f} min** (the median "
        f"person: {median(waits) / MINUTE:.0f}).",
        f"- Breaches told: **{got.found} of {len(got.expected)}**, invented: {got.invented}. Delay from row to alert: "
        f"p50 {percentile(got.delays_s, 50) / MINUTE:.1f} min, p99 {percentile(got.delays_s, 99) / MINUTE:.1f} min.",
        f"- `GET /v1/budget` at noon: “{got.at_noon['says']}” At the end of the day: “{got.at_end['says']}” "
        f"Minutes that Zoom no longer told when we asked (`gaps`): {got.at_end['gaps']}.",
        *(f"- Service alert, {count} ×: “{says}”" for says, count in sorted(got.service.items())),
    ]
    return lines, got.holds


def _spelt(got: Day) -> str:
    return ", ".join(f"{count:,} × {kind}" for kind, count in sorted(got.other_calls.items()))
