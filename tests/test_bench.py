"""The door of the benches: every name leads to a bench, sections replace themselves, one that fails stops no other."""

import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from tests.bench import __main__ as door
from tests.bench import debian, latency, report, telling
from tests.bench.receiver import Post, receiver
from tests.fastzoom import Plan

LOAD = telling.Load("two of two", meetings=2, people=2, minute_s=5, spread=2, minutes=1)


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "PATH", tmp_path / "benchmarks.md")
    report.head()
    return tmp_path / "benchmarks.md"


@pytest.mark.parametrize("name", [*door.BENCHES, *door.BUDGET])
def test_every_bench_is_there(name: str) -> None:
    assert callable(import_module((door.BENCHES | door.BUDGET)[name]).section)


def test_a_section_replaces_itself_and_leaves_the_others(document: Path) -> None:
    report.put("a", ["first"])
    report.put("b", ["second"])
    report.put("a", ["anew"])
    report.head()
    text = document.read_text()
    assert text.startswith("# Benchmarks\n")
    assert text.count("# Benchmarks") == 1
    assert "first\n" not in text
    assert text.index("\nanew\n") < text.index("\nsecond\n")


def test_a_bench_that_fails_is_told_and_the_next_one_runs(
    document: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"good": SimpleNamespace(section=lambda: (["fine"], True)), "bad": SimpleNamespace(section=lambda: 1 / 0)}
    monkeypatch.setattr(door, "BENCHES", {"bad": "bad", "good": "good"})
    monkeypatch.setattr(door, "import_module", found.__getitem__)
    assert door.main([]) == 1
    assert "bad: could not be measured: ZeroDivisionError" in capsys.readouterr().err
    assert "fine" in document.read_text()
    assert door.main(["good"]) == 0
    assert door.main(["nobody"]) == 2


def test_the_receiver_notes_when_a_post_came_and_what_it_says() -> None:
    with receiver() as target:
        before = time.monotonic()
        assert requests.post(f"{target.url}/hook", data="ä" * 100_000, timeout=10).text == "ok"
        (post,) = target.posts()
        assert (target.count(), post.path, post.body) == (1, "/hook", "ä" * 100_000)
        assert before < post.at < time.monotonic()
        target.forget()
        assert target.posts() == []


def test_each_alert_is_matched_with_the_first_post_that_names_its_person() -> None:
    plan = Plan(2, 2, bad_from=1, spread=2)
    told = {"16000000": 10.0, "16000001": 11.0, "16010000": 12.0}
    posts = [
        Post(9.0, "/hook", '{"type":"note.roll_call","says":"16000000"}'),
        Post(10.5, "/hook", '{"type":"alert.fired","says":"16000000"}'),
        Post(10.9, "/hook", '{"type":"alert.fired","says":"16000000"}'),
    ]
    found = telling._matched(LOAD, plan, told, posts)
    assert (list(found.after_answer), found.missing) == ([0.5], 1), "the second one's bad minute is not among them"


def test_without_prometheus_the_document_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    assert not debian.has_both()
    assert latency._beside(telling.Measured(LOAD, [1.0], [1.0], 0), None) == [debian.ABSENT]
