"""Webinars beside meetings: twins in all but their paths, scopes and roles."""

from collections.abc import Callable

import pytest
import requests

from simulator import Simulator

Ask = Callable[..., requests.Response]
NUMBER = "97763643886"


@pytest.fixture
def person(simulator: Simulator) -> str:
    simulator.world.start(NUMBER, "Seminar", kind="webinar")
    joined = simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com", role="panelist")
    simulator.clock.step(minutes=2)
    return joined.user_id


TAILS = ["", "/participants", "/participants/qos", "/participants/{}/qos"]


@pytest.mark.parametrize("tail", TAILS)
def test_a_webinar_is_no_meeting(look: Ask, person: str, tail: str) -> None:
    path = f"{NUMBER}{tail.format(person)}"
    assert look(f"webinars/{path}").status_code == 200
    answer = look(f"meetings/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, 3001)


@pytest.mark.parametrize("tail", TAILS)
def test_a_meeting_is_no_webinar(simulator: Simulator, look: Ask, tail: str) -> None:
    simulator.world.start(NUMBER)
    path = f"{NUMBER}{tail.format(simulator.world.join(NUMBER).user_id)}"
    assert look(f"meetings/{path}").status_code == 200
    answer = look(f"webinars/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, 3001)


def test_a_webinar_has_panelists_and_no_waiting_room(look: Ask, person: str) -> None:
    (entry,) = look(f"webinars/{NUMBER}/participants").json()["participants"]
    assert (entry["user_id"], entry["role"]) == (person, "panelist")
    assert "status" not in entry
    report = look(f"webinars/{NUMBER}/participants/{person}/qos").json()
    assert (report["webinar_number"], len(report["user_qos"])) == (NUMBER, 2)
    assert "meeting_number" not in report


@pytest.mark.parametrize(
    ("kind", "role"), [("meeting", "panelist"), ("webinar", "alternative"), ("meeting", "co-host")]
)
def test_a_role_that_its_kind_has_not_is_refused(simulator: Simulator, kind: str, role: str) -> None:
    simulator.world.start(NUMBER, kind=kind)
    with pytest.raises(ValueError, match=f"a {kind} has no '{role}'"):
        simulator.world.join(NUMBER, "Dr Rao", role=role)


def test_an_unknown_kind_is_said(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="unknown kind 'party'"):
        simulator.world.start(NUMBER, kind="party")


def test_a_webinar_says_that_it_is_one_when_it_is_over(simulator: Simulator, look: Ask, person: str) -> None:
    simulator.world.leave(NUMBER, person)
    simulator.world.end(NUMBER)
    assert look(f"webinars/{NUMBER}").json()["message"] == "Webinar does not exist."
    (entry,) = look(f"webinars/{NUMBER}/participants", type="past").json()["participants"]
    assert entry["leave_reason"] == "Dr Rao left the webinar."
    assert look(f"webinars/{NUMBER}", type="pastOne").status_code == 400
