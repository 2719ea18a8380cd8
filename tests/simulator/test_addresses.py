"""How a meeting is named in a path: numbers, UUIDs, one encoding or two, live and past."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
import requests

from simulator import Simulator

BASE = 1764000000  # 2025-11-24T16:00:00Z, where the fixture's clock stands
Ask = Callable[..., requests.Response]
NUMBER = "97763643886"
PLAIN, SLASH, LEADING, DOUBLE = "4444AAAi+AAAAiA==", "ab/cdEF==", "/ab+cdEF==", "ab//cdEF=="


def once(uuid: str) -> str:
    return quote(uuid, safe="")


def twice(uuid: str) -> str:
    return quote(once(uuid), safe="")


@pytest.mark.parametrize(
    ("uuid", "sent", "status"),
    [
        pytest.param(PLAIN, once(PLAIN), 200, id="plain-once"),
        pytest.param(PLAIN, PLAIN, 200, id="plain-has-nothing-that-must-be-encoded"),
        pytest.param(PLAIN, twice(PLAIN), 200, id="plain-twice-as-some-clients-do"),
        pytest.param(PLAIN, quote(twice(PLAIN)), 404, id="plain-three-times"),
        pytest.param(SLASH, once(SLASH), 200, id="one-slash-once"),
        pytest.param(SLASH, twice(SLASH), 200, id="one-slash-twice"),
        pytest.param(SLASH, SLASH, 404, id="one-slash-bare"),
        pytest.param(LEADING, twice(LEADING), 200, id="leading-slash-twice"),
        pytest.param(LEADING, once(LEADING), 404, id="leading-slash-once-is-wrong"),
        pytest.param(LEADING, LEADING, 404, id="leading-slash-bare"),
        pytest.param(DOUBLE, twice(DOUBLE), 200, id="double-slash-twice"),
        pytest.param(DOUBLE, once(DOUBLE), 404, id="double-slash-once-is-wrong"),
        pytest.param(DOUBLE, DOUBLE, 404, id="double-slash-bare"),
    ],
)
@pytest.mark.parametrize("tail", ["", "/participants/{}/qos"], ids=["meeting", "qos"])
def test_a_uuid_is_found_when_it_is_encoded_by_zooms_rule(
    simulator: Simulator, ask: Ask, uuid: str, sent: str, status: int, tail: str
) -> None:
    simulator.world.start(NUMBER, uuid=uuid)
    rao = simulator.world.join(uuid, "Dr Rao")
    answer = ask(sent + tail.format(rao.user_id))
    assert answer.status_code == status, answer.text
    if status == 200:
        assert uuid in answer.json().get("uuid", uuid)


def test_awkward_uuids_can_be_had(simulator: Simulator) -> None:
    awkward = simulator.world.uuid(awkward=True)
    assert awkward.startswith("/")
    assert "//" in awkward


def test_a_number_means_the_latest_run_and_a_uuid_its_own(simulator: Simulator, ask: Ask) -> None:
    first = simulator.world.start(NUMBER, "Monday")
    simulator.world.end(NUMBER)
    simulator.clock.step(minutes=60)
    second = simulator.world.start(NUMBER, "Tuesday")
    assert ask(NUMBER).json()["topic"] == "Tuesday"
    assert ask(NUMBER).json()["uuid"] == second.uuid
    assert ask(twice(first.uuid), type="past").json()["topic"] == "Monday"
    assert ask(twice(first.uuid)).status_code == 404
    assert ask(NUMBER, type="past").json()["uuid"] == first.uuid


def test_session_ids_start_over_in_every_run(simulator: Simulator) -> None:
    ids = []
    for who in ("Dr Rao", "Kim Lim"):
        run = simulator.world.start(NUMBER)
        ids.append(simulator.world.join(run.uuid, who).user_id)
        simulator.clock.step(minutes=5)
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("want", "ended", "status"),
    [
        pytest.param("live", False, 200, id="live-while-live"),
        pytest.param("live", True, 404, id="live-when-over"),
        pytest.param("past", False, 404, id="past-while-live"),
        pytest.param("past", True, 200, id="past-when-over"),
        pytest.param("pastOne", True, 404, id="two-people-were-there"),
        pytest.param("tomorrow", False, 400, id="no-such-type"),
    ],
)
def test_live_and_past_are_two_questions(simulator: Simulator, ask: Ask, want: str, ended: bool, status: int) -> None:
    run = simulator.world.start(NUMBER)
    for who in ("Dr Rao", "Kim Lim"):
        simulator.world.join(run.uuid, who)
    simulator.clock.step(minutes=10)
    if ended:
        simulator.world.end(NUMBER)
    answer = ask(once(run.uuid), type=want)
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["code"] == 3001


def test_a_run_of_one_person_is_past_one(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Dr Rao")
    simulator.world.end(NUMBER, at=BASE + 60)
    simulator.clock.step(minutes=2)
    assert ask(NUMBER, type="pastOne").status_code == 200


def test_a_meeting_that_was_just_over_can_be_neither_live_nor_past(simulator: Simulator, ask: Ask) -> None:
    simulator.world.knobs.past_lag_s = 90
    simulator.world.start(NUMBER)
    simulator.clock.step(minutes=5)
    simulator.world.end(NUMBER)
    assert [ask(NUMBER, type=want).status_code for want in ("live", "past")] == [404, 404]
    simulator.clock.step(90)
    assert ask(NUMBER, type="past").status_code == 200


def test_past_qos_holds_every_minute_and_the_end(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    rao = simulator.world.join(NUMBER, "Dr Rao").user_id
    simulator.clock.step(minutes=12)
    simulator.world.end(NUMBER)
    simulator.clock.step(minutes=60)
    report = ask(f"{NUMBER}/participants/{rao}/qos", type="past").json()
    assert len(report["user_qos"]) == 12
    assert report["leave_time"] == "2025-11-24T16:12:00Z"


def test_a_person_is_found_by_user_id_alone(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    rao = simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com").user_id
    report = ask(f"{NUMBER}/participants/{rao}/qos").json()
    for other in (report["id"], report["participant_uuid"], "rao@example.com", "1"):
        answer = ask(f"{NUMBER}/participants/{quote(other)}/qos")
        assert (answer.status_code, answer.json()["code"]) == (404, 3001)


def test_an_unknown_person_can_also_be_an_empty_answer(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    simulator.world.knobs.unknown_participant = "empty"
    answer = ask(f"{NUMBER}/participants/33/qos")
    assert (answer.status_code, answer.json()) == (200, {"user_id": "33", "user_qos": []})


def test_a_new_run_ends_the_one_before(simulator: Simulator) -> None:
    first = simulator.world.start(NUMBER)
    simulator.clock.step(minutes=1)
    simulator.world.start(NUMBER)
    assert first.ended_at == BASE + 60


def test_a_meeting_number_has_digits(simulator: Simulator) -> None:
    assert simulator.world.start("977 6364 3886").number == NUMBER
    with pytest.raises(ValueError, match="digits only"):
        simulator.world.start("town-hall")


def test_unknown_names_and_traits_are_said(simulator: Simulator) -> None:
    with pytest.raises(KeyError, match="no meeting"):
        simulator.world.get("1")
    simulator.world.start(NUMBER)
    with pytest.raises(ValueError, match="unknown traits"):
        simulator.world.join(NUMBER, "Dr Rao", traits=["tall"])
