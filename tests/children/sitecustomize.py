"""On the path of every process that a test starts: there too, sockets beyond this machine stay closed."""

import socket
import sys
from typing import Any

LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "", None, b"localhost"}
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.sendto"}


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event not in WATCHED:
        return
    if event == "socket.getaddrinfo":
        host = args[0]
    elif args[0].family == socket.AF_UNIX or not isinstance(args[1], tuple):
        return
    else:
        host = args[1][0]
    if host not in LOOPBACK:
        raise RuntimeError(f"a test's child tried to reach {host!r}: only loopback is open")


sys.addaudithook(_guard)
