"""Alerts and deliveries as readers get them."""

from datetime import timedelta
from typing import Any

import pytest

from rules.gate import Gate
from rules.model import AlertView, AlertWrite, BreachView, Entry, Plan, Seat, WatchView, minute_of
from service.store import Attempt


def _alert(now: Any, id: str = "al_1", **changes: Any) -> AlertView:
    breach = BreachView(
        rule="audio-sent",
        revision=1,
        severity="critical",
        state="bad",
        says="others hear Dr Rao breaking up",
        because="sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes",
        hint="Camera off, then cable or phone-in",
        runbook_url=None,
        operand="audio_input.avg_loss",
        op=">",
        threshold=10.0,
        unit="%",
        value=14.0,
        value_at=now,
        worst=18.0,
        worst_at=now,
        since_at=now,
        ended_at=None,
        ending=None,
        hold=None,
        hold_at=None,
    )
    told = {
        "id": id,
        "seq": 1,
        "subject": f"abc.{id}",
        "instance": "abc",
        "meeting": "97763643886",
        "uuid": "4444AAAiAAAAAiAiAiiAii==",
        "topic": "Spring Town Hall",
        "who": "Dr Rao",
        "session": "16778240",
        "state": "open",
        "held": False,
        "severity": "critical",
        "says": "others hear Dr Rao breaking up",
        "opened_at": now,
        "closed_at": None,
        "ending": None,
        "breaches": (breach,),
        "watches": (WatchView("board", "critical", ("slack-av",), ("audio-sent",)),),
        "facts": {"device": "Mac"},
    }
    return AlertView(**{**told, **changes})


@pytest.fixture
def two_alerts(store: Any) -> None:
    """al_1 is open and critical, al_2 of another meeting is closed and a warning."""
    now = store.clock.now()
    other = {"meeting": "123456789", "severity": "warning", "state": "closed", "ending": "left", "closed_at": now}
    watch = (WatchView("other", None, ("teams-av",)),)
    for alert in (_alert(now), _alert(now + timedelta(seconds=1), "al_2", **other, watches=watch)):
        said = "sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes"
        entry = Entry(1, "fire", minute_of(now), now, said, True, "critical", False)
        plan = Plan(
            alert.subject, "", Seat(alert.subject, "abc"), alerts=(AlertWrite(alert, fresh=True, entries=(entry,)),)
        )
        assert not store.seats.commit("abc", [plan])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        pytest.param("", ["al_2", "al_1"], id="newest-first"),
        pytest.param("?state=open", ["al_1"], id="open"),
        pytest.param("?state=closed", ["al_2"], id="closed"),
        pytest.param("?severity=warning", ["al_2"], id="severity"),
        pytest.param("?watch=board", ["al_1"], id="watch"),
        pytest.param("?meeting=977%206364%203886", ["al_1"], id="meeting-as-people-write-it"),
        pytest.param("?meeting=4444AAAiAAAAAiAiAiiAii%3D%3D&severity=critical", ["al_1"], id="uuid"),
        pytest.param("?limit=1", ["al_2"], id="limit"),
        pytest.param("?watch=nobody", [], id="none"),
    ],
)
def test_alerts_are_listed_as_asked(call: Any, two_alerts: None, query: str, ids: list[str]) -> None:
    answer = call("GET", f"/v1/alerts{query}", scope="read")
    assert [alert["id"] for alert in answer.json["items"]] == ids


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("state=ajar", "state"), ("severity=bad", "severity"), ("meeting=x", "meeting"), ("watch=-", "watch")],
)
def test_a_filter_that_means_nothing_is_refused(call: Any, query: str, parameter: str) -> None:
    answer = call("GET", f"/v1/alerts?{query}")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, parameter)


def test_an_alert_is_read_with_its_breaches_and_its_timeline(call: Any, two_alerts: None) -> None:
    alert = call("GET", "/v1/alerts/al_1", scope="read").json
    assert alert["watches"] == [{"id": "board", "severity": "critical", "notify": ["slack-av"]}]
    assert (alert["who"], alert["participant_id"], alert["topic"]) == ("Dr Rao", "16778240", "Spring Town Hall")
    assert (alert["taken_by"], alert["snoozed_until"]) == (None, None)
    breach = alert["breaches"][0]
    assert (breach["rule"], breach["worst"], breach["try"]) == (
        *("audio-sent", 18.0),
        "Camera off, then cable or phone-in",
    )
    entry = alert["timeline"][0]
    assert (entry["kind"], entry["state"], entry["at"]) == ("fire", "open", "2026-11-23T10:00:00Z")
    assert entry["says"].startswith("sent audio loses 14 %")


def test_an_unknown_alert_or_delivery_is_a_404(call: Any) -> None:
    assert call("GET", "/v1/alerts/al_9").json["detail"] == "there is no alert 'al_9'"
    assert call("GET", "/v1/deliveries/dl_9").json["detail"] == "there is no delivery 'dl_9'"


@pytest.mark.parametrize(
    ("outcome", "gate", "state", "words"),
    [
        pytest.param("accepted", Gate(), "accepted", "slack-av accepted it; posted once.", id="accepted"),
        pytest.param("refused", Gate(fails=1), "owed", "Owed to slack-av; posted once so far.", id="refused"),
        pytest.param("dead", Gate(fails=1, broken="gone"), "dead", "refused it for good", id="dead"),
    ],
)
def test_a_delivery_is_read_with_its_attempts(
    call: Any, slack: str, store: Any, outcome: Any, gate: Gate, state: str, words: str
) -> None:
    id = call("POST", "/v1/channels/slack-av/test").json["delivery"]
    turn = store.lanes.claim(1, 30)[0]
    store.lanes.begin(turn, id, tuple(turn.owed.items()))
    assert call("GET", f"/v1/deliveries/{id}").json["says"] == "Being posted to slack-av now."
    store.lanes.record(turn, Attempt(store.clock.now(), 200, 87, "ok", outcome), gate=gate)
    delivery = call("GET", f"/v1/deliveries/{id}", scope="read").json
    assert (delivery["state"], delivery["tries"]) == (state, 1)
    assert words in delivery["says"]
    assert delivery["attempts"] == [
        {"at": "2026-11-23T10:00:00Z", "outcome": outcome, "status": 200, "latency_ms": 87, "answer": "ok"}
    ]


def test_deliveries_are_listed_as_asked(call: Any, slack: str) -> None:
    id = call("POST", "/v1/channels/slack-av/test").json["delivery"]
    for query, ids in (("", [id]), ("?state=owed", [id]), ("?state=dead", []), ("?channel=slack-av", [id])):
        listed = call("GET", f"/v1/deliveries{query}", scope="read").json["items"]
        assert [delivery["id"] for delivery in listed] == ids
    note = call("GET", "/v1/deliveries").json["items"][0]["alerts"][0]
    assert call("GET", f"/v1/deliveries?alert={note}").json["items"][0]["id"] == id
