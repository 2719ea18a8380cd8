"""The product as processes of its own, on a Redis and before a pretend Zoom of its own: for chaos and for benches."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import sample
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import requests

from service import settings as settings_file
from service.settings import VARIABLES
from service.store import Store
from simulator import Simulator
from workers.embedded import EmbeddedRedis
from workers.ports import is_free

P = TypeVar("P", bound="Plant")
READY_S = 60.0
_ROOT = Path(__file__).parents[1]


class Plant:
    """Starts our processes, each with the environment of the plant; all of them are ended with its stack."""

    def __init__(
        self, folder: Path, redis_url: str, simulator: Simulator, stack: ExitStack, given: Mapping[str, str]
    ) -> None:
        self.folder, self.simulator, self.stack = folder, simulator, stack
        self.port = next(port for port in sample(range(18_000, 19_000), 1000) if is_free(port))  # others look, too
        self.key = secrets.token_urlsafe(24)
        self.given = {
            **simulator.environ(),
            "REDIS_URL": redis_url,
            "PORT": str(self.port),
            "QOSWATCH_SECRET_KEY": secrets.token_urlsafe(32),
            "QOSWATCH_API_KEY": self.key,
            "QOSWATCH_DATA_DIR": str(folder),
            "QOSWATCH_ALLOW_PRIVATE_TARGETS": "yes",
            "QOSWATCH_REQUESTS_PER_MINUTE": "6000000",
            **given,
        }
        unset = {name: "" for each in VARIABLES for name in (each, f"{each}_FILE")}
        self._environ = {**os.environ, **unset, **self.given, "PYTHONPATH": str(_ROOT)}
        self.store = Store.connect(settings_file.load(self.given))
        stack.callback(self.store.close)
        self.log = folder / "log"
        self._out = stack.enter_context(self.log.open("a"))
        self.http = stack.enter_context(requests.Session())
        self.http.trust_env = False

    def start(self, *words: str, **environ: str) -> "subprocess.Popen[bytes]":
        """One of our processes; it is asked to end with everything else here."""
        command = [sys.executable, "-P", "-m", "workers.cli", *words]
        whole = {**self._environ, **environ}
        process = subprocess.Popen(command, env=whole, stdout=self._out, stderr=self._out, cwd=_ROOT)
        self.stack.callback(end, process)
        return process

    def serve(self, **environ: str) -> "subprocess.Popen[bytes]":
        """Start web and wait for it."""
        web = self.start("web", "--host", "127.0.0.1", **environ)
        wait(lambda: _answers(f"{self.url}/livez"), READY_S, "web")
        return web

    @property
    def url(self) -> str:
        """Where web is."""
        return f"http://127.0.0.1:{self.port}"

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API as an admin. Raises requests.RequestException."""
        head = {"Authorization": f"Bearer {self.key}"}
        answer = self.http.request(method, self.url + path, json=body, headers=head, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def plant(make: type[P], simulator: Simulator | None = None, **given: str) -> Iterator[P]:
    """An empty house of processes, ended by their ids."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="qw-plant-")))
        server = stack.enter_context(EmbeddedRedis(folder))
        yield make(folder, server.url, stack.enter_context(simulator or Simulator()), stack, given)


def wait(until: Callable[[], bool], most_s: float, what: str) -> None:
    """Look again and again. Raises TimeoutError."""
    deadline = time.monotonic() + most_s
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {most_s:.0f} s for {what}")
        time.sleep(0.2)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to end, and make it."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False
