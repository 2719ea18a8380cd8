"""The participants list: who is there, who waits, who left and why, and what of them is hidden."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

Ask = Callable[..., requests.Response]
NUMBER = "97763643886"


@pytest.fixture(autouse=True)
def meeting(simulator: Simulator) -> None:
    simulator.world.start(NUMBER, host_email="ana@example.com")


@pytest.fixture
def listed(ask: Ask) -> Callable[..., list[dict[str, Any]]]:
    return lambda **query: list(ask(f"{NUMBER}/participants", **query).json()["participants"])


Listed = Callable[..., list[dict[str, Any]]]


def test_an_entry_names_the_person_the_role_and_the_session(simulator: Simulator, listed: Listed) -> None:
    host = simulator.world.join(NUMBER, "Ana Lima", email="ana@example.com", customer_key="seat-4")
    guest = simulator.world.join(NUMBER, "Kim Lim")
    first, second = listed()
    assert [entry["user_id"] for entry in (first, second)] == [host.user_id, guest.user_id]
    assert (first["role"], first["status"], first["email"]) == ("host", "in_meeting", "ana@example.com")
    assert first["id"] == first["participant_user_id"] != ""
    assert (first["customer_key"], first["participant_uuid"]) == ("seat-4", host.participant_uuid)
    assert (second["role"], second["id"], second["participant_user_id"], second["email"]) == ("attendee", "", "", "")
    assert "leave_time" not in first
    assert "bo_mtg_id" not in first


def test_two_guests_can_have_one_name(simulator: Simulator, listed: Listed) -> None:
    for _ in range(2):
        simulator.world.join(NUMBER, "iPhone", device="iOS")
    entries = listed()
    assert [(entry["user_name"], entry["device"]) for entry in entries] == [("iPhone", "iOS")] * 2
    assert len({entry["user_id"] for entry in entries}) == 2


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        pytest.param("", "Dr Rao left the meeting.", id="usual"),
        pytest.param("got disconnected", "Dr Rao got disconnected from the meeting.", id="line"),
        pytest.param("Network connection error.", "Network connection error.", id="network"),
        pytest.param("Removed by host.", "Removed by host.", id="removed"),
        pytest.param("Host ended", "Host ended the meeting.", id="host-ended"),
        pytest.param("Unknown reason.", "Unknown reason.", id="any-other-text"),
    ],
)
def test_people_who_left_stay_listed_with_the_reason(
    simulator: Simulator, listed: Listed, reason: str, words: str
) -> None:
    rao = simulator.world.join(NUMBER, "Dr Rao")
    simulator.clock.step(minutes=2)
    simulator.world.leave(NUMBER, rao.user_id, reason=reason)
    (entry,) = listed()
    assert (entry["leave_time"], entry["leave_reason"]) == ("2025-11-24T16:02:00Z", words)


def test_who_waits_is_listed_and_has_no_figures(simulator: Simulator, ask: Ask, listed: Listed) -> None:
    rao = simulator.world.join(NUMBER, "Dr Rao", waiting=True)
    assert [entry["status"] for entry in listed()] == ["in_waiting_room"]
    assert ask(NUMBER).json()["participants"] == 0
    assert ask(f"{NUMBER}/participants/{rao.user_id}/qos").status_code == 404
    assert ask(f"{NUMBER}/participants/qos").json()["participants"] == []
    simulator.clock.step(seconds=90)
    simulator.world.admit(NUMBER, rao.user_id)
    simulator.clock.step(seconds=90)
    assert [(entry["status"], entry["join_time"]) for entry in listed()] == [("in_meeting", "2025-11-24T16:01:30Z")]
    report = ask(f"{NUMBER}/participants/{rao.user_id}/qos").json()
    assert [row["date_time"][11:16] for row in report["user_qos"]] == ["16:02"]


def test_who_is_put_back_has_no_figures_meanwhile(simulator: Simulator, ask: Ask, listed: Listed) -> None:
    rao = simulator.world.join(NUMBER, "Dr Rao")
    simulator.clock.step(minutes=1)
    simulator.world.wait(NUMBER, rao.user_id)
    assert [entry["status"] for entry in listed()] == ["in_waiting_room"]
    simulator.clock.step(minutes=2)
    simulator.world.admit(NUMBER, rao.user_id)
    simulator.clock.step(minutes=1)
    rows = ask(f"{NUMBER}/participants/{rao.user_id}/qos").json()["user_qos"]
    assert sorted(row["date_time"][11:16] for row in rows) == ["16:00", "16:03"]


def test_who_gives_up_waiting_left_the_waiting_room(simulator: Simulator, listed: Listed) -> None:
    rao = simulator.world.join(NUMBER, "Dr Rao", waiting=True)
    simulator.clock.step(minutes=1)
    simulator.world.leave(NUMBER, rao.user_id)
    (entry,) = listed()
    assert (entry["status"], entry["leave_reason"]) == ("in_waiting_room", "Leave waiting room.")
    with pytest.raises(ValueError, match="not in the waiting room"):
        simulator.world.admit(NUMBER, simulator.world.join(NUMBER).user_id)


@pytest.mark.parametrize(
    ("traits", "more", "blank", "kept"),
    [
        pytest.param(["hipaa"], {}, ["user_name", "ip_address", "location", "email"], ["device", "id"], id="hipaa"),
        pytest.param(
            ["external"],
            {},
            ["id", "participant_user_id", "email", "device", "domain", "mac_addr", "camera", "microphone", "speaker"],
            ["user_name", "participant_uuid", "ip_address"],
            id="external",
        ),
        pytest.param(
            ["external"],
            {"registrant_id": "r1"},
            ["id", "device"],
            ["email", "user_name"],
            id="external-but-registered",
        ),
    ],
)
def test_what_is_hidden_is_there_and_blank(
    simulator: Simulator, listed: Listed, traits: list[str], more: dict[str, str], blank: list[str], kept: list[str]
) -> None:
    simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com", traits=traits, **more)
    (entry,) = listed()
    assert [entry[name] for name in blank] == [""] * len(blank)
    assert all(entry[name] for name in kept)


def test_a_registrant_is_named_only_when_asked_for_and_only_afterwards(simulator: Simulator, listed: Listed) -> None:
    simulator.world.join(NUMBER, "Dr Rao", registrant_id="r1")
    fields = {"include_fields": "registrant_id"}
    assert "registrant_id" not in listed(**fields)[0]
    simulator.clock.step(minutes=1)
    simulator.world.end(NUMBER)
    assert "registrant_id" not in listed(type="past")[0]
    (entry,) = listed(type="past", **fields)
    assert (entry["registrant_id"], entry["leave_reason"]) == ("r1", "Host ended the meeting.")


def test_three_hundred_come_at_once_and_thirty_unless_asked(simulator: Simulator, ask: Ask) -> None:
    for nth in range(301):
        simulator.world.join(NUMBER, f"Guest {nth}")
    usual = ask(f"{NUMBER}/participants").json()
    assert (len(usual["participants"]), usual["page_count"], usual["total_records"]) == (30, 11, 301)
    most = ask(f"{NUMBER}/participants", page_size=300).json()
    last = ask(f"{NUMBER}/participants", page_size=300, next_page_token=most["next_page_token"]).json()
    assert [len(page["participants"]) for page in (most, last)] == [300, 1]


def test_a_persons_own_quality_is_in_the_list(simulator: Simulator, listed: Listed) -> None:
    rao = simulator.world.join(NUMBER, "Dr Rao")
    simulator.world.figures(NUMBER, rao.user_id, "audio_input", {"avg_loss": 14})
    assert listed()[0]["audio_quality"] == ""
    simulator.clock.step(minutes=1)
    assert (listed()[0]["audio_quality"], listed()[0]["video_quality"]) == ("poor", "good")
