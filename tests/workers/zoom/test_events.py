"""Zoom's webhooks read: each field by itself, both spellings of ids, figures as the API's rows."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.hearing import KINDS, Event
from simulator import Simulator
from simulator.letters import packed
from workers.zoom import events, payloads
from workers.zoom.events import Unreadable

CAME = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
TS = int(CAME.timestamp() * 1000) - 60_000
QOS = {
    "date_time": "2026-11-23T10:04:00Z",
    "type": "audio_input",
    "details": {"bitrate": "27 kbps", "latency": "40 ms", "jitter": "5 ms", "avg_loss": "14%", "max_loss": "20%"},
}


def told(name: str = "meeting.participant_joined", person: Any = None, **thing: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"uuid": "aDYlohsHRtCd4ii1uC2+hA==", "id": "97763643886", "topic": "Board"}
    if person is not None:
        known["participant"] = person
    return {"event": name, "event_ts": TS, "payload": {"account_id": "a", "object": {**known, **thing}}}


def read(body: Any) -> Event:
    found = events.event(packed(body), CAME)
    assert isinstance(found, Event), found
    return found


def test_a_join_tells_who_and_since_when() -> None:
    person = {
        "user_id": "16778240",
        "user_name": "Ana",
        "participant_uuid": "U-1",
        "participant_user_id": "zu_1",
        "email": "ana@example.com",
        "join_time": "2026-11-23T10:03:20Z",
    }
    event = read(told(person=person))

    assert (event.kind, event.webinar) == ("joined", False)
    assert (event.meeting.uuid, event.meeting.number) == ("aDYlohsHRtCd4ii1uC2+hA==", "97763643886")
    assert event.at == datetime(2026, 11, 23, 10, 3, 20, tzinfo=UTC)
    assert event.person is not None
    assert event.person.session == "16778240"
    assert (event.person.name, event.person.email) == ("Ana", "ana@example.com")
    assert (event.person.zoom_user, event.person.uuid) == ("zu_1", "U-1")


@pytest.mark.parametrize("number", ["97763643886", 97763643886, "977 6364 3886"])
def test_numbers_come_as_text_and_as_numbers(number: object) -> None:
    assert read(told(id=number, person={"user_id": 16778240})).meeting.number == "97763643886"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ana left the meeting.<br>Reason: Network connection error.", "Network connection error."),
        ("Ana left the meeting.", "Ana left the meeting."),
        ("Ana got disconnected from the meeting.", "Ana got disconnected from the meeting."),
        ("Ana left the meeting.<br>Reason: Host ended the meeting.", "Host ended the meeting."),
        ("", ""),
    ],
)
def test_why_somebody_left(text: str, reason: str) -> None:
    person = {"user_id": "7", "leave_time": "2026-11-23T10:04:00Z", "leave_reason": text}
    event = read(told("webinar.participant_left", person))
    assert event.person is not None
    assert event.webinar
    assert (event.person.leave_reason, event.person.left_at) == (reason, event.at)


@pytest.mark.parametrize("key", ["user_id", "participant_id"])
def test_figures_are_read_as_rows_of_the_api(key: str) -> None:
    event = read(told("meeting.participant_qos", {key: "7", "qos": [QOS]}))
    row = {"date_time": QOS["date_time"], "audio_input": QOS["details"]}
    assert event.person is not None
    assert event.person.samples == payloads.sight({"user_id": "7", "user_qos": [row]}).samples
    assert event.person.samples[0].values["audio_input.avg_loss"] == 14


def test_types_that_we_know_no_figure_of_make_no_row() -> None:
    listed = [{**QOS, "type": name} for name in ("audio_quality", "audio_input_crc", "", None, 7)]
    event = read(told("meeting.participant_qos", {"user_id": "7", "qos": listed}))
    assert event.person is not None
    assert (event.person.samples, event.person.spoiled) == ((), 0)


def test_a_spoiled_figure_spoils_itself_only() -> None:
    listed = [QOS, {**QOS, "type": "video_input", "details": "none"}, {**QOS, "date_time": "soon"}, 7]
    event = read(told("meeting.participant_qos", {"user_id": "7", "qos": listed}))
    assert event.person is not None
    assert sum("audio_input.avg_loss" in row.values for row in event.person.samples) == 1
    assert event.person.spoiled == 2


def test_data_tells_the_machine_and_nothing_of_who_it_is() -> None:
    data = [{"device": "Mac", "network_type": "Wifi", "user_id": "999", "email": "x@y"}, {"network_type": "Wired"}]
    event = read(told("meeting.participant_data", {"participant_id": "7", "data": data}))
    assert event.person is not None
    assert (event.person.session, event.person.email) == ("7", "")
    assert event.person.facts == {"device": "Mac", "network_type": "Wired"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "unreadable", id="nothing"),
        pytest.param(b"[" * 100_000, "unreadable", id="too-deep"),
        pytest.param(b"[]", "unknown", id="a-list"),
        pytest.param(packed({"event": ["meeting.started"]}), "unknown", id="its-name-is-a-list"),
        pytest.param(packed(told("meeting.chat_message_sent")), "unknown", id="none-of-ours"),
        pytest.param(packed(told(uuid="")), "unreadable", id="of-no-meeting"),
        pytest.param(packed({"event": "meeting.started", "payload": []}), "unreadable", id="payload-is-a-list"),
        pytest.param(packed(told(person={"user_name": "Ana"})), "nobody", id="of-nobody-in-particular"),
    ],
)
def test_of_what_nothing_can_be_made(body: bytes, why: str) -> None:
    assert events.event(body, CAME) == Unreadable(why)


@pytest.mark.parametrize("ts", [None, True, "soon", -(10**400), 10**400, 1e300, float("1e18")])
def test_a_moment_that_can_not_be_read_is_when_it_came(ts: object) -> None:
    body = {**told("meeting.alert"), "event_ts": ts}
    assert events.event(json.dumps(body).encode(), CAME) == read({**body, "event_ts": None})
    assert read({**body, "event_ts": None}).at == CAME


def test_an_alert_happened_when_zoom_says() -> None:
    assert read(told("meeting.alert", issues=["Unstable audio quality"])).at == CAME - timedelta(seconds=60)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["user_id", "participant_id", "join_time", "leave_time", "leave_reason", "email", "qos", "data"]
)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(FIELDS, JSON, max_size=5), JSON, JSON)
def test_nothing_in_an_event_can_stop_us(name: str, person: dict[str, Any], ts: Any, id: Any) -> None:
    body = {**told(name, {"user_id": "7", **person}, id=id), "event_ts": ts}
    assert isinstance(events.event(json.dumps(body).encode(), CAME), Event | Unreadable)


def test_every_event_of_the_simulator_is_understood(simulator: Simulator) -> None:
    world, push = simulator.world, simulator.push
    push.to("http://127.0.0.1:1/", since=0)
    push.knobs.qss = True
    for number, kind in (("1", "meeting"), ("2", "webinar")):
        world.start(number, kind=kind)
        ana = world.join(number, "Ana", email="ana@example.com")
        bob = world.join(number, "Bob", waiting=True)
        simulator.clock.step(60)
        world.admit(number, bob.user_id)
        world.wait(number, ana.user_id)
        simulator.clock.step(60)
        world.admit(number, ana.user_id)
        room = world.breakout(number, ana.user_id)
        world.drop_out(number, bob.user_id)
        world.join(number, "Eve", waiting=True)
        simulator.clock.step(60)
        world.leave(number, room.user_id)
        simulator.clock.step(60)
        world.end(number)
        push.alert(number)
    simulator.clock.step(60)
    push.flush()

    sent = {one.event: events.event(packed(one.body), CAME) for one in push.log()}
    assert set(sent) == set(KINDS)
    assert all(isinstance(event, Event) and event.kind == KINDS[name] for name, event in sent.items())
