"""`qoswatch plan`: what fits, without a server."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from service.api.budget import Budget, LoadBody
from service.settings import Settings
from service.store import Store
from workers.cli import parser

LOAD = ("--meetings", "6", "--size", "50", "--watched", "40", "--hours", "8")


@pytest.fixture
def plan(tmp_path: Path) -> Any:
    """Runs the command with these words and settings."""

    def run(*words: str, **settings: Any) -> int:
        args = parser(("plan",)).parse_args(["plan", *words])
        return int(args.func(args, Settings(qoswatch_data_dir=tmp_path, **settings)))

    return run


def test_what_fits_is_said_and_answers_zero(plan: Any, capsys: Any) -> None:
    assert plan(*LOAD) == 0
    assert "14,400 a day; figures may have 57,000. It fits." in capsys.readouterr().out


def test_what_does_not_fit_answers_one_and_what_would(plan: Any, capsys: Any) -> None:
    assert plan(*LOAD[:-1], "24", "--plan", "pro", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["a_day"], told["fits"], told["interval_s"]) == (30_000, False, 120)
    assert told["would_fit"] == {"watched": 3, "meetings": 3}


def test_what_the_settings_say_of_the_plan_counts_unless_one_is_named(plan: Any, capsys: Any) -> None:
    assert plan(*LOAD, zoom_calls_per_day=10_000) == 1
    assert "figures may have 9,424" in capsys.readouterr().out
    assert plan(*LOAD, "--plan", "business", zoom_calls_per_day=10_000) == 0


def test_the_api_answers_the_same(plan: Any, capsys: Any, redis_client: Any) -> None:
    store = Store(redis_client, secret_keys=[Fernet.generate_key().decode()])
    plan(*LOAD, "--json")
    body = LoadBody(meetings=6, size=50, watched=40, hours=8.0)
    assert json.loads(capsys.readouterr().out) == json.loads(Budget(store, period_s=60).plan(body).model_dump_json())


def test_more_watched_than_there_are_means_everybody(plan: Any, capsys: Any) -> None:
    assert plan("--meetings", "6", "--size", "50", "--watched", "51", "--hours", "8") == 0
    assert "6 meetings of 50 with 50 watched" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(LOAD[:-2], "--hours", id="no-hours"),
        pytest.param((*LOAD[:-1], "25"), "at most 24", id="a-long-day"),
        pytest.param((*LOAD[:-1], "nan"), "at most 24", id="no-number"),
        pytest.param(("--meetings", "0", *LOAD[2:]), "whole number from 1", id="no-meeting"),
        pytest.param((*LOAD, "--plan", "gold"), "invalid choice", id="no-such-plan"),
    ],
)
def test_what_can_not_be_is_told_by_name(plan: Any, capsys: Any, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(SystemExit):
        plan(*words)
    assert says in capsys.readouterr().err
