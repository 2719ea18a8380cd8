"""The guarded sender against real servers on this machine: what goes out, what comes back, what is never told."""

import json
import logging
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.workers.channels.posting import Given
from workers.channels import http
from workers.channels.http import Sender, redacted, retry_after


class Destination:
    """A destination that answers as it is told and keeps what it got."""

    def __init__(self):
        self.status, self.body, self.headers, self.got = 200, b"ok", {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers), raw))
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/services/T000/B000/verysecret"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def destination():
    served = Destination()
    yield served
    served.close()


@pytest.fixture
def sender():
    made = Sender(Given())
    yield made
    made.close()


@pytest.fixture
def silent():
    """A server that takes connections; the test says what becomes of them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def url_of(listening, scheme="http"):
    return f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/services/T000/B000/verysecret"


def test_a_post_bears_its_delivery_and_its_body_as_utf_8(sender, destination):
    answer = sender.post(destination.url, {"text": "Dr Ráo 👩"}, kind="slack", headers={"X-Qoswatch-Delivery": "dl_1"})

    path, headers, raw = destination.got[0]
    assert (answer.status, answer.text, answer.outcome) == (200, "ok", "accepted")
    assert answer.latency_ms >= 0
    assert path == "/services/T000/B000/verysecret"
    assert headers["X-Qoswatch-Delivery"] == "dl_1"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert raw == '{"text":"Dr Ráo 👩"}'.encode()


def test_connections_are_kept_and_cookies_are_not(sender, destination):
    destination.headers = {"Set-Cookie": "track=1"}

    for _ in range(2):
        sender.post(destination.url, {}, kind="slack")

    assert "Cookie" not in destination.got[1][1]


def test_a_redirect_is_not_followed(sender, destination):
    destination.status, destination.headers = 307, {"Location": destination.url}

    answer = sender.post(destination.url, {}, kind="slack")

    assert (answer.status, answer.outcome, len(destination.got)) == (307, "refused", 1)


@pytest.mark.parametrize(
    ("status", "body", "outcome", "broken"),
    [(404, b"no_service", "refused", True), (400, b"invalid_payload", "dead", False), (503, b"", "refused", False)],
)
def test_an_answer_is_judged_by_its_vendor(sender, destination, status, body, outcome, broken):
    destination.status, destination.body = status, body

    answer = sender.post(destination.url, {}, kind="slack")

    assert (answer.outcome, answer.permanent_reason is not None) == (outcome, broken)


def test_retry_after_is_told(sender, destination):
    destination.status, destination.headers = 429, {"Retry-After": "7"}

    assert sender.post(destination.url, {}, kind="teams").retry_after_s == 7


def test_a_kilobyte_of_the_answer_is_kept_and_the_address_is_not(sender, destination):
    destination.status = 500
    destination.body = f"no route to {destination.url} for verysecret ".encode() + b"x" * 5000

    answer = sender.post(destination.url, {}, kind="slack")

    assert answer.text.startswith("no route to […] for […] x")
    assert "verysecret" not in answer.text
    assert len(answer.text) <= 1024


def test_nobody_listening_is_refused_since_nothing_was_sent(sender, silent):
    url = url_of(silent)
    silent.close()

    answer = sender.post(url, {}, kind="slack")

    assert (answer.status, answer.outcome) == (None, "refused")
    assert answer.text == "no connection: the name is unknown or nobody listens there"


def test_an_unknown_name_is_refused(sender, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    answer = sender.post("https://hooks.slack.com/services/T000/B000/verysecret", {}, kind="slack")

    assert (answer.outcome, answer.text) == ("refused", "no connection: the name is unknown or nobody listens there")


def test_no_answer_in_time_is_an_unknown_fate(sender, silent, monkeypatch):
    monkeypatch.setattr(http, "READ_S", 0.1)

    answer = sender.post(url_of(silent), {}, kind="slack")

    assert (answer.status, answer.outcome) == (None, "unknown")
    assert "it may have arrived" in answer.text


def test_a_connection_that_breaks_after_the_post_is_an_unknown_fate(sender, silent):
    def hang_up():
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)

    thread = threading.Thread(target=hang_up)
    thread.start()
    answer = sender.post(url_of(silent), {}, kind="slack")
    thread.join()

    assert (answer.status, answer.outcome) == (None, "unknown")


def test_an_answer_that_drips_does_not_hold_us(sender, silent, monkeypatch):
    monkeypatch.setattr(http, "READ_S", 0.2)
    done = threading.Event()

    def drip():
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
            done.wait(5)

    thread = threading.Thread(target=drip)
    thread.start()
    answer = sender.post(url_of(silent), {}, kind="slack")
    done.set()
    thread.join()

    assert (answer.status, answer.outcome) == (200, "accepted")
    assert answer.latency_ms < 2000


def test_a_head_that_drips_holds_us_no_longer_than_one_that_does_not_come(sender, silent, monkeypatch):
    monkeypatch.setattr(http, "READ_S", 0.2)
    dripped, done = [], threading.Event()

    def drip():
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not done.wait(0.02) and len(dripped) < 250:  # five seconds, a letter at a time
                dripped.append(connection.send(b"X"))

    thread = threading.Thread(target=drip)
    thread.start()
    answer = sender.post(url_of(silent), {}, kind="slack")
    done.set()
    thread.join()

    assert (answer.status, answer.outcome) == (None, "unknown")
    assert "it may have arrived" in answer.text
    assert len(dripped) < 250


def test_an_answer_without_end_is_cut_off(sender, silent):
    sent = []

    def pour():
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 500 no\r\nContent-Length: 1000000000\r\n\r\n")
            try:
                while len(sent) < 1000:
                    sent.append(connection.send(b"x" * 65536))
            except OSError:
                return

    thread = threading.Thread(target=pour)
    thread.start()
    answer = sender.post(url_of(silent), {}, kind="slack")
    thread.join()

    assert (answer.status, len(answer.text)) == (500, 1024)
    assert len(sent) < 1000


def test_a_head_without_end_is_no_answer(sender, silent):
    def pour():
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)))
            except OSError:
                return

    thread = threading.Thread(target=pour)
    thread.start()
    answer = sender.post(url_of(silent), {}, kind="slack")
    thread.join()

    assert (answer.status, answer.outcome) == (None, "unknown")


def test_a_broken_handshake_tells_no_address(sender, silent):
    def nonsense():
        connection, _ = silent.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"this is no TLS")

    thread = threading.Thread(target=nonsense)
    thread.start()
    answer = sender.post(url_of(silent, "https"), {}, kind="slack")
    thread.join()

    assert (answer.status, answer.outcome) == (None, "unknown")
    assert "verysecret" not in answer.text


def test_the_address_is_checked_again_at_sending(destination):
    guarded = Sender(Given(qoswatch_allow_private_targets=False))

    answer = guarded.post(destination.url, {}, kind="slack")
    guarded.close()

    assert (answer.outcome, answer.permanent_reason) == ("refused", "an address of a channel starts with https://")
    assert destination.got == []


def test_what_is_signed_is_what_goes_out(sender, destination):
    sender.post(destination.url, {"text": "Ráo"}, kind="webhook", sign=lambda raw: {"X-Signed": raw.hex()})

    _, headers, raw = destination.got[0]
    assert bytes.fromhex(headers["X-Signed"]) == raw


def test_a_proxy_of_the_environment_is_not_used_and_ours_is(sender, destination, silent, monkeypatch):
    nowhere = f"http://127.0.0.1:{silent.getsockname()[1]}"
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, nowhere)
    assert sender.post(destination.url, {}, kind="slack").outcome == "accepted"

    silent.close()
    through = Sender(Given(qoswatch_https_proxy=nowhere))
    answer = through.post("https://hooks.slack.com/services/T000/B000/verysecret", {}, kind="slack")
    through.close()

    assert (answer.outcome, answer.text) == ("refused", "the proxy lets nothing through")


def test_no_log_line_holds_the_address(sender, destination, caplog):
    with caplog.at_level(logging.DEBUG):
        sender.post(destination.url, {"text": "x"}, kind="slack")

    assert "verysecret" not in caplog.text


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("Mon, 23 Nov 2026 10:01:00 GMT", 60),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0),
        ("86400", 900),
        ("-5", 0),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date_and_capped(header, seconds):
    assert retry_after(header, datetime(2026, 11, 23, 10, 0, tzinfo=UTC)) == seconds


def test_no_part_of_a_secret_address_survives():
    url = "https://prod-1.logic.azure.com:443/workflows/0afc11/invoke?api-version=2016-06-01&sig=a%2Bbcdefgh"

    text = redacted(json.dumps({"url": url, "sig": "a+bcdefgh", "raw": "a%2Bbcdefgh", "flow": "0afc11"}), url)

    assert redacted("key 4242 and key 42", url, ("key 4242",)) == "[…] and key 42"
    assert not any(secret in text for secret in ("a+bcdefgh", "a%2Bbcdefgh", "0afc11", "workflows/"))
