"""Watched people a second through the product's poll, beside the form that most would write, at three latencies."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench import report
from tests.bench.naive import Naive
from tests.bench.pollhouse import PollHouse, burst, pollhouse
from tests.fastzoom import person_of, uuid_of

LATENCIES_MS = (0, 50, 150)
ROUNDS = 3
PEOPLE = 130  #: in each meeting
FEW = 12  #: watched people who are cheaper asked for one by one than by thirteen pages
SINGLES = range(50)  #: meetings in which a few are watched
PAGES = range(50, 74)  #: meetings in which everybody is
NAIVE = {0: 60, 50: 20, 150: 8}  #: as many jobs, or the naive one would take the whole time
JOB = 13  #: meetings in a job for two workers: each has two
AT_MS, SINGLES_AIM, PAGES_AIM, WORKERS_AIM = 50, 25.0, 150.0, 1.7


@dataclass(frozen=True, slots=True)
class Rates:
    """People a second of each round, at one latency."""

    naive: list[float] = field(default_factory=list)
    singles: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)

    def times(self, of: Sequence[float]) -> float:
        """How many times the naive form, round by round."""
        return median(ours / theirs for ours, theirs in zip(of, self.naive, strict=True))


def measured(house: PollHouse) -> dict[int, Rates]:
    """All three forms in turn, each round at a new minute."""
    naive, found = Naive(house.redis_url, house.zoom.environ()["ZOOM_API_URL"]), dict[int, Rates]()
    try:
        for latency_ms in LATENCIES_MS:
            house.zoom.control(delay_s=latency_ms / 1000)
            rates = found[latency_ms] = Rates()
            for _ in range(ROUNDS):
                house.next_minute()
                rates.naive.append(_naive(naive, NAIVE[latency_ms]))
                rates.singles.append(_ours(house, SINGLES, FEW))
                rates.pages.append(_ours(house, PAGES, PEOPLE))
    finally:
        naive.close()
    return found


def _naive(naive: Naive, number: int) -> float:
    naive.enqueue([(uuid_of(nth % 50), person_of(nth % 50, nth)) for nth in range(number)])
    rate = number / _seconds(lambda: burst(naive.worker))
    assert naive.kept() >= 10 * number
    return rate


def _ours(house: PollHouse, meetings: Sequence[int], people: int) -> float:
    """One look at each of them."""
    wanted, before = len(meetings) * people, house.counters()
    house.enqueue(house.claimed(meetings))
    took_s = _seconds(lambda: burst(house.worker))
    after = house.counters()
    assert after["samples"] - before["samples"] >= wanted, "somebody was not seen, or had no new row"
    assert after["rounds:seen"] - before["rounds:seen"] == len(meetings)
    return wanted / took_s


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def side_by_side(house: PollHouse) -> tuple[list[float], list[float]]:
    """People a second through one worker process, and through two, by single calls."""
    house.zoom.control(delay_s=AT_MS / 1000)
    with house.process():
        one = [_together(house) for _ in range(ROUNDS)]
        with house.process():
            two = [_together(house) for _ in range(ROUNDS)]
    return one, two


def _together(house: PollHouse) -> float:
    house.next_minute()
    claims, before = house.claimed(SINGLES), house.counters()["rounds:seen"]
    begun = time.perf_counter()
    house.enqueue(claims, JOB)
    while house.counters()["rounds:seen"] - before < len(claims):
        time.sleep(0.01)
    return len(SINGLES) * FEW / (time.perf_counter() - begun)


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether it is as promised."""
    with pollhouse(SINGLES.stop + len(PAGES), PEOPLE) as house:
        house.watch(SINGLES, FEW)
        house.watch(PAGES)
        found = measured(house)
        one, two = side_by_side(house)
    there = found[AT_MS]
    singles, pages, both = there.times(there.singles), there.times(there.pages), median(two) / median(one)
    rows = [
        (
            f"{latency_ms} ms",
            f"{median(rates.naive):.0f}",
            f"{median(rates.singles):,.0f} (**{rates.times(rates.singles):.0f}×**)",
            f"{median(rates.pages):,.0f} (**{rates.times(rates.pages):.0f}×**)",
        )
        for latency_ms, rates in found.items()
    ]
    lines = [
        "## Poll path",
        "",
        f"Watched people a second through one worker, on {os.cpu_count()} cores, which Zoom and Redis share: "
        f"the product's job in an in-process worker, ten rules each, from claims to committed seats, each look with a "
        f"new row of everybody. Single calls: {FEW} watched in each of {len(SINGLES)} meetings of {PEOPLE}. Pages: "
        f"everybody in {len(PAGES)} meetings of {PEOPLE}. Beside it, in the same rounds and an in-process worker of "
        f"the same kind, what most would write: a job for each watch, `requests.get`, ten `if`s, a Redis call for each "
        f"field. Zoom answers after the latency; medians of {ROUNDS} rounds.",
        "",
        *report.table(("Latency", "Naive", "Single calls", "Bulk pages"), rows),
        "",
        f"Two worker processes look at {median(two):,.0f} people a second by single calls at {AT_MS} ms, one at "
        f"{median(one):,.0f}: **{both:.2f}×**.",
    ]
    return lines, singles >= SINGLES_AIM and pages >= PAGES_AIM and both >= WORKERS_AIM
