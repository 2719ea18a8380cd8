"""What every test shares: a real Redis of its own, and sockets that stay on this machine."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import settings

from service.settings import VARIABLES
from service.store import room
from workers import servers
from workers.embedded import tied

# how long one example takes is the machine's business
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")
_BALLAST = 60_000_000  # beside it, what buffers take now and then is little
_ROOT = Path(__file__).parent.parent
_LOOPBACK = {"127.0.0.1", "::1", "localhost", b"localhost", "", None}


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[Path]:
    """A real server on a unix socket, without persistence, for this test process alone; it dies with us."""
    with tempfile.TemporaryDirectory(prefix="qw-") as folder:
        path = Path(folder, "redis.sock")
        binary = next(str(server.path) for server in servers.here() if server.version >= servers.OLDEST)
        args = [binary, "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        args += ["--dir", folder, "--appendonly", "no", "--save", "", "--logfile", f"{folder}/log"]
        with subprocess.Popen(tied(args), stdout=subprocess.DEVNULL) as server:
            try:
                _wait_for(path, server)
                yield path
            finally:
                server.terminate()


def _wait_for(path: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    with redis.Redis(unix_socket_path=str(path)) as probe:
        while server.poll() is None and time.monotonic() < deadline:
            try:
                probe.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.01)
    raise RuntimeError(f"the tests' own Redis did not start: {path.with_name('log').read_text()[-500:]}")


@pytest.fixture
def redis_client(redis_socket: Path) -> Iterator["redis.Redis[Any]"]:
    """An empty database, answers as bytes."""
    with redis.Redis(unix_socket_path=str(redis_socket)) as client:
        client.flushall()
        yield client


@pytest.fixture
def press(redis_client: "redis.Redis[Any]", monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """press(0.87): the server may use so little that so much of it is used; it is asked anew each time."""
    monkeypatch.setattr(room, "_ASK_EVERY_S", 0.0)
    redis_client.setrange("ballast", _BALLAST, "x")

    def pressed(share: float) -> None:
        used = room.memory_of(redis_client.info("memory")).used
        redis_client.config_set("maxmemory", int(used / share))

    yield pressed
    redis_client.config_set("maxmemory", 0)


@pytest.fixture(scope="session")
def child_env() -> dict[str, str]:
    """The environment for processes that a test starts: none of the caller's settings, sockets closed there too."""
    unset = {name: "" for each in VARIABLES for name in (each, f"{each}_FILE")}  # over a developer's .env, too
    path = [str(_ROOT / "tests/children"), str(_ROOT)]
    return {**os.environ, **unset, "PYTHONPATH": os.pathsep.join(path), "PYTHONWARNINGS": "default"}


@pytest.fixture(autouse=True)
def closed_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets beyond loopback are closed: a test that reaches out fails by name."""
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def allowed(family: int, address: Any) -> None:
        if family != socket.AF_UNIX and address[0] not in _LOOPBACK:
            raise RuntimeError(f"a test tried to connect to {address!r}: only loopback is open")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        allowed(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        allowed(self.family, address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in _LOOPBACK:
            raise RuntimeError(f"a test tried to resolve {host!r}: only loopback is open")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person who runs the tests has set must not decide them."""
    for name in list(os.environ):
        if name.removesuffix("_FILE") in VARIABLES or name.startswith(("QOSWATCH_", "ZOOM_")):
            monkeypatch.delenv(name)


def pytest_sessionstart() -> None:
    """Say it once, in words, when there is no server to test with."""
    if not servers.here():
        pytest.exit("no redis-server or valkey-server here: apk add valkey, or apt install redis-server", 2)
