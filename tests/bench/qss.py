"""Events that Zoom pushes, taken in by real processes: how many a second, and whether a killed worker loses any."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from simulator import Simulator, letters
from simulator.push import SECRET
from tests import plant as plants
from tests.plant import READY_S, Plant, wait

MEETINGS, PEOPLE, MINUTES = 12, 125, 4
ROUNDS = 3
THREADS = 4
LEFT_MIN = 10  #: people came so long ago
DONE_S = 60.0
RECOVERED_S = 240.0  #: leases of what the dead one held run out first

Letters = Sequence[tuple[Mapping[str, str], bytes]]


@dataclass(frozen=True, slots=True)
class Taken:
    """Events a second, and how many were wanted and are there in the end."""

    sent: int
    accepted: int
    per_second: float
    kept: int
    waiting: int = 0  #: when the worker was killed


class House(Plant):
    """A plant with meetings in it, whose Zoom tells figures by pushes only."""

    def watch(self) -> None:
        """Watch everybody, and wait until it is known who they are."""
        self.api("PUT", "/v1/channels/slack-av", {"kind": "slack", "url": self.simulator.slack_url()})
        for run in self.simulator.world.instances:
            body = {"meeting": run.number, "who": [{"everyone": True}], "rules": ["speaker"], "notify": ["slack-av"]}
            self.api("POST", "/v1/watches", body)
        wait(lambda: self.known() == MEETINGS * PEOPLE, READY_S, "everybody to be known")

    def known(self) -> int:
        """How many people are."""
        runs = self.store.instances.live()
        return sum(len(self.store.seats.roster(run)[1].people) for run in runs)

    def kept(self) -> int:
        """How many minutes of people were evaluated and stand in the store."""
        runs = {run.uuid: run for id in self.store.instances.live() if (run := self.store.instances.get(id))}
        return sum(
            len(self.store.samples.recent(runs[each.uuid].id, session, 60))
            for each in self.simulator.world.instances
            for session in each.people
            if each.uuid in runs
        )

    def post(self, ready: Letters) -> letters.Storm:
        """Send them over several lines at once."""
        return letters.storm(f"{self.url}/hooks/zoom", ready, threads=THREADS, timeout_s=10)


@contextmanager
def plant() -> Iterator[House]:
    """An empty house of processes, ended by their ids."""
    with plants.plant(House, ZOOM_WEBHOOK_SECRET=SECRET) as here:
        _people(here.simulator)
        yield here


def _people(simulator: Simulator) -> None:
    begun = simulator.clock.now() - LEFT_MIN * 60
    simulator.world.knobs.row_delay_s = 86_400
    for meeting in range(MEETINGS):
        run = simulator.world.start(str(86_000_000_000 + meeting), at=begun)
        for person in range(PEOPLE):
            simulator.world.join(run.uuid, f"Person {meeting}.{person}", at=begun)


def stored() -> Taken:
    """Web alone: events are verified and kept."""
    with plant() as here:
        here.serve()
        storm = here.post(here.simulator.push.qss_letters(MEETINGS * PEOPLE * MINUTES))
        return Taken(storm.sent, storm.accepted, storm.per_second, here.store.intake.waiting())


def evaluated() -> Taken:
    """Web, scheduler and poll worker: until the last complete minute is a sample that rules have judged."""
    with plant() as here:
        here.serve()
        here.start("scheduler")
        here.start("worker", "--queue", "poll")
        here.watch()
        ready = here.simulator.push.qss_letters(MEETINGS * PEOPLE * MINUTES)
        before, begun = _judged(here), time.monotonic()
        storm = here.post(ready)
        # The newest minute of each person is complete only when a later event comes or it is 75 s old.
        complete = MEETINGS * PEOPLE * (MINUTES - 1)
        wait(lambda: not here.store.intake.waiting() and _judged(here) - before >= complete, DONE_S, "samples")
        return Taken(storm.sent, storm.accepted, storm.sent / (time.monotonic() - begun), here.kept())


def killed() -> tuple[Taken, float]:
    """As `evaluated`, but the worker is killed in the middle and another one started; and when all was there."""
    with plant() as here:
        here.serve()
        here.start("scheduler")
        worker = here.start("worker", "--queue", "poll")
        here.watch()
        ready = here.simulator.push.qss_letters(MEETINGS * PEOPLE * MINUTES)
        before = _judged(here)
        storm = here.post(ready)
        wait(lambda: _judged(here) - before >= MEETINGS * PEOPLE // 2, DONE_S, "the middle")
        os.kill(worker.pid, signal.SIGKILL)
        waiting = here.store.intake.waiting()
        begun = time.monotonic()
        here.start("worker", "--queue", "poll")
        wait(lambda: here.kept() >= storm.accepted, RECOVERED_S, "everything")
        return Taken(storm.sent, storm.accepted, 0.0, here.kept(), waiting), time.monotonic() - begun


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether nothing was lost."""
    only = [stored() for _ in range(ROUNDS)]
    whole = [evaluated() for _ in range(ROUNDS)]
    after, recovered_s = killed()
    web, both = median(each.per_second for each in only), median(each.per_second for each in whole)
    people = f"{MEETINGS} meetings of {PEOPLE}, everybody watched with the set `speaker`, {MINUTES} minutes of each"
    lines = [
        "## Pushed figures (QSS)",
        "",
        f"Real processes on {os.cpu_count()} cores, which the sender ({THREADS} threads) and Redis share: "
        "`qoswatch web`, `qoswatch scheduler` and one `qoswatch worker --queue poll`; signed POSTs over loopback; "
        f"{people}: {whole[0].sent:,} events a round. Medians of {ROUNDS} rounds, each on an empty Redis.",
        "",
        f"- Taken in to evaluated samples: **{both:.0f} events a second**, which is **{both / web:.2f}** of what the "
        f"same web process takes when it only stores them ({web:.0f}). Counted from the first POST until the stream is "
        "empty and every complete minute is judged.",
        f"- Worker killed with SIGKILL while {after.waiting:,} of {after.sent:,} events waited, another one started: "
        f"**{after.sent - after.kept} lost**; the last of them was a sample {recovered_s:.0f} s later (the dead one's "
        "lease runs out first, and the newest minute of each person waits until it is 75 s old).",
    ]
    return lines, after.kept == after.accepted == after.sent


def _judged(here: House) -> int:
    return here.store.health.counters().get("samples", 0)
