"""On the path of processes that chaos starts: sockets stay here, ticks come faster, and a host's clock may be wrong."""

import datetime
import importlib.util
import os
import time
from pathlib import Path

_GUARD = Path(__file__).parents[2] / "children" / "sitecustomize.py"


def _guard() -> None:
    """Sockets beyond this machine stay closed, as in every process that a test starts."""
    spec = importlib.util.spec_from_file_location("_guard", _GUARD)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _off_by(seconds: float) -> None:
    """This process believes in another time of day; what counts seconds is as it was."""
    right, right_ns, span = time.time, time.time_ns, datetime.timedelta(seconds=seconds)

    class Wrong(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> "Wrong":
            return super().now(tz) + span

        @classmethod
        def utcnow(cls) -> "Wrong":
            return super().utcnow() + span

    time.time = lambda: right() + seconds
    time.time_ns = lambda: right_ns() + int(seconds * 1e9)
    datetime.datetime = Wrong


_guard()
if off_s := os.environ.get("CHAOS_CLOCK_OFF_S"):
    _off_by(float(off_s))
if tick_s := os.environ.get("CHAOS_TICK_S"):
    import workers.scheduler

    workers.scheduler.TICK_S = float(tick_s)
