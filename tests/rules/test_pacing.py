"""The pace: what fits is never stretched, calm meetings wait first, nobody is starved."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import cadence
from rules.pacing import (
    BEFORE_CALM,
    LONGEST,
    Load,
    Pace,
    calls_a_minute,
    delay_s,
    next_look,
    next_reset,
    pace,
    projected,
    reach_periods,
)
from tests.rules.builders import START

RESET = next_reset(START)  # 14 hours later
MINUTES = st.integers(-5, 14 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
LOADS = st.lists(
    st.builds(
        Load,
        st.just("i"),
        st.integers(0, 60),
        st.booleans(),
        st.none() | MINUTES,
        st.none() | MINUTES,
        st.sampled_from([1.0, 3.0]),
    ),
    max_size=8,
)
PERIODS = st.sampled_from([30, 60, 90])


def paced(loads: list[Load], left: int, reach_min: int = 5, period_s: float = 60) -> Pace:
    return pace(loads, left=left, now=START, resets_at=RESET, period_s=period_s, reach_min=reach_min)


def cost(loads: list[Load], at: Pace, period_s: float = 60) -> int:
    return projected(loads, at, now=START, resets_at=RESET, period_s=period_s)


def order(each: Pace) -> tuple[int, int]:
    return each.calm + each.urgent, each.urgent


HOUR = START + timedelta(hours=1)
CALM, URGENT = Load("a", 10, until=HOUR), Load("b", 10, urgent=True, until=HOUR)  # 600 calls each


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(1200, Pace(1, 1), id="it-fits"),
        pytest.param(1199, Pace(2, 1), id="calm-ones-wait-first"),
        pytest.param(720, Pace(5, 1), id="as-far-as-the-answers-reach"),
        pytest.param(719, Pace(5, 2), id="then-urgent-ones"),
        pytest.param(240, Pace(5, 5), id="as-far-as-the-answers-reach-too"),
        pytest.param(239, Pace(6, 5, True), id="then-calm-ones-lose-minutes"),
        pytest.param(130, Pace(24, 6, True), id="and-urgent-ones-a-quarter-as-far"),
        pytest.param(50, Pace(60, 15, True), id="all-that-they-have"),
        pytest.param(49, Pace(60, 20, True), id="urgent-ones-last"),
        pytest.param(20, Pace(60, 60, True), id="one-look-each"),
        pytest.param(0, Pace(60, 60, True), id="nobody-is-given-up"),
    ],
)
def test_who_waits_for_whom(left: int, expected: Pace) -> None:
    assert paced([CALM, URGENT], left) == expected


def test_without_meetings_nothing_waits() -> None:
    assert paced([], 0) == Pace()
    assert paced([Load("a", 0)], 0) == Pace()


def test_a_meeting_that_ends_soon_is_not_charged_for_the_day() -> None:
    assert paced([Load("a", 40, until=HOUR)], 2400) == Pace()
    assert paced([Load("a", 40)], 2400).is_stretched


def test_a_meeting_that_is_still_to_come_costs_from_its_start() -> None:
    later = Load("a", 10, since=HOUR, until=HOUR + timedelta(hours=1))
    assert cost([later], Pace()) == 600


def test_pushed_figures_cost_few_looks() -> None:
    assert cost([Load("a", 10, until=HOUR, every=3)], Pace()) == 200
    assert calls_a_minute([Load("a", 9, every=3), Load("b", 6)], Pace(2, 1), 60) == 3 + 3


@given(LOADS, st.integers(0, 60_000), st.integers(0, 80), PERIODS)
def test_what_fits_is_never_stretched_and_what_can_fit_does(
    loads: list[Load], left: int, reach_min: int, period_s: float
) -> None:
    found = paced(loads, left, reach_min, period_s)

    assert 1 <= found.urgent <= found.calm <= LONGEST
    assert found.beyond == (found.calm > reach_periods(reach_min, period_s))
    if cost(loads, Pace(), period_s) <= left:
        assert found == Pace()
    if cost(loads, Pace(LONGEST, LONGEST), period_s) <= left:
        assert cost(loads, found, period_s) <= left


@given(LOADS, st.integers(0, 60_000), st.integers(0, 60_000), st.integers(0, 80))
def test_more_calls_never_mean_fewer_looks(loads: list[Load], one: int, other: int, reach_min: int) -> None:
    poor, rich = (paced(loads, left, reach_min) for left in sorted((one, other)))

    assert rich.calm <= poor.calm
    assert rich.urgent <= poor.urgent


@given(LOADS, st.integers(0, 60_000), LOADS)
def test_more_meetings_never_mean_more_looks(loads: list[Load], left: int, more: list[Load]) -> None:
    alone, together = paced(loads, left), paced([*loads, *more], left)

    assert order(together) >= order(alone)


@given(LOADS, st.integers(0, 60_000), st.integers(1, 80))
def test_minutes_are_lost_only_where_nothing_else_is_left(loads: list[Load], left: int, reach_min: int) -> None:
    found, reach = paced(loads, left, reach_min), reach_periods(reach_min, 60)

    if found.beyond:
        assert cost(loads, Pace(reach, reach)) > left
    if found.urgent > reach:  # and calm ones are then looked at a quarter as often, or as rarely as anybody ever is
        assert found.calm >= min(LONGEST, BEFORE_CALM * found.urgent)


@pytest.mark.parametrize(
    ("reach_min", "period_s", "periods"),
    [(5, 60, 5), (5, 90, 3), (1, 60, 1), (0, 60, 1), (500, 60, LONGEST), (5, 30, 10)],
)
def test_the_reach_in_periods(reach_min: int, period_s: float, periods: int) -> None:
    assert reach_periods(reach_min, period_s) == periods


def test_the_delay_is_what_waits_beyond_a_round() -> None:
    assert [delay_s(each, 60) for each in (Pace(), Pace(3, 1), Pace(60, 4, True))] == [0, 120, 3540]


def test_a_stretched_look_stays_on_its_phase_and_ends_with_the_day() -> None:
    assert next_look("abc", START, 60, 1) == cadence.next_look("abc", START, 60)
    assert next_look("abc", START, 60, 5) == cadence.next_look("abc", START, 300)
    late = RESET - timedelta(minutes=3)
    assert RESET < next_look("abc", late, 60, 60) <= RESET + timedelta(minutes=1), "there are calls again"
