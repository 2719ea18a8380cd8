"""The pace, worked out once a minute from what the last looks cost."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet

from rules.model import Instance, Round, Watch, Who
from rules.pacing import Pace
from service.settings import Settings
from service.store import Store, keys
from service.store.plans import plan_of
from workers import pace

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(redis_client: Any) -> Store:
    """A store at ten o'clock, of an account with 6,000 calls a day: 300 of them are the reserve."""
    made = Store(
        redis_client,
        secret_keys=[Fernet.generate_key().decode()],
        test_clock="hash",
        plan=plan_of("business", a_day=6_000),
    )
    made.clock.put(NOW)
    return made


@pytest.fixture
def runtime(store: Store, tmp_path: Any) -> Any:
    return SimpleNamespace(store=store, settings=Settings(qoswatch_data_dir=tmp_path))


def on(store: Store, uuid: str, *, urgent: bool = False, period_s: int = 60, calls: int | None = 10) -> None:
    """A meeting that is on, and what the last look cost (None: nobody has looked)."""
    run = Instance(keys.instance_id(uuid), uuid, "977", started_at=NOW)
    store.instances.put(run)
    if calls is not None:
        around = Round(10, 10, 0, 0, NOW, calls=calls, urgent=urgent, period_s=period_s)
        store.seats.commit(run.id, (), round=around, record=store.seats.record(run.id))


def watch(store: Store, meeting: str, **changes: Any) -> None:
    given: dict[str, Any] = {
        "id": f"w-{meeting.strip('=')}", "revision": 0, "meeting": meeting, "who": (Who("email", "a@b.c"),),
        "rules": ("speaker",), "notify": ("slack-av",), "created_at": NOW - timedelta(hours=1),
    }  # fmt: skip
    store.documents.watches.put(Watch(**{**given, **changes}))


def test_without_meetings_every_round_is_looked_at(runtime: Any) -> None:
    assert pace.set_pace(runtime) == Pace()
    assert pace.trouble(runtime, ("slack-av",)) is None


def test_a_load_for_four_days_stretches_calm_meetings_first(runtime: Any, store: Store) -> None:
    store.budget.measured(reach_min=5)
    for uuid in ("a==", "b=="):
        on(store, uuid)
    on(store, "c==", urgent=True)

    found = pace.set_pace(runtime)

    assert found == store.budget.pace() == Pace(5, 4), "3,360 and 2,100 calls; 5,700 are free"


def test_before_anything_was_measured_a_stretch_says_that_it_may_lose_minutes(runtime: Any, store: Store) -> None:
    on(store, "a==")
    on(store, "b==", urgent=True)
    assert pace.set_pace(runtime).beyond


def test_an_end_that_every_watch_has_is_counted_to(runtime: Any, store: Store) -> None:
    on(store, "a==")
    watch(store, "a==", ends_at=NOW + timedelta(hours=9))
    assert pace.set_pace(runtime) == Pace()
    watch(store, "977", ends_at=None)
    assert pace.set_pace(runtime).is_stretched, "this one watches on"


def test_nobody_has_looked_yet_so_the_watches_count(runtime: Any, store: Store) -> None:
    on(store, "a==", calls=None)
    watch(store, "a==", who=tuple(Who("participant_id", str(n)) for n in range(7)))
    (load,) = store.loads.all(NOW)
    assert (load.calls, load.urgent, load.until) == (7, False, None)


def test_meetings_whose_figures_are_pushed_need_less(runtime: Any, store: Store) -> None:
    on(store, "a==", period_s=180)
    assert pace.set_pace(runtime) == Pace()


def test_what_others_took_yesterday_is_left_to_them(runtime: Any, store: Store) -> None:
    on(store, "a==", calls=6)
    store.clock.advance(days=-1)
    store.budget.hear(0)
    store.clock.advance(days=1)
    assert store.budget.spent().others == 0
    assert pace.set_pace(runtime).calm > 1, "5,040 calls would fit beside the reserve, but not beside those"


def test_looks_come_sooner_again_only_with_some_to_spare(runtime: Any, store: Store) -> None:
    store.budget.measured(reach_min=60)
    on(store, "a==", calls=8)
    assert pace.set_pace(runtime) == Pace(2, 1), "6,720 calls wished, 5,700 there"

    on(store, "a==", calls=6)
    store.budget.hear(5_040 + 300)
    assert pace.set_pace(runtime) == Pace(2, 1), "it would just fit, and not do so a minute later"

    on(store, "a==", calls=5)
    assert pace.set_pace(runtime) == Pace()


def test_a_new_day_is_paced_anew(runtime: Any, store: Store) -> None:
    on(store, "a==")
    watch(store, "a==", ends_at=NOW + timedelta(hours=16))
    assert pace.set_pace(runtime).is_stretched
    store.clock.advance(hours=14)
    assert pace.set_pace(runtime) == Pace()


def test_a_day_that_is_spent_gives_nobody_up(runtime: Any, store: Store) -> None:
    on(store, "a==")
    store.budget.correct("heavy", daily=True)
    found = pace.set_pace(runtime)
    assert found == Pace(60, 60, True)
    midnight = NOW + timedelta(hours=14)
    late = midnight - timedelta(minutes=20)
    soon = pace.next_look(runtime, runtime.store.budget.pace(), "a", late, 60, urgent=False)
    store.clock.put(late)
    assert midnight < soon <= midnight + timedelta(minutes=1)


def test_the_next_look_is_as_far_as_the_pace_says(runtime: Any, store: Store) -> None:
    store.budget.put_pace(Pace(5, 2))

    def gap(period_s: float, *, urgent: bool) -> float:
        known = runtime.store.budget.pace()
        first = pace.next_look(runtime, known, "a", NOW, period_s, urgent=urgent)
        return (pace.next_look(runtime, known, "a", first, period_s, urgent=urgent) - first).total_seconds()

    assert gap(60, urgent=False) == 300
    assert gap(60, urgent=True) == 120
    assert gap(180, urgent=True) == 180, "it wished for less anyway"


def test_a_stretch_is_told_with_who_ate_the_calls_and_what_it_costs(runtime: Any, store: Store) -> None:
    on(store, "a==")
    store.budget.take("heavy")
    store.budget.hear(3_900)
    store.budget.measured(reach_min=5)
    pace.set_pace(runtime)

    told = pace.trouble(runtime, ("slack-av",))

    assert told is not None
    assert (told.subject, told.severity, told.notify) == ("service.budget", "warning", ("slack-av",))
    assert told.because == (
        "Checks now every 3 min instead of every minute; alerts up to 2 min later."
        " 2,100 of 6,000 calls used by 10:00 UTC, 100 % of it by other apps."
        " At this pace it lasts to the reset (00:00 UTC)."
    )
    assert "other apps" in told.hint
    assert told.facts["names"] == "calm meetings every 3 min, those in trouble every minute"


def test_what_even_the_longest_stretch_can_not_keep_is_said(runtime: Any, store: Store) -> None:
    on(store, "a==", calls=600)
    pace.set_pace(runtime)
    told = pace.trouble(runtime, ())
    assert told is not None
    assert "Even so it does not last to the reset (00:00 UTC). Minutes between two checks may be lost." in told.because
    assert "qoswatch plan" in told.hint
