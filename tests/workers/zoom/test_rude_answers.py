"""A Zoom, or something in between, that answers rudely: bounded in time and in memory, and told as no answer."""

import json
import time
import tracemalloc

import pytest

from service.settings import Settings
from tests.rude import NO_BODY, NO_HEAD, OK, a_server, bombs, patience_s, said
from workers.zoom import http
from workers.zoom.answers import Answer, object_in
from workers.zoom.errors import ZoomError

LONGEST_S = 20.0
MOST_BYTES = 4 * http.ANSWER_BYTES
PLAIN = {"a length below nothing", "a length that is no number"}  #: read to their end, and no JSON


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    wait_s = patience_s(request.node.name)
    monkeypatch.setattr(http, "ANSWER_S", wait_s)
    monkeypatch.setattr(http, "TIMEOUT_S", (wait_s, wait_s))


def exchanged(url: str) -> Answer:
    with http.pooled_session(Settings()) as session:
        return http.exchange(session, "GET", f"{url}/v2/x", authorization="Bearer secret-token")


@pytest.mark.parametrize("name", [*NO_HEAD, *(name for name in NO_BODY if name not in PLAIN)])
def test_it_is_no_answer_and_ends_in_time(name: str) -> None:
    with a_server({**NO_HEAD, **NO_BODY}[name]) as (url, _):
        begun = time.monotonic()
        with pytest.raises(ZoomError) as caught:
            exchanged(url)

    assert time.monotonic() - begun < LONGEST_S
    assert caught.value.kind in ("network", "garbage")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_senseless_length_is_read_to_the_end(name: str) -> None:
    with a_server(NO_BODY[name]) as (url, _):
        answer = exchanged(url)

    assert object_in(answer.body) is None


def test_a_bomb_is_left_before_it_is_large() -> None:
    for rude in bombs().values():
        with a_server(rude) as (url, _):
            tracemalloc.start()
            with pytest.raises(ZoomError) as caught:
                exchanged(url)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

        assert caught.value.kind in ("garbage", "network")  # too large, or on a slow machine too late
        assert most < MOST_BYTES


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 1_000_000, id="deep lists"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep objects"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="a number beyond reason"),
        pytest.param(b'{"participants": [{"user_id": "1"', id="half"),
        pytest.param(b"\xff\xfe{}", id="no text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b'"ok"', id="a word"),
    ],
)
def test_a_body_that_holds_no_object_is_none(body: bytes) -> None:
    with a_server(said(OK + b"Connection: close\r\n\r\n" + body)) as (url, _):
        assert object_in(exchanged(url).body) is None


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with a_server(said(OK + b"\r\n" + json.dumps({"topic": "stolen"}).encode())) as (other, elsewhere):
        moved = b"HTTP/1.1 302 Found\r\nLocation: " + other.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        with a_server(said(moved)) as (url, _):
            answer = exchanged(url)

    assert answer.status == 302
    assert elsewhere == []
