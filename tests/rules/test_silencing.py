"""Silences: what they cover, by matcher, and when they are at work, by the clocks of their zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.model import Silence, Watch, Who
from rules.silencing import Thing, acting, begins_at, ends_at, fits, is_on, may_fit, state

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
THING = Thing(
    watch="board",
    labels={"site": "Lyon", "vip": ""},
    meeting="97763643886",
    uuid="4444AAAiAAAAAiAiAiiAii==",
    seat="3f9a0c11d2e4.7",
    name="Dr Kline-Łęcki",
    aliases=("kline@example.org", "zXy9"),
    rule="audio-sent",
    severity="warning",
)


def a_silence(**changes: Any) -> Silence:
    given = Silence("si_1", 1, {"watch": "board"}, "Ana Ruiz", "switch", START, START, START + HOUR)
    return replace(given, **changes)


@pytest.mark.parametrize(
    ("matchers", "fit"),
    [
        pytest.param({"watch": "board"}, True, id="watch"),
        pytest.param({"watch": "boar"}, False, id="part-of-a-watch"),
        pytest.param({"rule": "audio-sent"}, True, id="rule"),
        pytest.param({"rule": "video-sent"}, False, id="another-rule"),
        pytest.param({"meeting": "97763643886"}, True, id="meeting-by-number"),
        pytest.param({"meeting": "4444AAAiAAAAAiAiAiiAii=="}, True, id="meeting-by-uuid"),
        pytest.param({"meeting": "97763643887"}, False, id="another-meeting"),
        pytest.param({"person": "*KLINE*"}, True, id="name-by-pattern-in-capitals"),
        pytest.param({"person": "dr kline-łęcki"}, True, id="name-in-small-letters"),
        pytest.param({"person": "kline"}, False, id="part-of-a-name"),
        pytest.param({"person": "Kline@Example.org"}, True, id="address"),
        pytest.param({"person": "*@example.org"}, False, id="an-address-is-no-pattern"),
        pytest.param({"person": "zXy9"}, True, id="zoom-user"),
        pytest.param({"label": "site=Lyon"}, True, id="label"),
        pytest.param({"label": "site=lyon"}, False, id="label-in-small-letters"),
        pytest.param({"label": "vip="}, True, id="label-without-a-value"),
        pytest.param({"label": "floor=Lyon"}, False, id="another-label"),
        pytest.param({"severity": "warning"}, True, id="severity"),
        pytest.param({"severity": "critical"}, False, id="severity-is-no-least"),
        pytest.param({"seat": "3f9a0c11d2e4.7"}, True, id="seat"),
        pytest.param({"seat": "3f9a0c11d2e4.8"}, False, id="another-seat"),
        pytest.param({"watch": "board", "rule": "audio-sent", "person": "dr*"}, True, id="all-fit"),
        pytest.param({"watch": "board", "rule": "video-sent", "person": "dr*"}, False, id="one-does-not"),
        pytest.param({}, False, id="nothing-is-not-everything"),
        pytest.param({"site": "Lyon"}, False, id="a-matcher-of-a-newer-version"),
    ],
)
def test_every_matcher_must_fit(matchers: dict[str, str], fit: bool) -> None:
    assert fits(a_silence(matchers=matchers), THING) is fit


@pytest.mark.parametrize("matchers", [{"severity": "warning"}, {"seat": "service.zoom"}, {"person": "*"}])
def test_trouble_of_our_own_is_never_covered(matchers: dict[str, str]) -> None:
    assert not fits(a_silence(matchers=matchers), replace(THING, seat="service.zoom"))


def test_a_name_that_zoom_hides_fits_no_pattern() -> None:
    assert not fits(a_silence(matchers={"person": "*a*"}), replace(THING, name="", aliases=()))


@pytest.mark.parametrize(
    ("matchers", "may"),
    [
        pytest.param({"watch": "board"}, True, id="watch"),
        pytest.param({"watch": "court"}, False, id="another-watch"),
        pytest.param({"label": "site=Lyon"}, True, id="label"),
        pytest.param({"label": "site=Paris"}, False, id="another-label"),
        pytest.param({"meeting": "97763643886"}, True, id="meeting"),
        pytest.param({"meeting": "4444AAAiAAAAAiAiAiiAii=="}, True, id="run"),
        pytest.param({"meeting": "97763643887"}, False, id="another-meeting"),
        pytest.param({"person": "nobody", "rule": "none", "severity": "critical"}, True, id="people-are-not-looked-at"),
        pytest.param({}, False, id="nothing"),
    ],
)
def test_a_silence_may_fit_what_a_watch_hears(matchers: dict[str, str], may: bool) -> None:
    watch = Watch("board", 1, "any", (Who("everyone", ""),), (), ("slack-av",), START, labels={"site": "Lyon"})
    assert may_fit(a_silence(matchers=matchers), watch, THING.meeting, THING.uuid) is may


@pytest.mark.parametrize(
    ("minutes", "stands", "ends", "begins"),
    [
        pytest.param(-1, "pending", None, 0, id="before"),
        pytest.param(0, "on", 60, None, id="its-first-moment"),
        pytest.param(59, "on", 60, None, id="its-last-minute"),
        pytest.param(60, "over", None, None, id="its-end-is-outside"),
    ],
)
def test_a_silence_lasts_from_its_start_to_its_end(
    minutes: int, stands: str, ends: int | None, begins: int | None
) -> None:
    now = START + timedelta(minutes=minutes)
    assert state(a_silence(), now) == stands
    assert is_on(a_silence(), now) is (stands == "on")
    assert ends_at(a_silence(), now) == _later(ends)
    assert begins_at(a_silence(), now) == _later(begins)


WEEKLY = a_silence(weekly=("Mon 12:00-13:00", "Mon 13:00-14:00"), timezone="Europe/Berlin", ends_at=None)


@pytest.mark.parametrize(
    ("hours", "stands", "ends", "begins"),
    [
        pytest.param(0, "pending", None, 1, id="before-the-window"),
        pytest.param(1, "on", 3, None, id="windows-that-adjoin-are-one"),
        pytest.param(2.5, "on", 3, None, id="in-the-second"),
        pytest.param(3, "pending", None, 1 + 7 * 24, id="until-next-week"),
    ],
)
def test_a_weekly_silence_stands_in_its_windows(
    hours: float, stands: str, ends: float | None, begins: float | None
) -> None:
    now = START + hours * HOUR  # Berlin's clocks are an hour ahead: noon there is 11:00 here
    assert state(WEEKLY, now) == stands
    assert ends_at(WEEKLY, now) == (None if ends is None else START + ends * HOUR)
    assert begins_at(WEEKLY, now) == (None if begins is None else START + begins * HOUR)


def test_a_weekly_silence_with_an_end_is_cut_there_and_over_when_no_window_is_left() -> None:
    bounded = replace(WEEKLY, ends_at=START + 2 * HOUR)
    assert ends_at(bounded, START + HOUR) == START + 2 * HOUR
    assert state(bounded, START + 2 * HOUR) == "over"
    assert state(replace(bounded, ends_at=START + HOUR / 2), START) == "over", "no window comes before its end"


def test_a_window_of_every_hour_has_no_end() -> None:
    always = replace(WEEKLY, weekly=("00:00-24:00",))
    assert (state(always, START), ends_at(always, START)) == ("on", None)


def test_only_those_at_work_act() -> None:
    later, now = a_silence(id="si_2", starts_at=START + HOUR), a_silence()
    assert acting([later, now, WEEKLY], START) == (now,)


def _later(minutes: int | None) -> datetime | None:
    return None if minutes is None else START + timedelta(minutes=minutes)
