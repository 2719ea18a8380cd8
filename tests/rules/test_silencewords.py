"""What is said of silences: what they cover, in words, and notices that are each given once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.model import Silence
from rules.silencewords import Named, due, is_spent, mark, marked, note_id, says, sentence, what

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
NAMED = Named("Spring Town Hall", "Dr Rao")


def a_silence(**changes: Any) -> Silence:
    return replace(Silence("si_1", 1, {"watch": "board"}, "Ana", "switch", START, START, END), **changes)


@pytest.mark.parametrize(
    ("matchers", "full", "watched", "ids"),
    [
        pytest.param({"watch": "board"}, "watch board", "watch board", "watch board", id="watch"),
        pytest.param({"rule": "delay"}, "rule delay", "rule delay", "rule delay", id="rule"),
        pytest.param({"severity": "critical"}, *["critical alerts"] * 3, id="severity"),
        pytest.param({"label": "site=Building C"}, *["site Building C"] * 3, id="label"),
        pytest.param({"label": "vip="}, *["vip"] * 3, id="label-without-a-value"),
        pytest.param({"person": "*Rao*"}, "*Rao*", "*Rao*", "one person", id="person"),
        pytest.param({"meeting": "977"}, "Spring Town Hall", "meeting 977", "meeting 977", id="meeting"),
        pytest.param({"seat": "i.7"}, "Dr Rao, Spring Town Hall", "Dr Rao", "one person", id="seat"),
        pytest.param(
            {"watch": "board", "severity": "warning", "person": "*Rao*", "meeting": "977"},
            "warnings, *Rao*, Spring Town Hall, watch board",
            "warnings, *Rao*, meeting 977, watch board",
            "warnings, one person, meeting 977, watch board",
            id="all-of-them-in-one-order",
        ),
    ],
)
def test_what_is_covered_is_told_in_words_by_privacy(
    matchers: dict[str, str], full: str, watched: str, ids: str
) -> None:
    silence = a_silence(matchers=matchers)
    assert what(silence, NAMED) == full
    assert what(silence, NAMED, "watched") == watched
    assert what(silence, NAMED, "ids") == ids


def test_texts_of_strangers_can_not_break_a_sentence() -> None:
    long = a_silence(
        ends_at=START + timedelta(days=6),
        by="A\u202ena " * 40,
        comment="\u2066x\u2069 " * 200,
        matchers={"person": "*" + "k" * 200},
    )
    told = sentence(long, "on", START, 0, Named())
    assert len(told) <= 300
    assert told.isprintable()
    assert told.endswith("Service alerts still come.")


@pytest.mark.parametrize(
    ("bad", "still"),
    [
        pytest.param(0, "Nothing is bad there now.", id="none"),
        pytest.param(1, "Still bad there: 1. It will be told then.", id="one"),
        pytest.param(2, "Still bad there: 2. They will be told then.", id="several"),
    ],
)
def test_the_end_says_what_is_still_bad(bad: int, still: str) -> None:
    at = END - timedelta(minutes=10)
    assert sentence(a_silence(), "ends", at, bad, Named()) == f"Silence for watch board ends 11:00 UTC. {still}"


def test_a_silence_without_an_end_says_none() -> None:
    always = a_silence(weekly=("00:00-24:00",), ends_at=None)
    assert says(always, START) == "On: watch board (Ana: switch). Alerts are recorded, not sent."
    assert due(always, START) == ("on",)


@pytest.mark.parametrize(
    ("minutes", "given", "wanted"),
    [
        pytest.param(-1, (), (), id="before"),
        pytest.param(0, (), ("on",), id="begins"),
        pytest.param(49, ("on",), (), id="in-between"),
        pytest.param(50, ("on",), ("ends",), id="ten-minutes-before"),
        pytest.param(55, (), ("on", "ends"), id="nobody-was-there-before"),
        pytest.param(59, ("on", "ends"), (), id="both-given"),
        pytest.param(60, ("on",), (), id="over"),
    ],
)
def test_notices_are_due_once_each(minutes: int, given: tuple[Any, ...], wanted: tuple[str, ...]) -> None:
    now = START + timedelta(minutes=minutes)
    silence = a_silence()
    silence = replace(silence, announced=tuple(mark(silence, notice, START) for notice in given))
    assert due(silence, now) == wanted


def test_another_silence_under_the_same_id_is_announced_anew() -> None:
    first = a_silence()
    told = replace(first, announced=marked(first, (mark(first, "on", START),)))
    assert due(told, START) == ()
    assert due(replace(told, matchers={"watch": "court"}), START) == ("on",)
    assert due(replace(told, comment="another reason"), START) == ()


def test_a_note_is_of_one_silence_one_notice_and_one_privacy() -> None:
    ids = {
        note_id(a_silence(id=id), mark, privacy)
        for id in ("si_1", "si_2")
        for mark in ("on", "ends")
        for privacy in ("full", "ids")
    }
    assert len(ids) == 8
    assert note_id(a_silence(), "on", "full") in ids


def test_marks_do_not_pile_up() -> None:
    silence = a_silence(announced=tuple(f"on {number}" for number in range(6)))
    assert marked(silence, ("ends 6",)) == ("on 1", "on 2", "on 3", "on 4", "on 5", "ends 6")


def test_what_was_over_a_week_ago_is_spent() -> None:
    assert not is_spent(a_silence(), END + timedelta(days=7, seconds=-1))
    assert is_spent(a_silence(), END + timedelta(days=7))
    assert not is_spent(a_silence(ends_at=None), END + timedelta(days=700))
