"""A plant whose clock stands while anybody works, so that no lease runs out but those of the dead and the stopped."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import requests

from service.store import keys
from simulator import Simulator
from tests.chaos.crew import Crew, Place
from tests.plant import Plant, end, plant
from workers.embedded import tied

BASE = 1_772_445_600  # Monday 2 March 2026, 10:00 UTC
STEP_S = 15.0
CALM_STEPS = 4
LONGEST_S = 20.0  #: real seconds in which a step is waited for
TICK_S = "0.2"  #: real seconds between a scheduler's ticks, since this clock is faster
_ROOT = Path(__file__).parents[2]
_SHIMMED = {"PYTHONPATH": f"{Path(__file__).parent / 'children'}{os.pathsep}{_ROOT}", "CHAOS_TICK_S": TICK_S}
_UNPACED = {
    "ZOOM_HEAVY_PER_SECOND": "1000",
    "ZOOM_INTENSIVE_PER_MINUTE": "10000",
    "ZOOM_CALLS_PER_DAY": "100000000",
}


class Held(NamedTuple):
    """A post that somebody began and never wrote down the end of."""

    lane: str
    token: str
    delivery: str


class Yard(Plant):
    """The processes, each with a log of its own; the clock; and what the dead have left in Redis."""

    dice: Random

    def ready(self, seed: int) -> None:
        """Put the clock right, and nobody to work yet."""
        self.dice = Random(seed)
        self.crew = Crew(self, self.dice)
        self.held: set[Held] = set()
        self.waited_in_vain = 0
        self.simulator.limits.per_second, self.simulator.limits.per_minute = {}, {}
        self.simulator.limits.per_day = None
        if self.store.clock.stepped:
            self.store.clock.put(_moment(BASE))

    def start(self, *words: str, log: str = "plant", **environ: str) -> "subprocess.Popen[bytes]":
        """One of our processes, leading a group of its own; on Linux it ends with us, however we end."""
        with Path(self.folder, f"{log}.log").open("a") as out:
            process = subprocess.Popen(
                tied([sys.executable, "-P", "-m", "workers.cli", *words]),
                env={**self._environ, **_SHIMMED, **environ},
                stdout=out,
                stderr=out,
                cwd=_ROOT,
                start_new_session=True,
            )
        self.stack.callback(end, process)
        return process

    def wait_for_web(self) -> None:
        """Until the API answers."""
        self.ask("GET", "/v1/watches?limit=1")

    def step(self, seconds: float = STEP_S, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Let time pass at once, then wait until everybody who lives has done what is due."""
        self.store.clock.advance(seconds=seconds)
        self.simulator.clock.step(seconds)
        meanwhile()
        self.settle()

    def settle(self) -> None:
        """Wait until a scheduler has seen this moment and nobody works; what is held then, the dead hold."""
        deadline = time.monotonic() + LONGEST_S
        while self._is_busy():
            if time.monotonic() > deadline:
                self.waited_in_vain += 1
                return
            self.crew.look()
            time.sleep(0.03)
        self.held |= self.holding()

    def _is_busy(self) -> bool:
        """Whether a job waits, somebody works, or nobody of a role is there to see what is due."""
        client: Any = self.store.redis
        if client.llen("rq:queue:poll") or client.llen("rq:queue:deliver"):
            return True
        if int(client.hget(keys.tick(), "at") or 0) < self.store.clock.now_ms():
            return True
        working = self._working()
        for role in ("poll", "deliver"):
            here = self.crew.pids(role) & working.keys()
            if not here or any(working[pid] for pid in here):
                return True
        return False

    def drain(self, most_s: float) -> None:
        """Until nothing is open and nothing owed, for a while at most."""
        until, calm = self.simulator.clock.now() + most_s, 0
        while self.simulator.clock.now() < until and calm < CALM_STEPS:
            self.step()
            owing = self.store.health.waiting().lanes
            calm = calm + 1 if not owing and not self.ask("GET", "/v1/alerts?state=open&limit=1")["items"] else 0

    def lanes_of_posts(self) -> dict[str, str]:
        """The lane of each delivery that came to the inbox."""
        ids = {post.delivery for post in self.simulator.inbox.posts()}
        return {id: found.lane for id in ids if (found := self.store.lanes.delivery(id))}

    def at_work(self, role: str) -> list[Place]:
        """The workers of a role that have a job in hand."""
        busy = {pid for pid, is_busy in self._working().items() if is_busy}
        return [each for each in self.crew.of(role) if each.process is not None and each.process.pid in busy]

    def _working(self) -> dict[int, bool]:
        client: Any = self.store.redis
        told = [client.hmget(name, "pid", "state") for name in client.smembers("rq:workers")]
        return {int(pid): state == b"busy" for pid, state in told if pid}

    def holding(self) -> set[Held]:
        """The posts that were begun, have no end, and whose lease has not run out."""
        client: Any = self.store.redis
        now_ms, found = self.store.clock.now_ms(), set[Held]()
        claims = {lane.decode(): text.decode() for lane, text in client.hgetall(keys.claims(keys.lanes())).items()}
        for lane, text in claims.items():
            token, ends, *_ = text.split("|")
            sending = client.hget(keys.lane(lane), "sending")
            if sending and int(ends) > now_ms:
                found.add(Held(lane, token, _id(sending)))
        return found

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The API as a patient client has it: asked again until it answers."""
        deadline = time.monotonic() + LONGEST_S
        while True:
            try:
                return self.api(method, path, body)
            except (requests.ConnectionError, requests.Timeout):
                if time.monotonic() > deadline:
                    raise
                self.crew.look()
                time.sleep(0.1)


@contextmanager
def yard(seed: int, **environ: str) -> Iterator[Yard]:
    """An empty yard with a pretend Zoom whose clock stands."""
    given = {"QOSWATCH_TEST_CLOCK": "hash", **_UNPACED, **environ}
    with plant(Yard, Simulator(base=BASE, speed=0, seed=seed), **given) as made:
        made.ready(seed)
        yield made


def _id(sending: bytes) -> str:
    return str(json.loads(sending)["id"])


def _moment(seconds: float) -> Any:
    return datetime.fromtimestamp(seconds, UTC)
