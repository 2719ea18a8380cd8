"""Webhooks on bad days: tried again, lost, twice, late, mixed up, forged, silent; and the challenge."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from simulator import Simulator

BASE = 1764000000
NUMBER = "97763643886"
SECRET = "the-secret-token"


@pytest.fixture(autouse=True)
def subscribed(simulator: Simulator, receiver: Any) -> None:
    simulator.push.to(receiver.url, SECRET)


def attempts_of(simulator: Simulator, minutes: int) -> list[int]:
    """Flush each minute; the minutes in which something was sent."""
    found = []
    for minute in range(minutes):
        found += [minute] * len(simulator.push.flush())
        simulator.clock.step(minutes=1)
    return found


def test_a_server_error_is_tried_again_after_5_20_and_60_minutes(simulator: Simulator, receiver: Any) -> None:
    receiver.status = 503
    simulator.world.start(NUMBER)
    assert attempts_of(simulator, 300) == [0, 5, 25, 85]
    assert [one.attempt for one in simulator.push.log()] == [1, 2, 3, 4]
    assert len({raw for _, raw in receiver.got}) == 1, "the very same bytes"
    assert len({head["x-zm-signature"] for head, _ in receiver.got}) == 4, "signed anew each time"
    assert simulator.push.waiting == 0


def test_it_is_not_sent_again_once_it_is_taken(simulator: Simulator, receiver: Any) -> None:
    receiver.status = 500
    simulator.world.start(NUMBER)
    simulator.push.flush()
    assert (simulator.push.waiting, simulator.push.next_at) == (1, BASE + 300)
    receiver.status = 204
    assert attempts_of(simulator, 120) == [5]


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 404, 429])
def test_no_other_answer_is_tried_again(simulator: Simulator, receiver: Any, status: int) -> None:
    receiver.status = status
    simulator.world.start(NUMBER)
    assert attempts_of(simulator, 100) == [0]


def test_nobody_there_is_tried_again_too(simulator: Simulator, receiver: Any) -> None:
    simulator.push.to("http://127.0.0.1:9/hooks/zoom", SECRET)
    simulator.world.start(NUMBER)
    (sent,) = simulator.push.flush()
    assert (sent.status, sent.to_retry, simulator.push.waiting) == (0, True, 1)


def events(simulator: Simulator, receiver: Any) -> list[str]:
    """A short meeting, told; the names of what came."""
    simulator.world.start(NUMBER, host_email="ana@example.com")
    simulator.world.join(NUMBER, "Ana Lima", email="ana@example.com")
    simulator.world.join(NUMBER, "Kim Lim")
    simulator.clock.step(minutes=1)
    simulator.world.end(NUMBER)
    simulator.push.flush()
    return [name.removeprefix("meeting.").removeprefix("participant_") for name in receiver.events]


def test_an_event_can_be_lost(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("drop", "ended$")
    assert events(simulator, receiver) == ["started", "joined", "joined", "left", "left"]


def test_the_hosts_own_join_can_be_lost(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("drop", "participant_joined", role="host")
    assert events(simulator, receiver) == ["started", "joined", "left", "left", "ended"]
    assert receiver.only("meeting.participant_joined")["participant"]["user_name"] == "Kim Lim"


def test_an_event_can_come_twice(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("duplicate", "started|ended", count=1, copies=2)
    assert events(simulator, receiver) == ["started"] * 3 + ["joined", "joined", "left", "left", "ended"]
    assert len({raw for _, raw in receiver.got[:3]}) == 1


def test_an_event_can_come_again_later(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("duplicate", "started", seconds=120)
    simulator.world.start(NUMBER)
    assert attempts_of(simulator, 5) == [0, 2]


def test_an_event_can_be_late_and_says_its_own_moment(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("delay", "started", seconds=180)
    simulator.world.start(NUMBER)
    assert attempts_of(simulator, 5) == [3]
    ((head, _),) = receiver.got
    assert (receiver.bodies[0]["event_ts"], head["x-zm-request-timestamp"]) == (BASE * 1000, str(BASE + 180))


def test_events_can_be_out_of_order(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("shuffle")
    told = events(simulator, receiver)
    assert told != ["started", "joined", "joined", "left", "left", "ended"]
    assert sorted(told) == ["ended", "joined", "joined", "left", "left", "started"]


def test_an_event_can_be_forged_or_stale(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("forge", "started")
    simulator.push.behave("stale", "ended", seconds=400)
    simulator.world.start(NUMBER)
    simulator.world.end(NUMBER, at=BASE + 60)
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    good = []
    for head, raw in receiver.got:
        message = f"v0:{head['x-zm-request-timestamp']}:".encode() + raw
        good.append(head["x-zm-signature"] == "v0=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest())
    assert good == [False, True]
    assert receiver.got[1][0]["x-zm-request-timestamp"] == str(BASE + 60 - 400)


def test_trouble_ends_when_it_is_told_to(simulator: Simulator, receiver: Any) -> None:
    simulator.push.behave("drop")
    simulator.push.recover()
    assert len(events(simulator, receiver)) == 6
    with pytest.raises(ValueError, match="unknown mischief 'eat'"):
        simulator.push.behave("eat")


def test_what_happens_in_silence_is_never_told(simulator: Simulator, receiver: Any) -> None:
    simulator.world.start(NUMBER)
    simulator.push.knobs.silent = True
    assert simulator.push.flush() == []
    simulator.push.knobs.silent = False
    simulator.clock.step(minutes=1)
    simulator.world.join(NUMBER)
    assert [one.event for one in simulator.push.flush()] == ["meeting.participant_joined"]


def knows(secret: str) -> Callable[[Any], bytes]:
    """A receiver's answer to the challenge."""

    def answer(body: Any) -> bytes:
        plain = body["payload"]["plainToken"]
        encrypted = hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest()
        return json.dumps({"plainToken": plain, "encryptedToken": encrypted}).encode()

    return answer


@pytest.mark.parametrize(
    ("answer", "status", "valid"),
    [
        pytest.param(knows(SECRET), 200, True, id="right"),
        pytest.param(knows("another"), 200, False, id="another-secret"),
        pytest.param(knows(SECRET), 201, False, id="not-a-200"),
        pytest.param(lambda body: b"ok", 200, False, id="no-json"),
    ],
)
def test_a_challenge_tells_whether_the_receiver_knows_the_secret(
    simulator: Simulator, receiver: Any, answer: Callable[[Any], bytes], status: int, valid: bool
) -> None:
    receiver.answer, receiver.status = answer, status
    assert simulator.push.validate() is valid
    assert receiver.events == ["endpoint.url_validation"]
    assert "object" not in receiver.bodies[0]["payload"]
    assert receiver.got[0][0]["x-zm-signature"]


def test_a_challenge_may_come_unsigned_and_comes_again_after_three_days(simulator: Simulator, receiver: Any) -> None:
    receiver.answer = knows(SECRET)
    assert simulator.push.validate(signed=False)
    assert "x-zm-signature" not in receiver.got[0][0]
    simulator.clock.step(minutes=72 * 60 - 1)
    simulator.push.flush()
    assert len(receiver.got) == 1
    simulator.clock.step(minutes=1)
    simulator.push.flush()
    assert len({body["payload"]["plainToken"] for body in receiver.bodies}) == 2


def test_six_failed_challenges_end_the_subscription(simulator: Simulator, receiver: Any) -> None:
    assert [simulator.push.validate() for _ in range(6)] == [False] * 6
    assert simulator.push.disabled
    simulator.world.start(NUMBER)
    assert simulator.push.flush() == []
    simulator.push.to(receiver.url, SECRET)
    assert not simulator.push.disabled
