"""Zoom, tokens and chats have bad days: no false alert, nothing lost, nothing told twice."""

from dataclasses import replace
from typing import Any

import pytest

from service.store import plans

NUMBER = "97763643886"


def _meeting(house: Any, people: int = 1) -> list[str]:
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    return [str(house.simulator.world.join(NUMBER, f"Person {n}").user_id) for n in range(people)]


def test_zoom_down_for_a_while_is_no_alert_and_the_open_one_goes_on(house: Any) -> None:
    [person] = _meeting(house)
    house.channel()
    house.watch(NUMBER, person)
    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})
    house.advance(minutes=4)
    before = house.texts()
    assert len(before) == 1

    house.simulator.faults.add("503", for_s=600)
    house.advance(minutes=10)
    [blind] = house.texts()[1:]
    assert blind.startswith("CRITICAL: qoswatch is BLIND since")
    assert {alert["who"]: alert["state"] for alert in house.alerts()} == {"Person 0": "open", "qoswatch": "open"}

    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 0})
    house.advance(minutes=8)
    assert {text.partition(" ")[0] for text in house.texts()[2:]} == {"qoswatch", "Fine", "Still"}


@pytest.mark.parametrize(
    "fault", ["3001", "124", "4711", "200", "429-second", "429-day", "500", "503", "not-json", "truncated", "reset"]
)
def test_no_error_of_zoom_makes_or_ends_an_alert(house: Any, fault: str) -> None:
    people = _meeting(house, 2)
    house.channel()
    house.watch(NUMBER, *people)
    house.simulator.world.figures(NUMBER, people[0], "audio_input", {"avg_loss": 14})
    house.advance(minutes=4)
    assert len(house.texts()) == 1

    house.simulator.faults.add(fault, path="/qos", for_s=55)
    house.advance(minutes=4)

    assert len(house.texts()) == 1
    [alert] = house.alerts()
    assert alert["state"] == "open"


def test_an_expired_token_is_renewed_once_and_nobody_notices(house: Any) -> None:
    [person] = _meeting(house)
    house.channel()
    house.watch(NUMBER, person)
    house.advance(minutes=2)

    house.advance(minutes=70, step_s=60)

    issued = house.simulator.calls.count(path="/oauth/token")
    assert 2 <= issued <= 4
    assert house.simulator.calls.count(path="/qos") >= 70
    assert house.texts() == []


@pytest.fixture
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zoom's pace of 38 calls a second is real time, which a story has not got."""
    quick = replace(plans.PLANS["business"], heavy=plans.Rate(100_000, 1000))
    monkeypatch.setattr(plans, "PLANS", {**plans.PLANS, "business": quick})


def test_two_hundred_people_breaking_at_once(no_pace: None, house: Any) -> None:
    house.simulator.limits.per_second = {}
    people = _meeting(house, 200)
    hook = house.channel()
    house.watch(NUMBER, *people)
    house.advance(minutes=2)
    for person in people:
        house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 14}, minutes=4)
    house.advance(minutes=9)

    posts = house.simulator.inbox.posts(hook, accepted=True)
    ids = [post.delivery for post in posts]
    assert len(ids) == len(set(ids))
    assert house.alerts(state="open") == []
    told: dict[str, int] = {}
    for lane in house.api("GET", "/v1/deliveries?limit=200")["items"]:
        assert lane["state"] == "accepted"
        for alert in lane["alerts"]:
            told[alert] = told.get(alert, 0) + 1
    assert sum(1 for subject in told if subject.startswith("al_")) == 200
    assert any("most of" in text or "200 watched" in text for text in house.texts(hook)), house.texts(hook)
    pages = [house.api("GET", "/v1/alerts?limit=200")]
    assert {alert["who"] for page in pages for alert in page["items"]} == {f"Person {n}" for n in range(200)}


def test_one_meeting_that_fails_spoils_no_other(house: Any) -> None:
    world = house.simulator.world
    [person] = _meeting(house)
    world.start("111222333", topic="Clinic 2")
    other = str(world.join("111222333", "Dr Chen").user_id)
    house.channel()
    house.watch(NUMBER, person)
    house.watch("111222333", other)
    house.advance(minutes=2)
    uuid = world.get("111222333").uuid
    house.simulator.faults.add("not-json", path=uuid.rstrip("=")[:8], for_s=6000)
    world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})

    house.advance(minutes=5)

    assert len(house.texts()) == 1
