"""Rate limits: so many a second, so many a day, and what a 429 says of itself."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from simulator import Simulator
from simulator.clock import Clock
from simulator.limits import Limits

BASE = 1764000000  # 2025-11-24T16:00:00Z
NUMBER = "97763643886"
Ask = Callable[..., requests.Response]


class Real:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def limits(**wish: Any) -> tuple[Limits, Real, Clock]:
    real, clock = Real(), Clock(BASE, 0)
    made = Limits(clock, real)
    for name, value in wish.items():
        setattr(made, name, value)
    return made, real, clock


def test_business_may_forty_heavy_calls_a_second() -> None:
    made, real, _ = limits()
    told = [made.take("heavy") for _ in range(41)]
    assert told[:40] == [None] * 40
    assert told[40] is not None
    assert "per-second" in told[40].body["message"]
    assert told[40].headers["X-RateLimit-Type"] == "QPS"
    assert "Retry-After" not in told[40].headers
    real.now += 1
    assert made.take("heavy") is None


def test_labels_are_counted_apart_but_the_day_together() -> None:
    made, _, _ = limits(per_second={"heavy": 1}, per_day=3)
    assert made.take("heavy") is None
    assert made.take("heavy") is not None
    assert made.take("intensive") is None
    assert made.take("light") is None
    assert made.spent == 2
    made.spend(1)
    refused = made.take("intensive")
    assert refused is not None
    assert "daily" in refused.body["message"]
    assert made.take("light") is None


def test_the_day_ends_at_midnight_utc_by_the_simulators_clock() -> None:
    made, _, clock = limits(per_day=1)
    made.take("heavy")
    refused = made.take("heavy")
    assert refused is not None
    assert refused.headers["Retry-After"] == "2025-11-25T00:00:00Z"
    clock.step(8 * 3600 - 1)
    assert made.take("heavy") is not None
    clock.step(1)
    assert made.take("heavy") is None


@pytest.mark.parametrize(
    ("style", "meant"),
    [
        pytest.param("iso", lambda text: text == "2025-11-25T00:00:00Z", id="iso-8601"),
        pytest.param("http-date", lambda text: parsedate_to_datetime(text).timestamp() == 1764028800, id="http-date"),
        pytest.param("seconds", lambda text: text == "28800", id="seconds"),
        pytest.param("soon", lambda text: text == "soon", id="nonsense-goes-out-as-it-is"),
    ],
)
def test_retry_after_comes_in_three_dialects(style: str, meant: Callable[[str], bool]) -> None:
    made, _, _ = limits(retry_after=style)
    assert meant(made.refuse("heavy", daily=True).headers["Retry-After"])


def test_a_429_may_come_without_any_header(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    simulator.limits.per_day, simulator.limits.headers = 1, False
    assert ask(NUMBER).status_code == 200
    answer = ask(NUMBER)
    assert (answer.status_code, answer.json()["code"]) == (429, 429)
    assert not [name for name in answer.headers if name.lower().startswith(("x-ratelimit", "retry"))]


def test_the_code_of_a_429_can_be_another() -> None:
    made, _, _ = limits(second_code=4001)
    assert made.refuse("heavy", daily=False).body["code"] == 4001


def test_pro_may_less() -> None:
    made, _, _ = limits()
    made.plan("pro")
    assert (made.per_second["heavy"], made.per_day) == (10, 30_000)


def test_a_good_answer_names_its_category_and_nothing_it_has_left(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    answer = ask(NUMBER)
    assert answer.headers["X-RateLimit-Category"] == "Heavy"
    assert "X-RateLimit-Remaining" not in answer.headers
    assert simulator.calls.count(label="heavy") == 1
