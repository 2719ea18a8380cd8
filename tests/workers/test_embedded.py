"""The embedded server: one data directory, one server, whatever happens to the process that started it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from workers import servers
from workers.embedded import EmbeddedRedis, running_url
from workers.errors import EmbeddedError
from workers.servers import Server

HOLD = """
import sys, time
from pathlib import Path
from workers.embedded import EmbeddedRedis
with EmbeddedRedis(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    time.sleep(60)
"""


def gone(pid: int, within_s: float) -> bool:
    """Whether a process ends in time; one that only waits to be buried has ended."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, redis.from_url(server.url) as client:
        client.set("watch", "kept")
    with EmbeddedRedis(tmp_path) as server, redis.from_url(server.url) as client:
        assert client.get("watch") == b"kept"
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_it_leaves_nothing_behind_and_nobody_else_may_look(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        assert server.folder.stat().st_mode & 0o777 == 0o700
        assert server.socket.stat().st_mode & 0o077 == 0
        assert running_url(tmp_path) == server.url
        pid = server.pid
    assert gone(pid, 0.1)
    assert not (tmp_path / "redis/redis.sock").exists()
    assert running_url(tmp_path) is None


def test_a_second_one_on_the_same_directory_is_told_who_is_there(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path), pytest.raises(EmbeddedError) as refused, EmbeddedRedis(tmp_path):
        pass
    assert f"process {os.getpid()}" in str(refused.value)
    assert "QOSWATCH_DATA_DIR" in str(refused.value)


def test_no_server_outlives_a_process_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        server = int(owner.stdout.readline())
        owner.kill()
    assert gone(server, 5)


def test_an_orphan_is_ended_and_its_data_taken_over(tmp_path: Path) -> None:
    """As on systems that do not end a child with its parent: the server lives on and holds its lock."""
    first = EmbeddedRedis(tmp_path)
    first.__enter__()
    with redis.from_url(first.url) as client:
        client.set("watch", "kept")
    orphan, first._process = first._process, None  # the owner forgets it, and frees only its own locks
    assert orphan is not None
    first.close()
    with EmbeddedRedis(tmp_path) as second, redis.from_url(second.url) as client:
        assert client.get("watch") == b"kept"
    assert orphan.wait(1) == 0


def test_a_server_that_died_is_started_again(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        assert not server.ensure()
        os.kill(server.pid, signal.SIGKILL)
        deadline = time.monotonic() + 2
        while not server.ensure() and time.monotonic() < deadline:  # its threads take a moment to end
            time.sleep(0.01)
        with redis.from_url(server.url) as client:
            assert client.ping()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 25) / "data"
    with EmbeddedRedis(deep) as server, redis.from_url(server.url) as client:
        assert client.ping()
        short = server.socket.parent
        assert running_url(deep) == server.url
    assert not short.exists()


REDIS = Server("redis", (7, 0, 15), Path("/usr/bin/redis-server"))
VALKEY = Server("valkey", (9, 1, 2), Path("/wheel/valkey-server"))
OLD = Server("redis", (6, 2, 0), Path("/usr/bin/redis-server"))


@pytest.mark.parametrize(
    ("made_by", "here", "taken"),
    [
        pytest.param(None, [REDIS, VALKEY], REDIS, id="new-takes-the-first"),
        pytest.param(None, [OLD, VALKEY], VALKEY, id="new-passes-over-a-server-older-than-7"),
        pytest.param(VALKEY, [REDIS, VALKEY], VALKEY, id="stays-when-somebody-installs-redis-later"),
        pytest.param(Server("redis", (7, 0, 1), Path()), [REDIS], REDIS, id="goes-on-with-a-newer-one"),
        pytest.param(None, [], "apk add valkey", id="none-says-what-to-install"),
        pytest.param(None, [OLD], "Redis 6.2.0 is older than 7.0", id="too-old-is-named"),
        pytest.param(VALKEY, [REDIS], "written by Valkey 9.1.2", id="never-the-other-kind"),
        pytest.param(Server("valkey", (10, 0), Path()), [VALKEY], "or newer", id="never-an-older-one"),
    ],
)
def test_a_data_directory_stays_with_its_server(
    made_by: Server | None,
    here: list[Server],
    taken: Server | str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(servers, "here", lambda: here)
    if made_by:
        servers.record(tmp_path, made_by)
    if isinstance(taken, Server):
        assert servers.chosen(tmp_path) == taken
    else:
        with pytest.raises(EmbeddedError, match=taken):
            servers.chosen(tmp_path)


def test_a_directory_remembers_who_made_it(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        noted = json.loads((server.folder / "server.json").read_text())
    assert noted["kind"] in ("redis", "valkey")
    assert tuple(noted["version"]) >= servers.OLDEST


def test_a_server_that_can_not_start_says_why(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        folder = server.folder
        with redis.from_url(server.url) as client:
            client.set("watch", "kept")
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(EmbeddedError, match="did not start"), EmbeddedRedis(tmp_path):
        pass
