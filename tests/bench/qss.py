"""Events that Zoom pushes, taken in by real processes: how many a second, and whether a killed worker loses any."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import requests

from service import settings as settings_file
from service.settings import VARIABLES
from service.store import Store
from simulator import Simulator, letters
from simulator.push import SECRET
from workers.embedded import EmbeddedRedis
from workers.ports import is_free

MEETINGS, PEOPLE, MINUTES = 12, 125, 4
ROUNDS = 3
THREADS = 4
LEFT_MIN = 10  #: people came so long ago
READY_S = 60.0
DONE_S = 60.0
RECOVERED_S = 240.0  #: leases of what the dead one held run out first
_ROOT = Path(__file__).parents[2]

Letters = Sequence[tuple[Mapping[str, str], bytes]]


@dataclass(frozen=True, slots=True)
class Taken:
    """Events a second, and how many were wanted and are there in the end."""

    sent: int
    accepted: int
    per_second: float
    kept: int
    waiting: int = 0  #: when the worker was killed


class Plant:
    """Web, and if wanted scheduler and poll worker, as processes; a pretend Zoom whose REST tells no figures."""

    def __init__(self, folder: Path, redis_url: str, simulator: Simulator, stack: ExitStack) -> None:
        self.simulator, self._stack = simulator, stack
        self.port = next(port for port in range(18_000, 19_000) if is_free(port))
        self.key = secrets.token_urlsafe(24)
        given = {
            **simulator.environ(),
            "REDIS_URL": redis_url,
            "PORT": str(self.port),
            "QOSWATCH_SECRET_KEY": secrets.token_urlsafe(32),
            "QOSWATCH_API_KEY": self.key,
            "QOSWATCH_DATA_DIR": str(folder),
            "QOSWATCH_ALLOW_PRIVATE_TARGETS": "yes",
            "ZOOM_WEBHOOK_SECRET": SECRET,
        }
        unset = {name: "" for each in VARIABLES for name in (each, f"{each}_FILE")}
        self._environ = {**os.environ, **unset, **given, "PYTHONPATH": str(_ROOT)}
        self.store = Store.connect(settings_file.load(given))
        stack.callback(self.store.close)
        self._log = stack.enter_context((folder / "log").open("a"))

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """One of our processes; it is asked to end with everything else here."""
        command = [sys.executable, "-P", "-m", "workers.cli", *words]
        process = subprocess.Popen(command, env=self._environ, stdout=self._log, stderr=self._log, cwd=_ROOT)
        self._stack.callback(_end, process)
        return process

    def serve(self) -> None:
        """Start web and wait for it."""
        self.start("web", "--host", "127.0.0.1")
        wait(lambda: _answers(f"{self.url}/livez"), READY_S, "web")

    @property
    def url(self) -> str:
        """Where web is."""
        return f"http://127.0.0.1:{self.port}"

    def watch(self) -> None:
        """Watch everybody, and wait until it is known who they are."""
        head = {"Authorization": f"Bearer {self.key}"}
        hook = {"kind": "slack", "url": self.simulator.slack_url()}
        requests.put(f"{self.url}/v1/channels/slack-av", json=hook, headers=head, timeout=10).raise_for_status()
        for run in self.simulator.world.instances:
            body = {"meeting": run.number, "who": [{"everyone": True}], "rules": ["speaker"], "notify": ["slack-av"]}
            requests.post(f"{self.url}/v1/watches", json=body, headers=head, timeout=10).raise_for_status()
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
def plant() -> Iterator[Plant]:
    """An empty house of processes, ended by their ids."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="qw-bench-")))
        server = stack.enter_context(EmbeddedRedis(folder))
        simulator = stack.enter_context(Simulator())
        _people(simulator)
        yield Plant(folder, server.url, simulator, stack)


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


def wait(until: Callable[[], bool], most_s: float, what: str) -> None:
    """Look again and again. Raises TimeoutError."""
    deadline = time.monotonic() + most_s
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {most_s:.0f} s for {what}")
        time.sleep(0.2)


def _judged(here: Plant) -> int:
    return here.store.health.counters().get("samples", 0)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
