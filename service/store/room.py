"""How much room Redis has left. Near its end nothing new is registered and no history is kept, so that alerts go on."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from service.store.errors import StoreFull
from service.store.link import Link

TIGHT = 0.85  #: from here on new registrations are refused and figures are not kept
FULL = 0.95  #: from here on it may refuse any moment whatever we write
_ASK_EVERY_S = 2.0
_MB = 1 << 20


class Memory(NamedTuple):
    """What Redis uses and may use at most, in bytes; a `most` of 0: there is no limit."""

    used: int
    most: int

    @property
    def share(self) -> float:
        """The part of it that is used; 0 where there is no limit."""
        return self.used / self.most if self.most else 0.0

    def __str__(self) -> str:
        return f"{100 * self.share:.0f} % of its maxmemory of {self.most / _MB:,.0f} MB"


UNBOUNDED = Memory(0, 0)


def memory_of(info: Mapping[str, Any]) -> Memory:
    """What INFO tells; buffers for replicas and for the file do not count, as Redis itself has it."""
    used = int(info.get("used_memory") or 0) - int(info.get("mem_not_counted_for_evict") or 0)
    return Memory(used, int(info.get("maxmemory") or 0))


class Room:
    """Asked before what may wait; a process asks Redis every two seconds at most."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._known: tuple[float, Memory] | None = None

    def memory(self) -> Memory:
        """How it stands now, or stood a moment ago."""
        here = time.monotonic()
        if self._known is None or here - self._known[0] > _ASK_EVERY_S:
            self._known = (here, memory_of(self._link.info("memory")))
        return self._known[1]

    def is_tight(self) -> bool:
        """Whether what may wait must wait."""
        return self.memory().share >= TIGHT

    def admit(self, kind: str) -> None:
        """Let something new in. Raises StoreFull."""
        if self.is_tight():
            raise StoreFull(
                f"Redis uses {self.memory()}, and from {100 * TIGHT:.0f} % on no new {kind} is taken, so that alerts "
                "go on: raise maxmemory, delete what nobody needs, or shorten QOSWATCH_KEEP_SAMPLES; what is there "
                "can be changed, paused and deleted"
            )
