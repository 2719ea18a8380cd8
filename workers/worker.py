"""One RQ worker in this process, for one queue: it runs the jobs that we allow by name, and no others."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from rq import Queue, SimpleWorker
from rq.executions import Execution
from rq.job import Job

from service.log import redacted
from service.queues import JOBS, SERIALIZER, PlainJob
from service.settings import Settings
from service.store import StoreError
from service.store.connect import Connection, client
from workers import jobs
from workers.runtime import Runtime

BEAT_S = 15  #: real seconds
LONGEST_WAIT_S = 5.0  #: between two tries to reach Redis; RQ's own is a minute, in which nobody would be told
WORKER_TTL_S = 30  #: bounds how long an idle worker blocks before it looks after itself
log = structlog.get_logger()


class InProcessWorker(SimpleWorker):
    """Refuses every name that is not ours: whoever can write to Redis must not be able to run what they like."""

    max_connection_wait_time = LONGEST_WAIT_S

    def perform_job(self, job: Job, queue: Queue, *args: Any, **kwargs: Any) -> bool:
        """Run an allowed job; anything else is thrown away without being imported."""
        if not isinstance(job, PlainJob) or job.name not in JOBS:
            log.error("job was refused", func_name=getattr(job, "name", "")[:80], queue=queue.name)
            job.delete()
            return False
        done: bool = super().perform_job(job, queue, *args, **kwargs)
        return done

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Keep what went wrong, without the secrets that an unexpected error may quote."""
        super().handle_job_failure(job, queue, started_job_registry, redacted(exc_string), execution)


def run(settings: Settings, queue: str) -> int:
    """Work on one queue until SIGTERM; the job in hand is finished."""
    runtime = Runtime.build(settings)
    jobs.use(runtime)
    with client(settings.redis_url or "") as connection, _beating(runtime, queue):
        worker_of(connection, queue).work(logging_level=None)
    runtime.close()
    return 0


@contextmanager
def _beating(runtime: Runtime, queue: str) -> Iterator[None]:
    """Tell that this worker lives, from a thread of its own, for as long as it works."""
    health, name, stopping = runtime.store.health, (queue, os.getpid(), socket.gethostname()), threading.Event()

    def beat() -> None:
        while True:
            try:
                health.beat(*name)
            except StoreError as error:
                log.warning("beat failed", error=str(error))
            if stopping.wait(BEAT_S):
                return

    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        health.gone(*name)


def worker_of(connection: Connection, queue: str) -> InProcessWorker:
    """The worker of one queue. One queue each: with several, a worker killed at the wrong moment loses a job.

    RQ sets the timeouts of the connection that it is given, so it gets one of its own.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)  # four lines a job
    return InProcessWorker(
        [Queue(queue, connection=connection, serializer=SERIALIZER, job_class=PlainJob)],
        connection=connection,
        serializer=SERIALIZER,
        job_class=PlainJob,
        worker_ttl=WORKER_TTL_S,
        log_job_description=False,
    )
