"""Bulk QoS: ten people a call, one unless asked, and tokens that run out."""

from collections.abc import Callable

import pytest
import requests

from simulator import Simulator

Ask = Callable[..., requests.Response]
NUMBER = "97763643886"
QOS = f"{NUMBER}/participants/qos"


@pytest.fixture(autouse=True)
def people(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    for nth in range(12):
        simulator.world.join(NUMBER, f"Guest {nth}")
    simulator.clock.step(minutes=3)


def test_one_person_comes_unless_more_are_asked_for(ask: Ask) -> None:
    body = ask(QOS).json()
    assert (len(body["participants"]), body["page_size"], body["page_count"], body["total_records"]) == (1, 1, 12, 12)


def test_ten_a_call_cover_all_of_them_once(simulator: Simulator, ask: Ask) -> None:
    first = ask(QOS, page_size=10).json()
    second = ask(QOS, page_size=10, next_page_token=first["next_page_token"]).json()
    assert [len(page["participants"]) for page in (first, second)] == [10, 2]
    assert second["next_page_token"] == ""
    assert len({person["user_id"] for page in (first, second) for person in page["participants"]}) == 12
    assert simulator.calls.count(path="/participants/qos", label="heavy") == 2


def test_a_person_has_the_figures_of_the_single_call(ask: Ask) -> None:
    person = ask(QOS).json()["participants"][0]
    assert person == ask(f"{NUMBER}/participants/{person['user_id']}/qos").json()
    assert len(person["user_qos"]) == 3


def test_those_who_left_are_among_them(simulator: Simulator, ask: Ask) -> None:
    gone = ask(QOS).json()["participants"][0]["user_id"]
    simulator.world.leave(NUMBER, gone)
    simulator.clock.step(minutes=5)
    page = ask(QOS, page_size=10).json()
    assert page["total_records"] == 12
    assert [person["user_id"] for person in page["participants"] if "leave_time" in person] == [gone]


@pytest.mark.parametrize("size", ["0", "11", "300", "-1", "ten"])
def test_a_page_of_another_size_is_refused(ask: Ask, size: str) -> None:
    answer = ask(QOS, page_size=size)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)


def test_a_page_too_long_can_be_cut_in_silence(simulator: Simulator, ask: Ask) -> None:
    simulator.world.knobs.oversize = "clamp"
    assert len(ask(QOS, page_size=300).json()["participants"]) == 10


def test_a_token_counts_for_fifteen_minutes(simulator: Simulator, ask: Ask) -> None:
    token = ask(QOS, page_size=10).json()["next_page_token"]
    simulator.clock.step(899)
    assert ask(QOS, page_size=10, next_page_token=token).status_code == 200
    simulator.clock.step(1)
    answer = ask(QOS, page_size=10, next_page_token=token)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    assert answer.json()["message"] == "The next page token is invalid or expired."


def test_a_token_can_run_out_at_once(simulator: Simulator, ask: Ask) -> None:
    simulator.world.knobs.page_token_s = 0
    token = ask(QOS, page_size=10).json()["next_page_token"]
    assert ask(QOS, page_size=10, next_page_token=token).json()["code"] == 300


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: "nonsense", id="no-token"),
        pytest.param(lambda token: "ä" + token, id="not-even-ascii"),
        pytest.param(lambda token: token[:-4] + "AAAA", id="changed"),
    ],
)
def test_a_token_that_zoom_never_gave_is_refused(ask: Ask, spoil: Callable[[str], str]) -> None:
    token = ask(QOS, page_size=10).json()["next_page_token"]
    assert ask(QOS, page_size=10, next_page_token=spoil(token)).json()["code"] == 300


def test_a_token_is_for_one_list_only(ask: Ask) -> None:
    token = ask(QOS, page_size=10).json()["next_page_token"]
    assert ask(QOS, page_size=5, next_page_token=token).json()["code"] == 300
    assert ask(f"{NUMBER}/participants", page_size=10, next_page_token=token).json()["code"] == 300
