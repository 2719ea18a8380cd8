"""The line to Redis: what it was asked for is asked once, and every failure is of one kind."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from service.store import Store, StoreUnavailable
from service.store.connect import client
from service.store.link import Link


@pytest.fixture
def deaf(redis_socket: Path, tmp_path: Path) -> Iterator[Path]:
    """A way to the server on which INCR arrives and its answer does not."""
    way = tmp_path / "deaf.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(way))
    listener.listen()

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near, socket.socket(socket.AF_UNIX) as far:
                far.connect(str(redis_socket))
                while asked := near.recv(65536):
                    far.sendall(asked)
                    answer = far.recv(65536)
                    if b"INCR" in asked:
                        break
                    near.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield way
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("retries", [True, False], ids=["a client that would retry", "a client of ours"])
def test_a_lost_reply_is_told_and_nothing_is_done_twice(deaf: Path, redis_client: "redis.Redis", retries: bool) -> None:
    line = Link(redis.Redis(unix_socket_path=str(deaf)) if retries else client(f"unix://{deaf}"))
    line.do("PING")
    with pytest.raises(StoreUnavailable):
        line.do("INCR", "n")
    line.close()
    assert redis_client.get("n") == b"1"


def test_a_script_is_loaded_again_on_a_server_that_forgot_it(store: Store) -> None:
    store.due.arm("a", store.clock.now())
    store.redis.script_flush()
    assert store.due.claim(1, 90)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda line: line.get("k"), id="a key"),
        pytest.param(lambda line: line.many(["k"]), id="keys"),
        pytest.param(lambda line: line.hash("k"), id="a hash"),
        pytest.param(lambda line: line.run("token_drop", ("k",), ("a",)), id="a script"),
        pytest.param(lambda line: line.together([("GET", "k")]), id="a transaction"),
        pytest.param(lambda line: line.time_ms(), id="the time"),
    ],
)
def test_a_server_that_is_away_is_one_kind_of_failure(ask: object) -> None:
    with pytest.raises(StoreUnavailable):
        ask(Link(redis.Redis(unix_socket_path="/nowhere.sock")))


def test_a_transaction_answers_in_order(store: Store) -> None:
    assert Link(store.redis).together([("SET", "k", 1), ("INCR", "k"), ("GET", "k")])[1:] == [2, b"2"]
