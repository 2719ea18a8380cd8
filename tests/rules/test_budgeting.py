"""What a load costs: held to a count by hand and to a day played through."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.budgeting import Allowed, Described, after, calls_a_look, cover, every, outlook, sentence
from rules.model import Who

BUSINESS = Allowed(60_000, 3_000, 36)
LOADS = st.builds(
    Described, st.integers(1, 500), st.integers(1, 400), st.integers(0, 400), st.sampled_from([0.5, 1, 8, 23.7, 24])
)
ID, NAME, ALL = Who("participant_id", "7"), Who("name", "*kline*"), Who("everyone", "")


@pytest.mark.parametrize(
    ("watched", "size", "calls"),
    [(0, 50, 0), (1, 50, 1), (5, 50, 5), (40, 50, 5), (50, 50, 5), (6, 51, 6), (7, 51, 6), (1, 1, 1)],
)
def test_the_cheaper_cover_counts(watched: int, size: int, calls: int) -> None:
    assert cover(watched, size) == calls


@pytest.mark.parametrize(
    ("who", "people", "size", "calls"),
    [
        pytest.param([ID, ID, Who("email", "a@b.c")], None, None, 2, id="named-ones-are-a-call-each"),
        pytest.param([NAME], None, None, 5, id="a-name-may-be-many"),
        pytest.param([NAME], 2, None, 2, id="until-they-are-found"),
        pytest.param([ALL], 300, 300, 30, id="everyone-in-pages"),
        pytest.param([ID] + [Who("email", str(n)) for n in range(19)], None, 50, 5, id="many-named-in-pages"),
    ],
)
def test_what_the_entries_of_a_watch_cost(who: list[Who], people: int | None, size: int | None, calls: int) -> None:
    assert calls_a_look(who, people, size) == calls


@given(LOADS, st.integers(0, 100_000), st.floats(0.5, 100), st.sampled_from([30, 60, 90]))
def test_the_interval_keeps_the_day_and_the_second(load: Described, a_day: int, per_s: float, period_s: int) -> None:
    told = outlook(load, Allowed(a_day, max(1, a_day // 20), per_s), period_s=period_s)

    at_once = load.meetings * told.calls_a_look
    looks = math.ceil(load.hours * 3600 / told.interval_s)
    assert told.interval_s % period_s == 0
    assert told.fits == (told.interval_s == period_s)
    if told.lasts:
        assert at_once * looks <= told.for_figures or not at_once
        assert at_once <= per_s * told.interval_s
    if told.lasts and not told.fits:
        shorter = told.interval_s - period_s
        too_many = at_once * math.ceil(load.hours * 3600 / shorter) > told.for_figures
        assert too_many or at_once > per_s * shorter, "no shorter interval would do"


@given(LOADS)
def test_what_would_fit_fits_and_one_more_does_not(load: Described) -> None:
    told = outlook(load, BUSINESS, period_s=60)

    def fits(meetings: int, watched: int) -> bool:
        cost = meetings * cover(watched, load.size)
        return cost * math.ceil(load.hours * 60) <= told.for_figures and cost <= 36 * 60

    assert fits(load.meetings, told.most_watched)
    assert told.most_watched >= load.size or not fits(load.meetings, told.most_watched + 1)
    if load.watched:
        assert fits(told.most_meetings, load.watched)
        assert not fits(told.most_meetings + 1, load.watched)


def test_more_than_a_second_holds_is_stretched_though_the_day_has_room() -> None:
    told = outlook(Described(400, 300, 300, 0.1), Allowed(10_000_000, 1, 36), period_s=60)
    assert (told.fits, told.interval_s) == (False, 360)


def test_what_never_lasts_says_so() -> None:
    load = Described(5000, 300, 300, 24)
    said = sentence(load, outlook(load, BUSINESS, period_s=60), 60)
    assert "It does not fit. A look every 1 h" in said
    assert (
        "Even so the day's calls are used up before its end. With a look every minute none of these would fit." in said
    )


@pytest.mark.parametrize(
    ("need", "interval_s", "age_s", "expected"),
    [(3, 60, None, (4, 5)), (2, 60, None, (3, 4)), (3, 180, None, (4, 7)), (3, 60, 100, (4, 5)), (3, 60, 130, (5, 6))],
)
def test_when_so_many_bad_minutes_are_known(
    need: int, interval_s: float, age_s: float | None, expected: tuple[int, int]
) -> None:
    assert after(need, interval_s, age_s) == expected


@pytest.mark.parametrize(
    ("seconds", "words"), [(60, "minute"), (90, "90 s"), (30, "30 s"), (180, "3 min"), (3600, "1 h")]
)
def test_how_often_in_words(seconds: float, words: str) -> None:
    assert every(seconds) == words
