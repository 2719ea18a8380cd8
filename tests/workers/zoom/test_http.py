"""One exchange: bounded in time and in size, whatever the other side does."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from workers.zoom import http
from workers.zoom.answers import Answer
from workers.zoom.errors import ZoomError

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@contextmanager
def a_server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A bare server that does to each connection what a test wants; what it was asked is kept."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65_536))
                try:
                    answer(connection)
                except OSError:
                    continue  # the client left

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v2/x", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def exchanged(url: str, times: int = 1, **settings: Any) -> Answer:
    with http.pooled_session(Settings(**settings)) as session:
        for _ in range(times):
            answer = http.exchange(session, "GET", url, authorization="Bearer secret-token")
    return answer


def the_error(url: str) -> ZoomError:
    with pytest.raises(ZoomError) as caught:
        exchanged(url)
    assert "secret-token" not in str(vars(caught.value))
    assert caught.value.__context__ is None, "requests' errors carry the request, and so the token"
    return caught.value


def test_an_answer_is_its_status_headers_and_body() -> None:
    with a_server(lambda c: c.sendall(OK + b"Retry-After: 3\r\n\r\n{}")) as (url, asked):
        answer = exchanged(url)

    assert (answer.status, answer.headers["retry-after"], answer.body) == (200, "3", b"{}")
    assert b"Authorization: Bearer secret-token" in asked[0]


def test_an_answer_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_S", 0.1)

    def drip(connection: socket.socket) -> None:
        connection.sendall(OK + b"Content-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.01)

    with a_server(drip) as (url, _):
        begun = time.monotonic()
        error = the_error(url)

    assert error.kind == "network"
    assert time.monotonic() - begun < 3


def test_an_answer_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER_BYTES", 1 << 20)

    def flood(connection: socket.socket) -> None:
        connection.sendall(OK + b"\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with a_server(flood) as (url, _):
        error = the_error(url)

    assert error.kind == "garbage"
    assert "larger than 1 MB" in error.words


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(OK + b"Content-Length: 50\r\n\r\n{}", "garbage", id="shorter than it said"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}", "garbage", id="half a chunk"),
        pytest.param(OK + b"Content-Encoding: gzip\r\n\r\nnot gzip", "garbage", id="not what it says it is"),
        pytest.param(b"", "network", id="closed without a word"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", "network", id="not a web server"),
    ],
)
def test_half_an_answer_is_none(answer: bytes, kind: str) -> None:
    with a_server(lambda connection: connection.sendall(answer)) as (url, _):
        assert the_error(url).kind == kind


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    error = the_error(f"http://127.0.0.1:{port}/v2")

    assert error.kind == "network"
    assert f"127.0.0.1:{port} can not be reached" in error.words


def test_a_certificate_of_somebody_in_between_is_said() -> None:
    with a_server(lambda connection: connection.sendall(b"no tls here")) as (url, _):
        error = the_error(url.replace("http:", "https:"))

    assert "QOSWATCH_CA_FILE" in error.words


def test_with_a_file_without_authorities_nobody_is_trusted(tmp_path: Path) -> None:
    ours = tmp_path / "ours.pem"
    ours.write_text("not a certificate")
    with (
        a_server(lambda connection: connection.sendall(b"no tls here")) as (url, _),
        pytest.raises(ZoomError, match="QOSWATCH_CA_FILE"),
    ):
        exchanged(url.replace("http:", "https:"), qoswatch_ca_file=ours)


def test_a_proxy_that_is_not_there_is_said() -> None:
    with pytest.raises(ZoomError, match="QOSWATCH_HTTPS_PROXY") as caught:
        exchanged("https://127.0.0.1:9/", qoswatch_https_proxy="http://127.0.0.1:9")

    assert caught.value.kind == "network"


def test_nobody_sends_our_token_elsewhere() -> None:
    with a_server(lambda c: c.sendall(b"HTTP/1.1 302 Found\r\nConnection: close\r\n\r\n")) as (elsewhere, asked):
        moved = f"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {elsewhere}\r\n\r\n".encode()
        with a_server(lambda connection: connection.sendall(moved)) as (url, _):
            assert exchanged(url).status == 302

    assert asked == []


def test_no_cookie_is_kept() -> None:
    with a_server(lambda c: c.sendall(OK + b"Set-Cookie: cred=abc; Path=/\r\n\r\n{}")) as (url, asked):
        exchanged(url, times=2)

    assert len(asked) == 2
    assert not any(b"cred=abc" in request for request in asked)
