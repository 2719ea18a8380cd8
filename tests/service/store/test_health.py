"""Signs of life: what /readyz and the dead man's switch look at."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.model import Instance
from service.store import Figures, Store, keys
from service.store.room import UNBOUNDED
from tests.service.store.builders import START, I, a_debt, owe
from tests.service.store.conftest import SECRET_KEY


def test_a_service_that_never_ran_says_so(store: Store) -> None:
    figures = store.health.figures(START)
    assert replace(figures, memory=UNBOUNDED) == Figures(None, 0, 0, 0, 0, {})
    assert (figures.memory.used > 0, figures.memory.most, figures.memory.share) == (True, 0, 0.0)


def test_the_age_of_the_last_tick_is_in_real_seconds(store: Store) -> None:
    store.health.tick(START)
    assert store.health.figures(START + timedelta(seconds=30)).tick_age_s == 30
    sped = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="12@1700000000")
    sped.health.tick()
    assert sped.health.figures(sped.clock.now() + timedelta(seconds=120)).tick_age_s == pytest.approx(10, abs=1)


def test_meetings_and_lanes_that_wait_too_long_are_counted(store: Store) -> None:
    store.due.arm(I, START)
    owe(store, a_debt())
    store.clock.put(START + timedelta(seconds=121))
    figures = store.health.figures(store.clock.now())
    assert (figures.overdue_meetings, figures.overdue_lanes) == (1, 1)


def test_a_slower_pace_is_given_more_time(store: Store) -> None:
    slow = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash", poll_s=300)
    slow.due.arm(I, START)
    slow.clock.advance(seconds=500)
    assert slow.health.figures(slow.clock.now()).overdue_meetings == 0


def test_workers_are_alive_for_a_minute_after_a_beat(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at = store.clock.machine_ms()
    for pid in (1, 2):
        store.health.beat("poll", pid, "av-host-1")
    store.health.beat("deliver", 3, "av-host-1")
    store.health.gone("poll", 2, "av-host-1")
    assert store.health.figures(START).workers == {"poll": 1, "deliver": 1}
    assert (store.health.alive("poll"), store.health.alive("drain")) == (1, 0)

    monkeypatch.setattr(store.clock, "machine_ms", lambda: at + 62_000)
    assert store.health.figures(START).workers == {}

    monkeypatch.setattr(store.clock, "machine_ms", lambda: at + 90_000_000)
    store.health.alive("poll")
    assert store.redis.hlen(keys.beats()) == 0


def test_counters_add_up(store: Store) -> None:
    store.health.count("rounds")
    store.health.count("rounds", 4)
    assert store.health.counters() == {"rounds": 5}


def test_a_live_meeting_that_nothing_will_look_at_is_seen(store: Store) -> None:
    store.instances.put(Instance("abc", uuid="u==", number="977"))
    assert store.health.figures(START).unarmed_meetings == 1

    store.due.arm("abc", START)
    assert store.health.figures(START).unarmed_meetings == 0

    store.due.remove("abc")
    store.instances.end("abc", START)
    assert store.health.figures(START).unarmed_meetings == 0
