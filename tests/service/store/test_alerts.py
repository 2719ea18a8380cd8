"""Alerts for readers: found by state, watch, meeting and severity, and swept when their time is over."""

from datetime import timedelta

import pytest

from rules.model import WatchView
from service.store import Store, keys
from tests.service.store.builders import START, I, a_change, a_closed_view, a_plan, a_view


@pytest.fixture
def three(store: Store) -> Store:
    """al_1 closed, al_2 critical of another watch, al_3 of another meeting; opened a minute apart."""
    views = (
        a_closed_view("al_1", uuid="U1=="),
        a_view("al_2", severity="critical", opened_at=START + timedelta(minutes=1),
               watches=(WatchView("w_2", "critical", ("slack-av",)),)),
        a_view("al_3", meeting="123456789", opened_at=START + timedelta(minutes=2)),
    )  # fmt: skip
    store.seats.commit(I, [a_plan(str(n), alerts=(a_change(view),)) for n, view in enumerate(views)])
    return store


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, ["al_3", "al_2", "al_1"]),
        ({"state": "open"}, ["al_3", "al_2"]),
        ({"state": "closed"}, ["al_1"]),
        ({"watch": "w_2"}, ["al_2"]),
        ({"watch": "w_1", "state": "open"}, ["al_3"]),
        ({"meeting": "97763643886"}, ["al_2", "al_1"]),
        ({"meeting": "U1=="}, ["al_1"]),
        ({"severity": "critical"}, ["al_2"]),
        ({"severity": "critical", "watch": "w_1"}, []),
        ({"watch": "unknown"}, []),
    ],
)
def test_a_page_holds_what_was_asked_for_newest_first(three: Store, wanted: dict[str, str], ids: list[str]) -> None:
    items, cursor = three.alerts.page(**wanted)
    assert [alert.id for alert in items] == ids
    assert cursor is None


def test_a_cursor_goes_on_where_the_page_ended(three: Store) -> None:
    first, cursor = three.alerts.page(limit=2)
    second, end = three.alerts.page(limit=2, cursor=cursor)
    assert [alert.id for alert in (*first, *second)] == ["al_3", "al_2", "al_1"]
    assert end is None


def test_several_are_read_at_once_and_the_unknown_left_out(three: Store) -> None:
    assert set(three.alerts.get_many(["al_1", "nope", "al_3"])) == {"al_1", "al_3"}
    assert three.alerts.get_many([]) == {}
    assert three.alerts.get("nope") is None
    assert three.alerts.timeline("nope") == ()


def test_an_alert_goes_from_everywhere_when_its_time_is_over_and_an_open_one_stays(three: Store) -> None:
    three.clock.advance(days=89)
    assert three.sweep() == 0
    three.clock.advance(days=2)
    assert three.sweep() == 1
    left = {
        key for key in three.redis.keys("*") if three.redis.type(key) == b"zset" and three.redis.zscore(key, "al_1")
    }
    assert not left
    assert not three.redis.exists(keys.alert("al_1"), keys.timeline("al_1"))
    assert [alert.id for alert in three.alerts.page()[0]] == ["al_3", "al_2"]


def test_above_the_cap_the_oldest_go_first(three: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.store.alerts.CLOSED_MAX", 1)
    three.seats.commit(I, [a_plan("9", alerts=(a_change(a_closed_view("al_9", START + timedelta(hours=1))),))])
    assert three.sweep() == 1
    assert three.alerts.get("al_1") is None
    assert three.alerts.get("al_9") is not None
