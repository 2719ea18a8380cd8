"""Where a post really goes: every address that is connected to is seen here, and the resolver lies."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.rules.inside import ADDRESSES, ALL, INSIDE
from tests.workers.channels.certificates import certified
from tests.workers.channels.posting import Given
from workers.channels.http import Sender

NAME = "tickets.example.org"
OUT, OTHER = "93.184.216.34", "93.184.216.35"
PLACES = {
    "slack": "https://hooks.slack.com/services/T000/B000/verysecret",
    "teams": "https://prod-1.logic.azure.com/workflows/0af/triggers/manual/paths/invoke?sig=verysecret",
    "pagerduty": "https://events.pagerduty.com/v2/enqueue",
    "webhook": f"https://{NAME}/verysecret",
}


class Resolver:
    """Answers as it is told, one answer after the other, the last one for ever."""

    def __init__(self, monkeypatch):
        self.answers, self.asked = [[OUT]], []
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host, port, *_, **__):
        self.asked.append(host)
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [self._entry(address, port) for address in told]

    def _entry(self, address, port):
        if ":" in address:
            return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
        return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)


@pytest.fixture
def resolver(monkeypatch):
    return Resolver(monkeypatch)


@pytest.fixture
def dialled(monkeypatch):
    """The addresses that were connected to; `stands` says which of them are a server of this machine."""
    real = socket.socket.connect

    class Dialled(list):
        stands: dict[str, tuple[str, int]]

    seen = Dialled()
    seen.stands = {}

    def connect(self, address):
        seen.append(address[:2])
        if address[0] not in seen.stands:
            raise ConnectionRefusedError
        real(self, seen.stands[address[0]])

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


@pytest.fixture
def guarded():
    made = Sender(Given(qoswatch_allow_private_targets=False))
    yield made
    made.close()


class Served:
    """A TLS server of a name; it keeps the names that were asked of it, and what was posted."""

    def __init__(self, name, folder):
        context, self.ca = certified(name, folder)
        self.names, self.posts = [], []
        context.sni_callback = lambda _, asked, __: self.names.append(asked)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            timeout, protocol_version = 5, "HTTP/1.1"

            def do_POST(self):
                outer.posts.append((self.headers["Host"], self.path))
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                """Quiet."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                """A client that trusts no certificate hangs up."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def at(self):
        return self.server.server_address

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def served(tmp_path):
    made = Served(NAME, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("url", ALL)
def test_no_spelling_of_in_here_is_even_looked_up_at_the_post(guarded, resolver, dialled, url):
    answer = guarded.post(url, {}, kind="webhook")

    assert (answer.outcome, answer.status) == ("refused", None)
    assert answer.permanent_reason
    assert (resolver.asked, dialled) == ([], [])


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_in_here_is_not_connected_to(guarded, resolver, dialled, address):
    resolver.answers = [[address]]

    answer = guarded.post(PLACES["webhook"], {}, kind="webhook")

    assert answer.outcome == "refused"
    assert "its name leads to this machine or into its network" in answer.permanent_reason
    assert (resolver.asked, dialled) == ([NAME], [])


@pytest.mark.parametrize("kind", PLACES)
def test_the_names_of_vendors_are_no_exception(guarded, resolver, dialled, kind):
    resolver.answers = [["127.0.0.1"]]

    answer = guarded.post(PLACES[kind], {}, kind=kind)

    assert "its name leads to this machine" in answer.text
    assert bool(answer.permanent_reason) == (kind == "webhook")  # a vendor's resolver may be well again in a moment
    assert dialled == []


@pytest.mark.parametrize("kind", PLACES)
def test_a_name_that_changes_its_mind_gains_nothing(guarded, resolver, dialled, kind):
    resolver.answers = [[OUT], ["127.0.0.1"]]

    answer = guarded.post(PLACES[kind], {}, kind=kind)

    assert answer.text == "no connection: the name is unknown or nobody listens there"
    assert dialled == [(OUT, 443)]
    assert len(resolver.asked) == 1


def test_each_connection_asks_and_judges_anew(guarded, resolver, dialled):
    resolver.answers = [[OUT], ["169.254.169.254"]]

    guarded.post(PLACES["webhook"], {}, kind="webhook")
    again = guarded.post(PLACES["webhook"], {}, kind="webhook")

    assert "its name leads to this machine" in again.permanent_reason
    assert dialled == [(OUT, 443)]


def test_of_several_addresses_only_those_out_there_are_tried(guarded, resolver, dialled):
    resolver.answers = [["10.0.0.1", OUT, "64:ff9b::5db8:d822", "::1", OTHER]]

    guarded.post(PLACES["webhook"], {}, kind="webhook")

    assert dialled == [(OUT, 443), (OTHER, 443)]


def test_where_one_family_leads_nowhere_the_other_comes_soon(guarded, resolver, dialled):
    resolver.answers = [["2606:4700::1", "2606:4700::2", "2606:4700::3", OUT, OTHER]]

    guarded.post(PLACES["webhook"], {}, kind="webhook")

    assert dialled == [("2606:4700::1", 443), (OUT, 443), ("2606:4700::2", 443)]


def test_a_name_with_very_many_addresses_holds_nobody(guarded, resolver, dialled):
    resolver.answers = [[f"93.184.216.{last}" for last in range(50)]]

    guarded.post(PLACES["webhook"], {}, kind="webhook")

    assert len(dialled) == 3


def test_addresses_that_swallow_everything_cost_twice_the_wait_of_one(guarded, resolver, monkeypatch):
    waits, clock = [], [0.0]

    def swallow(self, address):
        waits.append(self.gettimeout())
        clock[0] += self.gettimeout()
        raise TimeoutError

    resolver.answers = [[OUT, OTHER, "93.184.216.36"]]
    monkeypatch.setattr(socket.socket, "connect", swallow)
    monkeypatch.setattr("workers.channels.peers.time.monotonic", lambda: clock[0])

    answer = guarded.post(PLACES["webhook"], {}, kind="webhook")

    assert answer.text == "no connection within 3 s"
    assert waits == [3.05, 3.05]


def test_the_certificate_is_asked_of_the_name_at_the_address_that_was_judged(resolver, dialled, served):
    resolver.answers, dialled.stands = [[OTHER, OUT], ["127.0.0.1"]], {OUT: served.at}
    sender = Sender(Given(qoswatch_allow_private_targets=False, qoswatch_ca_file=served.ca))

    answers = [sender.post(PLACES["webhook"], {}, kind="webhook") for _ in range(2)]
    sender.close()

    assert [answer.outcome for answer in answers] == ["accepted", "accepted"]
    assert (set(served.names), served.posts) == ({NAME}, [(NAME, "/verysecret")] * 2)
    assert dialled == [(OTHER, 443), (OUT, 443)]  # and kept: the second post goes the same way


def test_a_certificate_of_another_name_is_not_taken(resolver, dialled, served):
    dialled.stands = {OUT: served.at}
    sender = Sender(Given(qoswatch_allow_private_targets=False, qoswatch_ca_file=served.ca))

    answer = sender.post("https://elsewhere.example.org/in", {}, kind="webhook")
    sender.close()

    assert "its certificate is not trusted" in answer.text
    assert served.posts == []


@pytest.mark.parametrize("id", [id for id in ADDRESSES if "metadata" in id])
def test_in_a_trial_a_name_still_leads_to_no_secrets_of_machines(resolver, dialled, id):
    resolver.answers = [[ADDRESSES[id]]]
    trial = Sender(Given(qoswatch_allow_private_targets=True))

    answers = [trial.post(f"{scheme}://inbox/in", {}, kind="webhook") for scheme in ("http", "https")]
    trial.close()

    assert [answer.outcome for answer in answers] == ["refused", "refused"]
    assert dialled == []


def test_in_a_trial_names_lead_in_here(resolver, dialled):
    resolver.answers = [["10.0.0.1", "127.0.0.1", OUT]]
    trial = Sender(Given(qoswatch_allow_private_targets=True))

    trial.post("http://inbox:8025/in", {}, kind="webhook")
    trial.close()

    assert dialled == [("10.0.0.1", 8025), ("127.0.0.1", 8025), (OUT, 8025)]


@pytest.mark.parametrize("host", ["", "a" * 64 + ".example.org", "xn--.example.org"])
def test_a_name_that_is_none_is_refused(guarded, monkeypatch, host):
    def no_name(*_, **__):
        raise UnicodeError("label empty or too long")

    monkeypatch.setattr(socket, "getaddrinfo", no_name)

    assert guarded.post(f"https://{host}/in", {}, kind="webhook").outcome == "refused"


class Proxy:
    """A proxy that writes down whom it is asked for, and lets nobody through."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.asked = []
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(4096).decode())
                connection.sendall(b"HTTP/1.1 403 no\r\nContent-Length: 0\r\n\r\n")

    @property
    def url(self):
        return f"http://proxyuser:proxypassword@127.0.0.1:{self.listening.getsockname()[1]}"

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


@pytest.fixture
def proxy():
    made = Proxy()
    yield made
    made.close()


def test_through_a_proxy_the_proxy_resolves_and_our_network_is_refused_all_the_same(proxy, caplog):
    sender = Sender(Given(qoswatch_allow_private_targets=False, qoswatch_https_proxy=proxy.url))

    inside = [sender.post(given.values[0], {}, kind="webhook") for given in ALL]
    asked = list(proxy.asked)
    out = sender.post(PLACES["webhook"], {}, kind="webhook")
    sender.close()

    assert {answer.outcome for answer in inside} == {"refused"}
    assert asked == []
    assert [line.split("\r\n")[0] for line in proxy.asked] == [f"CONNECT {NAME}:443 HTTP/1.0"]
    assert (out.outcome, out.text) == ("refused", "the proxy lets nothing through")
    assert "proxypassword" not in caplog.text


def test_the_address_of_the_heartbeat_may_stand_inside(dialled, resolver):
    resolver.answers = [["10.0.0.1"]]
    sender = Sender(Given(qoswatch_allow_private_targets=False))

    assert not sender.ping("http://checks.internal:8000/ping/1")
    sender.close()

    assert dialled == [("10.0.0.1", 8000)]
