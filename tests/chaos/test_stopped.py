"""Stopped processes in small: one of each kind, once. And no host's clock decides what time it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos import stopped

ROOT = Path(__file__).parents[2]
ASKS = """
import sys, time
from service.store import Store
import redis
store = Store(redis.Redis(unix_socket_path=sys.argv[1]), secret_keys=["A" * 43 + "="])
print(store.clock.now().timestamp(), time.time())
"""


def test_whoever_stands_still_does_nothing_by_an_old_claim_and_nothing_is_lost() -> None:
    lines, holds = stopped.run(seed=1, short=True)
    assert holds, "\n".join(lines)


@pytest.mark.parametrize("off_s", ["30", "-30"])
def test_a_process_whose_host_has_another_time_of_day_reads_ours(
    redis_socket: Path, child_env: dict[str, str], off_s: str
) -> None:
    path = os.pathsep.join([str(ROOT / "tests/chaos/children"), str(ROOT)])
    environ = {**child_env, "PYTHONPATH": path, "CHAOS_CLOCK_OFF_S": off_s}
    command = [sys.executable, "-P", "-c", ASKS, str(redis_socket)]

    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=60).stdout

    ours, its = map(float, told.split())
    assert its - ours == pytest.approx(float(off_s), abs=10)
