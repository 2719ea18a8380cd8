"""The engine in one process: Zoom's text → samples → ten rules → lifecycle, beside the same thresholds as plain ifs."""

import gc
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
from tests.bench.crowd import Crowd
from workers.zoom import payloads

RULES = (
    *("audio-sent", "audio-heard", "delay", "video-sent", "share-sent"),
    *("video-heard", "share-heard", "video-frozen", "wifi-weak", "cpu"),
)
SIZES = (10, 100, 1_000, 10_000)
FIRST = 30_000_000  #: the first minute
WARM, ROUNDS, AT_LEAST = 4, 5, 1_000  #: looks before; rounds; samples of each round
TOGETHER = 50  #: as many seats as a commit holds
RUN = Instance("engine", "engine==", "97763643886", "Rounds")
AIM, FLAT = 3.0, 1.25


class Ours:
    """The engine and the seats that it has at hand."""

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
        return [ours / plain for ours, plain in zip(self.ours_us, self.plain_us, strict=True)]


def measured(size: int) -> Measured:
    """Look after look, ours and the plain loop in turn, at the same texts."""
    crowd, ours, people = Crowd(size, FIRST * 60), Ours(size), dict[str, plainly.Somebody]()
    looks, agree, bad, spent = max(1, AT_LEAST // size), True, 0, list[tuple[float, float]]()
    for minute in range(WARM + looks * ROUNDS):
        texts, now = crowd.answers(minute), _now(minute)
        gc.collect()
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


def parts(size: int = 1_000, looks: int = 8) -> dict[str, float]:
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
    found = [measured(size) for size in SIZES]
    steps = parts()
    costs = [median(each.ours_us) for each in found]
    flat = max(costs) / min(costs)
    rows = [
        (
            f"{each.size:,}",
            f"{median(each.ours_us):.0f} µs",
            f"{median(each.plain_us):.0f} µs",
            f"**{median(each.ratios):.2f}** ({min(each.ratios):.2f} to {max(each.ratios):.2f})",
            f"{1e6 / median(each.ours_us):,.0f}",
        )
        for each in found
    ]
    lines = [
        "## The engine",
        "",
        *report.table(("people", "a sample", "plain ifs", "ratio (spread)", "samples a second"), rows),
        "",
        *report.table(("step", "µs a sample"), [(step, f"{us:.1f}") for step, us in steps.items() if step]),
        "",
        f"- flat {flat:.2f}, agree {all(each.agree for each in found)}, bad {sum(each.bad for each in found)}",
    ]
    return lines, all(each.agree and median(each.ratios) <= AIM for each in found) and flat <= FLAT
