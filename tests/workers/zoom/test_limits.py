"""How long Zoom wants us to wait."""

from datetime import UTC, datetime

import pytest

from workers.zoom import limits

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TO_RESET_S = 6 * 3600 + 60


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("7", 7, id="seconds"),
        pytest.param(" 0.5 ", 0.5, id="parts of a second"),
        pytest.param("Mon, 23 Nov 2026 18:00:30 GMT", 30, id="http-date"),
        pytest.param("2026-11-23T18:00:05Z", 5, id="iso, as Zoom documents it"),
        pytest.param("2026-11-23T19:00:10+01:00", 10, id="iso with an offset"),
        pytest.param("2026-11-23T17:00:00Z", 0, id="a moment that is over"),
        pytest.param("-3", 0, id="less than nothing"),
        pytest.param(None, None, id="not told"),
        pytest.param("", None, id="empty"),
        pytest.param("soon", None, id="words"),
        pytest.param("nan", None, id="not a number"),
        pytest.param("inf", None, id="for ever"),
        pytest.param("Mon, 99 Foo 2026", None, id="half a date"),
    ],
)
def test_retry_after_is_read_in_its_three_spellings(text: str | None, seconds: float | None) -> None:
    assert limits.retry_after_s(text, limits.Clock(NOW)) == seconds


def test_a_moment_is_nearer_in_real_seconds_when_the_clock_runs_fast() -> None:
    clock = limits.Clock(NOW, speed=12)

    assert limits.retry_after_s("2026-11-23T18:01:00Z", clock) == 5
    assert limits.retry_after_s("5", clock) == 5
    assert clock.after(5) == datetime(2026, 11, 23, 18, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "message", "wait_s", "daily"),
    [
        pytest.param({"X-RateLimit-Type": "Daily-limit"}, "", None, True, id="the header says the day"),
        pytest.param({"X-RateLimit-Type": "QPS"}, "daily", None, False, id="the header goes before the words"),
        pytest.param({}, "You have reached the maximum daily rate limit for this API.", None, True, id="words: day"),
        pytest.param({}, "the maximum per-second rate limit for this API", 9000, False, id="words: second"),
        pytest.param({}, "", 7200, True, id="nothing said, but a second's limit never asks for hours"),
        pytest.param({}, "the maximum per-minute rate limit", 9000, False, id="words: minute"),
        pytest.param({}, "Too many requests", None, False, id="nothing said at all: the gentler one"),
    ],
)
def test_the_day_is_told_from_the_second(
    headers: dict[str, str], message: str, wait_s: float | None, daily: bool
) -> None:
    assert limits.is_daily(headers, message, wait_s) is daily


@pytest.mark.parametrize(
    ("told_s", "second_s", "day_s"),
    [
        pytest.param(None, 1, TO_RESET_S, id="not told"),
        pytest.param(3, 3, 60, id="a day's limit is not over in three seconds"),
        pytest.param(3600, 5, 3600, id="a second's limit is over in five"),
        pytest.param(9e9, 5, TO_RESET_S, id="no wait goes past the reset at 00:00 UTC and a minute"),
    ],
)
def test_no_wait_is_longer_than_its_limit_can_last(told_s: float | None, second_s: float, day_s: float) -> None:
    assert limits.second_s(told_s) == second_s
    assert limits.day_s(told_s, limits.Clock(NOW)) == day_s


@pytest.mark.parametrize(
    ("told_s", "wait_s"),
    [
        pytest.param(None, 60, id="not told: until the minute is over for sure"),
        pytest.param(20, 20, id="told"),
        pytest.param(900, 60, id="a minute's limit is over in a minute"),
    ],
)
def test_resource_intensive_calls_are_limited_by_the_minute(told_s: float | None, wait_s: float) -> None:
    assert limits.second_s(told_s, "intensive") == wait_s
    assert limits.second_s(told_s, "light") == limits.second_s(told_s)
