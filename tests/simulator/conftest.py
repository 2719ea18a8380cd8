"""A simulator whose clock stands still at a whole minute, a caller who holds its token, a receiver of webhooks."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from simulator import Simulator

BASE = 1764000000  # 2025-11-24T16:00:00Z
Ask = Callable[..., requests.Response]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(base=BASE, speed=0) as running:
        yield running


@pytest.fixture
def look(simulator: Simulator) -> Ask:
    """GET under /v2/metrics/ with a bearer that counts."""

    def get(path: str, **query: Any) -> requests.Response:
        simulator.tokens.accept("ready")
        headers = {"Authorization": "Bearer ready"}
        return requests.get(f"{simulator.zoom_url}/metrics/{path}", params=query, headers=headers, timeout=5)

    return get


@pytest.fixture
def ask(look: Ask) -> Ask:
    """GET under /v2/metrics/meetings/ with a bearer that counts."""
    return lambda path, **query: look(f"meetings/{path}", **query)


class Receiver:
    """A web server that takes webhooks, keeps them, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.answer: Callable[[Any], bytes] = lambda body: b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/zoom"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, raw))
                answer = receiver.answer(json.loads(raw))
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                """Nothing."""

        return Handler

    @property
    def bodies(self) -> list[Any]:
        """What came, oldest first."""
        return [json.loads(raw) for _, raw in self.got]

    @property
    def events(self) -> list[str]:
        """The events' names, oldest first."""
        return [body["event"] for body in self.bodies]

    def only(self, event: str) -> Any:
        """The one object that came with this event."""
        (one,) = [body["payload"]["object"] for body in self.bodies if body["event"] == event]
        return one

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()
