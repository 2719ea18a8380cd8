"""Whoever can write Redis plants jobs: nothing of theirs is imported, called, unpickled or asked for over HTTP."""

import json
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue, SimpleWorker

from service.store.connect import client
from tests.stories.dumps import everything
from workers import jobs
from workers.worker import worker_of

PLANTED = "planted_by_somebody"
ABANDONED = "rq:wip:poll"


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A module that writes down when it is imported and when it is called; answers what it wrote."""
    file = tmp_path / "traces"
    file.touch()
    code = f"""
from pathlib import Path
file = Path({str(file)!r})
file.write_text(file.read_text() + "imported ")
def run(*_, **__):
    file.write_text(file.read_text() + "called ")
"""
    (tmp_path / f"{PLANTED}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, PLANTED, raising=False)
    yield file.read_text
    sys.modules.pop(PLANTED, None)


@pytest.fixture
def own(redis_client: Any, redis_socket: Path) -> Iterator["redis.Redis[Any]"]:
    connection = client(f"unix://{redis_socket}")
    yield connection
    connection.close()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What our own jobs were called with."""
    calls: list[Any] = []
    monkeypatch.setattr(jobs, "poll", lambda *given: calls.append(given))
    return calls


@pytest.fixture
def one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of ours that fails with three arguments, as `on-failure` wants it."""
    monkeypatch.setattr(jobs, "poll", lambda batch: None)


class Unpickled:
    """Writes its trace when somebody unpickles it."""

    def __reduce__(self) -> Any:
        return __import__, (PLANTED,)


class Listener:
    """Whoever is asked for a web address."""

    def __init__(self) -> None:
        heard = self.heard = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/metadata"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def plant(server: Any, name: str = "workers.jobs.poll", args: Any = ([],), **more: Any) -> None:
    """A job in the queue of the polls, as somebody may write it who knows RQ."""
    hash = {
        "data": json.dumps([name, None, list(args), {}]),
        "status": "queued",
        "origin": "poll",
        "created_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "timeout": 75,
        **more,
    }
    server.delete("rq:job:planted")
    server.hset("rq:job:planted", mapping=hash)
    server.sadd("rq:queues", "rq:queue:poll")
    server.rpush("rq:queue:poll", "planted")


def abandon(server: Any, **more: Any) -> None:
    """A job that looks as if its worker had died long ago."""
    plant(server, status="started", **more)
    server.delete("rq:queue:poll")
    server.zadd(ABANDONED, {"planted:0123": time.time() - 600})


def work(own: Any) -> None:
    """One round of our worker, with the maintenance that comes before it."""
    _burst(worker_of(own, "poll"))


def careless(own: Any) -> None:
    """The same round by RQ's own worker, to see that the trap would have caught something."""
    queue = Queue("poll", connection=own, serializer="json")
    _burst(SimpleWorker([queue], connection=own, serializer="json"))


def _burst(worker: SimpleWorker) -> None:
    worker.subscribe = worker.unsubscribe = lambda: None  # costs a second of waiting
    worker.work(burst=True, logging_level="CRITICAL")


CALLBACK = f"{PLANTED}.run"
CASES = {
    "a-job-of-another-name": lambda server: plant(server, CALLBACK),
    "on-success": lambda server: plant(server, success_callback_name=CALLBACK),
    "on-failure": lambda server: plant(server, args=(1, 2, 3), failure_callback_name=CALLBACK),
    "abandoned-with-a-callback": lambda server: abandon(server, failure_callback_name=CALLBACK),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_that_is_planted_is_imported_or_called(
    own: Any, redis_client: Any, traces: Callable[[], str], one_batch: None, case: str
) -> None:
    CASES[case](redis_client)
    work(own)
    assert traces() == ""
    assert redis_client.llen("rq:queue:poll") == 0


@pytest.mark.parametrize("case", CASES)
def test_the_trap_would_have_caught_a_worker_without_this_guard(
    own: Any, redis_client: Any, traces: Callable[[], str], one_batch: None, case: str
) -> None:
    CASES[case](redis_client)
    careless(own)
    assert traces() == "imported called "


def test_an_allowed_job_runs_without_what_was_planted_around_it(
    own: Any, redis_client: Any, traces: Callable[[], str], ran: list[Any]
) -> None:
    around = {f"{kind}_callback_name": CALLBACK for kind in ("success", "failure", "stopped")}
    plant(redis_client, meta=pickle.dumps(Unpickled()), retries_left=3, dependency_ids='["other"]', **around)
    work(own)
    assert ran == [([],)]
    assert traces() == ""


@pytest.mark.parametrize("status", ["finished", "failed"])
def test_no_web_address_of_a_job_is_asked_for(
    own: Any, redis_client: Any, listener: Listener, ran: list[Any], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    if status == "failed":
        monkeypatch.delattr(jobs, "poll")
    webhooks = json.dumps([{"url": listener.url, "job_status": status}])
    plant(redis_client, webhooks=webhooks)
    work(own)
    assert listener.heard == []
    plant(redis_client, webhooks=webhooks)
    careless(own)
    assert listener.heard == ["/metadata"]


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps((CALLBACK, None, (), {})),
        pickle.dumps(Unpickled()),
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        b"[[1],0,0,0]",
    ],
    ids=["pickled", "pickled-trap", "empty", "too-short", "a-dict", "null", "no-text", "no-name"],
)
def test_data_that_is_not_ours_is_thrown_away_and_the_next_job_runs(
    own: Any, redis_client: Any, traces: Callable[[], str], ran: list[Any], data: bytes
) -> None:
    plant(redis_client, data=data)
    work(own)
    plant(redis_client)
    work(own)
    assert traces() == ""
    assert ran == [([],)]


@pytest.mark.parametrize(
    "odd", [{"status": "x"}, {"timeout": "x"}, {"created_at": "x"}, {"ttl": "x"}, {"repeat_intervals": "x"}], ids=str
)
def test_a_hash_that_is_no_job_stops_no_worker(
    own: Any, redis_client: Any, ran: list[Any], odd: dict[str, str]
) -> None:
    plant(redis_client, **odd)
    work(own)
    plant(redis_client)
    work(own)
    assert ran[-1:] == [([],)]


def test_a_method_of_what_a_job_brings_along_is_not_called(own: Any, redis_client: Any, ran: list[Any]) -> None:
    plant(redis_client, data=json.dumps(["upper", "text", [], {}]))
    work(own)
    assert ran == []
    assert not redis_client.exists("rq:job:planted")


def test_what_is_kept_of_a_job_that_fails_has_no_secrets_in_it(
    own: Any, redis_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(batch: Any) -> None:
        raise RuntimeError("no answer of https://hooks.slack.com/services/T0/B0/verysecret")

    monkeypatch.setattr(jobs, "poll", fail)
    plant(redis_client)
    work(own)
    held = everything(redis_client)
    assert b"no answer of https://hooks.slack.com/***" in held
    assert b"verysecret" not in held
