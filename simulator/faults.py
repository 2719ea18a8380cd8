"""What goes wrong on demand: which calls, how often or until when, and in which way."""

import re
import threading
from dataclasses import dataclass
from typing import Any

from simulator import answers
from simulator.clock import Clock

KINDS = answers.KINDS | {"429-second", "429-day", "slow", "truncated", "not-json", "empty", "reset"}


@dataclass
class Fault:
    """One thing that goes wrong, for calls whose path (as sent) the pattern is found in."""

    kind: str
    path: str = ""
    count: int | None = None
    """So many calls; None: no end by count."""
    since: float | None = None
    until: float | None = None
    """By the simulator's clock."""
    seconds: float = 5.0
    """How slow, in real seconds (kind "slow")."""
    status: int | None = None
    """Another status than the usual, as 400 for code 124."""
    detail: str = ""
    """What a message names: the scope of 4711."""
    message: str = ""
    headers: bool | None = None
    """Whether a 429 has its headers; None: as the limits have it."""
    retry_after: str = ""
    """"iso", "http-date", "seconds", or a text as it is."""
    code: int = 0
    """Another code in a 429, as 4001."""
    text: str = "<html><body><h1>Zoom is being looked after</h1></body></html>"
    """The body of kind "not-json"."""
    hits: int = 0

    def meets(self, path: str, now: float) -> bool:
        """Whether this call, now, is one of its calls."""
        return (
            (self.count is None or self.hits < self.count)
            and (self.since is None or self.since <= now)
            and (self.until is None or now < self.until)
            and re.search(self.path, path) is not None
        )


class Faults:
    """All faults there are; the first that meets a call has it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all: list[Fault] = []

    def add(self, kind: str, path: str = "", *, for_s: float | None = None, in_s: float = 0.0, **more: Any) -> Fault:
        """Let calls go wrong; `in_s` and `for_s` are simulated seconds, `more` is as Fault has it."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}: there are {', '.join(sorted(KINDS))}")
        re.compile(path)
        begin = self._clock.now() + in_s
        if in_s:
            more.setdefault("since", begin)
        if for_s is not None:
            more.setdefault("until", begin + for_s)
        fault = Fault(kind, path, **more)
        with self._lock:
            self._all.append(fault)
        return fault

    def take(self, path: str) -> Fault | None:
        """The fault that this call meets, counted."""
        with self._lock:
            now = self._clock.now()
            for fault in self._all:
                if fault.meets(path, now):
                    fault.hits += 1
                    return fault
            return None

    def clear(self) -> None:
        """Everything works again."""
        with self._lock:
            self._all.clear()

    def list(self) -> list[Fault]:
        """Those there are, spent ones too."""
        with self._lock:
            return [*self._all]
