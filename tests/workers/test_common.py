"""What the looks of a batch have in common is read again in time, and how many calls are under way at once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet

from rules.documents import stock_rules
from rules.model import Channel, Policy
from rules.pacing import Pace
from service.store import Store
from service.store.link import Link
from service.store.plans import PLANS
from workers import common
from workers.common import Shelf
from workers.poll import AT_ONCE, calls_at_once
from workers.zoom.http import CONNECTIONS

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(redis_client: Any) -> Store:
    kept = Store(redis_client, secret_keys=[Fernet.generate_key().decode()], test_clock="hash")
    kept.clock.put(NOW)
    kept.documents.rules.seed(stock_rules().values())
    return kept


def test_what_was_written_before_a_batch_counts_in_it_and_what_comes_later_within_a_second(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(store)
    assert shelf.now().pace == Pace()
    store.budget.put_pace(Pace(calm=3))
    assert Shelf(store).now().pace == Pace(calm=3), "another batch reads for itself"
    assert shelf.now().pace == Pace()
    monkeypatch.setattr(common, "FRESH_S", -1.0)
    assert shelf.now().pace == Pace(calm=3)


def test_a_channel_or_a_policy_that_is_younger_than_the_reading_is_known_to_whom_a_watch_names_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(store)
    shelf.now()
    store.documents.channels.put(Channel("pager", 1, "pagerduty", "https://events.pagerduty.com", NOW))
    assert shelf.knowing({"pager"}, ()).duty.kind("pager") == "pagerduty"
    store.documents.policies.put(Policy("av", 1, (), NOW))
    assert "av" in shelf.knowing({"pager"}, {"av"}).duty.policies

    monkeypatch.setattr(common, "read", lambda _: pytest.fail("read again"))
    shelf.knowing({"pager"}, {"av"})


def test_rules_are_read_once_and_those_that_are_not_there_are_left_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(store)
    assert shelf.rules({"delay", "no-such-rule"}).keys() == {"delay"}
    monkeypatch.setattr(Link, "many", lambda *_: pytest.fail("read again"))
    assert shelf.rules({"delay"})["delay"].id == "delay"


def test_as_many_calls_are_under_way_as_the_pace_can_use() -> None:
    assert calls_at_once(PLANS["business"].heavy.per_s) == 16
    assert calls_at_once(PLANS["pro"].heavy.per_s) == AT_ONCE[0]
    assert calls_at_once(900) == AT_ONCE[1]
    assert AT_ONCE[1] + AT_ONCE[1] // 2 <= CONNECTIONS, "a connection that finds no place is thrown away"
