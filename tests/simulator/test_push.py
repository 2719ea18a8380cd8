"""Webhooks: what is told of a meeting, in which words, in which order, and signed how."""

import hashlib
import hmac
import time
from typing import Any

import pytest

from simulator import Simulator

BASE = 1764000000  # 2025-11-24T16:00:00Z, where the fixture's clock stands
NUMBER = "97763643886"
SECRET = "the-secret-token"


@pytest.fixture(autouse=True)
def subscribed(simulator: Simulator, receiver: Any) -> None:
    simulator.push.to(receiver.url, SECRET)


def test_a_meeting_is_told_from_its_start_to_its_end_in_order(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER, "Spring Town Hall")
    rao = simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com")
    assert receiver.got == [], "nothing goes out before it is asked for"
    sent = simulator.push.flush()
    assert [one.status for one in sent] == [200, 200]
    simulator.clock.step(minutes=2)
    simulator.world.leave(NUMBER, rao.user_id)
    simulator.world.join(NUMBER, "Kim Lim")
    simulator.clock.step(minutes=1)
    simulator.world.end(NUMBER)
    simulator.push.flush()
    assert receiver.events == [
        "meeting.started",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.ended",
    ]
    assert simulator.push.flush() == [], "each thing is told once"


def test_an_event_has_zooms_envelope_and_the_meeting_in_it(simulator: Simulator, receiver: Any) -> None:
    run = simulator.world.start(NUMBER, "Spring Town Hall")
    simulator.push.flush()
    (body,) = receiver.bodies
    meeting = body["payload"].pop("object")
    assert body == {"event": "meeting.started", "event_ts": BASE * 1000, "payload": {"account_id": "pretend-account"}}
    assert meeting.pop("host_id")
    assert meeting == {
        "id": NUMBER,
        "uuid": run.uuid,
        "topic": "Spring Town Hall",
        "type": 2,
        "start_time": "2025-11-24T16:00:00Z",
        "timezone": "UTC",
        "duration": 60,
    }
    simulator.push.knobs.ids = "number"
    simulator.clock.step(minutes=5)
    simulator.world.end(NUMBER)
    simulator.push.flush()
    ended = receiver.only("meeting.ended")
    assert (ended["id"], ended["end_time"], ended["duration"]) == (int(NUMBER), "2025-11-24T16:05:00Z", 60)


def test_somebody_is_named_without_role_and_device(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER, host_email="ana@example.com")
    ana = simulator.world.join(NUMBER, "Ana Lima", email="ana@example.com", registrant_id="r1", customer_key="k1")
    simulator.push.flush()
    thing = receiver.only("meeting.participant_joined")
    assert thing["participant"] == {
        "user_id": ana.user_id,
        "user_name": "Ana Lima",
        "id": ana.account_id,
        "email": "ana@example.com",
        "participant_uuid": ana.participant_uuid,
        "participant_user_id": ana.account_id,
        "registrant_id": "r1",
        "customer_key": "k1",
        "join_time": "2025-11-24T16:00:00Z",
    }
    assert thing["host_id"] == ana.account_id


def test_what_lists_hide_webhooks_hide_too(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Kim Lim", email="kim@elsewhere.example", traits=["external"])
    simulator.world.join(NUMBER, "Pat Ient", email="pat@example.com", traits=["hipaa", "phone"])
    simulator.push.flush()
    kim, pat = (body["payload"]["object"]["participant"] for body in receiver.bodies[1:])
    assert (kim["user_name"], kim["email"], kim["id"], kim["participant_user_id"]) == ("Kim Lim", "", "", "")
    assert (pat["user_name"], pat["email"], pat["phone_number"]) == ("", "", "12025550142")
    assert pat["participant_user_id"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        pytest.param("", "Dr Rao left the meeting.", id="usual"),
        pytest.param("got disconnected", "Dr Rao got disconnected from the meeting.", id="line"),
        pytest.param(
            "Network connection error.", "Dr Rao left the meeting.<br>Reason: Network connection error.", id="network"
        ),
        pytest.param("Removed by host.", "Dr Rao left the meeting.<br>Reason: Removed by host.", id="removed"),
    ],
)
def test_a_leave_has_its_reason(simulator: Simulator, receiver: Any, reason: str, words: str) -> None:
    simulator.world.start(NUMBER)
    rao = simulator.world.join(NUMBER, "Dr Rao")
    simulator.clock.step(minutes=1)
    simulator.world.leave(NUMBER, rao.user_id, reason=reason)
    simulator.push.flush()
    left = receiver.only("meeting.participant_left")["participant"]
    assert (left["leave_time"], left["leave_reason"]) == ("2025-11-24T16:01:00Z", words)


def test_who_stays_to_the_end_leaves_by_it(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER, kind="webinar")
    simulator.world.join(NUMBER, "Dr Rao", role="panelist")
    simulator.clock.step(minutes=1)
    simulator.world.end(NUMBER)
    simulator.push.flush()
    assert receiver.events == [
        "webinar.started",
        "webinar.participant_joined",
        "webinar.participant_left",
        "webinar.ended",
    ]
    left = receiver.only("webinar.participant_left")
    assert left["participant"]["leave_reason"] == "Dr Rao left the webinar.<br>Reason: Host ended the webinar."
    assert left["type"] == 5


def test_a_waiting_room_is_told(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER)
    rao, kim = (simulator.world.join(NUMBER, who, waiting=True).user_id for who in ("Dr Rao", "Kim Lim"))
    simulator.push.flush()
    simulator.clock.step(minutes=1)
    simulator.world.admit(NUMBER, rao)
    simulator.world.leave(NUMBER, kim)
    simulator.push.flush()
    simulator.clock.step(minutes=1)
    simulator.world.wait(NUMBER, rao)
    simulator.push.flush()
    told = [
        (body["event"][8:], body["payload"]["object"].get("participant", {}).get("user_id")) for body in receiver.bodies
    ]
    assert told == [
        ("started", None),
        ("participant_joined_waiting_room", rao),
        ("participant_joined_waiting_room", kim),
        ("participant_left_waiting_room", kim),
        ("participant_admitted", rao),
        ("participant_joined", rao),
        ("participant_put_in_waiting_room", rao),
    ]
    assert receiver.only("meeting.participant_admitted")["participant"]["date_time"] == "2025-11-24T16:01:00Z"


def test_a_move_to_a_breakout_room_looks_like_leaving_and_joining(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER)
    rao = simulator.world.join(NUMBER, "Dr Rao", email="rao@example.com")
    simulator.push.flush()
    simulator.clock.step(minutes=1)
    inside = simulator.world.breakout(NUMBER, rao.user_id)
    simulator.push.flush()
    assert receiver.events[2:] == [
        "meeting.participant_joined_breakout_room",
        "meeting.participant_left",
        "meeting.participant_joined",
    ]
    there = receiver.only("meeting.participant_joined_breakout_room")
    assert there["breakout_room_uuid"] == inside.room_id
    ids = (there["participant"]["user_id"], there["participant"]["parent_user_id"])
    assert ids == (inside.user_id, rao.user_id)
    assert "breakout" in receiver.only("meeting.participant_left")["participant"]["leave_reason"]
    simulator.clock.step(minutes=1)
    simulator.world.main_room(NUMBER, inside.user_id)
    simulator.push.flush()
    assert receiver.events[5:] == [
        "meeting.participant_left_breakout_room",
        "meeting.participant_left",
        "meeting.participant_joined",
    ]
    assert len({body["payload"]["object"]["participant"]["participant_uuid"] for body in receiver.bodies[1:]}) == 1


def test_an_old_run_ends_before_the_next_begins(simulator: Simulator, receiver: Any) -> None:
    first = simulator.world.start(NUMBER)
    simulator.clock.step(minutes=1)
    second = simulator.world.start(NUMBER)
    simulator.push.flush()
    told = [(body["event"], body["payload"]["object"]["uuid"]) for body in receiver.bodies]
    assert told == [("meeting.started", first.uuid), ("meeting.ended", first.uuid), ("meeting.started", second.uuid)]


def test_what_is_still_to_come_is_told_when_it_comes(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER, ends_at=BASE + 120)
    simulator.world.join(NUMBER, at=BASE + 60)
    counts = []
    for _ in range(3):
        counts.append(len(simulator.push.flush()))
        simulator.clock.step(minutes=1)
    assert counts == [1, 1, 2]


def test_a_subscription_begins_when_it_is_made_or_since_a_moment(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER)
    simulator.clock.step(minutes=1)
    simulator.world.join(NUMBER, "Dr Rao")
    simulator.push.to(receiver.url, SECRET)
    assert simulator.push.flush() == []
    simulator.push.to(receiver.url, SECRET, since=BASE + 60)
    assert [one.event for one in simulator.push.flush()] == ["meeting.participant_joined"]


def test_an_alert_names_the_meeting_and_nobody_in_it(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER)
    simulator.push.alert(NUMBER)
    simulator.push.alert(NUMBER, "High CPU usage", "Call reconnection problems", at=BASE + 60)
    simulator.push.flush()
    thing = receiver.only("meeting.alert")
    assert (thing["issues"], "participant" in thing) == (["Unstable audio quality"], False)
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    assert receiver.bodies[-1]["payload"]["object"]["issues"] == ["High CPU usage", "Call reconnection problems"]


def test_any_event_can_be_sent(simulator: Simulator, receiver: Any) -> None:
    simulator.push.send("meeting.sharing_started", {"id": NUMBER})
    simulator.push.flush()
    assert receiver.only("meeting.sharing_started") == {"id": NUMBER}


def test_every_webhook_is_signed_over_its_raw_bytes(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER, "Frühjahrsversammlung")
    simulator.push.flush()
    ((head, raw),) = receiver.got
    message = f"v0:{head['x-zm-request-timestamp']}:".encode() + raw
    assert head["x-zm-signature"] == "v0=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    assert head["x-zm-request-timestamp"] == str(BASE)
    assert head["user-agent"] == "Zoom Marketplace/1.0a"
    assert head["x-zm-request-id"]
    assert "Frühjahr".encode() in raw, "a name goes out as it is, so that bytes and not JSON are signed"


def test_it_can_send_by_itself(simulator: Simulator, receiver: Any) -> None:
    simulator.push.to(receiver.url, SECRET, auto=True)
    simulator.world.start(NUMBER)
    deadline = time.monotonic() + 5
    while not receiver.got and time.monotonic() < deadline:
        time.sleep(0.01)
    assert receiver.events == ["meeting.started"]
    simulator.push.off()
    simulator.world.end(NUMBER)
    assert simulator.push.flush() == []


def test_an_answer_is_kept_beside_what_was_sent(simulator: Simulator, receiver: Any) -> None:
    receiver.status, receiver.answer = 401, lambda body: b"who are you"
    simulator.world.start(NUMBER)
    (sent,) = simulator.push.flush()
    assert (sent.event, sent.status, sent.answer, sent.accepted) == ("meeting.started", 401, "who are you", False)
    assert sent.body == receiver.bodies[0]
    assert simulator.push.log("started", accepted=False) == [sent]
    assert simulator.push.log(accepted=True) == []
