"""The engine in one process: Zoom's text → samples → ten rules → lifecycle, beside the same thresholds as plain ifs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import loads
from statistics import median
from time import process_time

from rules import documents, lifecycle, planning
from rules.lifecycle import Seen, Wish
from rules.model import Instance, Sample, Seat, moment_of
from service.store import codec, samples
from tests.bench import plainly, report
from tests.bench.crowd import RETOLD, Crowd
from workers.zoom import payloads

RULES = (
    *("audio-sent", "audio-heard", "delay", "video-sent", "share-sent"),
    *("video-heard", "share-heard", "video-frozen", "wifi-weak", "cpu"),
)
SIZES = (10, 100, 1_000, 10_000)
FIRST = 30_000_000  #: the first minute
WARM, ROUNDS, AT_LEAST = 3, 3, 1_000  #: looks before; rounds; samples of each round
PARTS, TOGETHER = 500, 50  #: people, and as many at a time as a commit holds
RUN = Instance("engine", "engine==", "97763643886", "Rounds")
AIM, FLAT = 3.0, 1.25


class Ours:
    """The engine, and the seats as they are at hand once they were loaded."""

    def __init__(self, size: int) -> None:
        stock = documents.stock_rules()
        rules = tuple(stock[rule] for rule in RULES)
        self.wishes = [(Wish("w1", rules, ("slack-av",), meeting=RUN.number, uuid=RUN.uuid),) for _ in range(size)]
        self.seats = [lifecycle.empty_seat(RUN.id, str(nth)) for nth in range(size)]

    def look(self, texts: Sequence[str], now: datetime) -> None:
        """Everybody once."""
        for nth, (text, seat) in enumerate(zip(texts, self.seats, strict=True)):
            seen = Seen((payloads.glance(loads(text)),))
            decision = lifecycle.decide(seat, seen, self.wishes[nth], now)
            if decision.seat != seat or decision.samples:
                self.seats[nth] = planning.plan("1", seat, decision, RUN, now).seat

    def standing(self) -> set[plainly.Open]:
        """Everything that is bad now."""
        return {
            (session.id, breach.rule, breach.severity)
            for seat in self.seats
            for session in seat.sessions
            for breach in (seat.alert.breaches if seat.alert else ())
            if breach.ending is None
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """Microseconds of CPU a sample of each round, ours and the plain loop's, and whether both found the same."""

    size: int
    ours_us: Sequence[float]
    plain_us: Sequence[float]
    agree: bool
    bad: int

    @property
    def ratios(self) -> Sequence[float]:
        """Ours to the plain loop's, round by round."""
        return [ours / plain for ours, plain in zip(self.ours_us, self.plain_us, strict=True)]


def measured(size: int) -> Measured:
    """Look after look, ours and the plain loop in turn, at the same texts."""
    crowd, ours, people = Crowd(size, FIRST * 60), Ours(size), dict[str, plainly.Somebody]()
    looks, agree, bad, spent = max(1, AT_LEAST // size), True, 0, list[tuple[float, float]]()
    for minute in range(WARM + looks * ROUNDS):
        texts, now = crowd.answers(minute), _now(minute)
        begun = process_time()
        ours.look(texts, now)
        between = process_time()
        plainly.look(texts, people)
        if minute >= WARM:
            spent.append((between - begun, process_time() - between))
        found = ours.standing()
        agree, bad = agree and found == plainly.standing(people), bad + len(found)
    rounds = [spent[start : start + looks] for start in range(0, len(spent), looks)]
    ours_us, plain_us = ([sum(each[who] for each in one) * 1e6 / looks / size for one in rounds] for who in (0, 1))
    return Measured(size, ours_us, plain_us, agree, bad)


def parts(size: int = PARTS, looks: int = 8) -> dict[str, float]:
    """Microseconds a sample of each step, one step after another for so many people as a commit holds."""
    crowd, ours, spent = Crowd(size, FIRST * 60), Ours(size), list[dict[str, float]]()
    for minute in range(WARM + looks):
        texts, now, clock = crowd.answers(minute), _now(minute), Clock()
        for start in range(0, size, TOGETHER):
            here = slice(start, start + TOGETHER)
            ours.seats[here] = _in_steps(clock, texts[here], ours.seats[here], ours.wishes[here], now)
        spent.append({step: seconds * 1e6 / size for step, seconds in clock.spent.items()})
    return {step: median(each[step] for each in spent[WARM:]) for step in spent[0]}


class Clock:
    """CPU seconds by step."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._since = process_time()

    def lap(self, step: str) -> None:
        """What was done since the last one was this step."""
        now = process_time()
        self.spent[step] = self.spent.get(step, 0) + now - self._since
        self._since = process_time()


def _in_steps(
    clock: Clock, texts: Sequence[str], seats: Sequence[Seat], wishes: Sequence[tuple[Wish, ...]], now: datetime
) -> list[Seat]:
    clock.lap("")
    raws = [loads(text) for text in texts]
    clock.lap("json.loads")
    sights = [payloads.glance(raw) for raw in raws]
    clock.lap("text to samples")
    decisions = [
        lifecycle.decide(seat, Seen((sight,)), wish, now)
        for seat, sight, wish in zip(seats, sights, wishes, strict=True)
    ]
    clock.lap("rules and lifecycle")
    plans = [planning.plan("1", seat, each, RUN, now) for seat, each in zip(seats, decisions, strict=True)]
    clock.lap("plan")
    kept: list[Sample] = [row for plan in plans for row in plan.samples]
    _ = [samples.packed(row) for row in kept]
    clock.lap("samples packed for people")
    blobs = [codec.encode(plan.seat) for plan in plans]
    clock.lap("seat to blob")
    _ = [codec.decode(Seat, blob) for blob in blobs]
    clock.lap("blob to seat")
    return [plan.seat for plan in plans]


def _now(minute: int) -> datetime:
    return moment_of(FIRST + minute + 1) + timedelta(seconds=20)


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether it is what was aimed at."""
    found, steps = [measured(size) for size in SIZES], parts()
    costs, floors = [median(each.ours_us) for each in found], [median(each.plain_us) for each in found]
    bend, floor_bend = costs[-1] / costs[0], floors[-1] / floors[0]
    agree, bad = all(each.agree for each in found), sum(each.bad for each in found)
    holds = agree and all(median(each.ratios) <= AIM for each in found) and bend <= FLAT * max(1.0, floor_bend)
    rows = [
        (
            f"{each.size:,}",
            f"{1e6 / ours_us:,.0f}",
            f"{ours_us:.0f} µs",
            f"{plain_us:.0f} µs",
            f"**{median(each.ratios):.2f}** ({min(each.ratios):.2f} to {max(each.ratios):.2f})",
        )
        for each, ours_us, plain_us in zip(found, costs, floors, strict=True)
    ]
    return [*_LINES, *report.table(_HEAD, rows), "", *_told(bend, floor_bend, agree, bad), "", *_steps(steps)], holds


_HEAD = ("people", "samples a second", "a sample", "the plain loop", "ratio (smallest and greatest)")
_LINES = [
    "## The engine",
    "",
    f"One process, no Redis, no network: the text of one person's answer → `json.loads` → samples → {len(RULES)} "
    f"stock rules → lifecycle, alert and plan of what is written. Each answer holds {RETOLD} rows as live Zoom's do, "
    "one of them new; every metric of that one is read, as it is kept for people. Six in ten people are fine at all "
    "times, one in ten goes bad for five minutes in twelve, two are muted, one shares a screen. Beside it, look by "
    "look in turn at the same texts, a plain loop: `json.loads`, the same thresholds as ifs over the few fields "
    "that they name, and counters for N of M (`tests/bench/plainly.py`). It keeps no figures, knows no reasons and "
    f"tells nobody: it is the floor. CPU time of the process; medians of {ROUNDS} rounds of at least {AT_LEAST:,} "
    f"samples, after {WARM} looks.",
    "",
]


def _told(bend: float, floor_bend: float, agree: bool, bad: int) -> list[str]:
    same = "found the same broken rules in every look" if agree else "did NOT find the same broken rules"
    return [
        f"- A sample of {SIZES[-1]:,} people costs **{bend:.2f}** times one of {SIZES[0]} (the plain loop: "
        f"{floor_bend:.2f}).",
        f"- Both {same}: {bad:,} of them over all looks and people.",
    ]


def _steps(steps: dict[str, float]) -> list[str]:
    """Step by step; what stands below the line is the store's and not part of the ratio."""
    rows = [(step, f"{us:.1f} µs") for step, us in steps.items() if step]
    return [
        f"Of {PARTS:,} people, step by step for {TOGETHER} at a time; the last three belong to the store and are not "
        "in the figures above:",
        "",
        *report.table(("step", "a sample"), rows),
    ]
