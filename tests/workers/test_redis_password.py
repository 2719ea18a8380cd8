"""The password of REDIS_URL is told by nobody: not when Redis is away, not when it refuses and quotes it."""

import logging
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.settings import Settings
from service.store import Store
from workers import cli

PASSWORD = "redissecretletters"
WAY = "redis://qosuser:{0}@127.0.0.1:{1}/0"
SENTINELS = "redis+sentinel://qosuser:{0}@127.0.0.1:{1}/service/0?sentinel_user=watch&sentinel_password={0}"
COMMANDS = ["doctor", "web", "scheduler", "worker --queue poll", "keys list", "reseal", "deliveries", "oncall"]


class _Quoting(socketserver.StreamRequestHandler):
    """Refuses each command as an old Redis does, quoting all of it; or as one that knows no such user."""

    timeout = 5
    server: "Old"

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = [self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2] for _ in range(int(line[1:]))]
            self.server.heard += words
            quoted = b", ".join(b"`%s`" % word for word in words[1:])
            self.wfile.write(self.server.refusal % {b"command": words[0], b"quoted": quoted})


class Old(socketserver.ThreadingTCPServer):
    """A server of another time."""

    def __init__(self, refusal: bytes) -> None:
        self.refusal, self.heard = refusal, list[bytes]()
        super().__init__(("127.0.0.1", 0), _Quoting)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command says with a Redis at this port, whatever it ends with."""
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers])  # `main` puts its own there

    def run(command: str, port: int, way: str = WAY) -> str:
        monkeypatch.setenv("REDIS_URL", way.format(PASSWORD, port))
        monkeypatch.setenv("QOSWATCH_SECRET_KEY", "a-secret-of-a-test-that-is-long-enough")
        monkeypatch.setenv("QOSWATCH_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("ZOOM_API_URL", f"http://127.0.0.1:{port}/v2")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("workers.web.run", lambda settings, host: _opened(settings))
        assert cli.main(command.split()) != 0
        captured = capfd.readouterr()
        return captured.out + captured.err

    return run


def _opened(settings: Settings) -> int:
    Store.connect(settings)
    return 0


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_when_redis_is_away(command: str, told: Callable[..., str], nobody: int) -> None:
    said = told(command, nobody)
    assert "Redis can not be reached" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "refusal",
    [
        b"-ERR unknown command `%(command)s`, with args beginning with: %(quoted)s\r\n",
        b"-WRONGPASS invalid username-password pair or user is disabled.\r\n",
    ],
    ids=["too-old", "wrong-password"],
)
def test_when_redis_refuses_us(command: str, refusal: bytes, told: Callable[..., str]) -> None:
    server = Old(refusal)
    try:
        said = told(command, server.server_address[1])
    finally:
        server.close()
    assert PASSWORD.encode() in server.heard
    assert "Redis can not be reached" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("command", ["doctor", "scheduler", "keys list"])
def test_when_no_sentinel_answers_or_one_quotes_us(command: str, told: Callable[..., str], nobody: int) -> None:
    server = Old(b"-ERR unknown command `%(command)s`, with args beginning with: %(quoted)s\r\n")
    try:
        said = told(command, nobody, SENTINELS) + told(command, server.server_address[1], SENTINELS)
    finally:
        server.close()
    assert PASSWORD.encode() in server.heard
    assert "no Sentinel names a primary" in said
    assert PASSWORD not in said
