"""The command line: every part starts by its word, every fault is a sentence, and `up` leaves nothing behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service import log
from workers import cli, ports
from workers.errors import CommandError

OURS = [sys.executable, "-P", "-m", "workers.cli"]
Env = dict[str, str]


def call(env: Env, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*OURS, *words], env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def env(child_env: Env, tmp_path: Path) -> Env:
    return {**child_env, "QOSWATCH_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture(autouse=True)
def only_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "configure", lambda role: None)
    monkeypatch.setattr(cli, "environment", lambda: dict(os.environ))  # whatever .env lies in this folder


def test_wrong_settings_are_told_in_words_and_by_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QOSWATCH_POL_SECONDS", "60")
    assert cli.main(["scheduler"]) == 78
    assert "did you mean QOSWATCH_POLL_SECONDS?" in capsys.readouterr().err


def test_a_part_alone_says_that_it_needs_a_redis(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("QOSWATCH_DATA_DIR", str(tmp_path))
    assert cli.main(["worker"]) == 1
    assert "qoswatch up" in capsys.readouterr().err


def test_a_taken_port_is_passed_over_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert ports.free(port) > port
        assert f"port {port} is taken" in capsys.readouterr().out


def test_two_that_start_at_once_take_two_ports() -> None:
    """Seconds pass before a child listens on the port that was chosen for it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert len({ports.free(port), ports.free(port)}) == 2


def test_a_host_that_is_not_ours_is_named() -> None:
    with pytest.raises(CommandError, match=r"192\.0\.2\.1"):
        ports.is_free(8000, "192.0.2.1")


def test_keys_are_made_listed_and_revoked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("QOSWATCH_DATA_DIR", str(tmp_path))

    def keys(*words: str) -> tuple[int, str]:
        code, said = cli.main(["keys", *words]), capsys.readouterr()
        return code, said.out + said.err

    found = re.match(r"qw_([0-9a-f]+)_\S{20,}\n", keys("create", "--scope", "read", "--name", "wall screen")[1])
    assert found
    assert re.search(r"read +until revoked +never used +wall screen", keys("list")[1])
    assert keys("revoke", found[1])[0] == 0
    assert "revoked" in keys("list")[1]
    code, said = keys("revoke", found[1])
    assert code == 1
    assert "qoswatch keys list" in said


class Up:
    """A running `qoswatch up` and what it printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process, self.lines = process, list[str]()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self, pattern: str, within_s: float = 60) -> "re.Match[str]":
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if found := re.search(pattern, "\n".join(self.lines), re.M):
                return found
            assert self.process.poll() is None, "\n".join(self.lines)
            time.sleep(0.05)
        raise AssertionError(f"{pattern} was not said:\n" + "\n".join(self.lines))

    def descendants(self) -> set[int]:
        found, look = set[int](), [self.process.pid]
        while look:
            for path in Path(f"/proc/{look.pop()}/task").glob("*/children"):
                children = set(map(int, path.read_text().split())) - found
                found |= children
                look += children
        return found


@contextmanager
def up(env: Env) -> Iterator[Up]:
    with subprocess.Popen(
        [*OURS, "up"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    ) as process:
        running = Up(process)
        try:
            yield running
        finally:
            process.kill()
            running._reader.join(10)


def ask(url: str, key: str = "") -> int:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def answers(url: str, status: int, key: str = "", within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while (found := ask(url, key)) != status:
        assert time.monotonic() < deadline, f"{url} answers {found}, not {status}"
        time.sleep(0.1)


def alive(pids: set[int]) -> set[int]:
    def runs(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    return {pid for pid in pids if runs(pid)}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="/proc tells who is whose child")
def test_up_leaves_no_orphan_and_finds_everything_again(env: Env, tmp_path: Path) -> None:
    """Killed, all that it started is gone within five seconds; started again, everything is there as before."""
    env |= {"ZOOM_ACCESS_TOKEN": "pretend", "ZOOM_API_URL": "http://127.0.0.1:9/v2"}
    with up(env) as first:
        key = first.said(r"key +(qw_\S+)")[1]
        url = first.said(r"api +(http://\S+)")[1]
        answers(f"{url}/readyz", 200)  # Redis, a tick of the scheduler, workers
        assert ask(f"{url}/v1/watches", key) == 200
        started = first.descendants()
        assert len(started) >= 9  # Redis, and a guard and a child for each of the four
        first.process.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while alive(started) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(started)
    with up(env) as second:
        url = second.said(r"api +(http://\S+)")[1]
        answers(f"{url}/v1/watches", 200, key)
        started = second.descendants()
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(20) == 0
        assert not alive(started)
        assert not any("qw_" in line for line in second.lines), "a key is shown once, and a later start makes none"
    assert not (tmp_path / "data/redis/redis.sock").exists()


def test_two_of_them_on_one_directory_are_told_apart(env: Env, tmp_path: Path) -> None:
    from workers.embedded import EmbeddedRedis

    env |= {"ZOOM_ACCESS_TOKEN": "pretend"}
    with EmbeddedRedis(tmp_path / "data"):
        refused = call(env, "up")
    assert refused.returncode == 1
    assert f"another qoswatch (process {os.getpid()})" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_logs_of_children_are_json_lines(env: Env) -> None:
    env |= {"QOSWATCH_TEST_CLOCK": "hash", "REDIS_URL": "unix:///nowhere/redis.sock", "QOSWATCH_SECRET_KEY": "k" * 32}
    said = call(env, "scheduler")
    assert said.returncode == 1
    lines = said.stderr.splitlines()
    assert lines[-1].startswith("qoswatch: Redis can not be reached")
    assert all(json.loads(line)["event"] for line in lines[:-1])
