"""The control API: everything the demonstration and other processes need, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

BASE = 1764000000
NUMBER = "97763643886"
Ask = Callable[..., requests.Response]
Pull = Callable[..., Any]


@pytest.fixture
def pull(simulator: Simulator) -> Pull:
    """POST /sim/<path> with keywords as JSON; the answer, which has to be good."""

    def post(path: str, /, **body: Any) -> Any:
        answer = requests.post(f"{simulator.url}/sim/{path}", json=body, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


def test_the_clock_is_set_stepped_and_sped(simulator: Simulator, pull: Pull) -> None:
    assert pull("clock", set=5000) == {"now": 5000, "speed": 0}
    assert pull("clock", step=60)["now"] == 5060
    assert pull("clock", speed=12)["speed"] == 12
    pull("clock", speed=0, set=7)
    assert requests.get(f"{simulator.url}/sim/clock", timeout=5).json() == {"now": 7, "speed": 0}


def test_a_story_can_be_told_over_http(ask: Ask, pull: Pull) -> None:
    run = pull("meetings", number=NUMBER, topic="Spring Town Hall")
    rao = pull("people", meeting=run["uuid"], name="Dr Rao", traits=["wifi"], email="rao@example.com")["user_id"]
    pull("people/figures", meeting=NUMBER, user_id=rao, stream="audio_input", values={"avg_loss": [6, 14]})
    pull("people/mute", meeting=NUMBER, user_id=rao, start=BASE + 120, minutes=1)
    pull("people/fine", meeting=NUMBER, user_id=rao, start=BASE + 180)
    pull("clock", step=240)
    rows = ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"]
    losses = [row["audio_input"]["avg_loss"] for row in sorted(rows, key=lambda row: row["date_time"])]
    assert losses[:3] == ["6%", "14%", ""]
    pull("people/leave", meeting=NUMBER, user_id=rao, reason="got disconnected")
    assert ask(f"{NUMBER}/participants/{rao}/qos").json()["leave_reason"] == "got disconnected"
    assert pull("meetings/end", meeting=NUMBER)["ended_at"] == BASE + 240
    assert ask(NUMBER).status_code == 404


def test_an_awkward_uuid_can_be_asked_for(pull: Pull) -> None:
    assert pull("meetings", number=NUMBER, awkward=True)["uuid"].startswith("/")


def test_knobs_limits_tokens_and_faults_turn(simulator: Simulator, ask: Ask, pull: Pull) -> None:
    pull("meetings", number=NUMBER)
    assert pull("knobs", retention=2, row_delay_s=30) == {"retention": 2, "row_delay_s": 30}
    assert simulator.world.knobs.retention == 2
    assert pull("limits", plan="pro", spend=5, headers=False)["spent"] == 5
    assert simulator.limits.per_second["heavy"] == 10
    pull("tokens", single=True, lifetime_s=60, scopes=["dashboard:read:meeting:admin"], accept="mine")
    assert simulator.tokens.single
    pull("faults", kind="4711", path="/qos", detail="x:read", count=1)
    assert ask(f"{NUMBER}/participants/1/qos").json()["code"] == 4711
    assert requests.delete(f"{simulator.url}/sim/faults", timeout=5).status_code == 204
    assert simulator.faults.list() == []
    pull("tokens", revoke=True)
    assert simulator.tokens.check("Bearer mine") != "mine"


def test_calls_can_be_counted_from_outside(simulator: Simulator, ask: Ask) -> None:
    ask(NUMBER)
    answer = requests.get(f"{simulator.url}/sim/calls", params={"label": "heavy", "status": "404"}, timeout=5)
    assert answer.json()["by_label"] == {"heavy": 1}
    assert [call["path"] for call in answer.json()["calls"]] == [f"/v2/metrics/meetings/{NUMBER}"]
    requests.delete(f"{simulator.url}/sim/calls", timeout=5)
    assert simulator.calls.count() == 0


def test_the_inbox_obeys_too(simulator: Simulator, pull: Pull) -> None:
    pull("inbox", destination="T1/B1/secret", kind="429", count=1, retry_after=3)
    answers = [requests.post(simulator.slack_url(), json={"text": "x"}, timeout=5) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [429, 200]
    pull("inbox", destination="", kind="503")
    pull("inbox/recover")
    assert requests.post(simulator.slack_url(), json={"text": "x"}, timeout=5).status_code == 200
    requests.delete(f"{simulator.url}/sim/inbox", timeout=5)
    assert simulator.inbox.posts() == []


def test_everything_can_be_looked_at(simulator: Simulator, pull: Pull) -> None:
    cast = pull("plays", name="demo")
    state = requests.get(f"{simulator.url}/sim/", timeout=5).json()
    assert state["plays"] == [cast]
    assert cast["star"] == "Dr Rao"
    assert cast["star_id"] == cast["people"]["Dr Rao"]
    (run,) = state["meetings"]
    assert (run["number"], run["topic"], len(run["people"])) == (cast["number"], "Spring Town Hall", 5)
    assert state["clock"] == {"now": BASE, "speed": 0}


def test_people_come_and_go_over_http(ask: Ask, pull: Pull) -> None:
    pull("meetings", number=NUMBER)
    rao = pull("people", meeting=NUMBER, name="Dr Rao", email="rao@example.com", role="host")["user_id"]
    pull("people/drop-out", meeting=NUMBER, user_id=rao)
    again = pull("people/rejoin", meeting=NUMBER, user_id=rao, device="Mac")["user_id"]
    inside = pull("people/breakout", meeting=NUMBER, user_id=again, room="Room 2")["user_id"]
    back = pull("people/main-room", meeting=NUMBER, user_id=inside)["user_id"]
    kim = pull("people", meeting=NUMBER, name="Kim Lim", waiting=True)["user_id"]
    pull("people/admit", meeting=NUMBER, user_id=kim)
    pull("people/wait", meeting=NUMBER, user_id=back)
    listed = ask(f"{NUMBER}/participants").json()["participants"]
    told = {entry["user_id"]: (entry["status"], "leave_time" in entry) for entry in listed}
    gone, here, waits = ("in_meeting", True), ("in_meeting", False), ("in_waiting_room", False)
    assert told == {rao: gone, again: gone, inside: gone, back: waits, kim: here}


def test_webhooks_are_set_up_over_http(simulator: Simulator, pull: Pull, receiver: Any) -> None:
    assert pull("push", url=receiver.url, secret="s", auto=False, ids="number", qss=True)["knobs"]["ids"] == "number"
    pull("push/behave", kind="duplicate", event="started", count=1)
    pull("meetings", number=NUMBER, kind="webinar")
    pull("people", meeting=NUMBER, name="Dr Rao")
    pull("push/alert", meeting=NUMBER, issues=["High CPU usage"])
    pull("push/send", event="webinar.sharing_started", object={"id": NUMBER})
    pull("clock", step=60)
    sent = pull("push/flush")["sent"]
    assert [one["event"] for one in sent] == receiver.events
    assert receiver.events[:2] == ["webinar.started"] * 2
    assert set(receiver.events[2:]) == {
        "webinar.participant_joined",
        "webinar.alert",
        "webinar.sharing_started",
        "webinar.participant_data",
        "webinar.participant_qos",
    }
    assert pull("push/recover")["mischiefs"] == []
    assert pull("push/storm", count=3, threads=1)["accepted"] == 3
    assert pull("push/validate") == {"valid": False}
    log = requests.get(f"{simulator.url}/sim/push", timeout=5).json()
    assert (log["url"], log["sent"][0]["accepted"], log["attempts"]) == (receiver.url, True, len(sent) + 1)
    requests.delete(f"{simulator.url}/sim/push", timeout=5)
    assert simulator.push.url == ""


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        pytest.param("push", {"volume": 11}, 400, "unknown volume", id="no-such-push-knob"),
        pytest.param("push/behave", {"kind": "eat"}, 400, "unknown mischief", id="no-such-mischief"),
        pytest.param("push/storm", {}, 400, "a full minute", id="a-storm-over-nobody"),
        pytest.param("meetings", {"number": 1, "kind": "party"}, 400, "unknown kind", id="no-such-kind"),
        pytest.param("plays", {"name": "opera"}, 400, "unknown scenario 'opera'", id="no-such-play"),
        pytest.param("knobs", {"volume": 11}, 400, "unknown volume", id="no-such-knob"),
        pytest.param("faults", {"kind": "meteor"}, 400, "unknown fault", id="no-such-fault"),
        pytest.param("faults", {"kind": "503", "colour": "red"}, 400, "colour", id="no-such-keyword"),
        pytest.param("people", {"meeting": "1", "name": "x"}, 404, "no meeting", id="no-such-meeting"),
        pytest.param("people/leave", {"meeting": "1"}, 400, "user_id", id="a-keyword-is-missing"),
        pytest.param("clock", [1], 400, "JSON object", id="no-object"),
        pytest.param("curtain", {}, 404, "", id="no-such-string"),
    ],
)
def test_a_wrong_pull_is_said_in_words(simulator: Simulator, path: str, body: Any, status: int, words: str) -> None:
    answer = requests.post(f"{simulator.url}/sim/{path}", json=body, timeout=5)
    assert answer.status_code == status
    assert words in answer.text
