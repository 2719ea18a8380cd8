"""`qoswatch oncall`: who is on call, and covers made and taken back at a terminal."""

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from rules import rota
from rules.model import Person, Schedule
from service.settings import Settings
from service.store import Store
from workers.cli import COMMANDS
from workers.commands import oncall
from workers.errors import CommandError

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # Monday, 11:00 in Berlin


@pytest.fixture
def settings(redis_socket: Path, redis_client: Any, tmp_path: Path) -> Settings:
    return Settings(
        redis_url=f"unix://{redis_socket}",
        qoswatch_secret_key="k" * 32,
        qoswatch_data_dir=tmp_path,
        qoswatch_test_clock="hash",
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    kept = Store.connect(settings)
    kept.clock.put(NOW)
    for id, name in {"ana": "Ana Ruiz", "ben": "Ben Ito", "cem": "Cem Arslan"}.items():
        kept.documents.people.put(Person(id, 0, name, NOW))
    for id in ("av", "it"):
        kept.documents.schedules.put(Schedule(id, 0, "Europe/Berlin", "Mon 09:00", ("ana", "ben"), "1w", NOW))
    yield kept
    kept.close()


@pytest.fixture
def command(settings: Settings, store: Store, capsys: Any) -> Callable[..., list[str]]:
    def run(*words: str) -> list[str]:
        parser = argparse.ArgumentParser()
        oncall.add(parser.add_subparsers())
        args = parser.parse_args(["oncall", *words])
        with capture_logs():  # the line that says that the clock is a test's
            assert args.func(args, settings) == 0
        lines: list[str] = capsys.readouterr().out.splitlines()
        return lines

    return run


def who(store: Store, at: datetime | None = None) -> str | None:
    schedule = store.documents.schedules.get("av")
    assert schedule is not None
    return rota.on_call(schedule, store.documents.covers.all(), at or store.clock.now())


def test_it_is_a_command() -> None:
    assert "oncall" in COMMANDS


def test_each_schedule_says_who_is_on_call(command: Any) -> None:
    assert command() == [
        "Ana Ruiz is on call for av until Mon 30 Nov 09:00 (Europe/Berlin), then Ben Ito.",
        "Ana Ruiz is on call for it until Mon 30 Nov 09:00 (Europe/Berlin), then Ben Ito.",
    ]


def test_one_schedule_shows_its_turns(command: Any) -> None:
    first, *lines = command("av")
    assert first.startswith("Ana Ruiz is on call for av until")
    assert [" ".join(line.split()) for line in lines] == [
        "Turns:",
        "11:00 Ana Ruiz",
        "Mon 30 Nov 09:00 Ben Ito",
        "Mon 7 Dec 09:00 Ana Ruiz",
        "Mon 14 Dec 09:00 Ben Ito",
        "Mon 21 Dec 09:00 Ana Ruiz",
    ]


@pytest.mark.parametrize(
    ("at", "person"),
    [
        pytest.param("2026-11-30T09:00", "Ben Ito", id="by-the-clocks-of-the-schedule"),
        pytest.param("2026-11-30T09:00+02:00", "Ana Ruiz", id="with-an-offset"),
        pytest.param("1w", "Ben Ito", id="in-a-week"),
    ],
)
def test_a_moment_can_be_asked_of(command: Any, at: str, person: str) -> None:
    assert command("av", "--at", at)[0].startswith(f"{person} is on call for av")


def test_a_cover_acts_at_once_and_is_taken_back(command: Any, store: Store) -> None:
    says, back = command("cover", "av", "cem", "--until", "4h", "--comment", "dentist")
    assert says == "Cem Arslan stands in on av from now until 15:00 (Europe/Berlin)."
    assert who(store) == "cem"
    [cover] = store.documents.covers.all()
    assert (cover.comment, back) == ("dentist", f"Take it back: qoswatch oncall uncover av {cover.id}")
    shown = command("av")
    assert shown[0] == "Cem Arslan stands in for av until 15:00 (Europe/Berlin), then Ana Ruiz."
    assert any(line.strip().startswith(cover.id) and "dentist" in line for line in shown)
    assert command()[1].startswith("Ana Ruiz is on call for it")

    store.clock.advance(hours=1)
    assert command("uncover", "av", cover.id) == [
        f"Cover {cover.id} is taken back. Ana Ruiz is on call for av until Mon 30 Nov 09:00 (Europe/Berlin), "
        "then Ben Ito."
    ]
    assert who(store) == "ana"


def test_a_cover_to_come_is_taken_back_whole(command: Any, store: Store) -> None:
    command("cover", "av", "cem", "--from", "2026-11-24T09:00", "--until", "1d")
    [cover] = store.documents.covers.all()
    assert (cover.ends_at - cover.starts_at).days == 1
    assert who(store, cover.starts_at) == "cem"
    command("uncover", "av", cover.id)
    assert store.documents.covers.all() == []


def test_a_cover_for_one_person_that_changes_nothing_says_so(command: Any) -> None:
    says, _ = command("cover", "av", "cem", "--for", "ben", "--until", "4h")
    assert says.endswith("Ben Ito is not on call then; Ana Ruiz is.")


def test_gaps_are_a_warning(command: Any, store: Store) -> None:
    hours = ("Mon-Fri 08:00-18:00",)
    store.documents.schedules.put(Schedule("av", 0, "Europe/Berlin", "Mon 09:00", ("ana",), "1w", NOW, hours=hours))
    assert command("av")[-1] == ("Warning: nobody is on call 18:00 - Tue 08:00, and 9 more times in the next 14 days.")


def test_without_schedules_it_says_how_to_make_one(command: Any, store: Store) -> None:
    for id in ("av", "it"):
        store.documents.schedules.delete(id)
    assert command() == ["There are no schedules yet: PUT /v1/schedules/<id>"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(["aw"], "no schedule 'aw'; there are av, it", id="schedule"),
        pytest.param(["av", "it"], "one schedule at a time", id="two"),
        pytest.param(["av", "--at", "noon"], "--at is no moment", id="moment"),
        pytest.param(["av", "--at", "2031-01-01"], "--at must be within a year", id="far"),
        pytest.param(["av", "--until", "4h"], "--until belongs to a cover", id="until-without-a-cover"),
        pytest.param(["cover", "av"], "say it whole: qoswatch oncall cover SCHEDULE PERSON", id="half"),
        pytest.param(["cover", "av", "cem"], "until when?", id="no-end"),
        pytest.param(["cover", "av", "cen", "--until", "4h"], "did you mean 'cem'?", id="person"),
        pytest.param(["cover", "av", "cem", "--for", "bn", "--until", "4h"], "did you mean 'ben'?", id="for"),
        pytest.param(["cover", "av", "cem", "--until", "0h"], "--until is over already", id="over"),
        pytest.param(["cover", "av", "cem", "--until", "9999w"], "more than 92 days", id="long"),
        pytest.param(
            ["cover", "av", "cem", "--from", "60w", "--until", "1h"], "--from is more than a year", id="later"
        ),
        pytest.param(["cover", "av", "cem", "--until", "4h", "--at", "4h"], "--at asks who", id="at-of-a-cover"),
        pytest.param(["uncover", "av", "co_1"], "`qoswatch oncall av` shows them", id="no-such-cover"),
    ],
)
def test_what_can_not_be_says_what_would_work(command: Any, store: Store, words: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason.replace("?", r"\?")):
        command(*words)
    assert store.documents.covers.count() == 0
