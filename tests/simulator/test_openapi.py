"""What the pretend Zoom answers is valid by Zoom's own published document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from simulator import Simulator

NUMBER = "97763643886"
DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "facts" / "zoom-openapi.json"
Ask = Callable[..., requests.Response]

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"Zoom's document is not at {DOCUMENT}")

TRAITS = [
    pytest.param([], id="ordinary"),
    pytest.param(["wifi", "sharing", "viewing"], id="shares-over-wifi"),
    pytest.param(["phone"], id="dials-in"),
    pytest.param(["room"], id="room-connector"),
    pytest.param(["browser"], id="in-a-browser"),
    pytest.param(["hipaa"], id="blanked"),
    pytest.param(["external"], id="from-elsewhere"),
    pytest.param(["old"], id="old-client"),
    pytest.param(["sparse"], id="leaves-fields-out"),
]


def document() -> dict[str, Any]:
    """The document, with what its own texts say and its lists of values forgot."""
    found: dict[str, Any] = json.loads(DOCUMENT.read_text())
    device = found["components"]["schemas"]["QOSParticipant"]["properties"]["device"]
    device["enum"].append("")  # for people of other accounts
    for kind in ("meeting", "webinar"):
        path = found["paths"][f"/metrics/{kind}s/{{{kind}Id}}/participants"]["get"]["responses"]["200"]
        entry = body_of(path)["allOf"][1]["properties"]["participants"]["items"]["properties"]
        entry["device"]["enum"].append("")
        entry["email"].pop("format", None)  # for them it is empty, too
        del entry["leave_reason"]["enum"]  # it names people as $name
    return found


def body_of(response: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = response["content"]["application/json"]["schema"]
    return found


def schema(name: str) -> dict[str, Any]:
    """One schema of the document."""
    return {**document(), "$ref": f"#/components/schemas/{name}"}


def answer_of(path: str) -> dict[str, Any]:
    """The schema of the good answer of a path."""
    whole = document()
    return {**whole, **body_of(whole["paths"][f"/metrics/{path}"]["get"]["responses"]["200"])}


def faults(name: str, answer: Any) -> list[str]:
    return found_in(schema(name), answer)


def found_in(form: dict[str, Any], answer: Any) -> list[str]:
    errors = Draft202012Validator(form, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(answer)
    return [f"{error.json_path}: {error.message}" for error in errors]


@pytest.mark.parametrize("want", ["live", "past"])
@pytest.mark.parametrize("traits", TRAITS)
def test_a_qos_report_is_what_the_document_describes(
    simulator: Simulator, ask: Ask, traits: list[str], want: str
) -> None:
    simulator.world.start(NUMBER)
    rao = simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com", traits=traits).user_id
    simulator.world.mute(NUMBER, rao, minutes=2)
    simulator.clock.step(minutes=6)
    if want == "past":
        simulator.world.end(NUMBER)
    answer = ask(f"{NUMBER}/participants/{rao}/qos", type=want)
    assert answer.status_code == 200
    assert len(answer.json()["user_qos"]) >= 5
    assert faults("QOSParticipant", answer.json()) == []


@pytest.mark.parametrize("want", ["live", "past"])
def test_a_meeting_is_what_the_document_describes(simulator: Simulator, ask: Ask, want: str) -> None:
    simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Dr Rao", traits=["room", "phone"])
    simulator.clock.step(minutes=75)
    if want == "past":
        simulator.world.end(NUMBER)
    answer = ask(NUMBER, type=want).json()
    assert faults("MeetingMetric", answer) == []
    assert answer["duration"] == "01:15:00"
    assert ("end_time" in answer) == (want == "past")


def test_every_field_that_the_document_names_can_come(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    rao = simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com").user_id
    simulator.clock.step(minutes=1)
    simulator.world.leave(NUMBER, rao)
    report = ask(f"{NUMBER}/participants/{rao}/qos").json()
    named = schema("QOSParticipant")["components"]["schemas"]["QOSParticipant"]["properties"]
    assert set(named) <= set(report)
    assert set(named["user_qos"]["items"]["properties"]) <= set(report["user_qos"][0])


def test_the_document_would_catch_a_number_where_a_text_belongs() -> None:
    broken = {"user_qos": [{"audio_input": {"avg_loss": 0.03}}]}
    assert faults("QOSParticipant", broken) == ["$.user_qos[0].audio_input.avg_loss: 0.03 is not of type 'string'"]


@pytest.fixture(params=["meeting", "webinar"])
def kind(simulator: Simulator, request: pytest.FixtureRequest) -> str:
    """A run of either kind, with one person of every sort in it, one who left and (in a meeting) one who waits."""
    made = str(request.param)
    simulator.world.start(NUMBER, kind=made)
    for each in TRAITS:
        simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com", traits=each.values[0], registrant_id="r1")
    simulator.world.join(NUMBER, "Sam Host", email="host@example.com", device="Mac")
    gone = simulator.world.join(NUMBER, "Kim Lim")
    if made == "meeting":
        simulator.world.join(NUMBER, "Ida Berg", waiting=True)
        simulator.world.breakout(NUMBER, simulator.world.join(NUMBER, "Jo Park").user_id)
    simulator.clock.step(minutes=6)
    simulator.world.leave(NUMBER, gone.user_id)
    return made


@pytest.mark.parametrize("want", ["live", "past"])
@pytest.mark.parametrize(
    ("path", "query"),
    [
        pytest.param("{kind}s", {"from": "2025-11-01", "to": "2025-11-24"}, id="list"),
        pytest.param("{kind}s/{{{kind}Id}}", {}, id="one"),
        pytest.param("{kind}s/{{{kind}Id}}/participants", {"include_fields": "registrant_id"}, id="participants"),
        pytest.param("{kind}s/{{{kind}Id}}/participants/qos", {"page_size": 10}, id="bulk"),
    ],
)
def test_every_list_is_what_the_document_describes(
    simulator: Simulator, look: Ask, kind: str, path: str, query: dict[str, Any], want: str
) -> None:
    if want == "past":
        simulator.world.end(NUMBER)
    path = path.format(kind=kind)
    answer = look(path.replace(f"{{{kind}Id}}", NUMBER), type=want, **query)
    assert answer.status_code == 200, answer.text
    assert found_in(answer_of(path), answer.json()) == []


def test_every_field_that_the_document_names_comes_in_a_list(simulator: Simulator, look: Ask, kind: str) -> None:
    form = answer_of(f"{kind}s/{{{kind}Id}}/participants")
    named = form["allOf"][1]["properties"]["participants"]["items"]["properties"]
    came: set[str] = set()
    for want in ("live", "past"):
        query = {"type": want, "include_fields": "registrant_id"}
        for entry in look(f"{kind}s/{NUMBER}/participants", **query).json()["participants"]:
            came |= set(entry)
        simulator.world.end(NUMBER)
    assert set(named) <= came
