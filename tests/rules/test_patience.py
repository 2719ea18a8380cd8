"""What waits, and for how long: urgent news never, calm news from the third post on, quiet hours all but the worst."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules import news
from rules.model import Channel
from rules.patience import (
    GROUP_INTERVAL,
    GROUP_WINDOW,
    URGENT,
    Memory,
    Piece,
    in_a_row,
    quiet_until,
    rests_until,
    waits_until,
    was_quiet,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SLACK = Channel("slack-av", 1, "slack", "https://example.org", NOW)
NIGHT = replace(SLACK, quiet_hours="22:00-07:00", timezone="Europe/Paris")
TWO_AM = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEVEN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
CALM = Piece("better")
FIRE = Piece("fire", critical=True)
MINUTE = timedelta(minutes=1)
BUSY = Memory(3, NOW - MINUTE)


@pytest.mark.parametrize(
    ("pieces", "memory", "expected"),
    [
        pytest.param([CALM], Memory(), None, id="a-lane-that-never-spoke"),
        pytest.param([CALM], Memory(1, NOW - MINUTE), None, id="the-second-post-in-a-row"),
        pytest.param([CALM], Memory(2, NOW - MINUTE), NOW + 4 * MINUTE, id="the-third-waits"),
        pytest.param([CALM], Memory(2, NOW - 5 * MINUTE), None, id="for-five-minutes"),
        pytest.param([CALM], Memory(9, NOW - 6 * MINUTE), None, id="a-lane-that-rested"),
        pytest.param([CALM, FIRE], BUSY, None, id="one-urgent-takes-all-along"),
        pytest.param([CALM, Piece("also"), Piece("resolved"), Piece("taken")], BUSY, NOW + 4 * MINUTE, id="all-calm"),
        pytest.param([], BUSY, None, id="nothing"),
    ],
)
def test_calm_news_waits_from_the_third_post_in_a_row_on(
    pieces: list[Piece], memory: Memory, expected: datetime | None
) -> None:
    assert waits_until(pieces, memory, SLACK, NOW) == expected


@pytest.mark.parametrize("kind", sorted(URGENT))
def test_what_somebody_may_have_to_act_on_never_waits(kind: news.NewsKind) -> None:
    assert waits_until([Piece(kind)], BUSY, SLACK, NOW) is None


def test_the_rest_waits_every_kind_of_it() -> None:
    assert set(news.STRENGTH) - URGENT == {
        "also", "closed_bad", "broke_and_recovered", "resolved", "back", "better", "taken", "untaken", "snoozed",
        "held", "resumed",
    }  # fmt: skip
    for kind in set(news.STRENGTH) - URGENT:
        assert waits_until([Piece(kind)], BUSY, SLACK, NOW) == NOW + 4 * MINUTE


@pytest.mark.parametrize("kind", ["pagerduty", "webhook"])
def test_a_machine_is_told_at_once_what_stops_it(kind: str) -> None:
    machine = replace(SLACK, kind=kind)
    assert waits_until([Piece("taken")], BUSY, machine, NOW) is None
    assert rests_until(machine.kind, NOW) is None


@pytest.mark.parametrize("kind", ["slack", "teams", "email"])
def test_where_people_read_a_post_is_followed_by_a_rest(kind: str) -> None:
    assert rests_until(kind, NOW) == NOW + GROUP_WINDOW


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        pytest.param(Memory(), 0, id="never-spoke"),
        pytest.param(Memory(2, NOW - GROUP_INTERVAL + timedelta(seconds=1)), 2, id="a-moment-before"),
        pytest.param(Memory(2, NOW - GROUP_INTERVAL), 0, id="rested"),
        pytest.param(Memory(4, NOW - GROUP_INTERVAL, NOW), 4, id="kept-its-news-and-did-not-rest"),
        pytest.param(Memory(4, NOW - 9 * 60 * MINUTE, NOW), 0, id="kept-by-quiet-hours-which-is-a-rest"),
    ],
)
def test_posts_in_a_row(memory: Memory, expected: int) -> None:
    assert in_a_row(memory, NOW) == expected


def test_calm_news_without_end_is_one_post_every_five_minutes() -> None:
    memory, told, now = Memory(), [], NOW
    for _ in range(40 * 6):
        if memory.last_at is None or now >= memory.last_at + GROUP_WINDOW:
            until = waits_until([CALM], memory, SLACK, now)
            if until is None:
                told.append((now - NOW) / MINUTE)
                memory = Memory(in_a_row(memory, now) + 1, now)
            else:
                memory = replace(memory, put_off=until)
        now += timedelta(seconds=10)
    assert told == [0, 0.5, 5.5, 10.5, 15.5, 20.5, 25.5, 30.5, 35.5]


@pytest.mark.parametrize(
    ("pieces", "channel", "now", "expected"),
    [
        pytest.param([Piece("fire")], NIGHT, TWO_AM, SEVEN, id="a-warning-waits-for-the-morning"),
        pytest.param([FIRE], NIGHT, TWO_AM, None, id="what-is-critical-goes"),
        pytest.param([Piece("resolved", critical=True)], NIGHT, TWO_AM, None, id="and-so-does-its-end"),
        pytest.param([Piece("fire"), FIRE], NIGHT, TWO_AM, None, id="and-takes-the-others-along"),
        pytest.param([Piece("fire")], NIGHT, NOW, None, id="by-day"),
        pytest.param([Piece("fire")], replace(NIGHT, kind="pagerduty"), TWO_AM, SEVEN, id="a-pager-too"),
        pytest.param([Piece("fire")], replace(NIGHT, quiet_hours="at night"), TWO_AM, None, id="hours-nobody-can-read"),
        pytest.param(
            [Piece("fire")], replace(NIGHT, quiet_hours="00:00-24:00"), TWO_AM, TWO_AM + timedelta(days=1), id="always"
        ),
    ],
)
def test_quiet_hours_keep_what_is_not_critical(
    pieces: list[Piece], channel: Channel, now: datetime, expected: datetime | None
) -> None:
    assert waits_until(pieces, Memory(), channel, now) == expected


def test_quiet_hours_are_told_by_the_clocks_of_the_channel() -> None:
    assert quiet_until(NIGHT, TWO_AM) == SEVEN
    assert quiet_until(replace(NIGHT, timezone="America/Chicago"), NOW) == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    assert quiet_until(SLACK, TWO_AM) is None


@pytest.mark.parametrize(
    ("at", "now", "expected"),
    [
        pytest.param(TWO_AM, SEVEN, True, id="kept-over-night"),
        pytest.param(TWO_AM, TWO_AM + MINUTE, False, id="it-is-still-night"),
        pytest.param(NOW, NOW + MINUTE, False, id="by-day"),
        pytest.param(None, SEVEN, False, id="nobody-knows-when"),
    ],
)
def test_what_quiet_hours_kept(at: datetime | None, now: datetime, expected: bool) -> None:
    assert was_quiet([Piece("fire", at=at), Piece("better", at=now)], NIGHT, now) == expected
