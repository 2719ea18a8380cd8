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


def schema(name: str) -> dict[str, Any]:
    """One schema of the document, closed: what it does not name has to be known to us as newer."""
    document = json.loads(DOCUMENT.read_text())
    device = document["components"]["schemas"]["QOSParticipant"]["properties"]["device"]
    device["enum"].append("")  # its own text says so, for people of other accounts; the list forgot
    return {**document, "$ref": f"#/components/schemas/{name}"}


def faults(name: str, answer: Any) -> list[str]:
    errors = Draft202012Validator(schema(name)).iter_errors(answer)
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
