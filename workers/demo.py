"""The demonstration of `up`: a pretend Zoom, real everything else, and a call that breaks while you look.

It lives in <data dir>/demo with a Redis of its own, emptied at each start, and tells the registered channels of
the pretend inbox; with SLACK_URL a real Slack hears it too, marked TEST.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

import requests

from service.settings import VARIABLES, Settings, load
from workers import launch, ports
from workers.embedded import EmbeddedRedis
from workers.errors import CommandError
from workers.supervisor import Child, Supervisor
from workers.tour import SPEED, Servers, tell

_INBOX, _ZOOM = 8025, 8026


class Demonstration:
    """One demonstration, from start to Ctrl-C."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings, self._stop = settings, stop
        self._folder = settings.qoswatch_data_dir / "demo"
        self._base = int(time.time())
        self._fault: str | None = None

    def run(self) -> int:
        """Start everything, tell the story, end everything."""
        with EmbeddedRedis(self._folder, fresh=True) as server, open(self._folder / "log", "w") as log:
            self._ports()
            env = self._environment(server.url)
            settings = load(env)
            key = launch.first_key(settings)
            self._screen(key or "")
            supervisor = Supervisor(self._children(env), _writer(log), self._stop)
            teller = threading.Thread(target=self._tell, args=(key or "",), daemon=True)
            teller.start()
            code = supervisor.run(server.ensure)
            self._stop.set()
            teller.join(5)
        if self._fault or code:
            raise CommandError(self._fault or f"a part of it could not start: {self._folder / 'log'} says why")
        print("qoswatch: stopped.", flush=True)
        return 0

    def _ports(self) -> None:
        self._port = ports.free(self._settings.port)
        self._inbox_port = ports.free(_INBOX)
        self._zoom_port = ports.free(_ZOOM)
        self._api, self._inbox, self._zoom = (
            f"http://127.0.0.1:{port}" for port in (self._port, self._inbox_port, self._zoom_port)
        )

    def _environment(self, redis_url: str) -> dict[str, str]:
        """Nothing of the user's own settings but the time zone: the demonstration touches nothing of theirs."""
        foreign = {name for each in VARIABLES for name in (each, f"{each}_FILE")}
        env = {name: value for name, value in os.environ.items() if name not in foreign}
        env |= {
            "ZOOM_API_URL": f"{self._zoom}/v2",
            "ZOOM_TOKEN_URL": f"{self._zoom}/oauth/token",
            "ZOOM_ACCOUNT_ID": "pretend-account",
            "ZOOM_CLIENT_ID": "pretend-client",
            "ZOOM_CLIENT_SECRET": "pretend-client-secret",
            "QOSWATCH_TZ": self._settings.qoswatch_tz,
            "QOSWATCH_TEST_CLOCK": f"{SPEED}@{self._base}",
            "QOSWATCH_ALLOW_PRIVATE_TARGETS": "1",
            "PUBLIC_URL": self._api,
        }
        env = launch.env_for(self._home(redis_url), env, PORT=str(self._port))
        return {name: value for name, value in env.items() if name != "FORCE_COLOR"}  # our lines go to a file

    def _home(self, redis_url: str) -> Settings:
        changes = {"qoswatch_data_dir": self._folder, "redis_url": redis_url, "qoswatch_secret_key": None}
        return self._settings.model_copy(update=changes)

    def _children(self, env: dict[str, str]) -> list[Child]:
        """The pretend Zoom first: it has a clock of its own, which tells the same time."""
        words = ["--zoom-port", str(self._zoom_port), "--inbox-port", str(self._inbox_port)]
        words += ["--speed", str(SPEED), "--base", str(self._base)]
        simulator = Child("simulator", [sys.executable, "-P", "-m", "simulator", *words], env)
        return [simulator, *launch.children(env)]

    def _screen(self, key: str) -> None:
        print(f"  look    {self._inbox}        what Slack and Teams would show")
        print(f"  docs    {self._api}/docs   the API")
        print(f"  key     {key}   (shown this once)")
        if self._settings.slack_url:
            print("  slack   your own hears the alert too, marked TEST")
        print(f"  log     {self._folder / 'log'}", flush=True)

    def _tell(self, key: str) -> None:
        """The story, told from the outside; when it breaks off, so does everything."""
        try:
            tell(Servers(self._api, self._inbox, self._zoom), key, self._settings, self._stop)
        except (requests.RequestException, CommandError) as error:
            if not self._stop.is_set():
                self._fault = f"the demonstration broke off ({error}); {self._folder / 'log'} says more"
                self._stop.set()


def _writer(log: TextIO) -> Callable[[str, str], None]:
    def write(name: str, line: str) -> None:
        print(f"{name:<9} | {line}", file=log, flush=True)

    return write
