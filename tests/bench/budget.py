"""What an hour of watching costs in calls to Zoom, and what it finds: three loads, each for a simulated hour."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator.calls import Call
from simulator.scenarios import Cast
from tests.bench import breaks, house
from tests.bench.breaks import MINUTE, Break
from tests.bench.report import percentile, table
from tests.stories.conftest import BASE

SEED = 4
ROW_DELAY_S = 20  #: a minute's row is there so long after its end; nobody has measured Zoom's own
WARM_UP_MIN = 5
HOUR_MIN = 60


@dataclass(frozen=True, slots=True)
class Load:
    """How many are watched in each of the six meetings; `limit` in calls per watched person and minute."""

    name: str
    says: str
    watched: tuple[int, ...]
    limit: float
    everyone: bool = False


LOADS = (
    Load("A", "60 watched: 40 in one meeting, 20 in another", (40, 20), 0.17),
    Load("B", "60 watched: 40 in one meeting, 4 in each other", (40, 4, 4, 4, 4, 4), 0.42),
    Load("C", "everyone: 300", (50,) * 6, 0.11, everyone=True),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one load came to."""

    load: Load
    qos_calls: int
    other_calls: Counter[str]
    expected: frozenset[Break]
    told: frozenset[Break]
    delays_s: tuple[float, ...]
    refused: int
    blind: int

    @property
    def per_person(self) -> float:
        """Calls per watched person and minute."""
        return self.qos_calls / (sum(self.load.watched) * HOUR_MIN)

    @property
    def holds(self) -> bool:
        """Whether it is what was promised."""
        return self.per_person <= self.load.limit and self.told == self.expected and not (self.refused or self.blind)


def chosen(casts: Sequence[Cast], watched: Iterable[int], dice: Random) -> Mapping[str, Sequence[str]]:
    """Who is watched in each meeting, by name: some of it at random, so that their places in lists are, too."""
    return {cast.uuid: dice.sample(sorted(cast.people), many) for cast, many in zip(casts, watched, strict=False)}


def hour(load: Load) -> Measured:
    """One simulated hour of a load, after some minutes in which the meetings are found."""
    dice = Random(f"{SEED}|{load.name}")
    with house.house(seed=SEED + ord(load.name)) as home:
        home.simulator.world.knobs.row_delay_s = ROW_DELAY_S
        home.channel()
        casts = house.play(home)
        watched = chosen(casts, load.watched, dice)
        for cast in casts:
            if load.everyone:
                house.watch_everyone(home, cast)
            elif cast.uuid in watched:
                house.watch(home, cast, watched[cast.uuid])
        house.let_pass(home, WARM_UP_MIN * MINUTE)
        home.simulator.calls.clear()
        start = BASE + WARM_UP_MIN * MINUTE
        breaks.schedule(home.simulator, {cast.uuid: list(cast.people.values()) for cast in casts}, dice, start, 50)
        house.let_pass(home, HOUR_MIN * MINUTE)
        calls = home.simulator.calls.log()
        meant = sessions(casts, watched)
        expected = breaks.all_found(home.simulator, meant, start - WARM_UP_MIN * MINUTE, start + HOUR_MIN * MINUTE)
        alerts = house.alerts(home)
        return Measured(
            load,
            sum(1 for call in calls if is_qos(call)),
            Counter(kind_of(call) for call in calls if not is_qos(call)),
            frozenset(expected),
            told(alerts),
            delays(alerts),
            sum(1 for call in calls if call.status == 429),
            home.store.health.counters().get("rounds:blind", 0),
        )


def sessions(casts: Sequence[Cast], watched: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The same people by session."""
    return {cast.uuid: [cast.people[name] for name in watched[cast.uuid]] for cast in casts if cast.uuid in watched}


def told(alerts: Sequence[Mapping[str, Any]]) -> frozenset[Break]:
    """The breaches that people were told of. Which minute made one certain is known of an alert's first only."""
    return frozenset(
        Break(alert["participant_id"], breach["rule"], round(house.seconds(breach["since_at"])), fired_at(alert))
        for alert in alerts
        for breach in alert["breaches"]
    )


def fired_at(alert: Mapping[str, Any]) -> int:
    """The minute whose row made the alert certain."""
    return next(round(house.seconds(entry["minute_at"])) for entry in alert["timeline"] if entry["kind"] == "fire")


def delays(alerts: Sequence[Mapping[str, Any]]) -> tuple[float, ...]:
    """From the moment at which Zoom has the row that makes it certain to the alert, in simulated seconds."""
    return tuple(house.seconds(each["opened_at"]) - (fired_at(each) + MINUTE + ROW_DELAY_S) for each in alerts)


def is_qos(call: Call) -> bool:
    """Whether a call asks for figures, of one person or of a page of them."""
    return call.path.endswith("/qos")


def kind_of(call: Call) -> str:
    """What any other call is about."""
    if call.path.endswith("/oauth/token"):
        return "token"
    if call.path.endswith("/participants"):
        return "participants list"
    return "meetings list" if call.path.endswith(("/metrics/meetings", "/metrics/webinars")) else "meeting"


def section() -> tuple[list[str], bool]:
    """Measure; the hours in words and figures, and whether all is as promised."""
    results = [hour(load) for load in LOADS]
    delays_s = [delay_s for each in results for delay_s in each.delays_s]
    lines = [
        "## The budget",
        "",
        "One simulated hour for each load on the test clock: scheduler ticks each simulated second, RQ jobs, Redis "
        "and HTTP to the pretend Zoom are real. 300 people in 6 meetings of 50, nobody joins or leaves; meetings are "
        f"looked at every 60 s. Zoom has a minute's row {ROW_DELAY_S} s after the minute. Calls are counted by the "
        f"pretend Zoom, after {WARM_UP_MIN} minutes in which meetings and people are found. Watches name people by "
        "e-mail and, where Zoom shows none, by name. Half of all people have bad minutes by a seeded schedule; which "
        "of these break a rule is worked out by a plain loop over Zoom's own texts, apart from the engine.",
        "",
        *table(_HEAD, [_row(each) for each in results]),
        "",
        *(_others(each) for each in results),
        f"- Delay from the moment at which Zoom has the row that makes a breach certain to the alert, over all "
        f"{len(delays_s)} alerts: p50 **{percentile(delays_s, 50):.0f} s**, p99 **{percentile(delays_s, 99):.0f} s**, "
        "simulated seconds. Each meeting has its own second of the minute in which it is looked at, and that decides.",
    ]
    return lines, all(each.holds for each in results)


_HEAD = ("load", "QoS calls", "per person and minute", "at most", "lists", "breaches told", "invented", "p50", "p99")


def _row(each: Measured) -> Sequence[object]:
    delays_s = each.delays_s or (0.0,)
    return (
        f"{each.load.name}: {each.load.says}",
        f"{each.qos_calls:,}",
        f"**{each.per_person:.3f}**",
        each.load.limit,
        each.other_calls["participants list"],
        f"{len(each.expected & each.told)} of {len(each.expected)}",
        len(each.told - each.expected),
        f"{percentile(delays_s, 50):.0f} s",
        f"{percentile(delays_s, 99):.0f} s",
    )


def _others(each: Measured) -> str:
    spelt = ", ".join(f"{count} × {kind}" for kind, count in sorted(each.other_calls.items()))
    return f"- Other calls of load {each.load.name} in the hour: {spelt or 'none'}. Calls refused: {each.refused}."
