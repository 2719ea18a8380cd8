"""The minutes of a participant: when they are there, in what words, and the same by seed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator
from simulator.figures import text

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


def test_a_row_is_there_when_its_minute_is_over(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    simulator.clock.step(59)
    assert ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"] == []
    simulator.clock.step(1)
    assert stamps(ask(f"{NUMBER}/participants/{rao}/qos").json()) == ["16:00"]


def test_the_first_row_is_the_first_full_minute(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator, at=BASE + 14)
    simulator.clock.step(minutes=3)
    assert stamps(ask(f"{NUMBER}/participants/{rao}/qos").json()) == ["16:01", "16:02"]


def test_a_live_answer_goes_back_as_far_as_the_retention(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    simulator.clock.step(minutes=10)
    assert len(ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"]) == 5
    simulator.world.knobs.retention = 2
    assert stamps(ask(f"{NUMBER}/participants/{rao}/qos").json()) == ["16:08", "16:09"]
    simulator.world.knobs.retention = None
    assert len(ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"]) == 10


def test_rows_can_be_late(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    simulator.world.knobs.row_delay_s = 90
    simulator.clock.step(149)
    assert ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"] == []
    simulator.clock.step(1)
    assert stamps(ask(f"{NUMBER}/participants/{rao}/qos").json()) == ["16:00"]


def test_rows_come_in_no_promised_order_and_yet_the_same_for_the_same_moment(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    orders = set()
    for _ in range(12):
        simulator.clock.step(minutes=1)
        first, again = (ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"] for _ in range(2))
        assert first == again
        times = [row["date_time"] for row in first]
        orders.add("sorted" if times == sorted(times) else "shuffled")
    assert "shuffled" in orders


def test_one_seed_gives_one_world_and_another_seed_another(simulator: Simulator) -> None:
    def rows(seed: int) -> list[dict[str, Any]]:
        other = Simulator(seed=seed, base=BASE, speed=0)
        other.world.start(NUMBER)
        rao = other.world.join(NUMBER, "Dr Rao", traits=["wifi", "sharing"])
        return [rao.row(BASE + 60 * minute) for minute in range(5)]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_a_wish_for_one_stream_leaves_the_others_as_they_were(simulator: Simulator) -> None:
    rao = simulator.world.person(NUMBER, seat(simulator, "wifi"))
    before = rao.row(BASE)
    simulator.world.figures(NUMBER, rao.user_id, "audio_input", {"loss": 14, "jitter": 120})
    after = rao.row(BASE)
    assert after.pop("audio_input") != before.pop("audio_input")
    assert after == before


SHAPES = {
    "bitrate": r"\d+(\.\d+)? ?kbps",
    "latency": r"\d+ ?ms",
    "jitter": r"\d+ ?ms",
    "avg_loss": r"\d+(\.\d+)?%",
    "max_loss": r"\d+(\.\d+)?%",
    "resolution": r"\d+\*\d+",
    "frame_rate": r"(\d+ ?fps)?",
}


def test_every_figure_is_a_text_as_zoom_writes_it(simulator: Simulator) -> None:
    rao = simulator.world.person(NUMBER, seat(simulator, "sharing", "wifi"))
    texts: dict[str, set[str]] = {name: set() for name in SHAPES}
    for minute in range(120):
        row = rao.row(BASE + minute * 60)
        for stream in ("audio_input", "audio_output", "video_input", "video_output", "as_input"):
            for name, value in row[stream].items():
                assert re.fullmatch(SHAPES[name], value), (stream, name, value)
                texts[name].add(value)
    assert any("." in one for one in texts["bitrate"]), "decimals such as 27.15 kbps"
    assert any(re.fullmatch(r"\d+ kbps", one) for one in texts["bitrate"]), "whole ones such as 23 kbps"
    assert any(" " not in one for one in texts["bitrate"]), "some without the space"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param("bitrate", 27.15, "27.15 kbps", id="decimals-stay"),
        pytest.param("bitrate", 23, "23 kbps", id="whole-numbers-have-no-point"),
        pytest.param("avg_loss", 0.03, "0.03%", id="percent-has-no-space"),
        pytest.param("latency", 126, "126 ms", id="milliseconds"),
        pytest.param("resolution", 720, "1280*720", id="a-star-and-not-an-x"),
        pytest.param("resolution", 360, "640*360", id="smaller"),
        pytest.param("frame_rate", 12, "12 fps", id="frames"),
        pytest.param("resolution", "0*0", "0*0", id="a-text-goes-out-as-it-is"),
    ],
)
def test_a_figure_is_written_like_zooms_samples(field: str, value: Any, words: str) -> None:
    assert text(field, value) == words


def test_a_muted_stream_is_all_empty_texts_and_never_zero(simulator: Simulator) -> None:
    rao = seat(simulator)
    simulator.world.mute(NUMBER, rao, ["audio_input", "video_input"], minutes=2)
    person = simulator.world.person(NUMBER, rao)
    for stream in ("audio_input", "video_input"):
        assert set(person.row(BASE + 60)[stream].values()) == {""}
        assert set(person.row(BASE + 120)[stream].values()) != {""}
    assert person.row(BASE + 60)["video_input"]["resolution"] == ""


def test_a_stream_that_nobody_uses_is_idle(simulator: Simulator) -> None:
    row = simulator.world.person(NUMBER, seat(simulator)).row(BASE)
    assert set(row["as_input"]) == {*SHAPES}
    assert set(row["as_input"].values()) == {""}


def test_a_still_screen_share_has_no_size_and_wild_jitter(simulator: Simulator) -> None:
    share = simulator.world.person(NUMBER, seat(simulator, "sharing")).row(BASE)["as_input"]
    assert (share["resolution"], share["frame_rate"]) == ("0*0", "")
    assert int(share["jitter"].split()[0].removesuffix("ms")) >= 250


def test_figures_follow_a_list_minute_by_minute_and_end(simulator: Simulator, ask: Ask) -> None:
    rao = seat(simulator)
    simulator.clock.step(minutes=2)
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": [6, 12, 14]}, minutes=4)
    simulator.world.knobs.retention = None
    simulator.clock.step(minutes=5)
    rows = ask(f"{NUMBER}/participants/{rao}/qos").json()["user_qos"]
    losses = {row["date_time"][11:16]: row["audio_input"]["avg_loss"] for row in rows}
    bad = [losses[f"16:0{minute}"] for minute in range(2, 6)]
    assert bad == ["6%", "12%", "14%", "14%"]
    assert all(float(losses[f"16:0{minute}"].rstrip("%")) < 2 for minute in (0, 1, 6))


def test_the_peak_loss_is_never_under_the_average(simulator: Simulator) -> None:
    rao = seat(simulator)
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 90})
    block = simulator.world.person(NUMBER, rao).row(BASE)["audio_input"]
    assert (block["avg_loss"], block["max_loss"]) == ("90%", "100%")


def test_a_later_wish_stands_above_and_fine_takes_all_back(simulator: Simulator) -> None:
    rao = seat(simulator)
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 14})
    simulator.world.mute(NUMBER, rao, start=BASE + 60)
    simulator.world.fine(NUMBER, rao, start=BASE + 120)
    person = simulator.world.person(NUMBER, rao)
    losses = [person.row(BASE + 60 * minute)["audio_input"]["avg_loss"] for minute in range(3)]
    assert losses[:2] == ["14%", ""]
    assert float(losses[2].rstrip("%")) < 2


def test_a_field_can_be_missing_or_nonsense(simulator: Simulator) -> None:
    rao = seat(simulator)
    simulator.world.figures(NUMBER, rao, "audio_input", {"jitter": None, "latency": "soon"})
    block = simulator.world.person(NUMBER, rao).row(BASE)["audio_input"]
    assert "jitter" not in block
    assert block["latency"] == "soon"
    assert block["bitrate"]


def test_signal_strengths_are_numbers_and_only_there_over_wifi(simulator: Simulator) -> None:
    wired, wireless = (simulator.world.person(NUMBER, seat(simulator, *t)) for t in ((), ("wifi",)))
    simulator.world.figures(NUMBER, wireless.user_id, "wifi_rssi", {"rssi": -79})
    assert wireless.row(BASE)["wifi_rssi"] == {
        "max_rssi": -74,
        "avg_rssi": -79,
        "min_rssi": -85,
        "rssi_unit": "dBm",
    }
    assert "wifi_rssi" not in wired.row(BASE)


@pytest.mark.parametrize(
    ("stream", "values", "words"),
    [
        pytest.param("audio_inptu", {"avg_loss": 1}, "unknown stream", id="stream"),
        pytest.param("audio_input", {"frame_rate": 1}, "audio_input has no", id="field-of-another-stream"),
        pytest.param("audio_input", {"avg_loss": []}, "at least one", id="empty-list"),
    ],
)
def test_a_wish_that_nobody_can_fulfil_is_refused(
    simulator: Simulator, stream: str, values: dict[str, Any], words: str
) -> None:
    rao = seat(simulator)
    with pytest.raises(ValueError, match=words):
        simulator.world.figures(NUMBER, rao, stream, values)
