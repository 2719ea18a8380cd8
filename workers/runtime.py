"""What a worker works with: settings, store, Zoom and sender, built once per process, replaceable in tests."""

import os
import signal
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import structlog

from service.queues import Queues
from service.settings import Settings
from service.store import Store
from workers.channels.http import Sender
from workers.zoom import Zoom

Point = Literal["claimed", "polled", "decided", "committed", "leased", "posted", "recorded"]
log = structlog.get_logger()


@dataclass(slots=True)
class Crash:
    """`QOSWATCH_DIE_AT=posted:17` ends this process, as by SIGKILL, at the 17th passing of that point."""

    at: str | None
    passed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, point: Point) -> None:
        """Pass a named point; a no-op unless this is the one."""
        if self.at is None:
            return
        with self.lock:
            self.passed[point] += 1
            if self.at == f"{point}:{self.passed[point]}":
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Runtime:
    """Everything that jobs and ticks use."""

    settings: Settings
    store: Store
    queues: Queues
    zoom: Zoom
    sender: Sender
    mark: Crash
    quick: set[str] = field(default_factory=set)  #: channels whose last answer came soon, as this process knows them

    @classmethod
    def build(cls, settings: Settings) -> "Runtime":
        """Wire one process."""
        store = Store.connect(settings)
        queues = Queues(store.redis)
        return cls(settings, store, queues, Zoom(settings, store), Sender(settings), Crash(settings.qoswatch_die_at))

    def close(self) -> None:
        """Give back connections."""
        self.zoom.close()
        self.sender.close()
        self.store.close()
