"""What a watch costs, and the interval that it gets beside everything else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.model import Instance, Round, Watch, Who
from service.api.forecast import Plate, cost, delay
from service.store import Store, keys
from service.store.plans import plan_of
from tests.rules.builders import a_rule

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RUN = keys.instance_id("a==")


@pytest.fixture
def store(redis_client: Any) -> Store:
    """Ten o'clock, 6,000 calls a day."""
    made = Store(redis_client, secret_keys=["x" * 43 + "="], test_clock="hash", plan=plan_of("business", a_day=6_000))
    made.clock.put(NOW)
    return made


def a_watch(people: int = 4, **changes: Any) -> Watch:
    given: dict[str, Any] = {
        "id": "w1", "revision": 1, "meeting": "a==", "rules": ("audio-sent",), "notify": ("slack-av",),
        "who": tuple(Who("participant_id", str(n)) for n in range(people)), "created_at": NOW,
    }  # fmt: skip
    return Watch(**{**given, **changes})


def looked_at(store: Store, calls: int) -> None:
    store.instances.put(Instance(RUN, "a==", "977", started_at=NOW))
    around = Round(4, 4, 0, 0, NOW, calls=calls)
    store.seats.commit(RUN, (), round=around, record=store.seats.record(RUN))


def test_what_fits_is_looked_at_every_round(store: Store) -> None:
    told = cost(a_watch(), 60, Plate.of(store))
    assert (told.fits, told.interval_s, told.calls_a_live_hour) == (True, 60, 240)
    assert told.says == "240 calls an hour while the meeting is on, at most 5,760 a day; 96 a day while it is not."


def test_what_does_not_fit_says_so_with_the_interval_that_it_gets(store: Store) -> None:
    told = cost(a_watch(people=20), 60, Plate.of(store))
    assert (told.fits, told.interval_s) == (False, 180)
    assert told.says.endswith(
        "The day's Zoom calls do not last for that: it will be looked at every 3 min instead of every minute."
    )


def test_meetings_that_are_on_eat_from_the_same_plate(store: Store) -> None:
    looked_at(store, calls=6)
    other = a_watch(meeting="b==")
    assert cost(other, 60, Plate.of(store)).interval_s == 120


def test_a_look_that_has_counted_the_watch_is_not_charged_twice(store: Store) -> None:
    looked_at(store, calls=6)
    counted = a_watch(people=6, created_at=NOW - timedelta(minutes=5))
    fresh = a_watch(people=6, created_at=NOW + timedelta(seconds=1))
    plate = Plate.of(store)
    assert cost(counted, 60, plate, run=RUN).fits
    assert not cost(fresh, 60, plate, run=RUN).fits


@pytest.mark.parametrize(
    ("window", "interval_s"),
    [
        pytest.param({"ends_at": NOW + timedelta(hours=2)}, 60, id="over-soon"),
        pytest.param({"starts_at": NOW + timedelta(hours=12)}, 60, id="late-today"),
        pytest.param({"starts_at": NOW + timedelta(hours=20), "ends_at": NOW + timedelta(hours=24)}, 60, id="tomorrow"),
        pytest.param({"starts_at": NOW + timedelta(hours=14)}, 360, id="all-of-tomorrow"),
    ],
)
def test_only_its_window_is_charged(store: Store, window: dict[str, Any], interval_s: int) -> None:
    told = cost(a_watch(people=20, **window), 60, Plate.of(store))
    assert told.interval_s == interval_s


def test_without_a_plate_it_is_as_if_alone(store: Store) -> None:
    assert cost(a_watch(people=20), 60).interval_s == 60


def test_everyone_is_asked_in_pages(store: Store) -> None:
    everyone = a_watch(who=(Who("everyone", ""),))
    assert cost(everyone, 60, people=300, size=300).calls_a_live_hour == 30 * 60
    assert cost(everyone, 60).calls_a_live_hour == 5 * 60


@pytest.mark.parametrize(
    ("interval_s", "age_s", "expected"),
    [(60, None, (3, 5)), (180, None, (3, 7)), (60, 130, (4, 6))],
)
def test_the_delay_follows_the_interval_and_the_measured_age(
    interval_s: int, age_s: float | None, expected: tuple[int, int]
) -> None:
    told = delay(["audio-sent"], {"audio-sent": a_rule()}, interval_s, age_s)
    assert told is not None
    assert (told.from_minutes, told.to_minutes) == expected


def test_without_rules_there_is_no_delay_to_tell() -> None:
    assert delay(["gone"], {}, 60) is None
