"""Doors into the pretend Zoom, one a process, so that whoever asks is known by the door."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.serving import WSGIRequestHandler, make_server

from simulator import Simulator
from simulator.zoom import create_app

_MEETING = re.compile(r"/metrics/(?:meetings|webinars)/([^/]+)/participants(/qos)?")


class Asked(NamedTuple):
    """A call about the people of a meeting: when, by Zoom's clock, and whether it asks for a first bulk page."""

    at: float
    meeting: str
    first: bool


@dataclass
class Door:
    """One address of the pretend Zoom."""

    simulator: Simulator
    url: str = ""
    calls: list[Asked] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def through(self, inner: Any) -> Any:
        """The application, with a note of every call when it arrives."""

        def app(environ: Any, start: Any) -> Any:
            found = _MEETING.search(environ["REQUEST_URI"])
            if found:
                first = bool(found[2]) and "next_page_token" not in environ["QUERY_STRING"]
                asked = Asked(self.simulator.clock.now(), found[1], first)
                with self._lock:
                    self.calls.append(asked)
            return inner(environ, start)

        return app


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: calls are noted, not printed."""


@contextmanager
def door(simulator: Simulator) -> Iterator[Door]:
    """One more address of a simulator that runs."""
    made = Door(simulator)
    app = made.through(create_app(simulator))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    made.url = f"http://127.0.0.1:{server.server_port}/v2"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(what: Any, most_s: float) -> bool:
    """Wait for something that comes soon or not at all."""
    deadline = time.monotonic() + most_s
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
