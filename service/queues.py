"""The queues: what may be asked of workers, and how. A job carries ids only and may get lost without harm.

Redis sorted sets know what is due; a job is only how it gets done, so it lives a minute and leaves nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job

from service.store.link import one_kind

QueueName = Literal["poll", "deliver"]

#: The jobs that may run. Whoever writes Redis could name any importable callable: our workers refuse the rest.
JOBS = frozenset({"workers.jobs.poll", "workers.jobs.drain", "workers.jobs.deliver", "workers.jobs.escalate"})

SERIALIZER = "json"  # pickle would run whatever lies in Redis
TTL_S = 60
RESULT_TTL_S = 0
FAILURE_TTL_S = 3600  # RQ keeps a failed job for a year
TIMEOUT_S = 75
#: What RQ may read of a job that lies in Redis.
_FIELDS = {"data", "status", "origin", "description", "timeout", "ttl", "result_ttl", "failure_ttl", "worker_name"}
_FIELDS |= {"created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat"}
_DRAIN, _STEPS = "drain-", "steps-"  #: how the ids of such jobs begin: they stand in one queue with others


class PlainJob(Job):
    """A job with nothing around it.

    RQ would import and call what a job's hash names as callbacks, also of a job that it only clears away, and would
    ask for any web address that stands there: that is all left unread, as are retries and other jobs that wait for it.
    """

    def restore(self, raw_data: Mapping[bytes | str, Any]) -> None:
        """Take over what belongs to a job of ours. What can not be read is no job: it must not stop who finds it."""
        try:
            super().restore({name: value for name, value in raw_data.items() if _text(name) in _FIELDS})
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise NoSuchJobError("this is no job of ours") from error

    @property
    def name(self) -> str:
        """The name of what it would run; "" where that can not even be read."""
        try:
            return str(self.func_name)
        except Exception:  # RQ has errors of its own for it, and whoever planted it may cause others
            return ""


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


class Queues:
    """The way from those who see that work is due to those who do it. Everything here raises StoreUnavailable."""

    def __init__(self, client: redis.Redis) -> None:
        self._queues: dict[QueueName, Queue] = {
            "poll": Queue("poll", connection=client, serializer=SERIALIZER),
            "deliver": Queue("deliver", connection=client, serializer=SERIALIZER),
        }

    @one_kind()
    def poll(self, batches: Sequence[Sequence[Sequence[str]]]) -> None:
        """One job for each batch; a batch is a list of [member of `due`, token]."""
        jobs = [
            Queue.prepare_data(
                "workers.jobs.poll",
                args=([list(item) for item in batch],),
                timeout=TIMEOUT_S,
                result_ttl=RESULT_TTL_S,
                ttl=TTL_S,
                failure_ttl=FAILURE_TTL_S,
            )
            for batch in batches
        ]
        if jobs:
            self._queues["poll"].enqueue_many(jobs)

    @one_kind()
    def drain(self) -> None:
        """Wake a drainer of what Zoom pushes, unless one is called already."""
        if any(id.startswith(_DRAIN) for id in self._queues["poll"].get_job_ids()):
            return
        self._queues["poll"].enqueue(
            "workers.jobs.drain",
            job_id=f"{_DRAIN}{secrets.token_hex(8)}",
            job_timeout=TIMEOUT_S,
            result_ttl=RESULT_TTL_S,
            ttl=TTL_S,
            failure_ttl=FAILURE_TTL_S,
        )

    @one_kind()
    def deliver(self) -> None:
        """Wake a sender, unless one is called already: one job drains every lane that is due."""
        if any(not id.startswith(_STEPS) for id in self._queues["deliver"].get_job_ids()):
            return
        self._queues["deliver"].enqueue(
            "workers.jobs.deliver",
            job_timeout=TIMEOUT_S,
            result_ttl=RESULT_TTL_S,
            ttl=TTL_S,
            failure_ttl=FAILURE_TTL_S,
        )

    @one_kind()
    def escalate(self) -> None:
        """Wake whoever takes the steps of policies, unless that is called already; it goes before every sender."""
        if any(id.startswith(_STEPS) for id in self._queues["deliver"].get_job_ids()):
            return
        self._queues["deliver"].enqueue(
            "workers.jobs.escalate",
            job_id=f"{_STEPS}{secrets.token_hex(8)}",
            job_timeout=TIMEOUT_S,
            result_ttl=RESULT_TTL_S,
            ttl=TTL_S,
            failure_ttl=FAILURE_TTL_S,
            at_front=True,
        )

    @one_kind()
    def length(self, name: QueueName) -> int:
        """How many jobs wait."""
        return self._queues[name].count
