"""A port before the inbox that lets posts through, or does to them what a test wants."""

import contextlib
import re
import selectors
import socket
import struct
import threading
from urllib.parse import urlsplit, urlunsplit

from tests.rude import Rude

_CHUNK = 65_536


class Door:
    """Open at first. `shut` refuses connections, `be` answers each request in another way, `open` lets them in."""

    def __init__(self, leads_to: str) -> None:
        self._inside = urlsplit(leads_to)
        self._lock, self._held = threading.Lock(), set[socket.socket]()
        self._rude: Rude | None = None
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._port = 0
        self.ids: list[str] = []  #: the deliveries that were answered rudely
        self.open()

    @property
    def url(self) -> str:
        """The address that leads through this door."""
        return urlunsplit(self._inside._replace(netloc=f"127.0.0.1:{self._port}"))

    def open(self) -> None:
        """Let everybody through."""
        self._change(None, listens=True)

    def shut(self) -> None:
        """Nobody listens."""
        self._change(None, listens=False)

    def be(self, rude: Rude) -> None:
        """Answer each request so."""
        self._change(rude, listens=True)

    def close(self) -> None:
        """Shut for good."""
        self.shut()
        for thread in self._threads:
            thread.join(10)

    def _change(self, rude: Rude | None, *, listens: bool) -> None:
        was_open, self._rude = self._rude is None, rude
        if was_open:  # what hangs goes on hanging, as nobody would answer it later either
            with self._lock:
                held, self._held = self._held, set()
            for connection in held:
                _reset(connection)
        if listens and self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port), backlog=128)
            self._port = self._listener.getsockname()[1]
            self._run(self._listen, self._listener)
        elif not listens and self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _run(self, work: object, *given: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=given, daemon=True))
        self._threads[-1].start()

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._held.add(connection)
            self._run(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        rude = self._rude
        with connection, contextlib.suppress(OSError):
            if rude is None:
                self._relay(connection)
            elif asked := connection.recv(_CHUNK):
                self.ids += re.findall(r"X-Qoswatch-Delivery: (\S+)", asked.decode("utf-8", "replace"))
                rude(connection)

    def _relay(self, outside: socket.socket) -> None:
        with (
            socket.create_connection((self._inside.hostname, self._inside.port)) as inside,
            selectors.DefaultSelector() as ready,
        ):
            ready.register(outside, selectors.EVENT_READ, inside)
            ready.register(inside, selectors.EVENT_READ, outside)
            while True:
                for key, _ in ready.select():
                    said = key.fileobj.recv(_CHUNK)
                    if not said:
                        return
                    key.data.sendall(said)


def silence(connection: socket.socket) -> None:
    """Never answer: until the other side leaves, or the door changes."""
    connection.settimeout(120)
    connection.recv(_CHUNK)


def _reset(connection: socket.socket) -> None:
    """End a connection as if its machine was gone."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    """Break the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
