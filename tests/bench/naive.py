"""What most would write: a job for each watch that asks for its person, judges ten thresholds, and keeps each field."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import redis
import requests
from rq import Queue, SimpleWorker

from service.queues import SERIALIZER, TIMEOUT_S
from service.store.connect import client

_UNITS = "% abcdefghijklmnopqrstuvwxyz"
_ABOVE = {
    ("audio_input", "avg_loss"): 5,
    ("audio_output", "avg_loss"): 5,
    ("audio_input", "latency"): 300,
    ("video_input", "avg_loss"): 10,
    ("as_input", "avg_loss"): 5,
    ("video_output", "avg_loss"): 10,
    ("as_output", "avg_loss"): 5,
    ("cpu_usage", "system_max_cpu_usage"): 95,
}
_BELOW = {("video_input", "frame_rate"): 5, ("wifi_rssi", "avg_rssi"): -75}
_at: dict[str, Any] = {}  #: where Zoom and Redis are, for the jobs of this process


class Naive:
    """A queue of such jobs and its worker, which is of the product's own kind."""

    def __init__(self, redis_url: str, api_url: str) -> None:
        self._connection = client(redis_url)
        _at.update(redis=redis.Redis.from_url(redis_url), api=api_url)
        self._queue = Queue("naive", connection=self._connection, serializer=SERIALIZER)
        self.worker = SimpleWorker(
            [self._queue], connection=self._connection, serializer=SERIALIZER, log_job_description=False
        )

    def enqueue(self, people: Iterable[Sequence[str]]) -> None:
        """A job for each (UUID of a meeting, session)."""
        self._queue.enqueue_many(
            [
                Queue.prepare_data("tests.bench.naive.look", args=tuple(each), timeout=TIMEOUT_S, result_ttl=0)
                for each in people
            ]
        )

    def kept(self) -> int:
        """Fields that stand in Redis."""
        return sum(int(_at["redis"].hlen(key)) for key in _at["redis"].scan_iter("naive:*"))

    def close(self) -> None:
        """Give back the connections."""
        self._connection.close()
        _at["redis"].close()


def look(meeting: str, person: str) -> None:
    """The job."""
    url = f"{_at['api']}/metrics/meetings/{quote(meeting, safe='')}/participants/{person}/qos"
    answer = requests.get(url, params={"type": "live"}, headers={"Authorization": "Bearer fast"}, timeout=10)
    answer.raise_for_status()
    row = max(answer.json()["user_qos"], key=lambda each: each["date_time"])
    for name, is_bad in _judged(row):
        _at["redis"].hset(f"naive:{meeting}:{person}", name, int(is_bad))


def _judged(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for (stream, name), limit in _ABOVE.items():
        value = _number(row, stream, name)
        yield f"{stream}.{name}", value is not None and value > limit
    for (stream, name), limit in _BELOW.items():
        value = _number(row, stream, name)
        yield f"{stream}.{name}", value is not None and value < limit


def _number(row: dict[str, Any], stream: str, name: str) -> float | None:
    text = str((row.get(stream) or {}).get(name, ""))
    return float(text.rstrip(_UNITS)) if text else None
