"""Windows of the week: read, written, and true by the clocks of their zone on every day of the year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.weekly import WindowError, ends, is_in, moment, next_start, parse, spans

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
WEEK = timedelta(days=7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    """A moment by the clocks of a zone, in UTC. 23 November 2026 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("Sun 02:00-05:00", "Sun 02:00-05:00", id="one-day"),
        pytest.param("mon-FRI  8:00 - 18:00", "Mon-Fri 08:00-18:00", id="as-people-write-it"),
        pytest.param("22:00-07:00", "22:00-07:00", id="every-day-over-midnight"),
        pytest.param("Mon-Sun 22:00-07:00", "22:00-07:00", id="seven-days-are-every-day"),
        pytest.param("Fri-Mon 22:00–06:00", "Fri-Mon 22:00-06:00", id="over-the-weekend-with-a-dash"),
        pytest.param("Sat 00:00-24:00", "Sat 00:00-24:00", id="a-whole-day"),
    ],
)
def test_a_window_is_read_and_written_in_one_way(text: str, written: str) -> None:
    assert str(parse(text)) == written
    assert parse(written) == parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "write it as", id="nothing"),
        pytest.param("nights", "write it as", id="a-word"),
        pytest.param("Mon,Wed 08:00-18:00", "write it as", id="a-list-of-days"),
        pytest.param("Mon 08:00", "write it as", id="no-end"),
        pytest.param("Mon 08:00-18:00 and more", "write it as", id="trailing"),
        pytest.param("Mo 08:00-18:00", "has no day 'Mo': they are Mon Tue", id="no-such-day"),
        pytest.param("Mon 08:00-25:00", "no time of day at 25:00", id="hour-25"),
        pytest.param("Mon 08:60-09:00", "no time of day at 08:60", id="minute-60"),
        pytest.param("Mon 24:01-25:00", "no time of day", id="after-24"),
        pytest.param("Mon 08:00-08:00", "a whole day is 00:00-24:00", id="nothing-long"),
        pytest.param("24:00-06:00", "is 00:00 of the next day", id="begins-at-24"),
    ],
)
def test_what_is_no_window_is_refused_with_what_would_work(text: str, words: str) -> None:
    with pytest.raises(WindowError, match=words):
        parse(text)


@pytest.mark.parametrize(
    ("windows", "at", "holds"),
    [
        pytest.param(["Mon-Fri 08:00-18:00"], "2026-11-23T08:00", True, id="its-first-minute"),
        pytest.param(["Mon-Fri 08:00-18:00"], "2026-11-23T07:59:59.999", False, id="just-before"),
        pytest.param(["Mon-Fri 08:00-18:00"], "2026-11-23T18:00", False, id="its-end-is-out"),
        pytest.param(["Mon-Fri 08:00-18:00"], "2026-11-28T12:00", False, id="saturday"),
        pytest.param(["22:00-07:00"], "2026-11-23T03:00", True, id="begun-yesterday"),
        pytest.param(["22:00-07:00"], "2026-11-23T23:00", True, id="this-evening"),
        pytest.param(["22:00-07:00"], "2026-11-23T12:00", False, id="noon"),
        pytest.param(["Fri 22:00-06:00"], "2026-11-28T05:59", True, id="friday-night-is-saturday-morning"),
        pytest.param(["Fri 22:00-06:00"], "2026-11-27T05:59", False, id="friday-morning-is-thursday-night"),
        pytest.param(["Sun 22:00-06:00"], "2026-11-23T01:00", True, id="sunday-night-is-monday"),
        pytest.param(["Sat-Sun 00:00-24:00"], "2026-11-29T23:59", True, id="the-end-of-the-weekend"),
        pytest.param(["Sat-Sun 00:00-24:00"], "2026-11-30T00:00", False, id="after-the-weekend"),
        pytest.param(["Sun 02:00-05:00", "Mon 09:00-10:00"], "2026-11-23T09:30", True, id="any-of-several"),
        pytest.param([], "2026-11-23T09:30", False, id="none-at-all"),
    ],
)
def test_a_window_holds_what_the_clocks_of_its_zone_show(windows: list[str], at: str, holds: bool) -> None:
    assert is_in(windows, BERLIN, local(at)) is holds


# Berlin's clocks skip 02:00-03:00 on 29 March 2026 (at 01:00 UTC) and show it twice on 25 October (from 00:00 UTC)
@pytest.mark.parametrize(
    ("window", "from_utc", "to_utc"),
    [
        pytest.param("Sun 01:00-04:00", "2026-03-29T00:00", "2026-03-29T02:00", id="spring-two-hours-of-three"),
        pytest.param("Sun 02:30-05:00", "2026-03-29T01:00", "2026-03-29T03:00", id="spring-begins-in-the-skip"),
        pytest.param("Sun 01:00-02:30", "2026-03-29T00:00", "2026-03-29T01:00", id="spring-ends-in-the-skip"),
        pytest.param("Sat 22:00-06:00", "2026-03-28T21:00", "2026-03-29T04:00", id="spring-night"),
        pytest.param("Sun 08:00-18:00", "2026-03-29T06:00", "2026-03-29T16:00", id="spring-day"),
        pytest.param("Sun 01:00-04:00", "2026-10-24T23:00", "2026-10-25T03:00", id="autumn-four-hours-of-three"),
        pytest.param("Sun 02:30-05:00", "2026-10-25T00:30", "2026-10-25T04:00", id="autumn-begins-at-the-first"),
        pytest.param("Sun 01:00-02:30", "2026-10-24T23:00", "2026-10-25T01:30", id="autumn-ends-at-the-last"),
        pytest.param("Sun 02:00-02:30", "2026-10-25T00:00", "2026-10-25T01:30", id="autumn-inside-the-doubled-hour"),
        pytest.param("Sat 22:00-06:00", "2026-10-24T20:00", "2026-10-25T05:00", id="autumn-night"),
    ],
)
def test_windows_are_right_on_the_days_on_which_the_clocks_change(window: str, from_utc: str, to_utc: str) -> None:
    start, end = utc(from_utc), utc(to_utc)
    assert next_start([window], BERLIN, start - timedelta(hours=3)) == start
    assert not is_in([window], BERLIN, start - timedelta(seconds=1))
    assert is_in([window], BERLIN, start)
    assert is_in([window], BERLIN, end - timedelta(seconds=1))
    assert not is_in([window], BERLIN, end)
    assert ends([window], BERLIN, start) == end


def test_a_window_that_the_clocks_skip_whole_is_not_there_that_day() -> None:
    skipped = utc("2026-03-29T01:00")
    assert not is_in(["Sun 02:00-02:30"], BERLIN, skipped)
    assert next_start(["Sun 02:00-02:30"], BERLIN, skipped - timedelta(hours=1)) == local("2026-04-05T02:00")


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-11-23"])
def test_windows_that_adjoin_leave_no_moment_out(day: str) -> None:
    noon = local(f"{day}T12:00")
    adjoining = ["12:00-02:30", "02:30-12:00"]
    assert all(is_in(adjoining, BERLIN, noon + timedelta(minutes=15 * n)) for n in range(100))
    assert ends(adjoining, BERLIN, noon) is None  # it never does
    assert next_start(adjoining, BERLIN, noon) is None


@pytest.mark.parametrize(
    ("windows", "at", "end"),
    [
        pytest.param(["22:00-07:00"], "2026-11-23T23:00", "2026-11-24T07:00", id="over-midnight"),
        pytest.param(["Mon 08:00-10:00", "Mon 10:00-12:00"], "2026-11-23T08:30", "2026-11-23T12:00", id="runs-on"),
        pytest.param(["Mon 08:00-10:00", "Mon 09:00-12:00"], "2026-11-23T08:30", "2026-11-23T12:00", id="overlaps"),
        pytest.param(["Mon 08:00-18:00", "Mon 09:00-12:00"], "2026-11-23T10:00", "2026-11-23T18:00", id="in-another"),
        pytest.param(["Sat-Sun 00:00-24:00"], "2026-11-28T01:00", "2026-11-30T00:00", id="the-whole-weekend"),
        pytest.param(
            ["Mon 12:00-24:00", "Tue-Sun 00:00-24:00", "Mon 00:00-11:00"],
            "2026-11-23T12:00",
            "2026-11-30T11:00",
            id="nearly-all-of-the-week",
        ),
        pytest.param(["Mon 08:00-10:00"], "2026-11-23T10:00", None, id="over"),
        pytest.param(["00:00-24:00"], "2026-11-23T10:00", None, id="never-ends"),
    ],
)
def test_the_end_of_a_window_is_that_of_all_that_follow_at_once(windows: list[str], at: str, end: str | None) -> None:
    assert ends(windows, BERLIN, local(at)) == (local(end) if end else None)


@pytest.mark.parametrize(
    ("windows", "at", "start"),
    [
        pytest.param(["Sun 02:00-05:00"], "2026-11-23T10:00", "2026-11-29T02:00", id="next-sunday"),
        pytest.param(["Mon 09:00-12:00"], "2026-11-23T09:00", "2026-11-30T09:00", id="not-the-one-that-is-on"),
        pytest.param(["Mon 08:00-10:00", "Mon 10:00-12:00"], "2026-11-23T09:00", "2026-11-30T08:00", id="runs-on"),
        pytest.param(["00:00-24:00"], "2026-11-23T10:00", None, id="always-on"),
        pytest.param([], "2026-11-23T10:00", None, id="none"),
    ],
)
def test_the_next_start_is_that_of_the_next_time_on(windows: list[str], at: str, start: str | None) -> None:
    assert next_start(windows, BERLIN, local(at)) == (local(start) if start else None)


@pytest.mark.parametrize(
    ("zone", "shown", "at"),
    [
        pytest.param(BERLIN, "2026-03-29T02:30", "2026-03-29T01:00", id="skipped-hour"),
        pytest.param("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30", id="skipped-half-hour"),
        pytest.param("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", id="skipped-day"),
        pytest.param(NEW_YORK, "2026-03-08T02:30", "2026-03-08T07:00", id="new-york"),
    ],
)
def test_a_time_that_the_clocks_skip_is_the_moment_of_the_skip(zone: str, shown: str, at: str) -> None:
    assert moment(datetime.fromisoformat(shown), ZoneInfo(zone)) == utc(at)


def test_of_a_time_shown_twice_there_is_a_first_and_a_last() -> None:
    shown, zone = datetime(2026, 10, 25, 2, 30), ZoneInfo(BERLIN)
    assert (moment(shown, zone), moment(shown, zone, last=True)) == (
        utc("2026-10-25T00:30"),
        utc("2026-10-25T01:30"),
    )


def test_a_zone_that_is_not_known_any_more_counts_as_utc() -> None:
    assert is_in(["Mon 09:00-10:00"], "Atlantis/Capital", utc("2026-11-23T09:30"))


def test_spans_are_in_order_and_whole() -> None:
    found = spans(["Tue 00:00-24:00", "Mon 20:00-24:00"], BERLIN, local("2026-11-23T21:00"), local("2026-11-25T12:00"))
    assert found == [(local("2026-11-23T20:00"), local("2026-11-25T00:00"))]


_TIMES = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
_WINDOWS = st.builds("{} {}-{}".format, st.sampled_from(["Mon", "Sun", "Fri-Mon", "Mon-Sun"]), _TIMES, _TIMES)
_MOMENTS = st.integers(0, 4 * 24 * 365).map(lambda quarter: utc("2026-01-01T00:00") + timedelta(minutes=15 * quarter))


@given(
    st.lists(_WINDOWS.filter(lambda text: text[-5:] != text[-11:-6]), max_size=3),
    _MOMENTS,
    st.sampled_from([BERLIN, NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_membership_ends_and_starts_tell_one_story(windows: list[str], at: datetime, zone: str) -> None:
    inside, end, start = is_in(windows, zone, at), ends(windows, zone, at), next_start(windows, zone, at)
    second = timedelta(seconds=1)
    if end is not None:
        assert inside
        assert end > at
        assert is_in(windows, zone, end - second)
        assert not is_in(windows, zone, end)
    if start is not None:
        assert start > at
        assert is_in(windows, zone, start)
        assert not is_in(windows, zone, start - second)
    if windows and not inside:
        assert start is not None
        assert start - at <= 2 * WEEK + timedelta(days=1)
        assert not any(is_in(windows, zone, at + n * (start - at) / 7) for n in range(7))
