"""Servers that answer rudely: no HTTP, no end, a byte now and then, something else than they said."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

OK = b"HTTP/1.1 200 OK\r\n"
DRIP_S = 0.02
Rude = Callable[[socket.socket], None]


@contextmanager
def a_server(answer: Rude, *, listens: bool = True) -> Iterator[tuple[str, list[bytes]]]:
    """A bare server that does this to each connection; answers its address and what it was asked.

    Unless it `listens` it speaks first.
    """
    asked: list[bytes] = []
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                asked.append(connection.recv(65_536) if listens else b"")
                answer(connection)
            except OSError:
                return  # the client left

    def listen() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,)))
            threads[-1].start()

    listening = threading.Thread(target=listen)
    listening.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        listening.join()
        for thread in threads:
            thread.join()


def said(answer: bytes) -> Rude:
    """These bytes, and the connection is closed."""
    return lambda connection: connection.sendall(answer)


def flood(begin: bytes, again: bytes) -> Rude:
    """No end."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(begin)
        while True:
            connection.sendall(again)

    return answer


def drip(begin: bytes, again: bytes) -> Rude:
    """A byte now and then, without end: each comes long before a read would be given up."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(begin)
        while True:
            for place in range(len(again)):
                connection.sendall(again[place : place + 1])
                time.sleep(DRIP_S)

    return answer


def _bomb(layers: int = 1, mb: int = 64) -> bytes:
    packed = bytes(mb << 20)
    for _ in range(layers):
        packed = gzip.compress(packed, 9)
    encodings = ", ".join(["gzip"] * layers).encode()
    return OK + b"Content-Encoding: " + encodings + b"\r\nConnection: close\r\n\r\n" + packed


def bombs() -> Mapping[str, Rude]:
    """Small answers that unpack to something huge."""
    return {"gzip bomb": said(_bomb()), "gzip bomb in a gzip bomb": said(_bomb(layers=2))}


def patience_s(name: str) -> float:
    """How long to wait in a test: what never ends is waited for to the end, and nothing else should be."""
    return 0.8 if "drip" in name or "without end" in name else 10.0


#: Answers whose head is none: nobody can tell what they mean.
NO_HEAD: Mapping[str, Rude] = {
    "closed without a word": said(b""),
    "not HTTP": said(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "no number for a status": said(b"HTTP/1.1 yes ok\r\n\r\n"),
    "a status line without end": flood(b"HTTP/1.1 200 ", b"O" * 65_536),
    "a header without end": flood(OK + b"X-Long: ", b"x" * 65_536),
    "headers without end": flood(OK, b"X-More: 1\r\n"),
    "continue without end": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a status line that drips": drip(b"HTTP/1.1 200 ", b"O"),
    "headers that drip": drip(OK, b"X-More: 1\r\n"),
    "continue that drips": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}

#: Answers whose head says 200, and whose body is something else than was said, or never ends.
NO_BODY: Mapping[str, Rude] = {
    "a body that drips": drip(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "a body without end": flood(OK + b"\r\n", b"x" * 65_536),
    "chunks without end": flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "a chunk's size that drips": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "a chunk's size without end": flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
    "trailers without end": flood(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: 1\r\n"),
    "trailers that drip": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: 1\r\n"),
    "no chunks": said(OK + b"Transfer-Encoding: chunked\r\n\r\nthis is no number\r\n"),
    "shorter than it said": said(OK + b"Content-Length: 100000\r\n\r\nok"),
    "a length below nothing": said(OK + b"Content-Length: -7\r\nConnection: close\r\n\r\nok"),
    "a length that is no number": said(OK + b"Content-Length: seven\r\nConnection: close\r\n\r\nok"),
    "not packed as it said": said(OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\nok"),
}
