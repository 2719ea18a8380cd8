"""`qoswatch up`: everything in one terminal; without Zoom credentials, a demonstration."""

import argparse
import contextlib
import threading
from collections.abc import Iterator

from service.settings import Settings, environment
from workers import ports
from workers.embedded import EmbeddedRedis
from workers.supervisor import Supervisor, stopping


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser("up", help="everything in one terminal", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: every one)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run until Ctrl-C or SIGTERM. The first line comes before all that takes a while to load."""
    with stopping() as stop:
        if settings.has_zoom or settings.redis_url:
            print("qoswatch: starting …", flush=True)
            return _real(args.host, settings, stop)
        print("qoswatch: no Zoom credentials, so here is a pretend Zoom (one Zoom minute = 5 s).", flush=True)
        from workers.demo import Demonstration

        return Demonstration(settings, stop).run()


def _real(host: str, settings: Settings, stop: threading.Event) -> int:
    from workers import launch

    with _redis(settings) as (found, server):
        port = ports.free(settings.port, host)
        env = launch.env_for(found, environment(), PORT=str(port))
        key = launch.first_key(found)
        launch.screen(found, f"http://127.0.0.1:{port}", key, own_redis=server is not None)
        supervisor = Supervisor(launch.children(env, host), launch.told, stop)
        return supervisor.run(lambda: _look_after(server))


@contextlib.contextmanager
def _redis(settings: Settings) -> Iterator[tuple[Settings, EmbeddedRedis | None]]:
    """REDIS_URL, or a server of our own for as long as we run."""
    if settings.redis_url:
        yield settings, None
        return
    with EmbeddedRedis(settings.qoswatch_data_dir) as server:
        yield settings.model_copy(update={"redis_url": server.url}), server


def _look_after(server: EmbeddedRedis | None) -> None:
    if server and server.ensure():
        print("up        | our own Redis died and was started again on the same data", flush=True)
