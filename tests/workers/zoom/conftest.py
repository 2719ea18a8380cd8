"""The pretend Zoom, a real store, and a client whose waits are counted instead of slept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from service.settings import Settings
from service.store import Store
from simulator import Simulator
from workers.zoom import Zoom

BASE = 1764000000  # 2025-11-24 16:00 UTC


@dataclass
class Time:
    """Sleeps pass at once, and are remembered."""

    passed_s: float = 0.0
    lag_s: float = 0.0  # what each sleep takes beyond its wish
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.passed_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed_s += seconds + self.lag_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(base=BASE, speed=0) as running:
        yield running


@pytest.fixture
def store(redis_client: Any) -> Store:
    kept = Store(redis_client, secret_keys=[Fernet.generate_key().decode()], test_clock="hash")
    kept.clock.put(datetime.fromtimestamp(BASE, UTC))
    return kept


@pytest.fixture
def make_settings(simulator: Simulator, tmp_path: Path) -> Callable[..., Settings]:
    def make(**more: Any) -> Settings:
        environ = {name.lower(): value for name, value in simulator.environ().items()}
        return Settings(**{**environ, "qoswatch_data_dir": tmp_path, **more})

    return make


@pytest.fixture
def make_zoom(make_settings: Callable[..., Settings], store: Store, time: Time) -> Iterator[Callable[..., Zoom]]:
    """Clients as several processes have them: one store, a session each."""
    made: list[Zoom] = []

    def make(settings: Settings | None = None) -> Zoom:
        waits = {"sleep": time.sleep, "rand": lambda: 0.5, "monotonic": time.monotonic}
        made.append(Zoom(settings or make_settings(), store, **waits))
        return made[-1]

    yield make
    for zoom in made:
        zoom.close()


@pytest.fixture
def zoom(make_zoom: Callable[..., Zoom]) -> Zoom:
    return make_zoom()


@dataclass
class Call:
    """A meeting that is on, and somebody in it."""

    uuid: str
    number: str
    person: str


@pytest.fixture
def call(simulator: Simulator) -> Call:
    run = simulator.world.start("97763643886", topic="Spring Town Hall")
    rao = simulator.world.join(run.uuid, "Dr Rao", traits=["wifi"])
    simulator.clock.step(minutes=3)
    return Call(run.uuid, run.number, rao.user_id)
