"""How far looks are stretched, and what Zoom's answers showed, for all processes."""

import pytest

from rules.pacing import Pace
from service.store import Store
from service.store.budget import Measured


def test_without_a_word_nothing_is_stretched(store: Store) -> None:
    assert store.budget.pace() == Pace(1, 1, False)


@pytest.mark.parametrize("pace", [Pace(3, 1), Pace(60, 12, True)])
def test_a_pace_is_kept_for_everybody(store: Store, pace: Pace) -> None:
    store.budget.put_pace(Pace(7, 7, True))
    store.budget.put_pace(pace)
    assert store.budget.pace() == pace


def test_a_new_day_begins_without_a_stretch(store: Store) -> None:
    store.budget.put_pace(Pace(60, 60, True))
    store.clock.advance(hours=13, minutes=59)
    assert store.budget.pace() == Pace(60, 60, True)
    store.clock.advance(minutes=1)
    assert store.budget.pace() == Pace()


def test_nothing_is_known_before_it_was_measured(store: Store) -> None:
    assert store.budget.measures() == Measured(None, None)


def test_the_longest_answer_of_an_hour_tells_how_far_zoom_reaches(store: Store) -> None:
    for minutes in (3, 14, 2):
        store.budget.measured(reach_min=minutes)
    assert store.budget.measures().reach_min == 14


def test_a_reach_that_has_shrunk_is_believed(store: Store) -> None:
    store.budget.measured(reach_min=30)
    store.clock.advance(hours=1)
    store.budget.measured(reach_min=5)
    assert store.budget.measures().reach_min == 5


def test_an_hour_in_which_nobody_was_seen_says_nothing(store: Store) -> None:
    store.budget.measured(reach_min=30)
    store.clock.advance(hours=1)
    assert store.budget.measures().reach_min == 30
    store.clock.advance(hours=1)
    assert store.budget.measures() == Measured(None, None)


def test_ages_are_told_in_the_mean(store: Store) -> None:
    for age_s in (60.4, 90, 120):
        store.budget.measured(age_s=age_s)
    assert store.budget.measures() == Measured(None, 90)


def test_all_of_it_is_swept(store: Store) -> None:
    store.budget.put_pace(Pace(2, 1))
    store.budget.measured(reach_min=3, age_s=70)
    kept = list(store.redis.keys("*budget*"))
    assert len(kept) == 2
    assert all(0 < store.redis.ttl(key) <= 48 * 3600 for key in kept)
