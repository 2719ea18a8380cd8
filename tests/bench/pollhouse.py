"""The poll path alone: the fast Zoom, a Redis, an in-process worker, and meetings that are watched in two ways."""

import logging
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rq import SimpleWorker

from rules.documents import stock_rules
from rules.model import Watch, Who
from service import log
from service import settings as settings_file
from service.settings import VARIABLES
from service.store.connect import client
from tests import plant
from tests.fastzoom import FastZoom, Plan, number_of, person_of, running
from workers import jobs
from workers.embedded import EmbeddedRedis
from workers.runtime import Runtime
from workers.worker import worker_of

RULES = (
    *("audio-sent", "audio-heard", "delay", "video-sent", "share-sent"),
    *("video-heard", "share-heard", "video-frozen", "wifi-weak", "cpu"),
)
SPEED = 10.0  #: minutes pass so fast, for Zoom and for us, so that each look finds a new row
BATCH = 50  #: meetings in a job, as the scheduler has it
LEASE_S = 90
LIVE_S = 60.0


class PollHouse:
    """Watches, jobs, and a worker that runs them here."""

    def __init__(self, folder: str, server: EmbeddedRedis, zoom: FastZoom) -> None:
        self.zoom, self.redis_url, self.redis_pid, base = zoom, server.url, server.pid, zoom.plan.base
        self._environ = {
            **zoom.environ(),
            "REDIS_URL": server.url,
            "QOSWATCH_SECRET_KEY": secrets.token_urlsafe(32),
            "QOSWATCH_DATA_DIR": folder,
            "QOSWATCH_TEST_CLOCK": f"{zoom.plan.speed}@{base}",
        }
        log.configure("bench", level=logging.ERROR)
        self.runtime = Runtime.build(settings_file.load(self._environ))
        self.store = self.runtime.store
        self.store.documents.rules.seed(stock_rules().values())
        jobs.use(self.runtime)
        self._connection = client(server.url)
        self.worker = worker_of(self._connection, "poll")
        self._ids: dict[str, str] = {}

    def watch(self, meetings: Sequence[int], few: int = 0) -> None:
        """Watch everybody in these meetings, or a few in each, and look until all of it is known."""
        people, now = self.zoom.plan.people, self.store.clock.now()
        some = tuple(person_of(0, place * people // few) for place in range(few)) if few else ()
        for nth in meetings:
            sessions = [str(int(session) - int(person_of(0, 0)) + int(person_of(nth, 0))) for session in some]
            who = [Who("participant_id", session) for session in sessions] or [Who("everyone", "true")]
            self.store.documents.put_watch(Watch(f"w{nth}", 1, number_of(nth), tuple(who), RULES, ("slack",), now))
        numbers = {number_of(nth) for nth in meetings}
        deadline = time.monotonic() + LIVE_S
        while not numbers <= self._ids.keys():
            if time.monotonic() > deadline:
                raise TimeoutError("meetings did not go live")
            self.run([[*claim] for claim in self.store.due.claim(BATCH, LEASE_S)])
            runs = [self.store.instances.get(id) for id in self.store.instances.live()]
            self._ids |= {run.number: run.id for run in runs if run}

    def claimed(self, meetings: Sequence[int]) -> list[list[str]]:
        """Claims on these meetings, due or not."""
        claims = [self.store.due.take(self._ids[number_of(nth)], LEASE_S) for nth in meetings]
        assert all(claims), "somebody else looks at them"
        return [[*claim] for claim in claims if claim]

    def enqueue(self, claims: Sequence[Sequence[str]], batch: int = BATCH) -> None:
        """As the scheduler does."""
        self.runtime.queues.poll([claims[start : start + batch] for start in range(0, len(claims), batch)])

    def run(self, claims: Sequence[Sequence[str]]) -> None:
        """Look at them in jobs of the worker in this process."""
        self.enqueue(claims)
        burst(self.worker)

    def next_minute(self) -> None:
        """Wait until a minute has begun: each person has a new row, and none older is missed."""
        into_s = self.store.clock.now().timestamp() % 60
        time.sleep((60.5 - into_s) / self.zoom.plan.speed)

    def redis_kb(self) -> float:
        """What lies in Redis."""
        return float(self.store.redis.info("memory")["used_memory_dataset"]) / 1024

    def counters(self) -> Counter[str]:
        """What the product counted."""
        return Counter(self.store.health.counters())

    @contextmanager
    def process(self) -> "Iterator[subprocess.Popen[bytes]]":
        """A poll worker as a process of its own."""
        alive = self.store.health.alive("poll")
        unset = {name: "" for each in VARIABLES for name in (each, f"{each}_FILE")}
        words = [sys.executable, "-P", "-m", "workers.cli", "worker", "--queue", "poll"]
        whole = {**os.environ, **unset, **self._environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen(words, env=whole, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            plant.wait(lambda: self.store.health.alive("poll") > alive, LIVE_S, "a worker")
            yield process
        finally:
            plant.end(process)

    def close(self) -> None:
        """Give back connections."""
        self._connection.close()
        self.runtime.close()


def burst(worker: SimpleWorker) -> None:
    """Run what waits. Orders over pubsub, which nobody gives here, would cost a thread and a second at its end."""
    worker.subscribe = worker.unsubscribe = lambda: None
    worker.work(burst=True, logging_level=None)


@contextmanager
def pollhouse(meetings: int, people: int, speed: float = SPEED) -> Iterator[PollHouse]:
    """An empty house."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="qw-poll-"))
        server = stack.enter_context(EmbeddedRedis(Path(folder)))
        base = time.time() // 60 * 60
        house = PollHouse(folder, server, stack.enter_context(running(Plan(meetings, people, base=base, speed=speed))))
        stack.callback(house.close)
        yield house
