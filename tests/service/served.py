"""`qoswatch web` as it is started in production: gunicorn, in a process of its own, on a real socket."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from workers.embedded import tied

SECRET_KEY = "a secret key for tests of 32 letters or more"


def a_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(
    redis_socket: Path, db: int, env: Mapping[str, str], *, port: int = 0, first: str = "", **settings: str
) -> Iterator[str]:
    """Its address, while it runs on this database. `first`: Python that it runs before."""
    port = port or a_port()
    ours = {"REDIS_URL": f"unix://{redis_socket}?db={db}", "PORT": str(port), "QOSWATCH_SECRET_KEY": SECRET_KEY}
    run = f"{first}\nfrom workers import cli\nraise SystemExit(cli.main(['web']))"
    command = tied([sys.executable, "-P", "-c", run])
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, env={**env, **ours, **settings}, stderr=said) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}", process, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", said: IO[str]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            said.seek(0)
            raise AssertionError(f"it stopped: {said.read()}")
        try:
            with urllib.request.urlopen(f"{url}/livez", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
