"""The supervisor of `up` and `worker`: starts children, starts them again when they die, stops them.

A child that dies is started again after 0.5, 1, 2 … 30 s and never given up, since an alert that never comes
is the worst that can happen; only a child that says its settings are wrong (code 78) ends everything.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from workers import guard

WRONG_SETTINGS = 78  #: EX_CONFIG: trying again can not help
LONGEST_PAUSE_S = 30.0
STEADY_S = 10.0  #: a child that lived this long starts its back-off anew


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    process: "subprocess.Popen[str] | None" = None
    started_at: float = 0.0
    again_at: float = 0.0
    deaths: int = 0


class Supervisor:
    """Keeps children alive until `stop` is set. `say(name, line)` gets each line that a child prints."""

    def __init__(
        self,
        children: Sequence[Child],
        say: Callable[[str, str], None],
        stop: threading.Event,
        patience_s: float = 12.0,
    ) -> None:
        self.children, self.stop, self.patience_s = list(children), stop, patience_s
        self._say, self._pumps = say, list[threading.Thread]()
        self._read, self._write = os.pipe()  # its end of file is how the guards learn that we are gone

    def run(self, each_turn: Callable[[], object] = lambda: None) -> int:
        """Start all, keep them, stop them. Answers the return code of the whole."""
        try:
            while not self.stop.is_set():
                for child in self.children:
                    if (code := self._look(child)) is not None:
                        return code
                each_turn()
                self.stop.wait(0.2)
            return 0
        finally:
            self.close()

    def _look(self, child: Child) -> int | None:
        """Start a child that is due; note one that died. Answers a code when everything has to end."""
        now = time.monotonic()
        if child.process is None:
            if now >= child.again_at:
                self._start(child, now)
            return None
        code = child.process.poll()
        if code is None:
            return None
        if code == WRONG_SETTINGS:
            return code
        child.process = None
        child.deaths = 1 if now - child.started_at >= STEADY_S else child.deaths + 1
        pause_s = min(0.5 * 2 ** (child.deaths - 1), LONGEST_PAUSE_S)
        child.again_at = now + pause_s
        self._say("up", f"{child.name} ended with code {code}; starting it again in {pause_s:g} s")
        return None

    def _start(self, child: Child, now: float) -> None:
        child.started_at = now
        child.process = subprocess.Popen(
            guard.command(self._read, list(child.argv)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**child.env, "PYTHONUNBUFFERED": "1"},
            pass_fds=(self._read,),
            process_group=0,  # Ctrl-C reaches us alone: each child gets exactly one signal, from us
        )
        pump = threading.Thread(target=self._pump, args=(child.name, child.process), daemon=True)
        self._pumps = [each for each in self._pumps if each.is_alive()] + [pump]
        pump.start()

    def _pump(self, name: str, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self._say(name, line.rstrip("\n"))

    def close(self) -> None:
        """One SIGTERM for each child, last started first; SIGKILL for those that do not listen."""
        alive = [child for child in reversed(self.children) if child.process is not None]
        for child in alive:
            assert child.process is not None
            child.process.terminate()
        deadline = time.monotonic() + self.patience_s
        for child in alive:
            assert child.process is not None
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            child.process = None if child.process.poll() is not None else child.process
        os.close(self._write)  # a guard whose child did not listen reads the end of file, and kills
        for child in alive:
            if child.process is not None:
                self._say("up", f"{child.name} did not stop in {self.patience_s:g} s and is killed")
                child.process.wait(10)
        os.close(self._read)
        for pump in self._pumps:
            pump.join(2)


@contextlib.contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set. For the main thread."""
    stop = threading.Event()

    def asked(_: int, __: FrameType | None) -> None:
        stop.set()

    before = {sign: signal.signal(sign, asked) for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
