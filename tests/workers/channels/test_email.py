"""E-mail against real SMTP servers on this machine: what is handed in, and what becomes of each refusal."""

import base64
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import pytest

from tests.workers.channels.certificates import certified
from tests.workers.channels.posting import ALERT, NOW, Given, a_card, a_channel, a_message
from workers.channels import email, post
from workers.channels.http import Sender

FAR = "mail.example.org"
USER, PASSWORD = "alerts@example.org", "pass word/1"


@dataclass
class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that answers as it is told and keeps what it got."""

    tls: ssl.SSLContext | None = None
    at_once: bool = False  #: TLS from the first byte
    login: bool = False
    answers: dict[str, str] = field(default_factory=dict)  #: the beginning of a command → another answer
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    def __post_init__(self):
        self.daemon_threads = False
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.port = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""

    def close(self):
        self.shutdown()
        self.thread.join()
        self.server_close()

    __hash__ = object.__hash__


class _Dialogue(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self):
        if self.server.at_once:
            self._secure()
        self._say("220 mail.example.org")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            self.server.heard.append(line)
            if not self._answer(line):
                return

    def finish(self):
        for each in (self.rfile, self.wfile, self.connection):
            each.close()

    def _answer(self, line):
        verb = line.split()[0].upper()
        told = next(
            (said for start, said in self.server.answers.items() if line.upper().startswith(start.upper())), None
        )
        if told == "":
            return False  # hangs up
        if told:
            self._say(told)
        elif verb == "EHLO":
            self._offer()
        elif verb == "STARTTLS":
            self._say("220 go ahead")
            self._secure()
        elif verb == "AUTH":
            good = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
            self._say("235 welcome" if line.split()[-1] == good else f"535 not you, {PASSWORD}")
        elif verb == "DATA":
            self._say("354 go on")
            return self._take()
        else:
            self._say("221 bye" if verb == "QUIT" else "250 fine")
        return verb != "QUIT"

    def _offer(self):
        offers = ["mail.example.org", *(["AUTH PLAIN"] if self.server.login else [])]
        if self.server.tls and not isinstance(self.connection, ssl.SSLSocket):
            offers.append("STARTTLS")
        for each in offers[:-1]:
            self._say(f"250-{each}")
        self._say(f"250 {offers[-1]}")

    def _take(self):
        raw = b""
        while not raw.endswith(b"\r\n.\r\n"):
            raw += self.rfile.readline()
        said = self.server.answers.get(".", "250 queued as 42")
        if not said:
            return False
        self.server.mails.append(raw[:-3])
        self._say(said)
        return True

    def _secure(self):
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def serve():
    """serve(login=True, …) → a mail server of this kind."""
    made = []

    def served(**given):
        made.append(Mailbox(**given))
        return made[-1]

    yield served
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of mail.example.org, signed by itself: the server's context, and the file that trusts it."""
    return certified(FAR, tmp_path_factory.mktemp("tls"))


@pytest.fixture
def far(monkeypatch):
    """mail.example.org is a server of this machine, and nobody knows."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **also: real("127.0.0.1" if host == FAR else host, *more, **also)
    )


def told(url, message=None, to=("av@example.org",), ca=None):
    sender = Sender(Given(smtp_url=url, qoswatch_ca_file=ca))
    try:
        return post(sender, a_channel("email", to=to), message or a_message(), "dl_1", NOW)
    finally:
        sender.close()


def here(box, user="", query=""):
    return f"smtp://{user}127.0.0.1:{box.port}{query}"


LOGIN = "alerts%40example.org:pass%20word%2F1@"


def test_a_mail_is_handed_in_whole(serve):
    box = serve()

    answer = told(here(box, query="?from=qos@example.org"), a_card(first="CRITICAL: Dr Ráo breaks up"))

    mail = message_from_bytes(box.mails[0], policy=default)
    assert (answer.status, answer.text, answer.outcome) == (250, "queued as 42", "accepted")
    assert (mail["Subject"], mail["From"]) == ("CRITICAL: Dr Ráo breaks up", "qoswatch <qos@example.org>")
    assert (mail["To"], mail["Importance"]) == ("av@example.org", "high")
    assert mail["Date"].datetime == NOW
    assert mail.get_content().replace("\r\n", "\n") == (
        "CRITICAL: Dr Ráo breaks up\n\n"
        "Sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes, 10:44.\n\n"
        "Try: Ask for a wired connection https://wiki.example.org/audio\n"
        "Then: Pages Ana Ruiz at 10:50\n"
        "Audio sent: 0 2 14 14 %\n\n"
        "Take it: https://qw.example.org/a/t1\n\n"
        f"{ALERT} · Spring Town Hall · figures of 10:44 EST\n"
    )


def test_mails_of_one_alert_are_one_thread_and_a_repeat_is_the_same_mail(serve):
    box = serve()

    for _ in range(2):
        told(here(box))

    first, again = (message_from_bytes(raw, policy=default) for raw in box.mails)
    assert first["Message-ID"] == again["Message-ID"] == "<dl_1@localhost>"
    assert first["References"] == f"<{ALERT}@localhost>"
    assert (first["X-Qoswatch-Delivery"], first["Auto-Submitted"]) == ("dl_1", "auto-generated")


def test_a_subject_can_smuggle_no_header_in(serve):
    box = serve()

    told(here(box), a_message(first="fine\r\nBcc: all@example.org"))

    mail = message_from_bytes(box.mails[0], policy=default)
    assert (mail["Subject"], mail["Bcc"]) == ("fine Bcc: all@example.org", None)


def test_a_user_logs_in(serve):
    box = serve(login=True)

    assert told(here(box, LOGIN)).outcome == "accepted"
    assert message_from_bytes(box.mails[0], policy=default)["From"] == f"qoswatch <{USER}>"


def test_a_wrong_password_breaks_the_channel_and_is_not_told(serve):
    box = serve(login=True, answers={"AUTH": f"535 not you, {PASSWORD}"})

    answer = told(here(box, LOGIN))

    assert (answer.status, answer.permanent_reason) == (535, "535: it refuses SMTP_URL's user name or password")
    assert answer.text == "not you, […]"
    assert box.mails == []


def test_a_password_is_not_given_to_a_server_that_asks_for_none(serve):
    box = serve()

    answer = told(here(box, LOGIN))

    assert answer.permanent_reason == "the mail server offers no way to log in: leave user name and password out"


def test_what_is_offered_is_encrypted(serve, certificate, far):
    context, file = certificate
    box = serve(tls=context, login=True)

    answer = told(f"smtp://{LOGIN}{FAR}:{box.port}", ca=file)

    assert answer.outcome == "accepted"
    assert [line.split()[0].upper() for line in box.heard][:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def test_tls_from_the_first_byte(serve, certificate, far):
    context, file = certificate
    box = serve(tls=context, at_once=True)

    assert told(f"smtps://{FAR}:{box.port}", ca=file).outcome == "accepted"


def test_nothing_goes_in_the_clear_beyond_this_machine(serve, far):
    box = serve(login=True)

    answer = told(f"smtp://{LOGIN}{FAR}:{box.port}")

    assert answer.permanent_reason is not None
    assert "offers no STARTTLS" in answer.permanent_reason
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in box.heard)


def test_a_stranger_with_a_certificate_of_their_own_gets_nothing(serve, certificate, far):
    box = serve(tls=certificate[0], login=True)

    answer = told(f"smtp://{LOGIN}{FAR}:{box.port}")

    assert (answer.outcome, answer.text[:30]) == ("refused", "its certificate is not trusted")
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in box.heard)


def test_a_server_on_this_machine_may_have_any_certificate(serve, certificate):
    box = serve(tls=certificate[0])

    assert told(here(box)).outcome == "accepted"
    assert "STARTTLS" in box.heard


@pytest.mark.parametrize(
    ("command", "says", "outcome", "broken"),
    [
        pytest.param("RCPT", "550 nobody of that name", "refused", True, id="no-such-mailbox"),
        pytest.param("RCPT", "451 come back later", "refused", False, id="greylisted"),
        pytest.param("MAIL", "553 not in your name", "refused", True, id="sender-refused"),
        pytest.param("DATA", "554 looks like spam", "dead", False, id="this-mail-is-at-fault"),
        pytest.param(".", "552 too large", "dead", False, id="too-large"),
        pytest.param(".", "452 disk full", "refused", False, id="its-own-trouble"),
        pytest.param("MAIL", "530 log in first", "refused", True, id="wants-a-login"),
        pytest.param("MAIL", "", "refused", False, id="hangs-up-before"),
        pytest.param(".", "", "unknown", False, id="hangs-up-after-the-mail"),
    ],
)
def test_what_its_answers_mean(serve, command, says, outcome, broken):
    answer = told(here(serve(answers={command: says})))

    assert (answer.outcome, answer.permanent_reason is not None) == (outcome, broken)


def test_one_of_several_who_is_refused_is_named_and_the_others_get_it(serve):
    box = serve(answers={"RCPT TO:<gone@": "550 no such user"})

    answer = told(here(box), to=("av@example.org", "gone@example.org"))

    assert (answer.outcome, len(box.mails)) == ("accepted", 1)
    assert answer.text == "queued as 42; not to gone@example.org: no such user"


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(email, "STEP_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = told(f"smtp://127.0.0.1:{silent.getsockname()[1]}")

    assert (answer.outcome, answer.status) == ("refused", None)
    assert answer.latency_ms < 2000


def test_a_server_that_dawdles_is_left_at_the_deadline(serve, monkeypatch):
    monkeypatch.setattr(email, "WHOLE_S", 0.0)

    answer = told(here(serve()))

    assert answer.outcome == "refused"
    assert answer.latency_ms < 2000


def test_nobody_listening_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    answer = told(f"smtp://127.0.0.1:{port}")

    assert (answer.outcome, answer.text) == ("refused", "no connection: the name is unknown or nobody listens there")


@pytest.mark.parametrize(
    ("url", "to", "words"),
    [
        (None, "av@example.org", "there is no mail server: set SMTP_URL"),
        ("mail.example.org", "av@example.org", "SMTP_URL is not the address of a mail server"),
        ("smtp://127.0.0.1:9", "Jörg <j@example.org>", "one of its addresses is none"),
    ],
)
def test_what_can_not_be_sent_says_what_is_missing(url, to, words):
    answer = told(url, to=(to,))

    assert answer.outcome == "refused"
    assert words in (answer.permanent_reason or "")
