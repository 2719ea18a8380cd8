"""What RQ calls by name. Each job is thin, carries ids only, and is disposable: Redis' sorted sets know what is due."""

from collections.abc import Sequence

import structlog

from workers import deliver as delivering
from workers import drain as draining
from workers import escalate as escalating
from workers import poll as polling
from workers.runtime import Runtime

log = structlog.get_logger()
_runtime: list[Runtime] = []


def use(runtime: Runtime) -> None:
    """Set the process's runtime; called once, by the worker that will run the jobs."""
    _runtime[:] = [runtime]


def poll(batch: Sequence[Sequence[str]]) -> None:
    """Look at the claimed meetings of one batch: [[member, token], …]."""
    try:
        polling.poll(_runtime[0], batch)
    except Exception as error:  # RQ would keep the traceback, with what it holds, in Redis
        log.error("poll batch failed", error=type(error).__name__, exc_info=True)


def drain() -> None:
    """Deal with what Zoom has pushed."""
    try:
        draining.drain(_runtime[0])
    except Exception as error:  # as above
        log.error("drain failed", error=type(error).__name__, exc_info=True)


def escalate() -> None:
    """Take the steps that are due."""
    try:
        escalating.escalate(_runtime[0])
    except Exception as error:  # as above
        log.error("escalation failed", error=type(error).__name__, exc_info=True)


def deliver() -> None:
    """Pay what lanes owe."""
    try:
        delivering.deliver(_runtime[0])
    except Exception as error:  # as above
        log.error("delivery failed", error=type(error).__name__, exc_info=True)
