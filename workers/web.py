"""The web process: gunicorn around the API, started by us and not by gunicorn's own command.

That command puts the current folder first on the path and opens a control socket shared by every gunicorn of
the user. The API is named, not imported: workers know nothing of it but its door.
"""

import contextlib
import socket
import time
from importlib import import_module
from typing import Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from service.queues import QueueName, Queues
from service.settings import Settings
from service.store import Store
from workers.crash import Crash
from workers.errors import CommandError
from workers.ports import is_free

API = "service.app"
REQUEST_S = 20  #: so long may a request and its answer take, from the first byte to the last
LEAVE_S, LEAVE_READS = 2.0, 16  #: for who does not hang up, or goes on talking
log = structlog.get_logger()


class OurLog(Logger):
    """Gunicorn's lines go the way of all lines."""

    def setup(self, cfg: Config) -> None:
        """As gunicorn does, then hand everything to the root logger."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Patient(ThreadWorker):
    """Threads that wait for a slow client so long and no longer: eight that send half a request would have them all.

    They take leave of clients, too. Gunicorn does that where it accepts connections, for two seconds each: one client
    that does not hang up after its answer would keep everybody waiting.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        """One request, in a thread."""
        self._begun[conn] = time.monotonic()
        try:
            goes_on = super().handle(conn)
            if goes_on is False:
                _take_leave(conn.sock)
            return goes_on
        finally:
            del self._begun[conn]

    def murder_pending(self) -> None:
        """Each second: who takes too long is cut off, and their thread reads the end."""
        super().murder_pending()
        for conn, begun in list(self._begun.items()):
            if time.monotonic() - begun > REQUEST_S:
                with contextlib.suppress(OSError):  # it has just gone by itself
                    conn.sock.shutdown(socket.SHUT_RDWR)


def _take_leave(sock: socket.socket) -> None:
    """No more from us; what they still send is read, so that no answer is lost. Then nothing is left to wait for."""
    ends = time.monotonic() + LEAVE_S
    with contextlib.suppress(OSError):  # they have gone, or keep silent for too long
        sock.shutdown(socket.SHUT_WR)
        for _ in range(LEAVE_READS):
            sock.settimeout(max(0.01, ends - time.monotonic()))
            if not sock.recv(4096):
                break
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class Waking:
    """Wakes workers for the API, with a crash point on each side: by then everything is written, and nobody knows."""

    def __init__(self, queues: Queues, mark: Crash) -> None:
        self._queues, self._mark = queues, mark

    def deliver(self) -> None:
        """Wake a sender."""
        self._mark("kept")
        self._queues.deliver()
        self._mark("woken")

    def drain(self) -> None:
        """Wake a drainer of what Zoom pushes."""
        self._mark("kept")
        self._queues.drain()
        self._mark("woken")

    def length(self, name: QueueName) -> int:
        """How many jobs wait."""
        return self._queues.length(name)


class Web(BaseApplication):
    """One process of eight threads: an API for people and their scripts, not for the world."""

    def __init__(self, settings: Settings, host: str) -> None:
        self._settings, self._host = settings, host
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings, all from here: no file, no GUNICORN_CMD_ARGS."""
        for name, value in {
            "bind": f"{f'[{self._host}]' if ':' in self._host else self._host}:{self._settings.port}",
            "worker_class": Patient,
            "workers": 1,
            "threads": 8,
            "graceful_timeout": 5,
            "accesslog": None,
            "logger_class": OurLog,
            "loglevel": "warning",
            "control_socket_disable": True,
            "proc_name": "qoswatch-web",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The API, built in the process that serves it: connections are not shared over a fork."""
        store = Store.connect(self._settings, hasty=True)
        waker = Waking(Queues(store.redis), Crash(self._settings.qoswatch_die_at))
        return import_module(API).create_app(self._settings, store, waker)


def run(settings: Settings, host: str) -> int:
    """Serve until SIGTERM; requests in hand are answered."""
    if not is_free(settings.port, host):
        raise CommandError(f"port {settings.port} is taken: set PORT to another one, or stop what listens there")
    _greet(settings)
    Web(settings, host).run()
    return 0


def _greet(settings: Settings) -> None:
    """A Redis that will not do is named once, here; the key that the environment gives is taken in."""
    store = Store.connect(settings)
    try:
        if key := settings.qoswatch_api_key:
            store.keys_.adopt(key.get_secret_value(), "admin", "QOSWATCH_API_KEY")
    finally:
        store.close()
