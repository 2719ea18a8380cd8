"""Every error that the pretend Zoom knows, one after the other, while people are watched: nobody is told nonsense."""

from typing import Any

import pytest

from simulator.answers import TOKEN_KINDS
from simulator.faults import KINDS
from tests.stories.conftest import House
from workers.zoom import token

NUMBER = "97763643886"
EVENING_S = 11 * 3600  #: until 21:00: a day's calls that are used up come back at midnight
STEP_S = 30
MORE: dict[str, dict[str, Any]] = {"slow": {"seconds": 0.1}}  #: real seconds
DAY = "429-day"
IN_TURN = [*sorted(KINDS - {DAY}), DAY]  #: the last one is not over before midnight
UNTOLD = {"3001", "slow"}  #: what says that the meeting is over is asked twice; who is slow answers


@pytest.fixture
def on(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A meeting in the evening: two people are fine, and one breaks up, which has been told."""
    monkeypatch.setattr(token, "FAILED_S", 0.0)  # rests of real seconds, which a story has not got
    house.move(EVENING_S)
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    people = [str(house.simulator.world.join(NUMBER, name).user_id) for name in ("Dr Bad", "Mr Well", "Ms Fine")]
    house.channel()
    who = [{"participant_id": id} for id in people]
    house.api("PUT", "/v1/watches/hall", {"meeting": NUMBER, "who": who, "notify": ["slack-av"]})
    house.advance(minutes=4, step_s=STEP_S)
    house.simulator.world.figures(NUMBER, people[0], "audio_input", {"avg_loss": 14})
    house.advance(minutes=4, step_s=STEP_S)
    assert [text[:9] for text in house.texts()] == ["CRITICAL:"]
    return house


def fail(house: House, kind: str) -> Any:
    """A minute in which whatever is asked for fails so; what is wrong with tokens, when one is asked for."""
    house.simulator.faults.clear()
    if kind not in TOKEN_KINDS:
        return house.simulator.faults.add(kind, "/metrics/", for_s=60, **MORE.get(kind, {}))
    house.simulator.tokens.revoke()
    return house.simulator.faults.add(kind, "/oauth/", for_s=60)


def status(house: House) -> tuple[str, str]:
    """What the watch says, and the meeting that is on."""
    [meeting] = house.api("GET", "/v1/live")["items"]
    return house.api("GET", "/v1/watches/hall")["says"], meeting["says"]


def people(house: House) -> list[tuple[str, str]]:
    return [(alert["who"], alert["state"]) for alert in house.alerts()]


def test_a_minute_of_each_error_is_told_in_status_and_to_nobody(on: House) -> None:
    watching = "Watching 3 people in Spring Town Hall; tells slack-av."
    for kind in IN_TURN:
        fault = fail(on, kind)
        on.advance(minutes=1, step_s=STEP_S)

        assert fault.hits, f"{kind}: nobody asked"
        says, live = status(on)
        if kind in UNTOLD:
            assert says == watching, f"{kind}: {says}"
        else:
            assert live.startswith("Not seen since "), f"{kind}: {live}"
            assert says == f"{watching} {live}"
            assert len(live.partition(": ")[2]) > 10, f"{kind} has no reason: {live}"
        if kind != DAY:
            on.advance(minutes=2, step_s=STEP_S)
            assert status(on) == (watching, "3 of 3 watched people are here; 1 alert is open."), kind
        assert people(on) == [("Dr Bad", "open")], kind

    fires = [text for text in on.texts() if not text.startswith("Still bad")]
    assert fires == ["CRITICAL: others hear Dr Bad breaking up. Spring Town Hall. Nobody has it."]
