"""Answers that have to come in time as a whole: a destination that drips a letter a second must hold nobody.

A timeout of a socket is one of each read; here it is one of the answer.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

_LONGEST_S = 60.0  #: where the socket itself would wait for ever


class TimelyResponse(HTTPResponse):
    """An answer that is read to its end within the time that one read may take."""

    def __init__(self, sock: socket.socket, *given: Any, **more: Any) -> None:
        super().__init__(sock, *given, **more)
        raw: Any = self.fp.detach()
        self.fp = io.BufferedReader(_Until(raw, sock, time.monotonic() + (sock.gettimeout() or _LONGEST_S)))


class _Until(io.RawIOBase):
    """Reads of a socket, each allowed no longer than what is left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, end: float) -> None:
        super().__init__()
        self._raw, self._sock, self._end = raw, sock, end

    def readable(self) -> bool:
        """As a reader asks."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What there is. Raises TimeoutError when the time is over."""
        left_s = self._end - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(left_s)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        """Let go of the socket as well."""
        self._raw.close()
        super().close()
