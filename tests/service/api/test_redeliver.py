"""POST /v1/deliveries/{id}/redeliver: what was given up goes once more, as the same."""

from datetime import timedelta
from typing import Any

import pytest

from rules.gate import Gate
from rules.model import Debt, Note
from service.store import Attempt


@pytest.fixture
def posted(call: Any, slack: str, store: Any) -> Any:
    """posted("dead") → the id of a delivery that was posted once, with that outcome."""

    def made(outcome: str, gate: Gate = Gate()) -> str:  # noqa: B008 - frozen
        delivery: str = call("POST", "/v1/channels/slack-av/test").json["delivery"]
        turn = store.lanes.claim(1, 30)[0]
        assert store.lanes.begin(turn, delivery, tuple(turn.owed.items()))
        assert store.lanes.record(turn, Attempt(store.clock.now(), 404, 12, "no_service", outcome), gate=gate)
        return delivery

    return made


def test_a_dead_delivery_is_owed_again_under_its_id_and_a_sender_is_woken(
    call: Any, posted: Any, store: Any, bell: Any
) -> None:
    id, rung = posted("dead"), bell.rung
    answer = call("POST", f"/v1/deliveries/{id}/redeliver", scope="write")
    assert (answer.status_code, answer.json["id"], answer.json["state"]) == (202, id, "owed")
    assert answer.json["says"] == "Owed to slack-av; posted once so far."
    assert len(answer.json["attempts"]) == 1
    assert bell.rung == rung + 1
    store.clock.advance(seconds=5)
    assert store.lanes.claim(1, 30)[0].sending.id == id


def test_a_channel_that_is_still_broken_is_said_beside_it(call: Any, posted: Any, store: Any) -> None:
    now = store.clock.now()
    id = posted("dead", Gate(now + timedelta(hours=1), 1, first_fail_at=now, broken="Slack says no_service"))
    says = call("POST", f"/v1/deliveries/{id}/redeliver").json["says"]
    assert says == "Owed to slack-av; posted once so far. But slack-av is broken: Slack says no_service."


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        pytest.param("accepted", "slack-av has accepted", id="accepted"),
        pytest.param("refused", "is on its way to slack-av already", id="owed"),
        pytest.param("unknown", "is on its way to slack-av already", id="of-unknown-fate"),
    ],
)
def test_what_is_not_dead_is_left_alone(call: Any, posted: Any, bell: Any, outcome: str, words: str) -> None:
    id, rung = posted(outcome), bell.rung
    answer = call("POST", f"/v1/deliveries/{id}/redeliver")
    assert (answer.status_code, words in answer.json["detail"]) == (409, True)
    assert bell.rung == rung


def test_twice_in_a_row_is_once(call: Any, posted: Any) -> None:
    id = posted("dead")
    statuses = [call("POST", f"/v1/deliveries/{id}/redeliver").status_code for _ in range(2)]
    assert statuses == [202, 409]


def test_a_lane_that_must_repeat_another_post_first_says_so(call: Any, posted: Any, store: Any) -> None:
    dead = posted("dead")
    store.clock.advance(seconds=5)
    posted("unknown")
    answer = call("POST", f"/v1/deliveries/{dead}/redeliver")
    assert (answer.status_code, "another post of the same conversation" in answer.json["detail"]) == (409, True)


def test_a_channel_that_is_gone_is_named(call: Any, posted: Any) -> None:
    id = posted("dead")
    call("DELETE", "/v1/channels/slack-av")
    answer = call("POST", f"/v1/deliveries/{id}/redeliver")
    assert answer.status_code == 409
    assert "PUT /v1/channels/slack-av first" in answer.json["detail"]


def test_what_was_never_posted_says_so(call: Any, slack: str, store: Any) -> None:
    id = call("POST", "/v1/channels/slack-av/test").json["delivery"]
    turn = store.lanes.claim(1, 30)[0]
    assert store.lanes.drop(turn, set(turn.owed))
    answer = call("POST", f"/v1/deliveries/{id}/redeliver")
    assert (answer.status_code, "was given up before it was posted" in answer.json["detail"]) == (409, True)


def test_a_persons_own_address_is_a_channel_too(call: Any, store: Any) -> None:
    call("PUT", "/v1/people/ana", {"name": "Ana Ruiz", "email": "ana@example.org"})
    now = store.clock.now()
    id = store.lanes.owe(Debt("ana~email", "ana~email:service", "nt_1", 1), Note("nt_1", "test", "A test.", now))
    turn = store.lanes.claim(1, 30)[0]
    assert store.lanes.begin(turn, id, (("nt_1", 1),))
    assert store.lanes.record(turn, Attempt(now, 554, 12, "no", "dead"), gate=Gate())
    answer = call("POST", f"/v1/deliveries/{id}/redeliver")
    assert (answer.status_code, answer.json["state"]) == (202, "owed")


def test_an_unknown_delivery_is_a_404(call: Any) -> None:
    answer = call("POST", "/v1/deliveries/dl_nothing/redeliver")
    assert (answer.status_code, answer.json["detail"]) == (404, "there is no delivery 'dl_nothing'")


def test_it_takes_a_key_that_may_write(call: Any, posted: Any) -> None:
    assert call("POST", f"/v1/deliveries/{posted('dead')}/redeliver", scope="read").status_code == 403
