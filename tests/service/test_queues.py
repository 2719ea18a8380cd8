"""The queues: allow-listed names, JSON, ids only, and jobs that leave nothing behind."""

import json
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.job import Job

from service.queues import JOBS, Queues
from service.store import StoreUnavailable
from service.store.connect import client

BATCHES = [[["3f9a0c11d2e4", "7"], ["n97763643886", "8"]], [["0123456789ab", "9"]]]


@pytest.fixture
def queues(redis_client: "redis.Redis[Any]") -> Queues:
    return Queues(redis_client)


def jobs(redis_client: "redis.Redis[Any]", name: str) -> list[Job]:
    return Queue(name, connection=redis_client, serializer="json").jobs


def test_each_batch_is_one_job_that_carries_members_and_tokens(queues: Queues, redis_client: Any) -> None:
    queues.poll(BATCHES)
    assert queues.length("poll") == 2
    assert [job.args for job in jobs(redis_client, "poll")] == [[batch] for batch in BATCHES]


def test_a_job_is_short_lived_allow_listed_and_json(queues: Queues, redis_client: Any) -> None:
    queues.poll(BATCHES[:1])
    queues.drain()
    queues.escalate()
    queues.deliver()
    made = jobs(redis_client, "poll") + jobs(redis_client, "deliver")
    assert {job.func_name for job in made} == JOBS
    assert {(job.ttl, job.result_ttl, job.failure_ttl, job.timeout) for job in made} == {(60, 0, 3600, 75)}
    for job in made:
        assert 0 < redis_client.ttl(job.key) <= 60
        assert json.loads(zlib.decompress(redis_client.hget(job.key, "data")))[0] == job.func_name


def test_no_batch_is_no_job(queues: Queues) -> None:
    queues.poll([])
    assert queues.length("poll") == 0


def test_one_wake_up_is_enough(queues: Queues) -> None:
    for _ in range(3):
        queues.deliver()
    assert queues.length("deliver") == 1


def test_one_drainer_is_enough_beside_looks(queues: Queues, redis_client: Any) -> None:
    queues.poll(BATCHES[:1])
    for _ in range(3):
        queues.drain()
    assert [job.func_name for job in jobs(redis_client, "poll")] == ["workers.jobs.poll", "workers.jobs.drain"]


def test_a_drainer_at_work_does_not_keep_the_next_from_being_called(queues: Queues, redis_client: Any) -> None:
    queues.drain()
    redis_client.lpop("rq:queue:poll")  # a worker has taken it
    queues.drain()
    assert queues.length("poll") == 1


def test_a_worker_runs_it_and_nothing_is_left(
    redis_client: "redis.Redis[Any]", redis_socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Any] = []
    own = client(f"unix://{redis_socket}")
    monkeypatch.setattr("rq.job.Job.perform", lambda self: ran.append((self.func_name, self.args)))
    Queues(own).poll(BATCHES[:1])
    queue = Queue("poll", connection=own, serializer="json")

    SimpleWorker([queue], connection=own, serializer="json").work(burst=True, logging_level="WARNING")

    assert ran == [("workers.jobs.poll", [BATCHES[0]])]
    assert not redis_client.keys("rq:job:*")
    assert not redis_client.keys("rq:results:*")
    own.close()


def test_every_job_that_may_run_is_there() -> None:
    for name in JOBS:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda queues: queues.poll(BATCHES), id="poll"),
        pytest.param(lambda queues: queues.deliver(), id="deliver"),
        pytest.param(lambda queues: queues.escalate(), id="escalate"),
        pytest.param(lambda queues: queues.drain(), id="drain"),
        pytest.param(lambda queues: queues.length("poll"), id="length"),
    ],
)
def test_a_redis_that_is_away_is_the_stores_kind_of_failure(ask: Any) -> None:
    with pytest.raises(StoreUnavailable):
        ask(Queues(client("redis://127.0.0.1:1/0")))
