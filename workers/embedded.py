"""A Redis of our own: a real server on a unix socket, for people who have none.

Two locks keep one data directory to one server. `up.lock` is held by the process that started the server;
`lock` is held by the server itself, which inherits it, so it is free only when the server is gone. `up.lock`
free and `lock` taken therefore means an orphan, and the next start ends it.
"""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from workers import guard, servers
from workers.errors import EmbeddedError

_SOCKET_LIMIT = 100  # bytes; Linux takes 107, macOS 103
_READY_S = 120.0  # a large append-only file takes a while to load
_ORPHAN_S = 10.0
#: Asks Linux to end the server with its parent, then becomes the server.
_SHIM = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() == int(sys.argv[1]): os.execv(sys.argv[2], sys.argv[2:])
"""


def tied(argv: Sequence[str]) -> list[str]:
    """A command line whose process Linux ends with the thread that starts it; elsewhere the command line itself."""
    if sys.platform != "linux":
        return list(argv)
    return [sys.executable, "-I", "-S", "-c", _SHIM, str(os.getpid()), *argv]


def _ask(path: Path, word: str) -> bytes:
    """One word to the server, its first answer; b"" when nobody answers."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(2)
        link.connect(str(path))
        link.sendall(f"{word}\r\n".encode())
        return link.recv(512)
    return b""


def _noted(folder: Path) -> dict[str, Any]:
    """What the lock file says of the server that holds it."""
    try:
        found = json.loads((folder / "lock").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def running_url(data_dir: Path) -> str | None:
    """The address of the server that an `up` runs on this data directory now, for commands beside it."""
    path = Path(_noted(data_dir / "redis").get("socket", ""))
    return f"unix://{path}" if path.name and _ask(path, "PING").startswith(b"+PONG") else None


class EmbeddedRedis:
    """`with EmbeddedRedis(data_dir) as server: server.url`. Raises EmbeddedError with a sentence.

    Enter it in the main thread: Linux ends the server with the thread that started it.
    """

    def __init__(self, data_dir: Path, *, fresh: bool = False) -> None:
        """`fresh`: throw away what an earlier run left here, once the directory is ours."""
        self._fresh = fresh
        self.folder = (data_dir / "redis").resolve()
        self._locks: list[IO[str]] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._short: Path | None = None
        self._pipe: tuple[int, int] | None = None

    @property
    def socket(self) -> Path:
        """Where the server listens: in the data directory, or in a short folder when that is too long."""
        return (self._short or self.folder) / "redis.sock"

    @property
    def url(self) -> str:
        """The address for a Redis client."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int:
        """The process that we started."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # a mode is that of the last folder only
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        try:
            self._lock()
            if self._fresh:
                self._empty()
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def ensure(self) -> bool:
        """Start the server again if it died; answers whether it had."""
        if self._process is None or self._process.poll() is None:
            return False
        self._start()
        return True

    def close(self) -> None:
        """Stop the server cleanly and give the data directory free."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        for end in self._pipe or ():
            os.close(end)
        self._pipe = None
        if self._short:
            shutil.rmtree(self._short, ignore_errors=True)
            self._short = None
        for lock in self._locks:
            lock.close()
        self._locks.clear()

    def _lock(self) -> None:
        up, server = (self._opened(name) for name in ("up.lock", "lock"))
        if not _gained(up):
            up.seek(0)
            raise EmbeddedError(
                f"another qoswatch (process {up.read().strip() or 'unknown'}) works in {self.folder.parent}: "
                "stop it, or give this one a folder of its own with QOSWATCH_DATA_DIR"
            )
        _write(up, str(os.getpid()))
        deadline = time.monotonic() + _ORPHAN_S
        while not _gained(server):
            self._end_orphan(deadline)

    def _empty(self) -> None:
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        for name in ("server.json", "redis.log"):
            (self.folder / name).unlink(missing_ok=True)

    def _opened(self, name: str) -> IO[str]:
        lock = open(self.folder / name, "a+")  # noqa: SIM115 held until close()
        self._locks.append(lock)
        return lock

    def _end_orphan(self, deadline: float) -> None:
        """The `up` that started it was killed: its server saves and stops, and we take over its data."""
        noted = _noted(self.folder)
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"process {noted.get('pid', 'unknown')}, the server of a qoswatch that was killed, still "
                f"holds {self.folder}: end it with kill, then start again"
            )
        _ask(Path(noted.get("socket", "")), "SHUTDOWN")
        time.sleep(0.05)

    def _start(self) -> None:
        server = servers.chosen(self.folder)
        if self._short is None and len(os.fsencode(self.folder / "redis.sock")) > _SOCKET_LIMIT:
            self._short = Path(tempfile.mkdtemp(prefix="qw-", dir="/tmp"))  # TMPDIR may be long itself
        self._process = self._spawn(server.path)
        self._wait_ready(self._process)
        servers.record(self.folder, server)

    def _spawn(self, binary: Path) -> "subprocess.Popen[bytes]":
        lock = self._locks[1]
        fds, env = [lock.fileno()], dict(os.environ)
        argv = [str(binary), *self._options()]
        if sys.platform == "linux":
            argv = tied(argv)
        else:  # no such request there: a guard ends the server when we are gone
            self._pipe = self._pipe or os.pipe()
            env["_GUARD_FDS"] = str(lock.fileno())
            fds, argv = [*fds, self._pipe[0]], guard.command(self._pipe[0], argv)
        out = subprocess.DEVNULL
        process = subprocess.Popen(
            argv, pass_fds=fds, env=env, stdin=out, stdout=out, stderr=out, process_group=0, cwd=self.folder
        )
        _write(lock, json.dumps({"pid": process.pid, "socket": str(self.socket)}))
        return process

    def _options(self) -> list[str]:
        log, path = str(self.folder / "redis.log"), str(self.socket)
        listen = ["--port", "0", "--unixsocket", path, "--unixsocketperm", "700"]
        keep = ["--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        return [*listen, *keep, "--maxmemory-policy", "noeviction", "--daemonize", "no", "--logfile", log]

    def _wait_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _READY_S
        while not _ask(self.socket, "PING").startswith(b"+PONG"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"our own Redis did not start: {self._last_words()}")
            time.sleep(0.01)

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "redis.log").read_text(errors="replace").splitlines()
        except OSError:
            return f"it left no log in {self.folder}; is the disk full, or the folder not ours?"
        return (lines[-1] if lines else "it said nothing") + f" (all of it: {self.folder / 'redis.log'})"


def _gained(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(lock: IO[str], text: str) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(text)
    lock.flush()
