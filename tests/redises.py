"""Redis servers and Sentinels of a test's own, on ports of this machine, that can be stopped, killed and started."""

import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis

from workers import servers
from workers.embedded import tied
from workers.ports import is_free

SERVICE = "qos"
READY_S = 30.0
_DOWN_AFTER_MS = 500
_FIRST_PORT = 20_000


def binary() -> str:
    """The server program of this machine, Sentinel too."""
    return next(str(server.path) for server in servers.here() if server.version >= servers.OLDEST)


@dataclass
class Server:
    """One server process; `again()` starts it on the same data and port."""

    folder: Path
    port: int
    options: Sequence[str] = ()
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address for a client."""
        return f"redis://127.0.0.1:{self.port}/0"

    def again(self) -> None:
        """Start it, and wait until it answers and has read its data."""
        self.folder.mkdir(exist_ok=True, parents=True)
        plain = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        plain += ["--repl-diskless-sync-delay", "0"]
        self._start([binary(), *plain, "--logfile", str(self.folder / "log"), *self.options])
        self.wait()

    def wait(self) -> None:
        """Until it answers. Raises TimeoutError with its last words."""
        deadline = time.monotonic() + READY_S
        while not self._answers():
            if time.monotonic() > deadline or self.process is None or self.process.poll() is not None:
                raise TimeoutError(f"a Redis of the test did not start: {(self.folder / 'log').read_text()[-500:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Let it hang: connections are taken, nothing is answered."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """End of `stop`."""
        self._send(signal.SIGCONT)

    def kill(self) -> None:
        """As by `kill -9`."""
        self._send(signal.SIGKILL)
        self._gone()

    def shut_down(self) -> None:
        """In good order."""
        self._send(signal.SIGTERM)
        self._gone()

    def close(self) -> None:
        """Whatever state it is in."""
        if self.process is not None:
            self.process.kill()
            self._gone()

    def ask(self, *command: str | int) -> Any:
        """One command, over a connection of its own."""
        with redis.Redis(port=self.port, socket_timeout=5, decode_responses=True) as client:
            return client.execute_command(*command)

    def _start(self, argv: Sequence[str]) -> None:
        out = subprocess.DEVNULL
        self.process = subprocess.Popen(tied(argv), stdin=out, stdout=out, stderr=out)

    def _answers(self) -> bool:
        try:
            return self.ask("PING") in (True, "PONG")
        except redis.RedisError:
            return False

    def _send(self, sign: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sign)

    def _gone(self) -> None:
        assert self.process is not None
        self.process.wait(READY_S)
        self.process = None


class Watcher(Server):
    """One Sentinel."""

    def again(self) -> None:
        """Start it from the configuration that it keeps itself."""
        self._start([binary(), str(self.folder / "sentinel.conf"), "--sentinel"])
        self.wait()

    def configure(self, primary: Server, quorum: int) -> None:
        """Write its first configuration."""
        self.folder.mkdir(exist_ok=True, parents=True)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"dir {self.folder}",
            f"logfile {self.folder}/log",
            f"sentinel monitor {SERVICE} 127.0.0.1 {primary.port} {quorum}",
            f"sentinel down-after-milliseconds {SERVICE} {_DOWN_AFTER_MS}",
            f"sentinel failover-timeout {SERVICE} 3000",
        ]
        (self.folder / "sentinel.conf").write_text("\n".join(lines) + "\n")


@dataclass
class Guarded:
    """A primary, its replica, and the Sentinels that choose between them."""

    servers: list[Server]
    watchers: list[Watcher]

    @property
    def url(self) -> str:
        """The address for whoever follows the primary."""
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.watchers)
        return f"redis+sentinel://{hosts}/{SERVICE}"

    def primary(self) -> Server:
        """Whom the last Sentinel calls the primary now."""
        _, port = self.watchers[-1].ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
        return next(each for each in self.servers if each.port == int(port))

    def wait_for_other(self, than: Server, most_s: float = READY_S) -> Server:
        """The new primary, once it is one. Raises TimeoutError."""
        deadline = time.monotonic() + most_s
        while time.monotonic() < deadline:
            found = self.primary()
            if found is not than and found.ask("ROLE")[0] == "master":
                return found
            time.sleep(0.05)
        raise TimeoutError(f"no other primary within {most_s:.0f} s")


def ports(n: int, first: int = _FIRST_PORT) -> list[int]:
    """So many free ports of this machine."""
    found = [port for port in range(first, first + 400) if is_free(port)]
    return found[:n]


@contextmanager
def server(*options: str) -> Iterator[Server]:
    """One server, started."""
    with TemporaryDirectory(prefix="qw-redis-") as folder, ExitStack() as stack:
        made = Server(Path(folder), ports(1)[0], options)
        stack.callback(made.close)
        made.again()
        yield made


@contextmanager
def guarded(watchers: int = 3, *options: str) -> Iterator[Guarded]:
    """A primary with a replica, and Sentinels that have found each other and the replica."""
    with TemporaryDirectory(prefix="qw-guarded-") as name, ExitStack() as stack:
        folder, free = Path(name), ports(2 + watchers)
        first = Server(folder / "a", free[0], options)
        second = Server(folder / "b", free[1], (*options, "--replicaof", f"127.0.0.1 {first.port}"))
        guards = [Watcher(folder / f"s{port}", port) for port in free[2:]]
        for guard in guards:
            guard.configure(first, watchers // 2 + 1)
        for each in (first, second, *guards):
            stack.callback(each.close)
            each.again()
        made = Guarded([first, second], guards)
        _wait_until_ready(made)
        yield made


def _wait_until_ready(made: Guarded) -> None:
    deadline = time.monotonic() + READY_S
    while not (is_replicated(made.servers[1]) and all(_knows_all(each, len(made.watchers)) for each in made.watchers)):
        if time.monotonic() > deadline:
            raise TimeoutError("the Sentinels of the test did not find each other")
        time.sleep(0.1)


def is_replicated(replica: Server) -> bool:
    """Whether it has read what its primary holds, and hears what is new."""
    role, *more = replica.ask("ROLE")
    return role == "slave" and more[2] == "connected"


def _knows_all(watcher: Watcher, watchers: int) -> bool:
    flat = watcher.ask("SENTINEL", "MASTER", SERVICE)
    known = flat if isinstance(flat, dict) else dict(zip(flat[::2], flat[1::2], strict=True))
    return int(known["num-slaves"]) == 1 and int(known["num-other-sentinels"]) == watchers - 1
