"""POST /v1/watches/{id}/poll: a look out of turn, within the budget and not too often."""

from datetime import timedelta
from typing import Any

import pytest

from service.store import keys
from tests.service.api.rosters import NUMBER, listed, live

WISH = {"meeting": NUMBER, "who": [{"name": "Dr Rao"}], "notify": ["slack-av"]}
POLL = "/v1/watches/board/poll"


@pytest.fixture
def board(call: Any, slack: str) -> str:
    call("PUT", "/v1/watches/board", WISH)
    return "board"


def test_a_live_meeting_is_looked_at_now(call: Any, board: str, store: Any) -> None:
    run = live(store)
    store.due.remove(f"n{NUMBER}")
    store.due.arm(run.id, store.clock.now() + timedelta(seconds=50))
    answer = call("POST", POLL, scope="write")
    assert (answer.status_code, answer.json) == (
        202,
        {"instances": [run.id], "says": "Looking at Spring Town Hall now."},
    )
    assert store.due.first() == (run.id, store.clock.now())


def test_whoever_asks_again_at_once_gets_the_look_that_was_asked_for(call: Any, board: str, store: Any) -> None:
    run = live(store)
    call("POST", POLL)
    store.due.remove(run.id)
    answer = call("POST", POLL)
    assert (answer.status_code, answer.json["instances"]) == (202, [])
    assert answer.json["says"].startswith("Spring Town Hall was asked for less than 10 seconds ago")
    assert run.id not in store.due.members()
    store.redis.delete(keys.hastened(run.id))
    assert call("POST", POLL).json["instances"] == [run.id]


def test_where_nothing_is_on_the_next_check_is_said(call: Any, board: str, store: Any) -> None:
    store.due.remove(f"n{NUMBER}")
    store.due.arm(f"n{NUMBER}", store.clock.now() + timedelta(minutes=15))
    answer = call("POST", POLL)
    assert answer.status_code == 409
    assert answer.json["detail"] == (
        "97763643886 is not live, so there is nothing to look at; the next check is at 10:15 UTC"
    )


def test_with_any_meeting_those_are_looked_at_in_which_somebody_is(call: Any, board: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", {**WISH, "meeting": "any"})
    here = live(store)
    live(store, "81234567890", "5555AAAiAAAAAiAiAiiAii==", "Clinic")
    assert "nobody of this watch is in a live meeting" in call("POST", POLL).json["detail"]
    listed(store, here, s7={"name": "Dr Rao"})
    assert call("POST", POLL).json["instances"] == [here.id]


def test_a_paused_watch_looks_at_nothing(call: Any, board: str, store: Any) -> None:
    live(store)
    call("POST", "/v1/watches/board/pause")
    answer = call("POST", POLL)
    assert (answer.status_code, "paused: resume it first" in answer.json["detail"]) == (409, True)


def test_without_calls_left_nothing_is_promised(call: Any, board: str, store: Any) -> None:
    run = live(store)
    store.budget.correct("heavy", True, store.clock.now())
    answer = call("POST", POLL)
    assert (answer.status_code, "calls are used up" in answer.json["detail"]) == (409, True)
    assert run.id not in store.due.members()


def test_a_watch_that_is_not_there_is_not_found(call: Any) -> None:
    assert call("POST", POLL).status_code == 404
