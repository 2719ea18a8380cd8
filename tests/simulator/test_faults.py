"""Every way in which the pretend Zoom can fail, over a real connection."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

NUMBER = "97763643886"
Ask = Callable[..., requests.Response]


@pytest.fixture(autouse=True)
def meeting(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)


@pytest.mark.parametrize(
    ("kind", "more", "status", "code"),
    [
        pytest.param("124", {}, 401, 124, id="token-wrong"),
        pytest.param("124", {"status": 400}, 400, 124, id="token-wrong-as-400"),
        pytest.param("200", {}, 400, 200, id="plan-too-low"),
        pytest.param("300", {"detail": NUMBER}, 400, 300, id="code-300"),
        pytest.param("1010", {}, 404, 1010, id="user-elsewhere"),
        pytest.param("3001", {}, 404, 3001, id="meeting-not-there"),
        pytest.param("4700", {"detail": "x:read"}, 400, 4700, id="scope-the-older-code"),
        pytest.param("4711", {"detail": "x:read"}, 400, 4711, id="scope"),
        pytest.param("12702", {}, 400, 12702, id="a-year-ago"),
        pytest.param("429-second", {}, 429, 429, id="too-fast"),
        pytest.param("429-second", {"code": 4001}, 429, 4001, id="too-fast-by-its-other-code"),
        pytest.param("429-day", {"headers": False}, 429, 429, id="day-spent-without-headers"),
        pytest.param("500", {}, 500, 500, id="five-hundred"),
        pytest.param("503", {}, 503, 503, id="five-hundred-three"),
    ],
)
def test_an_error_has_its_status_and_its_code(
    simulator: Simulator, ask: Ask, kind: str, more: dict[str, Any], status: int, code: int
) -> None:
    simulator.faults.add(kind, count=1, **more)
    answer = ask(NUMBER)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    assert "{" not in answer.json()["message"]
    assert ask(NUMBER).status_code == 200, "once was asked for"


def test_a_fault_can_say_when_to_come_again(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("429-second", retry_after="7")
    assert ask(NUMBER).headers["Retry-After"] == "7"


def test_a_cut_answer_promises_more_than_it_brings(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("truncated", count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(NUMBER)


@pytest.mark.parametrize(("kind", "text"), [("not-json", "<html>"), ("empty", "")])
def test_a_good_status_can_come_with_no_json(simulator: Simulator, ask: Ask, kind: str, text: str) -> None:
    simulator.faults.add(kind, count=1)
    answer = ask(NUMBER)
    assert answer.status_code == 200
    assert answer.text.startswith(text)
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_a_dropped_connection_brings_nothing(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("reset", count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        ask(NUMBER)
    assert simulator.calls.log()[-1].status == 0


def test_a_slow_answer_is_a_good_one(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("slow", count=1, seconds=0.15)
    begun = time.monotonic()
    assert ask(NUMBER).status_code == 200
    assert time.monotonic() - begun >= 0.15


def test_stopping_ends_a_slow_answer_at_once() -> None:
    begun = time.monotonic()
    with Simulator(base=0, speed=0) as simulator:
        simulator.faults.add("slow", seconds=60)
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.post(simulator.token_url, timeout=0.1)
    assert time.monotonic() - begun < 5


def test_a_fault_meets_the_calls_it_names_and_no_others(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("503", path="/qos$")
    assert ask(NUMBER).status_code == 200
    assert ask(f"{NUMBER}/participants/1/qos").status_code == 503


def test_a_fault_can_begin_later_and_end_by_the_clock(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("503", in_s=60, for_s=120)
    told = []
    for _ in range(4):
        told.append(ask(NUMBER).status_code)
        simulator.clock.step(60)
    assert told == [200, 503, 503, 200]


def test_the_token_call_can_fail_too(simulator: Simulator) -> None:
    simulator.faults.add("invalid_client", path="/oauth/token")
    answer = requests.post(simulator.token_url, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_unknown_fault_is_refused(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="unknown fault 'meteor'"):
        simulator.faults.add("meteor")


def test_faults_can_be_cleared(simulator: Simulator, ask: Ask) -> None:
    simulator.faults.add("503")
    simulator.faults.clear()
    assert ask(NUMBER).status_code == 200


def test_a_path_that_is_not_built_yet_is_not_here(simulator: Simulator, ask: Ask) -> None:
    answer = ask(f"{NUMBER}/participants/sharing")
    assert (answer.status_code, answer.json()["code"]) == (404, 3001)


def test_every_call_is_remembered(simulator: Simulator, ask: Ask) -> None:
    ask(NUMBER, type="past")
    requests.post(simulator.token_url, timeout=5)
    first, second = simulator.calls.log()
    assert (first.path, first.query, first.label) == (f"/v2/metrics/meetings/{NUMBER}", "type=past", "heavy")
    assert (first.token, first.status, first.code, first.at) == ("ready", 404, 3001, simulator.clock.now())
    assert (second.path, second.label, second.status) == ("/oauth/token", "token", 401)
    assert simulator.calls.summary()["by_status"] == {"404": 1, "401": 1}
    assert simulator.calls.count(status=401) == 1
    simulator.calls.clear()
    assert simulator.calls.count() == 0
