"""`qoswatch web` as it stands in production: what comes over its socket is bounded in size, in number and in time."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from service.settings import Settings
from service.store import Store
from service.values import fernet_key
from tests.service.served import SECRET_KEY, served
from workers.web import Web

HEAD = b"POST /v1/rules/validate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
MANY = b"".join(b"X-%d: a\r\n" % number for number in range(101))


@pytest.fixture(scope="module")
def key(redis_socket: Path) -> Iterator[bytes]:
    with redis.Redis(unix_socket_path=str(redis_socket), db=3) as client:
        client.flushdb()
        store = Store(client, secret_keys=[fernet_key(SECRET_KEY)])
        yield store.keys_.create("read", "a")[1].encode()
        client.flushdb()


@pytest.fixture(scope="module")
def door(redis_socket: Path, child_env: dict[str, str], key: bytes) -> Iterator[tuple[str, int]]:
    with served(redis_socket, 3, child_env, ZOOM_WEBHOOK_SECRET="a secret") as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


def answer(door: tuple[str, int], sent: bytes) -> tuple[int, bytes]:
    """Status and body of what is answered to these bytes."""
    with socket.create_connection(door, timeout=30) as line:
        with suppress(BrokenPipeError, ConnectionResetError):  # it was answered before all was sent
            line.sendall(sent)
        with http.client.HTTPResponse(line) as found:
            found.begin()
            return found.status, found.read()


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 50_000] for at in range(0, len(body), 50_000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_a_body_over_a_megabyte_is_refused_however_it_is_sent(door: tuple[str, int], key: bytes) -> None:
    allowed = HEAD + b"Authorization: Bearer %b\r\n" % key
    large = json.dumps({"says": "x" * 1_000_001}).encode()
    for head, body in (
        (b"Content-Length: %d\r\n\r\n" % len(large), large),
        (b"Content-Length: 99999999999\r\n\r\n", b""),
        (b"Transfer-Encoding: chunked\r\n\r\n", chunked(large)),
    ):
        status, said = answer(door, allowed + head + body)
        assert (status, json.loads(said)["detail"]) == (413, "the body is over 1 MB")
    assert answer(door, allowed + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b'{"says": 1}'))[0] == 422
    assert answer(door, allowed + b"\r\n")[0] == 400, "no length is no body"


def test_a_webhook_over_a_megabyte_is_refused_too(door: tuple[str, int]) -> None:
    head = HEAD.replace(b"/v1/rules/validate", b"/hooks/zoom")
    assert answer(door, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b"x" * 1_000_001))[0] == 413


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(GET.replace(b"/livez", b"/livez?" + b"a" * 9000) + b"\r\n", 414, id="a-long-address"),
        pytest.param(GET + b"X-A: " + b"a" * 9000 + b"\r\n\r\n", 431, id="a-long-header"),
        pytest.param(GET + MANY + b"\r\n", 431, id="a-hundred-and-one-headers"),
        pytest.param(GET + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, id="two-lengths"),
        pytest.param(GET + b"X_A: b\r\n\r\n", 200, id="a-header-that-could-be-taken-for-another-is-dropped"),
        pytest.param(GET + b"\r\n", 200, id="as-it-should-be"),
    ],
)
def test_a_request_is_bounded_before_it_is_read(door: tuple[str, int], sent: bytes, status: int) -> None:
    assert answer(door, sent.replace(b"Host: x", b"Host: x\r\nConnection: close"))[0] == status


def test_nobody_holds_every_thread_with_half_a_request(
    redis_socket: Path, child_env: dict[str, str], key: bytes
) -> None:
    """As many slow clients as there are threads, twice: who comes after them is answered when they are cut off."""
    halves = (GET + b"X-A: ", HEAD + b"Authorization: Bearer %b\r\nContent-Length: 100\r\n\r\n{" % key)
    soon = "import workers.web\nworkers.web.REQUEST_S = 1"
    with served(redis_socket, 3, child_env, first=soon) as url, ExitStack() as slow:
        door = (str(urlsplit(url).hostname), int(urlsplit(url).port or 0))
        lines = [slow.enter_context(socket.create_connection(door, timeout=60)) for _ in range(16)]
        for number, line in enumerate(lines):
            line.sendall(halves[number % 2])
        assert answer(door, GET + b"Connection: close\r\n\r\n")[0] == 200
        assert lines[0].recv(100) == b""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost", "::1", "::"])
def test_it_listens_where_it_is_told_to(host: str) -> None:
    assert Web(Settings(port=8123), host).cfg.address == [(host, 8123)]


def test_nobody_waits_for_who_does_not_hang_up(redis_socket: Path, child_env: dict[str, str]) -> None:
    """As many as there are threads less one have their answer and stay on the line; others are answered beside them."""
    asked = GET + b"Connection: close\r\n\r\n"
    long = "import gunicorn.util, workers.web\nworkers.web.LEAVE_S = 30"
    long += "\ngunicorn.util.close_graceful.__defaults__ = (30.0, 65536)"
    with served(redis_socket, 3, child_env, first=long) as url, ExitStack() as stay:
        door = (str(urlsplit(url).hostname), int(urlsplit(url).port or 0))
        for _ in range(7):
            line = stay.enter_context(socket.create_connection(door, timeout=10))
            line.sendall(asked)
            assert line.makefile("rb").read().endswith(b'{"status":"ok"}\n')
        assert answer(door, asked)[0] == 200
