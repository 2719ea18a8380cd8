"""Connections that lead out: a name is resolved once, its addresses are judged, and one of those is connected to.

The resolver is not asked again, so a name that means another address a moment later gains nothing, and not one packet
goes to an address that was refused. TLS still asks for a certificate of the name. Of several addresses those that pass
are used, in the resolver's order: refusing the whole name would be no safer, since only judged addresses are ever
connected to, and would silence channels where the resolver adds translated addresses (DNS64).
Through a proxy none of this applies: there the proxy resolves, and has to judge.
"""

import socket
import time
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

from rules.addresses import is_ours, is_public
from workers.timely import Timely, TimelyConnection, TimelyTlsConnection

TRIES = 3  #: addresses of one name that are tried, all within twice the time that one may take

Judge = Callable[[str], bool]


class NotPublic(NewConnectionError):
    """The name leads to this machine or into its network, and nowhere else."""

    words = (
        "its name leads to this machine or into its network, which is open to trials and tests only "
        "(QOSWATCH_ALLOW_PRIVATE_TARGETS)"
    )


class Judged(Timely):
    """An adapter that connects to addresses which pass, and to no others; a proxy resolves for itself."""

    def __init__(self, allow_private: bool, **more: Any) -> None:
        self.pools = _pools(_public_or_ours if allow_private else is_public)
        super().__init__(**more)


def _public_or_ours(address: str) -> bool:
    return is_public(address) or is_ours(address)


def _pools(may: Judge) -> dict[str, Any]:
    class Http(_Choosy):
        """In the clear: trials only."""

    class Https(_Choosy, TimelyTlsConnection):
        """The one that counts."""

    class HttpPool(HTTPConnectionPool):
        ConnectionCls = Http

    class HttpsPool(HTTPSConnectionPool):
        ConnectionCls = Https

    Http.may = Https.may = staticmethod(may)
    return {"http": HttpPool, "https": HttpsPool}


class _Choosy(TimelyConnection):
    """A connection that chooses its address itself."""

    may: Judge

    def _new_conn(self) -> socket.socket:
        try:
            host, family = self._dns_host.strip("[]"), allowed_gai_family()
            found = socket.getaddrinfo(host, self.port, family, socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except UnicodeError as error:  # an empty label, or one that is too long
            raise NewConnectionError(self, "no such name") from error
        passed = [each for each in found if self.may(str(each[4][0]))]
        if not passed:
            raise NotPublic(self, NotPublic.words)
        try:
            return _first_of(_by_turns(passed)[:TRIES], float(self.timeout or 0), self.socket_options or ())
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error


def _by_turns(passed: list[Any]) -> list[Any]:
    """In the resolver's order, IPv6 and IPv4 by turns: where one of them leads nowhere, the other comes soon."""
    first = [each for each in passed if each[0] == passed[0][0]]
    others = [each for each in passed if each[0] != passed[0][0]]
    return [each for pair in zip_longest(first, others) for each in pair if each]


def _first_of(chosen: list[Any], one_s: float, options: Iterable[Any]) -> socket.socket:
    """A connection to the first that answers. Raises the failure of the last one that there was time for."""
    end = time.monotonic() + 2 * one_s
    failure: OSError = TimeoutError()
    for family, kind, protocol, _, address in chosen:
        left_s = min(one_s, end - time.monotonic())
        if left_s <= 0:
            break
        try:
            sock = _connected(socket.socket(family, kind, protocol), address, left_s, options)
        except OSError as error:
            failure = error
        else:
            sock.settimeout(one_s)
            return sock
    raise failure


def _connected(sock: socket.socket, address: Any, wait_s: float, options: Iterable[Any]) -> socket.socket:
    """The socket, connected to an address as the resolver gave it: a literal, which nobody resolves again."""
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.settimeout(wait_s)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock
