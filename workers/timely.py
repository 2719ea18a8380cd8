"""Connections whose answer ends in time: a timeout is of its whole head, then of its whole body, not of each byte.

Whoever sends a byte now and then defeats a read timeout, and so would hold a thread, and what it holds, for ever.
"""

import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

HEAD_BYTES = 256 * 1024  #: of status lines and headers, before a body begins; servers stop at a tenth of it


class Source(RawIOBase):
    """What comes from a socket before a deadline, so much of it at the most."""

    def __init__(self, sock: Any, deadline: float | None, most: float = HEAD_BYTES) -> None:
        self._raw, self._sock = sock.makefile("rb").detach(), sock
        self._each_s: float | None = sock.gettimeout()
        self.deadline, self.most = deadline, most

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What came; TimeoutError when the deadline is over, another OSError when it is too much."""
        if self.most <= 0:
            raise OSError("there is no end to it")
        try:
            self._sock.settimeout(self._wait_s())
            got: int | None = self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(self._each_s)
        self.most -= got or 0
        return got

    def _wait_s(self) -> float | None:
        if self.deadline is None:
            return self._each_s
        left_s = self.deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("it did not end in time")
        return min(left_s, self._each_s or left_s)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, sock: socket, *given: Any, **more: Any) -> None:
        super().__init__(sock, *given, **more)
        self.fp.close()
        self._whole_s = sock.gettimeout()
        self._source = Source(sock, self._deadline())
        self.fp = BufferedReader(self._source)

    def begin(self) -> None:
        """Read the head; the body has as long, and its size is for whoever reads it."""
        super().begin()
        self._source.deadline, self._source.most = self._deadline(), float("inf")

    def _deadline(self) -> float | None:
        return None if self._whole_s is None else time.monotonic() + self._whole_s


class TimelyConnection(HTTPConnection):
    """In the clear."""

    response_class = _Answer


class TimelyTlsConnection(HTTPSConnection):
    """Over TLS."""

    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = TimelyConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = TimelyTlsConnection


class Timely(HTTPAdapter):
    """An adapter whose connections are such, those through a proxy too."""

    pools: dict[str, Any] = {"http": _Pool, "https": _TlsPool}  # noqa: RUF012 a table that nobody writes

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        """As the base has it, with pools of our own."""
        super().init_poolmanager(*given, **more)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, *given: Any, **more: Any) -> PoolManager:
        """As the base has it, with pools of our own."""
        manager: PoolManager = super().proxy_manager_for(*given, **more)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}  # a proxy resolves for itself
        return manager
