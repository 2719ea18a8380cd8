"""The day's Zoom calls: shared with other apps, stretched when they would not last, and never silently gone."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from simulator import Simulator
from tests.stories.conftest import House

NUMBER = "97763643886"


@pytest.fixture
def small(redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Simulator) -> Any:
    """An account that may make 4,000 calls a day."""
    simulator.limits.per_day = 4_000
    house = House(
        f"unix://{redis_socket}", tmp_path, simulator, ZOOM_CALLS_PER_DAY="4000", ZOOM_HEAVY_PER_SECOND="1000"
    )
    simulator.limits.per_second = {}
    house.hook = house.channel()
    yield house
    house.close()


def _meeting(house: Any, number: str, people: int) -> list[str]:
    house.simulator.world.start(number, topic=f"Ward {number[-2:]}")
    return [
        house.simulator.world.join(number, f"Nurse {n}", email=f"n{n}@w{number}.org").user_id for n in range(people)
    ]


def test_another_app_that_eats_the_day_is_told_and_reads_never_as_all_is_well(house: Any) -> None:
    hook = house.channel()
    house.simulator.world.start(NUMBER, topic="Board")
    session = house.simulator.world.join(NUMBER, "Dr Rao").user_id
    house.watch(NUMBER, {"name": "Dr Rao"})
    house.advance(minutes=5)
    house.simulator.limits.spend(60_000)
    house.simulator.world.figures(NUMBER, session, "audio_input", {"avg_loss": 14})

    house.advance(minutes=6)

    assert house.texts(hook)[-1].startswith("CRITICAL: qoswatch is BLIND since")
    assert len({alert["id"] for alert in house.alerts(state="open")}) == 1
    budget = house.api("GET", "/v1/budget")
    assert budget["left"] == 0
    assert budget["others"] > 59_000
    [meeting] = house.api("GET", "/v1/live")["items"]
    assert "Not seen since" in meeting["says"]


def test_a_load_beyond_the_day_stretches_calm_meetings_and_still_alerts(small: Any) -> None:
    numbers = [f"8110000{n:04}" for n in range(12)]
    people = {number: _meeting(small, number, 2) for number in numbers}
    for number in numbers:
        small.watch(number, {"everyone": True}, rules=["speaker"])
    small.advance(minutes=10)
    stretch = small.api("GET", "/v1/budget")["stretch"]
    assert stretch["calm"] > 1
    assert stretch["urgent"] == 1
    assert any(text.startswith("WARNING: Zoom budget is short") for text in small.texts())

    small.simulator.calls.clear()
    small.advance(minutes=30)
    looked = {number: small.asked(_path(small, number)) for number in numbers}
    assert min(looked.values()) >= 3
    assert sum(looked.values()) < 12 * 30 / 2

    small.simulator.world.figures(numbers[3], people[numbers[3]][0], "audio_input", {"avg_loss": 14})
    small.advance(minutes=12)

    assert [alert["topic"] for alert in small.alerts(state="open") if alert["who"] != "qoswatch"] == ["Ward 03"]
    assert small.simulator.calls.count(status=429) == 0


def test_a_meeting_that_zoom_calls_bad_goes_before_other_calm_ones(small: Any) -> None:
    numbers = [f"8110000{n:04}" for n in range(12)]
    for number in numbers:
        _meeting(small, number, 2)
    small.watch("any", *({"email": f"n0@w{number}.org"} for number in numbers))
    small.advance(minutes=10)
    assert small.api("GET", "/v1/budget")["stretch"]["calm"] > 1
    somebody = small.simulator.world.join(numbers[3], "A guest whom nobody watches").user_id
    small.simulator.world.figures(numbers[3], somebody, "audio_input", {"avg_loss": 40})
    small.simulator.calls.clear()

    small.advance(minutes=15)

    looked = {number: small.asked(_path(small, number)) for number in numbers}
    assert looked.pop(numbers[3]) > max(looked.values())


def _path(house: Any, number: str) -> str:
    return quote(house.simulator.world.get(number).uuid, safe="")
