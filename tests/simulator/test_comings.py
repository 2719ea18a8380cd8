"""One person, several session ids: rejoining, another device, breakout rooms."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

Ask = Callable[..., requests.Response]
NUMBER = "97763643886"


@pytest.fixture
def rao(simulator: Simulator) -> str:
    simulator.world.start(NUMBER)
    simulator.clock.step(minutes=1)
    return simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com", traits=["wifi"]).user_id


def entries(ask: Ask) -> list[dict[str, Any]]:
    return list(ask(f"{NUMBER}/participants").json()["participants"])


def test_who_drops_out_and_rejoins_has_another_session_id_and_the_same_account(
    simulator: Simulator, ask: Ask, rao: str
) -> None:
    simulator.world.drop_out(NUMBER, rao)
    simulator.clock.step(30)
    again = simulator.world.rejoin(NUMBER, rao)
    before, after = entries(ask)
    assert [before["user_id"], after["user_id"]] == [rao, again.user_id]
    assert before["leave_reason"] == "Network connection error."
    assert "leave_time" not in after
    for name in ("participant_user_id", "id", "email", "user_name"):
        assert before[name] == after[name] != ""
    assert before["participant_uuid"] != after["participant_uuid"]


def test_a_guest_who_rejoins_is_known_by_name_alone(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    guest = simulator.world.join(NUMBER, "Kim Lim")
    simulator.world.rejoin(NUMBER, guest.user_id)
    assert [(entry["user_name"], entry["participant_user_id"]) for entry in entries(ask)] == [("Kim Lim", "")] * 2


def test_a_new_device_ends_the_old_session(simulator: Simulator, ask: Ask, rao: str) -> None:
    simulator.world.rejoin(NUMBER, rao, device="iOS")
    before, after = entries(ask)
    assert (before["device"], before["leave_reason"]) == ("Windows", "Dr Rao left the meeting.")
    assert (after["device"], "leave_time" in after) == ("iOS", False)


def test_a_laptop_and_a_phone_are_two_sessions_at_once(simulator: Simulator, ask: Ask, rao: str) -> None:
    phone = simulator.world.rejoin(NUMBER, rao, device="Android", both=True)
    assert ["leave_time" in entry for entry in entries(ask)] == [False, False]
    simulator.clock.step(minutes=2)
    for session in (rao, phone.user_id):
        assert len(ask(f"{NUMBER}/participants/{session}/qos").json()["user_qos"]) == 2


def test_a_breakout_room_is_a_new_session_with_the_uuid_kept(simulator: Simulator, ask: Ask, rao: str) -> None:
    simulator.clock.step(minutes=1)
    inside = simulator.world.breakout(NUMBER, rao, "Room 2")
    before, there = entries(ask)
    assert there["user_id"] == inside.user_id != rao
    assert there["bo_mtg_id"] == inside.room_id != ""
    assert before["participant_uuid"] == there["participant_uuid"]
    assert "breakout" in before["leave_reason"]
    simulator.clock.step(minutes=5)
    back = simulator.world.main_room(NUMBER, inside.user_id)
    last = entries(ask)[-1]
    assert (last["user_id"], "bo_mtg_id" in last) == (back.user_id, False)
    assert last["participant_uuid"] == before["participant_uuid"]


def test_two_people_in_one_room_are_in_the_same(simulator: Simulator, rao: str) -> None:
    other = simulator.world.join(NUMBER, "Kim Lim").user_id
    rooms = [simulator.world.breakout(NUMBER, each, "Room 2").room_id for each in (rao, other)]
    assert rooms[0] == rooms[1] != simulator.world.breakout(NUMBER, other, "Room 3").room_id


def test_figures_stay_with_the_session_they_were_asked_for(simulator: Simulator, rao: str) -> None:
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 50})
    again = simulator.world.rejoin(NUMBER, rao)
    assert again.row(int(simulator.clock.now()))["audio_input"]["avg_loss"] != "50%"
    assert again.traits == {"wifi"}


def test_another_account_has_another_id(simulator: Simulator, rao: str) -> None:
    ids = {simulator.world.join(NUMBER, "x", email=email).account_id for email in ("a@example.com", "b@example.com")}
    assert len(ids | {simulator.world.person(NUMBER, rao).account_id}) == 3
