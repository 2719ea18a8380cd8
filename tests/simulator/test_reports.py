"""What a participant's report says beside the figures: who they are, what is blank, when they left."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator
from simulator.figures import MEDIA, STREAMS

BASE = 1764000000  # 2025-11-24T16:00:00Z, where the fixture's clock stands
Ask = Callable[..., requests.Response]
NUMBER = "97763643886"


def stamps(report: dict[str, Any]) -> list[str]:
    return sorted(row["date_time"][11:16] for row in report["user_qos"])


def newest(report: dict[str, Any]) -> dict[str, Any]:
    return dict(max(report["user_qos"], key=lambda row: row["date_time"]))


def seat(simulator: Simulator, *traits: str, **more: Any) -> str:
    if simulator.world.find(NUMBER) is None:
        simulator.world.start(NUMBER)
    return simulator.world.join(NUMBER, "Dr Rao", traits=traits, **more).user_id


def test_a_dial_in_phone_has_sound_and_nothing_else(simulator: Simulator, ask: Ask) -> None:
    phone = seat(simulator, "phone")
    simulator.clock.step(minutes=1)
    report = ask(f"{NUMBER}/participants/{phone}/qos").json()
    row = newest(report)
    assert report["device"] == "Phone"
    used = {stream for stream in row if stream in STREAMS and any(row[stream].values())}
    assert used == {"audio_input", "audio_output"}


@pytest.mark.parametrize(
    ("trait", "blank", "kept"),
    [
        pytest.param("hipaa", ["user_name", "ip_address", "location", "email"], ["device"], id="hipaa"),
        pytest.param("external", ["id", "email", "device", "domain", "mac_addr"], ["user_name"], id="external"),
    ],
)
def test_private_fields_are_there_and_blank(
    simulator: Simulator, ask: Ask, trait: str, blank: list[str], kept: list[str]
) -> None:
    rao = seat(simulator, trait, email="rao@example.com")
    report = ask(f"{NUMBER}/participants/{rao}/qos").json()
    assert [report[name] for name in blank] == [""] * len(blank)
    assert all(report[name] for name in kept)


def test_an_old_client_sends_none_of_the_newer_fields(simulator: Simulator, ask: Ask) -> None:
    reports = [ask(f"{NUMBER}/participants/{seat(simulator, *t)}/qos").json() for t in (("old",), ())]
    for name in ("participant_uuid", "health", "issue_list", "network_type", "os"):
        assert name not in reports[0]
        assert name in reports[1]


def test_a_sparse_client_leaves_fields_and_blocks_out(simulator: Simulator) -> None:
    row = simulator.world.person(NUMBER, seat(simulator, "sparse")).row(BASE)
    assert {stream for stream in row if stream in STREAMS} == set(MEDIA)
    assert "max_loss" not in row["audio_output"]


def test_leave_time_is_there_only_once_they_have_left(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    assert "leave_time" not in ask(f"{NUMBER}/participants/{rao}/qos").json()
    simulator.clock.step(minutes=2)
    simulator.world.leave(NUMBER, rao, reason="Network connection error.")
    simulator.clock.step(minutes=3)
    report = ask(f"{NUMBER}/participants/{rao}/qos").json()
    assert report["leave_time"] == "2025-11-24T16:02:00Z"
    assert report["leave_reason"] == "Network connection error."
    assert stamps(report) == ["16:00", "16:01"]


def test_health_warns_while_the_newest_minute_is_bad(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 14}, minutes=1)
    simulator.clock.step(minutes=1)
    report = ask(f"{NUMBER}/participants/{rao}/qos").json()
    assert (report["health"], report["issue_list"]) == ("Warning", ["audio"])
    simulator.clock.step(minutes=1)
    assert ask(f"{NUMBER}/participants/{rao}/qos").json()["health"] == "Good"
