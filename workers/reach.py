"""How a command finds Redis and its own kind: REDIS_URL, or the server of an `up` that runs beside it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from service.settings import Settings
from workers import trials
from workers.embedded import EmbeddedRedis, running_url
from workers.errors import CommandError

log = structlog.get_logger()


def ours(*words: str) -> list[str]:
    """The command line of one of our own processes. -P: a folder of the caller's must not hide our packages."""
    return [sys.executable, "-P", "-m", "workers.cli", *words]


def at(settings: Settings, url: str) -> Settings:
    """The settings with this Redis."""
    return settings.model_copy(update={"redis_url": url})


def running(settings: Settings) -> Settings:
    """The settings with a Redis that runs now. Raises CommandError when there is none."""
    for name, opens in trials.on(settings):
        log.warning("setting for trials is on", setting=name, opens=opens, todo="unset it in production")
    if settings.redis_url:
        return settings
    if url := running_url(settings.qoswatch_data_dir):
        return at(settings, url)
    _mention_demonstration(settings)
    raise CommandError(
        "REDIS_URL is not set, and no `qoswatch up` runs here: set REDIS_URL, or use `qoswatch up`, "
        "which brings a server of its own"
    )


def _mention_demonstration(settings: Settings) -> None:
    """The demonstration keeps its things apart, so that nothing of it is taken for real; say so where it runs."""
    folder = settings.qoswatch_data_dir / "demo"
    if running_url(folder):
        print(
            f"qoswatch: the demonstration runs, and keeps its own things: to ask it, set QOSWATCH_DATA_DIR={folder}",
            file=sys.stderr,
        )


@contextmanager
def reached(settings: Settings) -> Iterator[Settings]:
    """As `running`; with our own server started for this one command when nothing runs."""
    if settings.redis_url or running_url(settings.qoswatch_data_dir):
        yield running(settings)
        return
    _mention_demonstration(settings)
    with EmbeddedRedis(settings.qoswatch_data_dir) as server:
        yield at(settings, server.url)
