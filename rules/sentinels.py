"""The address of a Redis that Sentinels look after: which of them to ask, and for which service.

    redis+sentinel://[user:password@]host[:port][,host[:port] …]/service[/db][?sentinel_user=…&sentinel_password=…]

Name and password before the hosts are those of the Redis servers; Sentinels have their own, or none. With
`rediss+sentinel://` both are reached by TLS. Without a port a Sentinel listens on 26379.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

_URL = re.compile(
    r"(?P<scheme>rediss?)\+sentinel://(?:(?P<login>[^/?#]*)@)?(?P<hosts>[^/?#@]+)/(?P<service>[^/?#]+)(?:/(?P<db>\d{1,5}))?/?"
    r"(?:\?(?P<more>[^#]*))?"
)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:,\[\]]+)(?::(?P<port>\d{1,5}))?")
_PORT, _LAST_PORT = 26379, 65_535
_MORE = {"sentinel_user", "sentinel_password"}
_FORM = "write it as redis+sentinel://host:26379,host:26379/service"


class SentinelUrlError(Exception):
    """An address that can not be used; its text never repeats the address, which may hold a password."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who one is there: name and password, either may be missing."""

    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Whom to ask where the primary is, and how to go there."""

    hosts: tuple[tuple[str, int], ...]
    service: str
    db: int = 0
    tls: bool = False
    servers: Login = field(default=Login(), repr=False)  #: at Redis
    own: Login = field(default=Login(), repr=False)  #: at the Sentinels


def is_sentinels(url: str) -> bool:
    """Whether the address names Sentinels, well or badly."""
    return re.match(r"rediss?\+sentinel:", url) is not None


def sentinels(url: str) -> Sentinels:
    """What the address says. Raises SentinelUrlError."""
    found = _URL.fullmatch(url)
    if found is None:
        raise SentinelUrlError(f"names Sentinels, but not which and for what: {_FORM}")
    query = (found["more"] or "").replace("+", "%2B")  # a form's blank; a password's own sign here, as before the hosts
    more = dict(parse_qsl(query, keep_blank_values=True))
    if strange := more.keys() - _MORE:
        raise SentinelUrlError(
            f"has an option that we do not know ({len(strange)}): there are {', '.join(sorted(_MORE))}"
        )
    return Sentinels(
        tuple(_host(text) for text in found["hosts"].split(",")),
        unquote(found["service"]),
        int(found["db"] or 0),
        found["scheme"] == "rediss",
        _login(found["login"]),
        Login(more.get("sentinel_user") or None, more.get("sentinel_password") or None),
    )


def _host(text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    port = int(found["port"] or _PORT) if found else 0
    if found is None or not 0 < port <= _LAST_PORT:
        raise SentinelUrlError(f"names a Sentinel that is no host and port: {_FORM}")
    return found["host"].strip("[]"), port


def _login(text: str | None) -> Login:
    user, _, password = (text or "").partition(":")
    return Login(unquote(user) or None, unquote(password) or None)
