"""The supervisor: children live while it lives, and not a moment longer."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from workers.supervisor import WRONG_SETTINGS, Child, Supervisor

STEADY = "import os, time\nprint('here', os.getpid(), flush=True)\ntime.sleep(60)"
STUBBORN = "import signal, os, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + STEADY
UP = f"""
import sys, threading
from workers.supervisor import Child, Supervisor
children = [Child("a", [sys.executable, "-c", {STEADY!r}]), Child("b", [sys.executable, "-c", {STUBBORN!r}])]
Supervisor(children, lambda name, line: print(line, flush=True), threading.Event()).run()
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def all_gone(pids: list[int], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, pids))


class Heard:
    """What the children printed; stops the supervisor at the n-th line that has a word."""

    def __init__(self, word: str, times: int, stop: threading.Event) -> None:
        self.lines: list[tuple[str, str]] = []
        self._word, self._times, self._stop = word, times, stop

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        if sum(self._word in line for _, line in self.lines) >= self._times:
            self._stop.set()

    @property
    def pids(self) -> list[int]:
        return [int(line.split()[1]) for _, line in self.lines if line.startswith("here ")]


def run(code: str, word: str, times: int = 1, patience_s: float = 5) -> tuple[int, Heard]:
    stop = threading.Event()
    heard = Heard(word, times, stop)
    children = [Child("child", [sys.executable, "-c", code])]
    return Supervisor(children, heard, stop, patience_s).run(), heard


def test_children_end_with_one_signal_and_their_lines_are_heard() -> None:
    code, heard = run(STEADY, "here")
    assert code == 0
    assert heard.lines[0][0] == "child"
    assert all_gone(heard.pids, 0)


def test_a_child_that_dies_is_started_again() -> None:
    code, heard = run("print('born', flush=True); raise SystemExit(3)", "born", times=2)
    assert code == 0
    assert ("up", "child ended with code 3; starting it again in 0.5 s") in heard.lines


def test_wrong_settings_end_everything_at_once() -> None:
    code, heard = run(f"print('PORT: is too large', flush=True); raise SystemExit({WRONG_SETTINGS})", "never")
    assert code == WRONG_SETTINGS
    assert heard.lines == [("child", "PORT: is too large")]


def test_a_child_that_does_not_listen_is_killed() -> None:
    started = time.monotonic()
    _, heard = run(STUBBORN, "here", patience_s=0.2)
    assert all_gone(heard.pids, 0)
    assert time.monotonic() - started < 8


def test_a_killed_supervisor_takes_its_children_along_within_five_seconds() -> None:
    with subprocess.Popen([sys.executable, "-c", UP], stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout
        pids = [int(up.stdout.readline().split()[1]) for _ in range(2)]
        guards = _children_of(up.pid)
        up.kill()
    assert len(guards) == 2
    assert all_gone(pids + guards, 5)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="/proc tells who is whose child")
def test_ctrl_c_at_the_terminal_reaches_the_supervisor_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", UP], stdout=subprocess.PIPE, text=True, process_group=0) as up:
        assert up.stdout
        pids = [int(up.stdout.readline().split()[1]) for _ in range(2)]
        assert all(os.getpgid(pid) not in (up.pid, os.getpgid(0)) for pid in pids)
        os.killpg(up.pid, signal.SIGKILL)
    assert all_gone(pids, 5)


def _children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]
