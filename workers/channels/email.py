"""A message as an e-mail, handed in at the server of SMTP_URL. All mails of one alert make one thread.

STARTTLS is used where it is offered, and asked for unless the server runs on this machine (RFC 8314 §3).
"""

import base64
import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import BufferedReader
from typing import Any

from rules.mailing import ADDRESS, MailServer, MailServerError, mail_server
from workers.channels import text
from workers.channels.answers import ACCEPTED, DEAD, REFUSED, Answer, Verdict, broken
from workers.channels.vendor import Body, Parcel, SendSettings
from workers.timely import Source

STEP_S, WHOLE_S = 5.0, 15.0
_KEPT = 1000
_LOGIN = {
    530: "it asks for a user name and a password: put them into SMTP_URL",
    534: "it wants another way of logging in",
    535: "it refuses SMTP_URL's user name or password",
    538: "it wants another way of logging in",
}
_CLEAR = "offers no STARTTLS, and nothing is sent in the clear: use smtps://, or a server that offers it"


def render(parcel: Parcel) -> Body:
    """What stands in the mail, before it is one."""
    message = parcel.message
    urgent = {"Importance": "high"} if message.severity == "critical" and not message.test else {}
    return {"to": [*parcel.channel.to], "subject": message.first, "text": text.whole(message), "headers": urgent}


def judge(status: int, answer: str) -> Verdict:
    """What a mail server's code means: 4xx may be tried again; of 5xx most tell that no mail will ever be taken."""
    if status in _LOGIN:
        return broken(f"{status}: {_LOGIN[status]}")
    if 200 <= status < 300:
        return ACCEPTED
    if status in (550, 551, 553, 521, 556):
        return broken(f"{status}: the mail server takes nothing from us, or for that address")
    return DEAD if 500 <= status < 600 else REFUSED


def send(settings: SendSettings, parcel: Parcel, body: Body) -> Answer:
    """Hand one mail in. Whoever of several is refused alone stands in the answer's text."""
    if not settings.smtp_url:
        return _broken("there is no mail server: set SMTP_URL")
    if not all(re.fullmatch(ADDRESS, each) for each in body["to"]):
        return _broken("one of its addresses is none that a mail can go to")
    try:
        server = mail_server(settings.smtp_url)
    except MailServerError as error:
        return _broken(f"SMTP_URL {error}")
    started = time.monotonic()
    attempt = _Attempt(server, settings, started + WHOLE_S)
    status, said, verdict = attempt.hand_in(_mail(server, parcel, body), body["to"])
    said = _without_login(said, server)
    latency_ms = round((time.monotonic() - started) * 1000)
    return Answer(status, latency_ms, said[:_KEPT], verdict.outcome, verdict.permanent_reason)


def _without_login(said: str, server: MailServer) -> str:
    """What a server said, where it repeats how we logged in: as it was sent, too."""
    if not server.password:
        return said
    plain, login = f"\0{server.user}\0{server.password}", server.password
    forms = (*(base64.b64encode(each.encode()).decode() for each in (plain, login)), server.password)
    for form in forms:
        said = said.replace(form, "[…]")
    return said


def _broken(reason: str) -> Answer:
    return Answer(None, 0, reason, "refused", permanent_reason=reason)


def _mail(server: MailServer, parcel: Parcel, body: Body) -> EmailMessage:
    home = server.sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("qoswatch", addr_spec=server.sender)
    mail["To"] = [Address(addr_spec=each) for each in body["to"]]
    mail["Subject"] = " ".join(body["subject"].split())
    mail["Date"] = format_datetime(parcel.now)
    mail["Message-ID"] = f"<{parcel.delivery_id}@{home}>"
    if parcel.message.alert:
        mail["References"] = f"<{parcel.message.alert}@{home}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that no absent colleague's machine answers
    mail["X-Qoswatch-Delivery"] = parcel.delivery_id
    for name, value in body["headers"].items():
        mail[name] = value
    mail.set_content(body["text"], cte="quoted-printable")
    return mail


class _Timely:
    """Ends a dialogue at its deadline, however slowly the server talks, and when it does not stop talking."""

    sock: socket.socket | None
    file: BufferedReader | None

    def __init__(self, deadline: float, *given: Any, **more: Any) -> None:
        self.deadline = deadline  # before the greeting, which is read in here
        super().__init__(*given, **more)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock and not self.file:
            self.file = BufferedReader(Source(self.sock, self.deadline))
        return super().getreply()  # type: ignore[misc, no-any-return]  # a mixin: smtplib comes after


class _Smtp(_Timely, smtplib.SMTP):
    """From the clear into TLS."""


class _Smtps(_Timely, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class _Attempt:
    """One dialogue with the server."""

    def __init__(self, server: MailServer, settings: SendSettings, deadline: float) -> None:
        self._server, self._deadline = server, deadline
        self._tls = ssl.create_default_context(cafile=str(settings.qoswatch_ca_file or "") or None)
        if server.is_here:  # a mail server at home rarely has a certificate, and nobody stands between
            self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE
        self._handed = False

    def hand_in(self, mail: EmailMessage, to: list[str]) -> tuple[int | None, str, Verdict]:
        """The server's code, what it said, and what that means."""
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._connected()
            status, said = self._dialogue(smtp, mail, to)
            return status, said, judge(status, said)
        except smtplib.SMTPResponseException as error:
            return error.smtp_code, _words(error.smtp_error), judge(error.smtp_code, "")
        except smtplib.SMTPNotSupportedError as error:
            return None, str(error), broken(f"the mail server {error}")
        except (OSError, smtplib.SMTPException) as error:
            return None, *self._failure(error)
        finally:
            if smtp:
                with suppress(OSError, smtplib.SMTPException):
                    smtp.quit()
                smtp.close()

    def _connected(self) -> smtplib.SMTP:
        server, home = self._server, self._server.sender.rpartition("@")[2]
        if server.tls:
            return _Smtps(self._deadline, server.host, server.port, home, timeout=STEP_S, context=self._tls)
        return _Smtp(self._deadline, server.host, server.port, home, timeout=STEP_S)

    def _dialogue(self, smtp: smtplib.SMTP, mail: EmailMessage, to: list[str]) -> tuple[int, str]:
        smtp.ehlo_or_helo_if_needed()
        if not self._server.tls:
            self._encrypt(smtp)
        if self._server.user:
            if not smtp.has_extn("auth"):
                raise smtplib.SMTPNotSupportedError("offers no way to log in: leave user name and password out")
            smtp.login(self._server.user, self._server.password)
        _checked(smtp.mail(self._server.sender))
        refused = {each: answer for each in to if (answer := smtp.rcpt(each))[0] >= 300}
        if len(refused) == len(to):
            code, said = next(iter(refused.values()))
            return code, _words(said)
        self._handed = True
        code, said = smtp.data(mail.as_bytes())
        return code, "; ".join([_words(said), *(f"not to {each}: {_words(no[1])}" for each, no in refused.items())])

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self._tls)
            smtp.ehlo_or_helo_if_needed()
        elif not self._server.is_here:
            raise smtplib.SMTPNotSupportedError(_CLEAR)

    def _failure(self, error: Exception) -> tuple[str, Verdict]:
        """In our own words, since an exception's may hold what we said."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return "its certificate is not trusted (QOSWATCH_CA_FILE names one's own authority)", REFUSED
        if self._handed:
            return f"the connection broke ({type(error).__name__}); it may have arrived", Verdict("unknown")
        if isinstance(error, ConnectionRefusedError | socket.gaierror):
            return "no connection: the name is unknown or nobody listens there", REFUSED
        return f"no mail could be handed in ({type(error).__name__})", REFUSED


def _checked(answer: tuple[int, bytes]) -> None:
    if answer[0] >= 300:
        raise smtplib.SMTPResponseException(*answer)


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
