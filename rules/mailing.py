"""The mail server that SMTP_URL names, read once: where it is, who we are there, and in whose name we write."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from rules.errors import RulesError

PORTS = {"smtp": 587, "smtps": 465}
#: One plain address, such as every mail server takes: no display name, no quotes, ASCII.
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
_FORM = "smtp://user:password@mail.example.org:587"


class MailServerError(RulesError):
    """SMTP_URL can not be used. `str()` says why and what would work, and never the password."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `tls`: from the first byte (smtps), else by STARTTLS."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    sender: str

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, where nobody listens in."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def mail_server(url: str) -> MailServer:
    """`smtp[s]://[user:password@]host[:port][?from=address]`. Raises MailServerError."""
    parts, host, port = _parts(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise MailServerError(f"needs a user name and a password, or neither: {_FORM}")
    if not (user + password).isascii():
        raise MailServerError("has a user name or password beyond ASCII, which mail servers do not take")
    return MailServer(host, port, parts.scheme == "smtps", user, password, _sender(parts, host, user))


def _parts(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port that is no number, half an IPv6 address
        host, port = "", None
    if not host or parts.scheme not in PORTS or port == 0 or not re.fullmatch(r"[!-~]+", url):
        raise MailServerError(f"is not the address of a mail server: use {_FORM}, or smtps://…:465")
    if parts.path.strip("/") or parts.fragment:
        raise MailServerError(
            "has something behind the host: a '/', '?' or '#' in a password is written as %2F, %3F or %23"
        )
    return parts, host, port or PORTS[parts.scheme]


def _sender(parts: SplitResult, host: str, user: str) -> str:
    """In whose name we write: as `from` says, else the user where that is an address."""
    asked = parse_qs(parts.query.replace("+", "%2B"), keep_blank_values=True)
    if odd := sorted(asked.keys() - {"from"}):
        raise MailServerError(
            f"knows nothing but 'from' behind its '?', not {odd[0][:20]!r}: …?from=alerts@example.org"
        )
    given = asked.get("from", [""])[-1]
    if given and not re.fullmatch(ADDRESS, given):
        raise MailServerError("has a 'from' that is no e-mail address: …?from=alerts@example.org")
    if given or re.fullmatch(ADDRESS, user):
        return given or user
    return f"qoswatch@{host if re.search('[a-z]', host) and ':' not in host else 'localhost'}"
