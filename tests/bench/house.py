"""The house of the stories, as a context: a Redis of its own on disk, real HTTP, and a clock moved by seconds."""

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service import log
from simulator import Simulator
from simulator.scenarios import Cast
from tests.stories.conftest import BASE, House
from workers.embedded import EmbeddedRedis

TICK_S = 1.0  #: as the scheduler's
_UNPACED = {"ZOOM_HEAVY_PER_SECOND": "1000"}  #: Zoom's pace is of real time, which a simulated hour has not got


@contextmanager
def house(seed: int, **environ: str) -> Iterator[House]:
    """A product and a pretend Zoom for one measurement; whatever the product logs as an error is told at its end."""
    errors = io.StringIO()
    with (
        TemporaryDirectory(prefix="qw-bench-") as folder,
        EmbeddedRedis(Path(folder)) as server,
        Simulator(base=BASE, speed=0, seed=seed) as simulator,
    ):
        simulator.limits.per_second = {}
        built = House(server.url, Path(folder), simulator, **_UNPACED, **environ)
        log.configure("bench", stream=errors, level=logging.ERROR)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        try:
            yield built
        finally:
            built.close()
            print(errors.getvalue(), end="")


def play(house: House, at: float | None = None) -> Sequence[Cast]:
    """Six meetings of fifty, on since five minutes before now, or before `at`."""
    if at is not None:
        house.move(at - house.simulator.clock.now())
    first = house.simulator.play("six-meetings")
    return [first, *first.others]


def let_pass(house: House, seconds: float, step_s: float = TICK_S) -> None:
    """Time goes by for Zoom and for us, with a tick at each step."""
    for _ in range(round(seconds / step_s)):
        house.move(step_s)
        house.run()


def watch(house: House, cast: Cast, names: Sequence[str]) -> None:
    """Watch people of a meeting: by e-mail where Zoom tells it, and by name elsewhere."""
    run = house.simulator.world.get(cast.uuid)
    people = {name: run.people[cast.people[name]] for name in names}
    _register(house, cast, [{"email": each.email} if each.email else {"name": name} for name, each in people.items()])


def watch_everyone(house: House, cast: Cast) -> None:
    """Watch whoever is in a meeting."""
    _register(house, cast, [{"everyone": True}])


def _register(house: House, cast: Cast, who: list[dict[str, Any]]) -> None:
    body = {"meeting": cast.number, "who": who, "rules": ["speaker"], "notify": ["slack-av"]}
    house.api("POST", "/v1/watches", body)


def alerts(house: House) -> list[dict[str, Any]]:
    """Every alert of a person, with its breaches and its timeline."""
    return [house.api("GET", f"/v1/alerts/{alert['id']}") for alert in _listed(house) if alert["meeting"]]


def service_alerts(house: House) -> list[str]:
    """What our own alerts say."""
    return [str(alert["says"]) for alert in _listed(house) if not alert["meeting"]]


def _listed(house: House) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = house.api("GET", f"/v1/alerts?limit=200{cursor}")
        yield from page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"


def seconds(text: str) -> float:
    """A moment of the API as unix seconds."""
    return datetime.fromisoformat(text).timestamp()
