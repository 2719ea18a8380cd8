"""/v1/live: what is on, who is watched in it and how they are, from what we hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rules.model import AlertState, Instance, MeetingRecord, Plan, Round, Sample, Seat, Session, minute_of
from service.api.live import figures_of
from service.store import keys
from tests.service.api.rosters import listed

NUMBER, UUID = "97763643886", "4444AAAiAAAAAiAiAiiAii=="
WISH = {"meeting": NUMBER, "who": [{"participant_id": "16778240"}], "notify": ["slack-av"]}
ROW = {
    "audio_input.avg_loss": 14.2,
    "audio_input.jitter": 38.0,
    "audio_input.latency": 134.0,
    "audio_input.bitrate": 27.15,
    "video_input.avg_loss": 0.3,
    "cpu_usage.system_max_cpu_usage": 40.0,
    "wifi_rssi.avg_rssi": -69.0,
}


@pytest.fixture
def watched(call: Any, slack: str) -> str:
    call("PUT", "/v1/watches/board", WISH)
    return "board"


def _live(store: Any, uuid: str = UUID, topic: str = "Spring Town Hall", **more: Any) -> Instance:
    run = Instance(keys.instance_id(uuid), uuid, NUMBER, topic, started_at=store.clock.now())
    store.instances.put(replace(run, **more))
    return run


def _seated(store: Any, run: Instance, id: str = "16778240", **seat: Any) -> None:
    """Somebody who sits in the meeting, with a row of the last minute."""
    now = store.clock.now()
    sessions = (seat.pop("session", Session(id, minute_of(now) - 5)),)
    made = replace(Seat(f"{run.id}.{id}", run.id, "Dr Rao", sessions=sessions, row_at=now), **seat)
    row = Sample(id, minute_of(now) - 1, ROW, frozenset({"as_input", "as_output"}))
    assert not store.seats.commit(run.id, [Plan(made.id, "", made, samples=(row,))])


def _alert(store: Any) -> AlertState:
    now = store.clock.now()
    return AlertState("al_1", 1, now, minute_of(now), True, "critical")


def test_nothing_is_on(call: Any) -> None:
    assert call("GET", "/v1/live", scope="read").json == {
        "items": [],
        "meetings": 0,
        "says": "No watched meeting is on.",
    }


def test_a_meeting_shows_its_people_and_their_last_figures(call: Any, watched: str, store: Any) -> None:
    run = _live(store)
    _seated(store, run, alert=_alert(store))
    around = Round(watched=1, fine=0, bad=1, no_figures=0, at=store.clock.now())
    store.seats.commit(run.id, (), round=around, record=store.seats.record(run.id))
    answer = call("GET", "/v1/live").json
    assert answer["says"] == "1 watched meeting is on: 1 person, 1 open alert."
    (meeting,) = answer["items"]
    assert [meeting[name] for name in ("instance", "uuid", "meeting", "topic", "started_at")] == [
        run.id,
        UUID,
        NUMBER,
        "Spring Town Hall",
        "2026-11-23T10:00:00Z",
    ]
    assert meeting["round"] == {"at": "2026-11-23T10:00:00Z", "watched": 1, "fine": 0, "bad": 1, "no_figures": 0}
    assert (meeting["blind_since"], meeting["blind_reason"]) == (None, None)
    assert meeting["says"] == "1 of 1 watched person is here; 1 alert is open."
    (person,) = meeting["people"]
    told = ("participant_id", "name", "state", "alert", "severity", "watches")
    assert [person[name] for name in told] == ["16778240", "Dr Rao", "watching", "al_1", "critical", ["board"]]
    assert person["figures"] == {
        "at": "2026-11-23T09:59:00Z",
        "streams": {
            "audio_input": {"loss_pct": 14.2, "jitter_ms": 38.0, "latency_ms": 134.0},
            "video_input": {"loss_pct": 0.3, "jitter_ms": None, "latency_ms": None},
        },
        "blank": ["as_input", "as_output"],
        "cpu_pct": 40.0,
        "wifi_dbm": -69.0,
    }


@pytest.mark.parametrize(
    ("seat", "state"),
    [
        pytest.param({}, "watching", id="here"),
        pytest.param({"away": True}, "not_here", id="away"),
        pytest.param({"left": True}, "left", id="left"),
        pytest.param({"row_at": None}, "no_figures", id="no-figures"),
    ],
)
def test_a_person_is_somewhere(call: Any, watched: str, store: Any, seat: dict[str, Any], state: str) -> None:
    now = store.clock.now()
    if seat.pop("away", False):
        seat["away_at"] = now
    if seat.pop("left", False):
        seat["session"] = Session("16778240", 1, left_at=now)
    _seated(store, _live(store), **seat)
    (person,) = call("GET", "/v1/live").json["items"][0]["people"]
    assert (person["state"], person["alert"], person["severity"]) == (state, None, None)


def test_somebody_who_never_came_has_no_figures(call: Any, watched: str, store: Any) -> None:
    _live(store)
    meeting = call("GET", "/v1/live").json["items"][0]
    assert (meeting["people"][0]["state"], meeting["people"][0]["figures"]) == ("not_here", None)
    assert meeting["says"] == "0 of 1 watched person is here; nothing is wrong."


def test_a_blind_meeting_says_since_when_and_why_and_that_nobody_is_known_to_be_well(
    call: Any, watched: str, store: Any
) -> None:
    run = _live(store)
    _seated(store, run)
    version, record = store.seats.record(run.id)
    why = "Zoom refuses our credentials (invalid_client)."
    blind = replace(record, blind_since=store.clock.now(), blind_kind="credentials", blind_reason=why)
    store.seats.commit(run.id, (), record=(version, blind))
    store.clock.advance(minutes=7)
    answer = call("GET", "/v1/live").json
    meeting = answer["items"][0]
    assert (meeting["blind_since"], meeting["blind_reason"]) == ("2026-11-23T10:00:00Z", why)
    assert meeting["says"] == f"Not seen since 10:00 UTC: {why}"
    assert meeting["people"][0]["says"] == "Not seen since 10:00 UTC."
    assert answer["says"].endswith("; 1 not seen.")


def test_a_reason_of_a_blindness_that_is_over_is_not_shown(call: Any, watched: str, store: Any) -> None:
    run = _live(store)
    store.seats.commit(run.id, (), record=("", MeetingRecord(blind_reason="old")))
    assert call("GET", "/v1/live").json["items"][0]["blind_reason"] is None


def test_only_those_are_shown_whom_a_watch_of_this_run_concerns(call: Any, watched: str, store: Any) -> None:
    run = _live(store)
    _seated(store, run)
    _seated(store, run, "16778241")
    call("PUT", "/v1/watches/also", {**WISH, "who": [{"participant_id": "16778240"}, {"participant_id": "5"}]})
    call("PUT", "/v1/watches/paused", {**WISH, "who": [{"participant_id": "16778241"}]})
    call("POST", "/v1/watches/paused/pause")
    people = call("GET", "/v1/live").json["items"][0]["people"]
    assert {person["who"]["participant_id"]: person["watches"] for person in people} == {
        "16778240": ["also", "board"],
        "5": ["also"],
    }
    assert [person["participant_id"] for person in people] == ["16778240", None]


def test_people_are_shown_once_however_they_are_named(call: Any, watched: str, store: Any) -> None:
    who = [{"name": "Dr *"}, {"role": "host"}, {"name": "*Kline*"}]
    call("PUT", "/v1/watches/names", {**WISH, "who": who})
    call("PUT", "/v1/watches/nobody", {**WISH, "meeting": "any", "who": [{"name": "*KLINE*"}]})
    run = _live(store)
    _seated(store, run)
    listed(store, run, s16778240={"name": "Dr Rao"}, s7={"name": "Sam", "role": "host"}, s8={"name": "M. K."})
    meeting = call("GET", "/v1/live").json["items"][0]
    assert [(person["name"], person["participant_id"], person["watches"]) for person in meeting["people"]] == [
        ("Dr Rao", "16778240", ["board", "names"]),
        ("Sam", "7", ["names"]),
        (None, None, ["names", "nobody"]),
    ]
    assert meeting["people"][0]["figures"]["streams"]["audio_input"]["loss_pct"] == 14.2
    assert meeting["says"] == "2 of 3 watched people are here; nothing is wrong."


def test_meetings_that_began_last_come_first_and_the_rest_is_counted(call: Any, store: Any) -> None:
    for hour in range(3):
        _live(store, f"{hour}AAAiAAAAAiAiAiiAii==", f"Clinic {hour}")
        store.clock.advance(hours=1)
    _live(store, "9AAAiAAAAAiAiAiiAii==", "Nobody knows since when", started_at=None)
    answer = call("GET", "/v1/live?limit=2").json
    assert [meeting["topic"] for meeting in answer["items"]] == ["Clinic 2", "Clinic 1"]
    assert (answer["meetings"], answer["says"].startswith("4 watched meetings are on (2 shown)")) == (4, True)
    assert call("GET", "/v1/live").json["items"][-1]["started_at"] is None


def test_a_meeting_that_is_over_is_not_on(call: Any, store: Any) -> None:
    run = _live(store)
    store.instances.end(run.id, store.clock.now() + timedelta(hours=1))
    assert call("GET", "/v1/live").json["items"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=a", "limit=1&limit=2"])
def test_a_bad_query_is_refused(call: Any, query: str) -> None:
    assert call("GET", f"/v1/live?{query}").status_code == 422


def test_a_row_of_nothing_tells_nothing() -> None:
    figures = figures_of(Sample("7", 1, {}, frozenset({"audio_input"})))
    assert (dict(figures.streams), figures.blank, figures.cpu_pct) == ({}, ("audio_input",), None)
