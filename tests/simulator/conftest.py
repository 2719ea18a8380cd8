"""A simulator whose clock stands still at a whole minute, and a caller who holds its token."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from simulator import Simulator

BASE = 1764000000  # 2025-11-24T16:00:00Z
Ask = Callable[..., requests.Response]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(base=BASE, speed=0) as running:
        yield running


@pytest.fixture
def ask(simulator: Simulator) -> Ask:
    """GET under /v2/metrics/meetings/ with a bearer that counts."""

    def get(path: str, **query: Any) -> requests.Response:
        simulator.tokens.accept("ready")
        headers = {"Authorization": "Bearer ready"}
        url = f"{simulator.zoom_url}/metrics/meetings/{path}"
        return requests.get(url, params=query, headers=headers, timeout=5)

    return get
