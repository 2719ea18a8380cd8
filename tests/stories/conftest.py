"""The whole product around a pretend Zoom and pretend chats, with a clock that the story moves.

HTTP in over a socket, real Redis, RQ workers, HTTP out over sockets. Only the processes are missing: the scheduler's
tick and the workers' jobs run here, one after the other, so that a story has an order.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from rq import SimpleWorker
from werkzeug.serving import make_server

from service import log
from service import settings as settings_file
from service.app import create_app
from service.store.connect import client
from simulator import Simulator
from simulator.inbox import Post
from workers import jobs
from workers.runtime import Runtime
from workers.scheduler import Scheduler
from workers.worker import worker_of
from workers.zoom import Zoom

BASE = 1_772_445_600  # Monday 2 March 2026, 10:00 UTC
STEP_S = 15.0
ROLL = "Watching "
PUBLIC = "http://qoswatch.example.org"  #: how people's browsers would reach us
HASTE = 10  #: between two tries of one call real seconds pass, which a story need not sit through
JUST_AFTER_S = 0.5  #: the delay that lets one round's news travel together


class House:
    """One qoswatch, one account, one inbox."""

    def __init__(self, redis_url: str, folder: Path, simulator: Simulator, **environ: str) -> None:
        self.simulator = simulator
        self.environ = {
            **simulator.environ(),
            "REDIS_URL": redis_url,
            "QOSWATCH_SECRET_KEY": "a-secret-of-a-story-that-is-long-enough-to-do",
            "QOSWATCH_DATA_DIR": str(folder),
            "QOSWATCH_TEST_CLOCK": "hash",
            "QOSWATCH_ALLOW_PRIVATE_TARGETS": "yes",
            "PUBLIC_URL": PUBLIC,
            "ZOOM_INTENSIVE_PER_MINUTE": "600",  # a pace of real time, which a story has not got
            **environ,
        }
        self.settings = settings_file.load(self.environ)
        log.configure("story", stream=sys.__stderr__)
        self.runtime = Runtime.build(self.settings)
        self.store = self.runtime.store
        self.runtime.zoom.close()
        self.runtime.zoom = Zoom(self.settings, self.store, sleep=lambda pause_s: time.sleep(pause_s / HASTE))
        self.store.clock.put(_moment(BASE))
        jobs.use(self.runtime)
        self.scheduler = Scheduler(self.runtime)
        self._rq = client(redis_url)
        self.workers: dict[Any, SimpleWorker] = {queue: worker_of(self._rq, queue) for queue in ("poll", "deliver")}
        for worker in self.workers.values():  # orders over pubsub cost a thread for every job, and nobody gives any
            worker.subscribe = worker.unsubscribe = lambda: None
        self._serve()
        _, self.key = self.store.keys_.create("admin", "story")

    def _serve(self) -> None:
        app = create_app(self.settings, self.store, self.runtime.queues)
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.http = requests.Session()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.http.close()
        self._rq.close()
        self.runtime.close()

    def api(self, method: str, path: str, body: Any = None, expect: int | None = None) -> Any:
        """Ask the API as an admin; a story that is refused fails with the words of the refusal."""
        answer = self.http.request(
            method, self.url + path, json=body, headers={"Authorization": f"Bearer {self.key}"}, timeout=10
        )
        assert answer.status_code == expect if expect else answer.ok, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def channel(self, id: str = "slack-av", kind: str = "slack", hook: str | None = None) -> str:
        """Register a channel that leads to the inbox; answers its destination there."""
        hook = hook or ("T1/B1/secret" if kind == "slack" else "flow1")
        url = self.simulator.slack_url(hook) if kind == "slack" else self.simulator.teams_url(hook)
        self.api("PUT", f"/v1/channels/{id}", {"kind": kind, "url": url})
        return hook

    def watch(
        self, meeting: str, *people: str | dict[str, Any], notify: tuple[str, ...] = ("slack-av",), **more: Any
    ) -> str:
        """Watch people of a meeting by their ids, or as `who` has it; answers the watch's id."""
        who = [person if isinstance(person, dict) else {"participant_id": person} for person in people]
        body = {"meeting": meeting, "who": who, "notify": list(notify), **more}
        return str(self.api("POST", "/v1/watches", body)["id"])

    def person(self, id: str, name: str, **ways: Any) -> str:
        """Somebody who can be called."""
        self.api("PUT", f"/v1/people/{id}", {"name": name, **ways})
        return id

    def policy(self, id: str, *steps: tuple[str, list[dict[str, str]], dict[str, Any] | None], repeat: int = 0) -> str:
        """Steps as (after, tell, when); a `when` of None is left out."""
        told = [
            {"after": after, "tell": tell, **({} if when is None else {"when": when})} for after, tell, when in steps
        ]
        self.api("PUT", f"/v1/policies/{id}", {"steps": told, "repeat": repeat})
        return id

    def link(self, name: str, hook: str = "T1/B1/secret") -> str:
        """Where a link of the newest message of a destination leads, in this house."""
        found = re.findall(rf"{PUBLIC}(/a/[^|>\s]+)\|{re.escape(name)}>", json.dumps(self.posts(hook)[-1].body))
        assert found, f"no link {name!r} in {self.posts(hook)[-1].body}"
        return self.url + str(found[0])

    def page(self, url: str) -> Callable[[str], str]:
        """Open a link as a person does, and look; answers how to say who one is and to confirm."""
        browser = requests.Session()
        shown = browser.get(url, timeout=10)
        assert shown.ok, shown.text
        form = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', shown.text))["form"]

        def press(who: str) -> str:
            with browser:
                done = browser.post(url, data={"form": form, "other": who}, timeout=10)
            assert done.ok, done.text
            return done.text

        return press

    def follow(self, url: str, who: str) -> str:
        """Open a link, say who one is, and confirm."""
        return self.page(url)(who)

    def run(self) -> None:
        """Let the product do what is due at this moment."""
        self.scheduler.tick()
        self.work("poll")
        self.work("deliver")

    def work(self, queue: Any) -> None:
        """Do the jobs of one queue."""
        if self.runtime.queues.length(queue):
            self.workers[queue].work(burst=True, logging_level=None)

    def advance(self, minutes: float = 0, seconds: float = 0, step_s: float = STEP_S) -> None:
        """Let time pass for Zoom and for us, with everything that happens meanwhile."""
        left = minutes * 60 + seconds
        while left > 0:
            step = min(step_s, left)
            self.move(step - JUST_AFTER_S)
            self.run()
            self.move(JUST_AFTER_S)
            self.run()
            left -= step

    def move(self, seconds: float) -> None:
        """Only the clocks: nobody does anything."""
        self.store.clock.advance(seconds=seconds)
        self.simulator.clock.step(seconds)

    def posts(self, hook: str = "T1/B1/secret", accepted: bool | None = True) -> list[Post]:
        """What came to a destination, oldest first, without roll-calls."""
        return [post for post in self.simulator.inbox.posts(hook, accepted=accepted) if ROLL not in _sentence(post)]

    def texts(self, hook: str = "T1/B1/secret") -> list[str]:
        """The first sentences of what a destination has accepted, oldest first, without roll-calls."""
        return [_sentence(post) for post in self.posts(hook)]

    def rolls(self, hook: str = "T1/B1/secret") -> list[str]:
        """The roll-calls that a destination has accepted."""
        sentences = [_sentence(post) for post in self.simulator.inbox.posts(hook, accepted=True)]
        return [sentence for sentence in sentences if ROLL in sentence]

    def people(self, watch: str) -> dict[str, list[str]]:
        """The people of a watch by state, by name or, of nobody, as they were named."""
        found: dict[str, list[str]] = {}
        for person in self.api("GET", f"/v1/watches/{watch}")["people"]:
            found.setdefault(person["state"], []).append(person["name"] or str(*person["who"].values()))
        return {state: sorted(names) for state, names in found.items()}

    def asked(self, path: str) -> int:
        """How many calls reached the pretend Zoom whose path holds this."""
        return self.simulator.calls.count(path=path)

    def alerts(self, **query: str) -> list[dict[str, Any]]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return list(self.api("GET", f"/v1/alerts?{asked}")["items"])


def _sentence(post: Post) -> str:
    return str(post.body.get("text") or post.body.get("summary") or "")


def _moment(seconds: float) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(base=BASE, speed=0) as running:
        yield running


@pytest.fixture
def house(redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Simulator) -> Iterator[House]:
    """An empty Redis, and a product on it."""
    built = House(f"unix://{redis_socket}", tmp_path, simulator)
    yield built
    built.close()


class Collector:
    """Hears everything that any destination was told; what nobody expected fails the story at its end."""

    def __init__(self, house: House) -> None:
        self._house, self._taken = house, 0

    def hears(self, *expected: tuple[str, str]) -> None:
        """The next messages are these and no others, in this order: (destination, a part of what it says)."""
        told = self._new()
        assert len(told) == len(expected), f"expected {len(expected)} messages, got {told}"
        for (hook, part), (to, said) in zip(expected, told, strict=True):
            assert hook == to, f"expected {part!r} at {hook}, got {said!r} at {to}"
            assert part in said, f"expected {part!r} at {hook}, got {said!r}"
        self._taken += len(told)

    def silence(self) -> None:
        """Nobody was told anything since."""
        self.hears()

    def skip(self) -> None:
        """What came until now is not what this story is about."""
        self._taken += len(self._new())

    def _new(self) -> list[tuple[str, str]]:
        posts = [post for post in self._house.simulator.inbox.posts(accepted=True) if ROLL not in _sentence(post)]
        return [(post.destination, _sentence(post)) for post in posts[self._taken :]]


@pytest.fixture
def collector(house: House) -> Iterator[Collector]:
    """Everything that is told in this story; at its end nothing may have been told that the story did not name."""
    made = Collector(house)
    yield made
    made.silence()


__all__ = ["BASE", "House", "timedelta"]
