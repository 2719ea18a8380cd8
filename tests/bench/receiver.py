"""A receiver that is never what is measured: a process of its own that takes every POST and notes when it came.

`python -m tests.bench.receiver` prints its port. `GET /posts` answers what came so far, `GET /forget` begins anew.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Post:
    """A POST: when its last byte came, by `time.monotonic()`, which all processes share; where to, and what it says."""

    at: float
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the receiver is, and what it has."""

    url: str

    def posts(self) -> Sequence[Post]:
        """What came so far, in order."""
        return [Post(*each) for each in self._ask("posts").json()]

    def count(self) -> int:
        """How many came so far."""
        return int(self._ask("count").json())

    def forget(self) -> None:
        """Begin anew."""
        self._ask("forget")

    def _ask(self, what: str) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{self.url}/{what}", timeout=30)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver, ended by its id."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-P", "-m", "tests.bench.receiver"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            yield Receiver(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, kept: list[tuple[float, bytes, bytes]]) -> None:
        self._kept, self._read = kept, bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connects."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A request, or a part of one; the next one comes only after the answer."""
        now = time.monotonic()
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or self._transport is None or len(body) < (int(length[1]) if length else 0):
            return
        self._read.clear()
        verb, path, _ = bytes(head).split(b" ", 2)
        if verb == b"POST":
            self._kept.append((now, path, bytes(body)))
            self._transport.write(_TAKEN)
        else:
            self._transport.write(self._told(path))

    def _told(self, path: bytes) -> bytes:
        if path == b"/forget":
            self._kept.clear()
        posts = [(at, where.decode(), body.decode()) for at, where, body in self._kept] if path == b"/posts" else None
        text = json.dumps(len(self._kept) if posts is None else posts).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text)


async def _serve() -> None:
    kept: list[tuple[float, bytes, bytes]] = []
    server = await asyncio.get_running_loop().create_server(lambda: Line(kept), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
