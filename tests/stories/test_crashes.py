"""A worker dies at the worst moment: nothing is lost, and a repeat bears the id of its first."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NUMBER = "97763643886"
LEASES_RUN_OUT_S = 95


def _dying_worker(house: Any, queue: str, point: str) -> int:
    """A worker process of its own that kills itself at a named point; answers its exit code."""
    environ = {
        **os.environ,
        **house.environ,
        "QOSWATCH_DIE_AT": point,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-P", "-m", "workers.cli", "worker", "--queue", queue]
    return subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=False, timeout=60).returncode


@pytest.fixture
def breaking(house: Any) -> Any:
    """Dr Rao's call has been breaking for a minute; one more look will decide it."""
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    house.rao = house.simulator.world.join(NUMBER, "Dr Rao").user_id
    house.hook = house.channel()
    house.watch(NUMBER, house.rao)
    house.advance(minutes=4)  # the roll was called
    house.simulator.world.figures(NUMBER, house.rao, "audio_input", {"avg_loss": 14})
    return house


def _until_queued(house: Any, queue: str) -> None:
    """Run what is due until a job waits for the worker that is to die."""
    for _ in range(60):
        house.move(15)
        house.scheduler.tick()
        if house.runtime.queues.length(queue):
            return
        house.run()
    raise AssertionError(f"nothing was ever queued for {queue}")


@pytest.mark.parametrize("point", ["claimed:1", "polled:1", "decided:1", "committed:1"])
def test_a_poll_worker_killed_anywhere_loses_no_alert(breaking: Any, point: str) -> None:
    breaking.advance(minutes=2)
    assert breaking.texts() == []
    _until_queued(breaking, "poll")

    code = _dying_worker(breaking, "poll", point)
    breaking.advance(seconds=LEASES_RUN_OUT_S + 60)

    assert code == -signal.SIGKILL
    assert breaking.texts() == ["CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Nobody has it."]


@pytest.mark.parametrize(
    ("point", "posts"),
    [
        pytest.param("leased:1", 1, id="before-the-post-it-goes-once"),
        pytest.param("posted:1", 2, id="after-the-post-it-goes-again-under-its-id"),
        pytest.param("recorded:1", 1, id="after-the-record-it-went-once"),
    ],
)
def test_a_sender_killed_anywhere_repeats_at_most_itself(breaking: Any, point: str, posts: int) -> None:
    for _ in range(12):
        breaking.move(15)
        breaking.scheduler.tick()
        breaking.work("poll")
        if breaking.runtime.queues.length("deliver"):
            break
    breaking.move(1)

    code = _dying_worker(breaking, "deliver", point)
    breaking.advance(seconds=LEASES_RUN_OUT_S)

    accepted = breaking.posts(breaking.hook)
    assert code == -signal.SIGKILL
    assert len(accepted) == posts
    assert len({post.delivery for post in accepted}) == 1
    deliveries = breaking.api("GET", "/v1/deliveries")["items"]
    assert {delivery["state"] for delivery in deliveries} == {"accepted"}
