"""`qoswatch qos`: asks Zoom once and shows one person's figures."""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.model import Sample, Sight
from service.settings import Settings
from simulator import Simulator
from workers.commands import qos
from workers.zoom import attendance, report

BASE = 1764000000  # 2025-11-24 16:00 UTC, 17:00 in Berlin
NOW = datetime.fromtimestamp(BASE, UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(base=BASE, speed=0) as running:
        running.world.start("97763643886", topic="Spring Town Hall")
        running.world.join("97763643886", "Dr Rao", user_id="16778240", traits=["wifi"])
        running.clock.step(minutes=4)
        yield running


@pytest.fixture
def ask(simulator: Simulator, tmp_path: Path) -> Callable[..., int]:
    """Runs the command as the command line does; no server of ours runs unless a test says so."""

    def run(*words: str, **more: Any) -> int:
        parser = argparse.ArgumentParser()
        qos.add(parser.add_subparsers())
        environ = {name.lower(): value for name, value in simulator.environ().items()}
        settings = Settings(**{**environ, "qoswatch_data_dir": tmp_path, **more})
        args = parser.parse_args(["qos", *words])
        return int(args.func(args, settings))

    return run


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")


def test_a_person_is_shown_minute_by_minute_newest_last(ask: Any, capsys: Any) -> None:
    assert ask("977 6364 3886", "16778240", qoswatch_tz="Europe/Berlin") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Dr Rao  ·  Windows")
    assert "Wifi" in lines[0]
    assert "times in Europe/Berlin" in lines[1]
    audio = next(number for number, line in enumerate(lines) if "AUDIO SENT" in line)
    assert "AUDIO RECEIVED" in lines[audio]
    minutes = [line.split()[0] for line in lines[audio + 2 : lines.index("", audio)]]
    assert lines[audio + 1].split()[0] == "minute"
    assert len(minutes) >= 2
    assert minutes == sorted(minutes)
    assert minutes[-1].startswith("17:0")
    assert "SCREEN SHARE: nothing sent, nothing received" in lines
    assert any(line.startswith("– nothing is sent or received") for line in lines)


def test_a_join_url_is_a_meeting_too(ask: Any, capsys: Any) -> None:
    assert ask("https://us02web.zoom.us/j/97763643886?pwd=secret", "16778240") == 0

    assert capsys.readouterr().out.startswith("Dr Rao")


def test_what_is_no_meeting_is_said_before_zoom_is_asked(ask: Any, simulator: Simulator, capsys: Any) -> None:
    assert ask("https://zoom.us/my/dr.rao") == 1

    assert capsys.readouterr().err.startswith("qoswatch qos: a personal link does not say its meeting")
    assert simulator.calls.count(path="/metrics/") == 0


def test_without_a_participant_the_people_present_are_listed_by_one_call(
    ask: Any, simulator: Simulator, capsys: Any
) -> None:
    world = simulator.world
    world.join("97763643886", "", user_id="16778241", email="kline@example.org", role="host")
    world.join("97763643886", "Gone", user_id="16778242")
    world.leave("97763643886", "16778242")
    world.join("97763643886", "Guest", user_id="16778243", waiting=True)
    simulator.clock.step(minutes=1)

    assert ask("977 6364 3886", qoswatch_tz="Europe/Berlin") == 0

    head, *people = capsys.readouterr().out.splitlines()
    assert head == "2 people in meeting 97763643886, 1 person in the waiting room; times in Europe/Berlin"
    assert [line.split()[0] for line in people] == ["16778240", "16778241"]
    assert people[0].split()[1:3] == ["Dr", "Rao"]
    assert people[0].endswith("since 17:00")
    assert "(no name)  host      kline@example.org" in people[1]
    assert simulator.calls.count(path="/metrics/") == 1


def test_the_people_of_a_meeting_that_is_over_are_all_listed(ask: Any, simulator: Simulator, capsys: Any) -> None:
    simulator.world.end("97763643886")
    simulator.clock.step(minutes=1)

    assert ask("97763643886", "--type", "past") == 0

    head, person = capsys.readouterr().out.splitlines()
    assert head.startswith("1 join of meeting 97763643886;")
    assert "since 16:00 to 16:04" in person


def test_a_webinar_is_asked_for_as_one(ask: Any, simulator: Simulator, capsys: Any) -> None:
    simulator.world.start("98765432100", topic="Lecture", kind="webinar")
    simulator.world.join("98765432100", "Prof. Ito", user_id="5", role="panelist")
    simulator.clock.step(minutes=3)

    assert ask("98765432100", "--webinar") == 0
    assert "Prof. Ito  panelist" in capsys.readouterr().out
    assert ask("98765432100", "5", "--webinar") == 0
    assert capsys.readouterr().out.startswith("Prof. Ito")


def test_the_list_as_zooms_own_json(ask: Any, capsys: Any) -> None:
    assert ask("97763643886", "--json") == 0

    assert json.loads(capsys.readouterr().out)[0]["user_name"] == "Dr Rao"


def test_zooms_own_json_comes_out_as_it_is(ask: Any, simulator: Simulator, capsys: Any) -> None:
    assert ask("97763643886", "16778240", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert told["user_name"] == "Dr Rao"
    assert told["user_qos"][0]["audio_input"]["bitrate"].endswith("kbps")
    assert simulator.calls.count(path="/metrics/") == 1


def test_a_meeting_that_is_over_is_asked_for_by_type(ask: Any, simulator: Simulator, capsys: Any) -> None:
    simulator.world.end("97763643886")
    simulator.clock.step(minutes=1)

    assert ask("97763643886", "16778240") == 1
    captured = capsys.readouterr()
    assert "the meeting is not live" in captured.err
    assert captured.out == ""
    assert ask("97763643886", "16778240", "--type", "past") == 0
    assert "LEFT" in capsys.readouterr().out


def test_an_error_is_said_in_words_that_help(ask: Any, capsys: Any) -> None:
    assert ask("97763643886", "16778240", zoom_client_secret="old") == 1

    captured = capsys.readouterr()
    assert captured.err.startswith("qoswatch qos: Zoom refuses our credentials")
    assert "Traceback" not in captured.err


def test_with_a_server_of_ours_its_budget_and_token_are_used(
    ask: Any, simulator: Simulator, redis_socket: Path, redis_client: Any
) -> None:
    url = f"unix://{redis_socket}"

    for _ in range(2):
        assert ask("97763643886", "16778240", redis_url=url, qoswatch_secret_key="k" * 32) == 0

    assert simulator.tokens.issued == 1
    assert any(b"budget" in key for key in redis_client.scan_iter())


def test_a_redis_that_does_not_answer_is_said(ask: Any, tmp_path: Path, capsys: Any) -> None:
    assert ask("97763643886", "2", redis_url=f"unix://{tmp_path}/none", qoswatch_secret_key="k" * 32) == 1

    assert capsys.readouterr().err.startswith("qoswatch qos: Redis can not be reached")


def test_a_list_that_goes_on_says_so_and_nobody_is_a_table_of_nothing() -> None:
    zone = ZoneInfo("UTC")
    told = attendance.text([], meeting="977", zone=zone, past=False, complete=False)
    assert told == "0 people in meeting 977; times in UTC (Zoom's list goes on: these are the first)"
    machine = {"device": "iOS", "network_type": "Cellular"}
    told = attendance.text([Sight("7", "Ann", facts=machine)], meeting="977", zone=zone, past=False)
    assert told.splitlines()[1] == "7  Ann  iOS, Cellular"


AUDIO = {"audio_input.avg_loss": 14.0, "audio_input.jitter": 6.25, "audio_input.mos": 2.9, "audio_input.bitrate": 1183}


def shown(*samples: Sample, width: int = 130, **more: Any) -> str:
    sight = Sight(session="16778240", samples=samples, **more)
    return report.text(sight, meeting="977", zone=ZoneInfo("UTC"), now=NOW, width=width)


def a_sample(minute: int = BASE // 60 - 2, blank: frozenset[str] = frozenset(), **values: float) -> Sample:
    return Sample("16778240", minute, {**AUDIO, **values}, blank)


def test_silence_and_missing_figures_look_different() -> None:
    talking = a_sample(minute=BASE // 60 - 3)
    muted = Sample("16778240", BASE // 60 - 2, {}, frozenset({"audio_input"}))
    untold = Sample("16778240", BASE // 60 - 1, {})

    rows = [line.split() for line in shown(talking, muted, untold).splitlines() if line.strip()[:3] in ("15:", "15:5")]

    assert rows[0] == ["15:57", "14", "6.2", "1183", "2.9"]
    assert rows[1] == ["15:58", "–", "–", "–", "–"]
    assert rows[2] == ["15:59", "·", "·", "·", "·"]


def test_what_never_flows_is_one_line() -> None:
    text = shown(a_sample())

    assert "AUDIO RECEIVED: nothing" in text
    assert "VIDEO: nothing sent, nothing received" in text
    assert "COMPUTER, WI-FI: Zoom says nothing" in text


def test_a_narrow_terminal_gets_one_side_below_the_other() -> None:
    both = {f"{stream}.{name}": 1.0 for stream in ("video_input", "video_output") for name in ("avg_loss", "latency")}

    lines = shown(a_sample(**both), width=38).splitlines()

    assert all(len(line) <= 38 for line in lines if ":" in line[:6])
    assert [line.strip() for line in lines if "VIDEO" in line] == ["VIDEO SENT", "VIDEO RECEIVED"]


@pytest.mark.parametrize(
    ("more", "part"),
    [
        pytest.param({"name": ""}, "(name hidden by Zoom)", id="HIPAA"),
        pytest.param({"facts": {"version": "6.2", "data_center": "Dublin"}}, "Zoom 6.2", id="version"),
        pytest.param({"spoiled": 2}, "2 fields could not be read", id="spoiled"),
        pytest.param(
            {"left_at": NOW - timedelta(minutes=1), "leave_reason": "Host ended"},
            "LEFT 2025-11-24 15:59 (Host ended)",
            id="left",
        ),
        pytest.param({}, "began 2 min 0 s ago", id="how old the figures are"),
    ],
)
def test_what_is_known_of_the_person_is_said(more: dict[str, Any], part: str) -> None:
    assert part in shown(a_sample(), **more)


def test_without_figures_the_reason_is_guessed_aloud() -> None:
    assert "No figures: nothing is being sent or received" in shown()


@pytest.mark.parametrize(
    ("value", "digits"), [(14.0, "14"), (0.3, "0.3"), (0.0, "0"), (-69.0, "−69"), (1183.13, "1183"), (9.96, "10")]
)
def test_a_figure_has_as_few_digits_as_it_needs(value: float, digits: str) -> None:
    assert report.number(value) == digits
