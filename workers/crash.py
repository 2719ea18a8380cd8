"""Named points at which a process can be made to die, as it might anywhere: for tests and trials."""

import os
import signal
import threading
from collections import Counter
from dataclasses import dataclass, field

from service.settings import Point


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
