"""Destinations that answer rudely: a post ends in time, costs little memory, and what it means is told honestly."""

import time
import tracemalloc

import pytest

from tests.rude import NO_BODY, NO_HEAD, OK, a_server, bombs, drip, patience_s, said
from tests.workers.channels.posting import Given
from workers.channels import http
from workers.channels.answers import Answer
from workers.channels.http import Sender

LONGEST_S = 20.0  #: far above what it takes, far below what a drip would last
MOST_BYTES = 8 << 20


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(http, "READ_S", patience_s(request.node.name))


def posted(url: str) -> Answer:
    sender = Sender(Given())
    try:
        return sender.post(f"{url}/services/T000/B000/verysecret", {"text": "hello"}, kind="slack")
    finally:
        sender.close()


@pytest.mark.parametrize("name", NO_HEAD)
def test_an_answer_without_a_head_ends_in_time_and_may_have_arrived(name: str) -> None:
    with a_server(NO_HEAD[name]) as (url, _):
        begun = time.monotonic()
        answer = posted(url)

    assert time.monotonic() - begun < LONGEST_S
    assert (answer.status, answer.outcome) == (None, "unknown")
    assert "verysecret" not in answer.text


@pytest.mark.parametrize("name", NO_BODY)
def test_a_status_counts_whatever_becomes_of_the_body(name: str) -> None:
    with a_server(NO_BODY[name]) as (url, _):
        begun = time.monotonic()
        answer = posted(url)

    assert time.monotonic() - begun < LONGEST_S
    assert (answer.status, answer.outcome) == (200, "accepted")
    assert len(answer.text.encode()) < 2 * http.KEPT_BYTES


def test_a_bomb_is_not_unpacked() -> None:
    for rude in bombs().values():
        with a_server(rude) as (url, _):
            tracemalloc.start()
            answer = posted(url)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

        assert answer.outcome == "accepted"
        assert most < MOST_BYTES


def test_a_redirect_whose_body_drips_is_neither_awaited_nor_followed() -> None:
    with a_server(said(OK + b"\r\n")) as (other, elsewhere):
        begin = b"HTTP/1.1 302 Found\r\nLocation: " + other.encode() + b"/services/T1/B1/x\r\nContent-Length: 9\r\n\r\n"
        with a_server(drip(begin, b"x")) as (url, _):
            answer = posted(url)

    assert (answer.status, answer.outcome) == (302, "refused")
    assert elsewhere == []


@pytest.mark.parametrize("name", ["headers that drip", "headers without end", "a status line that drips"])
def test_a_proxy_that_is_rude_holds_nobody_either(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "CONNECT_S", patience_s(name))
    with a_server(NO_HEAD[name]) as (proxy, asked):
        sender, begun = Sender(Given(qoswatch_https_proxy=proxy)), time.monotonic()
        answer = sender.post("https://hooks.slack.com/services/T000/B000/verysecret", {}, kind="slack")
        sender.close()

    assert time.monotonic() - begun < LONGEST_S
    assert asked[0].startswith(b"CONNECT hooks.slack.com:443")
    assert answer.status is None
    assert answer.outcome in ("refused", "unknown")
