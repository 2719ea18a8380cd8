"""`qoswatch rules test`: rules against figures that people write down."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from workers.commands import rules

GOOD = """
[[tests]]
name = "a bad call"
rules = ["audio-sent"]
series."audio_input.avg_loss" = "0x3 12x2"
expect = [{ at = 4, expect = "critical" }]
"""
BAD = GOOD.replace("a bad call", "another").replace("critical", "none")
WRONG = GOOD.replace("0x3", "0y3")


@pytest.fixture
def test(tmp_path: Path) -> Any:
    """Runs the command on files with these texts."""

    def run(*texts: str, words: tuple[str, ...] = ()) -> int:
        files = [tmp_path / f"{nth}.toml" for nth in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        parser = argparse.ArgumentParser()
        rules.add(parser.add_subparsers())
        args = parser.parse_args(["rules", "test", *words, *map(str, files)])
        return int(args.func(args, Settings(qoswatch_data_dir=tmp_path)))

    return run


def test_what_passes_is_said_and_answers_zero(test: Any, capsys: Any) -> None:
    assert test(GOOD) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("0.toml")
    assert lines[1:] == ["  ok    a bad call", "1 test, all passed"]


def test_what_fails_says_why_and_where_and_answers_one(test: Any, capsys: Any) -> None:
    assert test(GOOD + BAD) == 1

    said = capsys.readouterr().out
    assert (
        "  ok    a bad call\n  FAIL  another\n        /tests/1/expect/0: expected none at minute 4, got critical"
        in said
    )
    assert said.rstrip().endswith("2 tests, 1 failed")
    caret = next(line for line in said.splitlines() if line.strip() == "^")
    minutes = next(line for line in said.splitlines() if line.strip().startswith("minute"))
    assert caret.index("^") == len(minutes) - 1


def test_bad_notation_is_shown_with_a_caret_and_nothing_runs(test: Any, capsys: Any) -> None:
    assert test(WRONG) == 1

    said = capsys.readouterr().out
    assert "nothing was run" in said
    assert "  /tests/0/series/audio_input.avg_loss: '0y3' is not understood here" in said
    assert "      0y3 12x2\n      ~~^" in said


def test_every_file_is_told_though_one_can_not_be_used(test: Any, capsys: Any) -> None:
    assert test(WRONG, GOOD, "a = ") == 1

    said = capsys.readouterr().out
    assert "ok    a bad call" in said
    assert "\n  this is no TOML" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "can not be read: No such file or directory", id="no-file"),
        pytest.param(b"\xff\xfe", "can not be read: it is not UTF-8 text", id="no-text"),
    ],
)
def test_a_file_that_can_not_be_read_is_said(content: Any, reason: str, test: Any, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "other.toml"
    if content is not None:
        path.write_bytes(content)
    assert test(words=(str(path),)) == 1
    assert reason in capsys.readouterr().out


def test_the_results_as_json(test: Any, capsys: Any) -> None:
    assert test(GOOD + BAD, WRONG, words=("--json",)) == 1

    told = json.loads(capsys.readouterr().out)
    first, second = told["files"]
    assert told["ok"] is False
    assert [(each["name"], each["ok"]) for each in first["tests"]] == [("a bad call", True), ("another", False)]
    assert first["tests"][1]["failures"][0]["pointer"] == "/tests/1/expect/0"
    assert first["tests"][1]["failures"][0]["at"] == 4
    assert second["errors"][0]["pointer"] == "/tests/0/series/audio_input.avg_loss"
    assert second["errors"][0]["position"] == 0
    assert test(GOOD, words=("--json",)) == 0
