"""When a meeting is looked at again."""

from datetime import timedelta

import pytest

from rules.cadence import after_failure, ask_again, next_look
from rules.model import Watch, Who
from tests.rules.builders import START


def a_watch(**changes) -> Watch:
    given = {
        "id": "w1",
        "revision": 1,
        "meeting": "977",
        "who": (Who("participant_id", "7"),),
        "rules": ("speaker",),
        "notify": ("slack-av",),
        "created_at": START,
    }
    return Watch(**{**given, **changes})


def test_looks_stay_on_the_meetings_own_phase() -> None:
    first = next_look("abc", START, 60)
    late = next_look("abc", first + timedelta(seconds=200), 60)

    assert START < first <= START + timedelta(seconds=60)
    assert (late - first).total_seconds() % 60 == 0


def test_a_look_on_time_is_due_one_period_later() -> None:
    first = next_look("abc", START, 60)

    assert next_look("abc", first, 60) - first == timedelta(seconds=60)


def test_meetings_spread_over_the_period() -> None:
    seconds = {next_look(f"m{number}", START, 60).second for number in range(300)}

    assert len(seconds) > 50


def test_failures_wait_longer_and_never_for_ever() -> None:
    waits = [after_failure("abc", START, 60, failures) - START for failures in (1, 2, 3, 4, 50)]

    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("changes", "waited_min", "expected_min"),
    [
        pytest.param({}, 0, 15, id="without-a-window-every-quarter-hour"),
        pytest.param({"starts_at": START}, 0, 1, id="in-its-window-first-after-one-minute"),
        pytest.param({"starts_at": START}, 1, 2, id="then-after-two"),
        pytest.param({"starts_at": START}, 3, 5, id="then-after-five"),
        pytest.param({"starts_at": START}, 60, 5, id="and-every-five"),
        pytest.param({"starts_at": START + timedelta(hours=2)}, 0, 120, id="at-its-start-when-that-is-to-come"),
        pytest.param({"ends_at": START + timedelta(hours=1)}, 61, None, id="not-after-its-end"),
        pytest.param({"paused": True}, 0, None, id="not-while-paused"),
        pytest.param({"bound": "i"}, 0, None, id="not-when-it-has-had-its-meeting"),
    ],
)
def test_a_number_that_is_not_live_is_asked_again(changes: dict, waited_min: int, expected_min: int | None) -> None:
    now = START + timedelta(minutes=waited_min)

    again = ask_again([a_watch(**changes)], now)

    assert (again and (again - now) / timedelta(minutes=1)) == expected_min


def test_the_earliest_of_several_watches_counts() -> None:
    again = ask_again([a_watch(), a_watch(starts_at=START)], START)

    assert again == START + timedelta(minutes=1)
