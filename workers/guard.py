"""The guard that stands between `up` and each child: when `up` is gone, so is the child.

`up` holds the writing end of a pipe and never writes. The guard reads it; an end of file means that `up`
died, however it died, and the guard ends its child's process group: SIGTERM, then SIGKILL after two seconds
(guards stand inside guards: two of them must be done within five). Run as a script by path, with the standard
library only, so that it starts in a few milliseconds.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from types import FrameType

GRACE_S = 2.0


def command(pipe: int, argv: list[str]) -> list[str]:
    """The command line that runs `argv` under a guard reading the descriptor `pipe`."""
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), str(pipe), *argv]


def _end(child: "subprocess.Popen[bytes]") -> None:
    for sign, patience_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, 1.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)
            return


def _watch(child: "subprocess.Popen[bytes]", pipe: int) -> int:
    """Wait for the child, or for the end of `up`."""
    pause_s = 0.01
    while child.poll() is None:
        readable, _, _ = select.select([pipe], [], [], pause_s)
        if readable and not os.read(pipe, 1):
            _end(child)
        pause_s = min(pause_s * 2, 0.2)
    return child.returncode


def main(pipe: int, argv: list[str]) -> int:
    """Run `argv` in a process group of its own, hand on SIGTERM and SIGINT, answer its return code."""
    asked: list[int] = []
    children: list[subprocess.Popen[bytes]] = []

    def hand_on(sign: int, _: FrameType | None) -> None:
        asked.append(sign)
        if children and children[0].poll() is None:
            children[0].send_signal(sign)

    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGINT, hand_on)
    if asked:
        return 0
    fds = tuple(int(each) for each in os.environ.pop("_GUARD_FDS", "").split(",") if each)
    children.append(subprocess.Popen(argv, process_group=0, pass_fds=fds))
    if asked:  # it came while the child was being born
        children[0].send_signal(asked[-1])
    code = _watch(children[0], pipe)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
