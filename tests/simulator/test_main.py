"""`python -m simulator` as another process sees it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(*args: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-W", "error", "-m", "simulator", *args]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def lines(child: "subprocess.Popen[str]") -> dict[str, str]:
    assert child.stdout is not None
    return {line.split()[0]: line.split()[1] for line in (child.stdout.readline(), child.stdout.readline())}


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_it_says_where_it_is_and_ends_cleanly(end: signal.Signals) -> None:
    wish = ["--zoom-port", "0", "--inbox-port", "0", "--speed", "12", "--base", "1764000000"]
    with started(*wish, "--scenario", "demo") as child:
        said = lines(child)
        state = requests.get(said["zoom"] + "/sim/", timeout=5).json()
        assert state["plays"][0]["topic"] == "Spring Town Hall"
        assert state["clock"]["speed"] == 12
        assert requests.get(said["inbox"] + "/", timeout=5).status_code == 200
        child.send_signal(end)
        out, errors = child.communicate(timeout=10)
    assert (child.returncode, out, errors) == (0, "", "")


def test_a_taken_port_is_one_line_and_a_bad_end() -> None:
    with started("--zoom-port", "0", "--inbox-port", "0") as first:
        port = lines(first)["zoom"].rpartition(":")[2]
        with started("--zoom-port", port, "--inbox-port", "0") as second:
            _, errors = second.communicate(timeout=10)
    assert second.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken" in errors
    assert "Traceback" not in errors
