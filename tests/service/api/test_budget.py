"""/v1/budget: what is spent, what is left, and how long that lasts at the pace of the meetings that are on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.model import Instance, Round
from rules.pacing import Pace, next_reset
from service.api.budget import lasting, sentence
from service.store import keys
from service.store.budget import Spent

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
UUID = "4444AAAiAAAAAiAiAiiAii=="


def _live(store: Any, uuid: str = UUID, number: str = "97763643886", calls: int | None = None) -> None:
    """A meeting that is on; `calls`: what the last look cost, None before the first."""
    run = Instance(keys.instance_id(uuid), uuid, number, "Spring Town Hall", started_at=store.clock.now())
    store.instances.put(run)
    if calls is not None:
        around = Round(watched=40, fine=40, bad=0, no_figures=0, at=store.clock.now(), calls=calls)
        store.seats.commit(run.id, (), round=around, record=store.seats.record(run.id))


def test_a_quiet_day_lasts_to_the_reset(call: Any) -> None:
    assert call("GET", "/v1/budget", scope="read").json == {
        "spent": 0,
        "left": 60_000,
        "a_day": 60_000,
        "ours": 0,
        "others": 0,
        "reserve": 3_000,
        "resets_at": "2026-11-24T00:00:00Z",
        "calls_a_minute": 0.0,
        "would_last_until": "2026-11-24T00:00:00Z",
        "stretch": {"calm": 1, "urgent": 1, "beyond": False},
        "delay_s": 0,
        "saved": {"person_minutes": 0, "qos_calls": 0, "discovery_calls": 0, "calls_saved": 0},
        "gaps": 0,
        "says": "0 of 60,000 Zoom calls are used; no watched meeting is on.",
    }


def test_the_pace_is_what_looks_cost(call: Any, store: Any) -> None:
    _live(store, calls=40)
    _live(store, "5555AAAiAAAAAiAiAiiAii==", "1234567890", calls=2)
    store.budget.take("heavy")
    store.health.count("gap", 12)
    answer = call("GET", "/v1/budget").json
    assert (answer["spent"], answer["left"], answer["gaps"]) == (1, 59_999, 12)
    assert answer["calls_a_minute"] == 42
    assert answer["would_last_until"] == answer["resets_at"]
    assert answer["says"] == (
        "1 of 60,000 Zoom calls are used; at this pace (42 a minute) the rest lasts to the reset (00:00 UTC)."
    )


def test_before_the_first_look_everybody_watched_counts(call: Any, slack: str, store: Any) -> None:
    wish = {"meeting": "97763643886", "who": [{"participant_id": "1"}, {"participant_id": "2"}], "notify": [slack]}
    call("PUT", "/v1/watches/board", wish)
    call("PUT", "/v1/watches/again", {**wish, "who": [{"participant_id": "2"}]})
    _live(store)
    assert call("GET", "/v1/budget").json["calls_a_minute"] == 2


def test_a_day_that_is_spent_says_until_when(call: Any, store: Any) -> None:
    _live(store, calls=3)
    store.budget.correct("heavy", daily=True)
    answer = call("GET", "/v1/budget").json
    assert (answer["left"], answer["would_last_until"]) == (0, "2026-11-23T10:00:00Z")
    assert "nothing can be asked of Zoom until the reset (00:00 UTC)" in answer["says"]


@pytest.mark.parametrize(
    ("left", "pace", "until"),
    [
        pytest.param(60_000, 0, MIDNIGHT, id="no-pace"),
        pytest.param(840, 1, MIDNIGHT, id="just-enough"),
        pytest.param(839, 1, MIDNIGHT - timedelta(minutes=1), id="one-call-short"),
        pytest.param(6000, 100, NOW + timedelta(hours=1), id="an-hour"),
        pytest.param(0, 5, NOW, id="nothing-left"),
        pytest.param(0, 0, MIDNIGHT, id="nothing-left-and-nothing-asked"),
    ],
)
def test_what_is_left_lasts_so_long(left: int, pace: float, until: datetime) -> None:
    assert lasting(left, pace, NOW, MIDNIGHT) == until


def test_a_pace_that_is_too_fast_says_when_it_ends() -> None:
    words = sentence(Spent(48_000, 60_000), 100, NOW + timedelta(hours=2), MIDNIGHT)
    assert words.startswith("48,000 of 60,000 Zoom calls are used; at this pace (100 a minute)")
    assert "the rest lasts until 12:00 UTC, not to the reset" in words


@pytest.mark.parametrize("now", [NOW, MIDNIGHT - timedelta(microseconds=1), MIDNIGHT - timedelta(hours=24)])
def test_a_day_ends_at_midnight_in_utc(now: datetime) -> None:
    assert next_reset(now) == MIDNIGHT


def test_a_parameter_is_refused(call: Any) -> None:
    assert call("GET", "/v1/budget?day=1").status_code == 422


def test_other_apps_and_our_own_calls_are_told_apart(call: Any, store: Any) -> None:
    _live(store, calls=1)
    for _ in range(3):
        store.budget.take("heavy")
    store.budget.hear(59_990)
    answer = call("GET", "/v1/budget").json
    assert (answer["spent"], answer["ours"], answer["others"]) == (10, 3, 7)
    assert "10 of 60,000 Zoom calls are used (70 % of them by other apps); at this pace" in answer["says"]


def test_a_stretched_pace_is_shown_with_what_it_costs(call: Any, store: Any) -> None:
    _live(store, calls=30)
    store.budget.put_pace(Pace(3, 1, True))
    answer = call("GET", "/v1/budget").json
    assert answer["stretch"] == {"calm": 3, "urgent": 1, "beyond": True}
    assert (answer["calls_a_minute"], answer["delay_s"]) == (10, 120)
    assert answer["says"].endswith(
        "To make it last calm meetings are looked at every 3 min, those in trouble every minute:"
        " alerts up to 2 min later; minutes between two looks may be lost."
    )


def test_when_only_the_reserve_is_left_no_figures_are_promised(call: Any, store: Any) -> None:
    _live(store, calls=3)
    store.budget.hear(3_000)
    answer = call("GET", "/v1/budget").json
    assert (answer["left"], answer["would_last_until"]) == (3_000, "2026-11-23T10:00:00Z")
    assert "no figures can be asked for until the reset" in answer["says"]


def test_what_was_saved_is_counted_against_a_call_a_person_and_minute(call: Any, store: Any) -> None:
    store.health.count_all({"person_minutes": 600, "calls:qos": 70, "calls:discovery": 12})
    assert call("GET", "/v1/budget").json["saved"] == {
        "person_minutes": 600,
        "qos_calls": 70,
        "discovery_calls": 12,
        "calls_saved": 530,
    }
