"""Which ports are free: a taken one is said before anything else is started."""

import errno
import fcntl
import os
import socket
import tempfile
from pathlib import Path

from workers.errors import CommandError

_reserved: list[int] = []  #: locks that we hold for as long as this process lives


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether we may listen there now. Raises CommandError when the host itself is wrong."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise CommandError(f"can not listen on {host}: {error.strerror}") from None
    return True


def free(wanted: int, host: str = "127.0.0.1") -> int:
    """The wanted port, or the next free one, which is said. `up` alone may move: others are looked for."""
    for port in range(wanted, min(wanted + 100, 65_536)):
        if is_free(port, host) and _reserve(port):
            if port != wanted:
                print(f"qoswatch: port {wanted} is taken, so {port} is used.", flush=True)
            return port
    raise CommandError(f"port {wanted} and the hundred after it are taken: set PORT to a free one")


def _reserve(port: int) -> bool:
    """Keep another `up` of this person off a port until our child listens there, seconds from now."""
    path = Path(tempfile.gettempdir(), f"qoswatch-{os.getuid()}-{port}.lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _reserved.append(lock)
    return True
