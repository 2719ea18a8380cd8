"""What a watched person costs the poll path, its worker and Redis as there are more and more of them."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from tests.bench import report
from tests.bench.pollhouse import PollHouse, pollhouse

MEETING = 100  #: people in each
SIZES = (100, 500, 1_000, 5_000)  #: watched, in meetings of a hundred
ONE_MEETING = (10, 100, 1_000)  #: watched by their ids, of as many in one meeting
ROUNDS = 2  #: after one that is not counted
SPEED = 15.0  #: a look at five thousand must be over within a minute, or each finds two rows
JOB = 10  #: meetings
FLAT = 1.3


@dataclass(frozen=True, slots=True)
class Grown:
    """At one size: CPU of the worker and of Redis a person and look, seconds of a round, memory."""

    size: int
    cpu_us: float
    redis_us: float
    round_s: float
    worker_mb: float
    redis_kb: float  #: a person


def by_meetings() -> list[Grown]:
    """More meetings of a hundred, everybody watched, by bulk pages, through one worker process."""
    found: list[Grown] = []
    with pollhouse(SIZES[-1] // MEETING, MEETING, SPEED) as house, house.process() as worker:
        begun = 0
        for size in SIZES:
            meetings = range(size // MEETING)
            house.watch(meetings[begun:])
            begun = meetings.stop
            found.append(_grown(house, worker.pid, meetings, size))
    return found


def by_people() -> list[Grown]:
    """One meeting of more people, each named by an id in a watch of everybody, by bulk pages."""
    found = []
    for size in ONE_MEETING:
        with pollhouse(1, size, SPEED) as house, house.process() as worker:
            house.watch([0], size)
            found.append(_grown(house, worker.pid, [0], size))
    return found


def _grown(house: PollHouse, pid: int, meetings: Sequence[int], size: int) -> Grown:
    rounds = [_round(house, pid, meetings, size) for _ in range(ROUNDS + 1)][1:]
    cpu_s, redis_s, round_s = (fmean(each) for each in zip(*rounds, strict=True))
    return Grown(size, 1e6 * cpu_s / size, 1e6 * redis_s / size, round_s, _rss_mb(pid), house.redis_kb() / size)


def _round(house: PollHouse, pid: int, meetings: Sequence[int], size: int) -> tuple[float, float, float]:
    """CPU of the worker, CPU of Redis, and the time that it takes, of one look at everybody."""
    house.next_minute()
    claims, before = house.claimed(meetings), house.counters()
    cpu_s, redis_s, begun = _cpu_s(pid), _cpu_s(house.redis_pid), time.perf_counter()
    house.enqueue(claims, JOB)
    while house.counters()["rounds:seen"] - before["rounds:seen"] < len(claims):
        time.sleep(0.01)
    took_s = time.perf_counter() - begun
    assert house.counters()["samples"] - before["samples"] >= size, "somebody was not seen"
    return _cpu_s(pid) - cpu_s, _cpu_s(house.redis_pid) - redis_s, took_s


def _cpu_s(pid: int) -> float:
    """What a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether the cost of a person stays flat."""
    meetings, people = by_meetings(), by_people()
    flat = [found[-1].cpu_us / found[1].cpu_us for found in (meetings, people)]
    head = ("Watched", "Worker CPU a person", "Redis CPU a person", "A round takes", "Worker RSS", "Redis a person")
    lines = [
        "## Growth of the poll path",
        "",
        "One worker process, ten rules each, a new row of everybody in each look, Zoom without latency. CPU is what "
        f"the processes used, so waiting is not in it; means of {ROUNDS} rounds at each size.",
        "",
        f"Meetings of {MEETING}, everybody watched:",
        "",
        *report.table(head, [_row(each) for each in meetings]),
        "",
        f"From {meetings[1].size:,} to {meetings[-1].size:,} the cost of a person changes by **{flat[0]:.2f}×**.",
        "",
        "One meeting, in which each is named by an id:",
        "",
        *report.table(head, [_row(each) for each in people]),
        "",
        f"From {people[1].size:,} to {people[-1].size:,} the cost of a person changes by **{flat[1]:.2f}×**.",
    ]
    return lines, all(each <= FLAT for each in flat)


def _row(each: Grown) -> tuple[str, ...]:
    return (
        f"{each.size:,}",
        f"{each.cpu_us:.0f} µs",
        f"{each.redis_us:.0f} µs",
        f"{each.round_s:.2f} s",
        f"{each.worker_mb:.0f} MB",
        f"{each.redis_kb:.1f} kB",
    )
