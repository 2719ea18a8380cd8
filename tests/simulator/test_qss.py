"""QSS: the figures of the REST rows, pushed each minute; more often, late or different on demand; and as a storm."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

BASE = 1764000000
NUMBER = "97763643886"
Ask = Callable[..., requests.Response]


@pytest.fixture(autouse=True)
def subscribed(simulator: Simulator, receiver: Any) -> None:
    simulator.push.to(receiver.url, "secret")
    simulator.push.knobs.qss = True


@pytest.fixture
def rao(simulator: Simulator) -> str:
    simulator.world.start(NUMBER)
    return simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com", traits=["wifi"]).user_id


def figures(receiver: Any) -> list[dict[str, Any]]:
    """The participant_qos objects that came."""
    return [body["payload"]["object"] for body in receiver.bodies if body["event"] == "meeting.participant_qos"]


def test_a_minute_is_pushed_with_the_figures_of_its_row(
    simulator: Simulator, receiver: Any, ask: Ask, rao: str
) -> None:
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 14})
    simulator.clock.step(59)
    simulator.push.flush()
    assert figures(receiver) == []
    simulator.clock.step(1)
    simulator.push.flush()
    (thing,) = figures(receiver)
    run = simulator.world.get(NUMBER)
    assert (thing["uuid"], thing["id"], thing["participant"]["user_id"]) == (run.uuid, NUMBER, rao)
    assert thing["participant"]["email"] == "rao@example.com"
    (row,) = ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"]
    pushed = {item["type"]: item["details"] for item in thing["participant"]["qos"]}
    assert {item["date_time"] for item in thing["participant"]["qos"]} == {row.pop("date_time")}
    assert {name: details for name, details in pushed.items() if name in row} == row
    assert pushed["audio_quality"] == {"quality": "poor", "quality_score": "2.28"}
    assert pushed["wifi_rssi"]["rssi_unit"] == "dBm"


def test_each_minute_of_each_person_is_pushed_once(simulator: Simulator, receiver: Any, rao: str) -> None:
    other = simulator.world.join(NUMBER, "Kim Lim").user_id
    for _ in range(6):
        simulator.clock.step(30)
        simulator.push.flush()
    told = [(t["participant"]["user_id"], t["participant"]["qos"][0]["date_time"][11:16]) for t in figures(receiver)]
    assert sorted(told) == sorted((who, at) for who in (rao, other) for at in ("16:00", "16:01", "16:02"))


def test_who_they_are_is_pushed_at_first(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.world.join(NUMBER, "Old", traits=["old"])
    for _ in range(2):
        simulator.clock.step(minutes=1)
        simulator.push.flush()
    told = [b["payload"]["object"]["participant"] for b in receiver.bodies if b["event"].endswith("participant_data")]
    assert [(one["participant_id"], len(one["data"])) for one in told] == [(rao, 1), (told[1]["participant_id"], 0)]
    assert (told[0]["data"][0]["device"], told[0]["data"][0]["network_type"]) == ("Windows", "Wifi")


def test_nothing_is_pushed_of_those_who_wait_or_left(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.world.join(NUMBER, waiting=True)
    simulator.world.leave(NUMBER, rao, at=BASE + 60)
    simulator.clock.step(minutes=5)
    simulator.push.flush()
    assert len(figures(receiver)) == 1
    assert receiver.events.index("meeting.participant_qos") < receiver.events.index("meeting.participant_left")


def test_the_last_minute_comes_before_the_end(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.clock.step(minutes=2)
    simulator.world.end(NUMBER)
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    assert receiver.events[-3:] == ["meeting.participant_qos", "meeting.participant_left", "meeting.ended"]
    assert len(figures(receiver)) == 2


def test_several_events_a_minute_can_come(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.push.knobs.qss_per_minute = 4
    simulator.clock.step(45)
    simulator.push.flush()
    assert [t["participant"]["qos"][0]["date_time"][14:19] for t in figures(receiver)] == ["00:00", "00:15", "00:30"]
    assert len({str(item["details"]) for t in figures(receiver) for item in t["participant"]["qos"][:1]}) == 1


def test_they_can_be_late(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.push.knobs.qss_delay_s = 20
    counts = []
    for _ in range(8):
        simulator.clock.step(20)
        simulator.push.flush()
        counts.append(len(figures(receiver)))
    assert counts == [0, 0, 0, 1, 1, 1, 2, 2]


def test_the_figures_can_differ_from_those_of_rest(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 5, "jitter": 10})
    simulator.push.knobs.qss_scale = 1.5
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    sound = next(
        item["details"] for item in figures(receiver)[0]["participant"]["qos"] if item["type"] == "audio_input"
    )
    assert (sound["avg_loss"], sound["jitter"].replace(" ", "")) == ("7.5%", "15ms")
    picture = next(i["details"] for i in figures(receiver)[0]["participant"]["qos"] if i["type"] == "video_input")
    assert picture["resolution"] in ("1280*720", "640*360")


def test_the_session_may_have_another_name(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.push.knobs.qss_person, simulator.push.knobs.ids = "participant_id", "number"
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    (thing,) = figures(receiver)
    assert (thing["participant"]["participant_id"], thing["id"]) == (rao, int(NUMBER))


def test_it_can_go_silent_while_the_rest_is_told(simulator: Simulator, receiver: Any, rao: str) -> None:
    simulator.push.knobs.qss = False
    simulator.clock.step(minutes=3)
    simulator.push.flush()
    simulator.push.knobs.qss = True
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    assert "meeting.participant_joined" in receiver.events
    assert [thing["participant"]["qos"][0]["date_time"][11:16] for thing in figures(receiver)] == ["16:03"]


def test_a_storm_sends_many_at_once_and_counts_what_was_taken(simulator: Simulator, receiver: Any) -> None:
    cast = simulator.play("six-meetings")
    storm = simulator.push.storm(400, threads=4)
    assert (storm.sent, storm.accepted, storm.statuses) == (400, 400, {200: 400})
    assert storm.per_second > 0
    assert len(receiver.got) == 400
    told = {
        (t["participant"]["user_id"], t["uuid"], t["participant"]["qos"][0]["date_time"]) for t in figures(receiver)
    }
    assert len(told) == 400, "distinct ones as long as there are any"
    assert any(uuid == cast.uuid for _, uuid, _ in told)
    simulator.push.storm(1600, threads=2)
    assert len({raw for _, raw in receiver.got}) == 1500, "300 people, five minutes"


def test_a_storm_over_nobody_is_refused(simulator: Simulator, rao: str) -> None:
    with pytest.raises(ValueError, match="a full minute"):
        simulator.push.storm(1)
