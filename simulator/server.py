"""Starts and stops the pretend Zoom and the inbox, in this process, on ports of their own."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from simulator import desk, scenarios, zoom
from simulator.calls import Calls
from simulator.clock import Clock
from simulator.faults import Faults
from simulator.inbox import Inbox
from simulator.limits import Limits
from simulator.pages import Pages
from simulator.push import Push
from simulator.tokens import Tokens
from simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class Simulator:
    """A Zoom and an inbox for one test, or for a whole demonstration.

    A test uses it like this; nothing here sleeps, and everything is safe to call from any thread:

        @pytest.fixture
        def simulator():
            with Simulator(base=1764000000, speed=0) as running:      # its clock stands still
                yield running

        def test_something(simulator):
            meeting = simulator.world.start("97763643886", topic="Spring Town Hall")     # live from now
            rao = simulator.world.join(meeting.uuid, "Dr Rao", traits=["wifi"])           # rao.user_id
            simulator.world.figures(meeting.uuid, rao.user_id, "audio_input", {"avg_loss": 14})
            simulator.clock.step(minutes=3)          # three rows exist now, each a minute old or older
            ... client with simulator.environ() (ZOOM_API_URL, ZOOM_TOKEN_URL, ids and secret) ...
            simulator.faults.add("429-day", path="/qos", count=1)
            assert simulator.calls.count(path="/qos") == 4

            simulator.push.to(url_of_a_receiver, "secret")        # webhooks from now on …
            simulator.push.flush()                                # … sent in order, when asked

            hook = simulator.slack_url("T1/B1/secret")            # or simulator.teams_url("flow1")
            simulator.inbox.behave("T1/B1/secret", "429", count=1, retry_after=2)
            assert [post.body["text"] for post in simulator.inbox.posts("T1/B1/secret")] == [...]

            simulator.world.drop_out(meeting.uuid, rao.user_id)            # … rejoin, breakout, wait, admit
            simulator.play("six-meetings")                                 # or another of scenarios.py

    Meetings are named by number (the latest instance) or by UUID. `speed=12, base=<unix>` tells the
    same time as QOSWATCH_TEST_CLOCK=12@<unix>.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        base: float | None = None,
        speed: float = 1.0,
        zoom_port: int = 0,
        inbox_port: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        self.clock = Clock(base, speed)
        self.stopping = threading.Event()
        self.calls = Calls(self.clock)
        self.world = World(self.clock, seed)
        self.tokens = Tokens(self.clock, seed)
        self.limits = Limits(self.clock)
        self.pages = Pages(self.clock, seed)
        self.faults = Faults(self.clock)
        self.inbox = Inbox(self.clock)
        self.push = Push(self.world, self.tokens.account_id)
        self._host, self._zoom_port, self._inbox_port = host, zoom_port, inbox_port
        self.casts: list[scenarios.Cast] = []
        """What play() has put on."""
        self._servers: list[_Server] = []

    def start(self) -> Self:
        """Open both ports. Raises OSError when one is taken."""
        self.stopping.clear()
        try:
            self._servers.append(_Server(self._host, self._zoom_port, zoom.create_app(self)))
            self._servers.append(_Server(self._host, self._inbox_port, desk.create_app(self)))
        except OSError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End what still waits, then close every socket."""
        self.stopping.set()
        self.push.off()
        while self._servers:
            self._servers.pop().stop()

    def play(self, name: str) -> scenarios.Cast:
        """Put a scenario on, from now."""
        return scenarios.play(name, self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the pretend Zoom is; its control API is under /sim/."""
        return self._servers[0].url

    @property
    def zoom_url(self) -> str:
        """What ZOOM_API_URL should be."""
        return self.url + "/v2"

    @property
    def token_url(self) -> str:
        """What ZOOM_TOKEN_URL should be."""
        return self.url + "/oauth/token"

    @property
    def inbox_url(self) -> str:
        """The inbox: its page at /, its records at /inbox.json."""
        return self._servers[1].url

    def slack_url(self, hook: str = "T1/B1/secret") -> str:
        """An incoming webhook; `hook` names the destination in the inbox."""
        return f"{self.inbox_url}/services/{hook}"

    def teams_url(self, flow: str = "flow1", sig: str = "pretend-sig") -> str:
        """A Workflows trigger; `flow` names the destination in the inbox."""
        query = f"api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={sig}"
        return f"{self.inbox_url}/workflows/{flow}/triggers/manual/paths/invoke?{query}"

    def pagerduty_url(self) -> str:
        """Where PagerDuty takes events; an event's routing key names the destination in the inbox."""
        return f"{self.inbox_url}/pagerduty/v2/enqueue"

    def hook_url(self, name: str = "hook1") -> str:
        """A program that takes webhooks; `name` names the destination in the inbox."""
        return f"{self.inbox_url}/hook/{name}"

    def environ(self) -> dict[str, str]:
        """The settings that lead a client here."""
        return {
            "ZOOM_API_URL": self.zoom_url,
            "ZOOM_TOKEN_URL": self.token_url,
            "ZOOM_ACCOUNT_ID": self.tokens.account_id,
            "ZOOM_CLIENT_ID": self.tokens.client_id,
            "ZOOM_CLIENT_SECRET": self.tokens.client_secret,
        }


class _Quiet(WSGIRequestHandler):
    """Writes no line per request; a client that opens a connection and says nothing is let go."""

    timeout = 10
    protocol_version = "HTTP/1.1"

    def connection_dropped(self, error: BaseException, environ: "WSGIEnvironment | None" = None) -> None:
        """End the connection, with a reset where the network allows it, instead of awaiting more."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: calls and posts are recorded, not printed."""


class _Server:
    """One port with one application behind it."""

    def __init__(self, host: str, port: int, app: "WSGIApplication") -> None:
        try:
            self._server = make_server(host, port, app, threaded=True, request_handler=_Quiet)
        except SystemExit as error:  # werkzeug leaves the whole program when a port is taken
            raise OSError(f"port {port} on {host} is taken") from error
        self.url = f"http://{host}:{self._server.port}"
        # Threads that are waited for at the end leave no open socket behind.
        self._server.daemon_threads = False  # type: ignore[attr-defined]  # of its ThreadingMixIn
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
