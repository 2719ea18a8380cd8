"""The product at work while its Redis is taken away: people break by seed, others register, all of it is counted."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import requests

from simulator import Simulator
from simulator.inbox import Post
from tests.plant import Plant, wait

SPEED = 6.0  #: twenty seconds without Redis are two minutes of a meeting: less than the three that make us blind
MINUTE = 60
RULE = {
    "says": "others hear {who} breaking up",
    "warning": "audio_input.avg_loss > 5%",
    "for": "2 of 3",
    "clear_for": "1 of 1",
}
_FIRST = 97_700_000_000
_BETWEEN_S = 0.1
_READY_EVERY = 5
_SETTLED_S = 170.0  #: leases of what was in hand run out after 90 s
_AN_END = ("alert.resolved", "alert.recovered", "alert.closed")


Span = tuple[float, float]  #: between two moments of the monotonic clock


@dataclass(frozen=True)
class Answer:
    """What the API said to one request: when it was asked and answered, and how."""

    asked: float
    took_s: float
    status: int  #: 0: no answer at all
    id: str = ""
    headers: Any = field(default_factory=dict)


@dataclass
class Crowd:
    """Who is watched where, and who of them breaks up."""

    people: dict[str, str] = field(default_factory=dict)  #: name → meeting
    breaks: dict[str, float] = field(default_factory=dict)  #: name → since when, by Zoom's clock


class Work:
    """Web, scheduler and a supervised pair of workers, watching meetings whose people break up one after the other."""

    def __init__(self, plant: Plant, seed: int, meetings: int, window_min: int) -> None:
        self.plant, self.simulator, self.crowd = plant, plant.simulator, Crowd()
        self.answers: list[Answer] = []
        self.ready: list[Answer] = []
        self._meetings, self._dice, self._window_min = meetings, Random(seed), window_min
        self._over = threading.Event()
        self.web = plant.serve()
        self.processes = {"web": self.web, **{name: plant.start(name) for name in ("scheduler", "worker")}}
        self._gather()
        self._asker = threading.Thread(target=self._ask_on, name="asker")
        self._asker.start()
        plant.stack.callback(self.rest)

    def _gather(self) -> None:
        """Four in each meeting break up once within the window, one never does."""
        world, api = self.simulator.world, self.plant.api
        world.knobs.retention = None  # at this speed a lease that runs out is nine minutes of a meeting
        api("PUT", "/v1/rules/breaking", RULE)
        api("PUT", "/v1/channels/chat", {"kind": "slack", "url": self.simulator.slack_url()})
        begun = self.simulator.clock.now() - 10 * MINUTE
        for at in range(self._meetings):
            run = world.start(str(_FIRST + at), topic=f"Meeting {at}", at=begun)
            names = [f"P{at:02}{place}" for place in range(5)]
            ids = {name: str(world.join(run.uuid, name, at=begun).user_id) for name in names}
            for name in names[1:]:
                begin = self.simulator.clock.now() + (2 + self._dice.randrange(self._window_min)) * MINUTE
                world.figures(run.uuid, ids[name], "audio_input", {"avg_loss": 14}, start=begin, minutes=4)
                self.crowd.breaks[name] = begin
            self.crowd.people |= dict.fromkeys(names, run.number)
            api("PUT", f"/v1/channels/hook-{at}", {"kind": "webhook", "url": self.simulator.hook_url(f"m{at}")})
            who = [{"participant_id": id} for id in ids.values()]
            watch = {"meeting": run.number, "who": who, "rules": ["breaking"], "notify": ["chat", f"hook-{at}"]}
            api("PUT", f"/v1/watches/w-{at}", watch)

    def _ask_on(self) -> None:
        """Register people without end; what was answered is remembered."""
        with requests.Session() as http:
            http.trust_env = False
            http.headers["Authorization"] = f"Bearer {self.plant.key}"
            for n in range(1_000_000):
                if self._over.wait(_BETWEEN_S):
                    return
                if n % _READY_EVERY == 0:
                    self.ready.append(_asked(http, "GET", f"{self.plant.url}/readyz"))
                self.answers.append(_asked(http, "PUT", f"{self.plant.url}/v1/people/p-{n}", f"p-{n}"))

    def let_pass(self, seconds: float) -> None:
        """Time in which everything works; a process that ended is a failure."""
        self._over.wait(seconds)

    def answered_again(self, since: float, most_s: float = 60.0) -> float:
        """How long after that moment somebody could register. Raises TimeoutError."""

        def found() -> list[float]:
            return [
                each.asked + each.took_s for each in self.answers if each.asked > since and each.status in (200, 201)
            ]

        wait(lambda: bool(found()), most_s, "an answer of the API")
        return found()[0] - since

    def settle(self) -> None:
        """Wait until everybody who broke up was told of, and that it is over."""
        last = max(self.crowd.breaks.values()) + 7 * MINUTE
        self._over.wait(max(0.0, (last - self.simulator.clock.now()) / SPEED))
        wait(lambda: self.told_ends() >= len(self.crowd.breaks), _SETTLED_S, f"{len(self.crowd.breaks)} ends")

    def rest(self) -> None:
        """Ask no more."""
        self._over.set()
        self._asker.join()

    def told_ends(self) -> int:
        """How many alerts' ends a program was told."""
        return len({post.body["data"]["alert"] for post in self.hooks() if post.body["type"] in _AN_END})

    def hooks(self) -> list[Post]:
        """What programs accepted."""
        return [post for post in self.simulator.inbox.posts(accepted=True) if post.kind == "webhook"]

    def chat(self) -> list[Post]:
        """What the chat accepted."""
        return [post for post in self.simulator.inbox.posts(accepted=True) if post.kind == "slack"]

    def alerts(self) -> list[dict[str, Any]]:
        """Every alert there is."""
        return self._pages("/v1/alerts")

    def registered(self) -> set[str]:
        """Every person who is registered."""
        return {each["id"] for each in self._pages("/v1/people")}

    def _pages(self, path: str) -> list[dict[str, Any]]:
        found, cursor = [], ""
        while True:
            page = self.plant.api("GET", f"{path}?limit=200{cursor}")
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"


def _asked(http: requests.Session, method: str, url: str, id: str = "") -> Answer:
    begun = time.monotonic()
    try:
        answer = http.request(method, url, json={"name": f"Person {id}"} if id else None, timeout=15)
    except requests.RequestException:
        return Answer(begun, time.monotonic() - begun, 0, id)
    return Answer(begun, time.monotonic() - begun, answer.status_code, id, answer.headers)


@contextmanager
def at_work(redis_url: str, seed: int, meetings: int, window_min: int) -> Iterator[Work]:
    """Everything started on that Redis, before a pretend Zoom whose minutes take ten seconds."""
    base = time.time()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="qw-outage-")))
        simulator = stack.enter_context(Simulator(base=base, speed=SPEED, seed=seed))
        given = {"QOSWATCH_TEST_CLOCK": f"{SPEED:g}@{base:.3f}", "ZOOM_INTENSIVE_PER_MINUTE": "600"}
        plant = Plant(folder, redis_url, simulator, stack, given)
        yield Work(plant, seed, meetings, window_min)
