"""Server-to-server OAuth: who gets a bearer, how long it counts, and what it may open."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

NUMBER = "97763643886"
GRANT = {"grant_type": "account_credentials", "account_id": "pretend-account"}
RIGHT = ("pretend-client", "pretend-client-secret")
Ask = Callable[..., requests.Response]


def token(simulator: Simulator, auth: Any = RIGHT, query: Any = None, **form: str) -> requests.Response:
    return requests.post(simulator.token_url, auth=auth, data=form or None, params=query, timeout=5)


def look(simulator: Simulator, bearer: str, number: str = NUMBER) -> requests.Response:
    headers = {"Authorization": f"Bearer {bearer}"}
    return requests.get(f"{simulator.zoom_url}/metrics/meetings/{number}", headers=headers, timeout=5)


def test_the_right_client_gets_a_bearer_that_opens(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    answer = token(simulator, **GRANT)
    assert answer.status_code == 200
    given = answer.json()
    assert set(given) == {"access_token", "token_type", "expires_in", "scope", "api_url"}
    assert (given["token_type"], given["expires_in"]) == ("bearer", 3599)
    assert given["api_url"] == simulator.url
    assert look(simulator, given["access_token"]).status_code == 200


def test_the_grant_may_stand_in_the_query(simulator: Simulator) -> None:
    assert token(simulator, query=GRANT).status_code == 200


@pytest.mark.parametrize(
    ("auth", "form", "status", "error"),
    [
        pytest.param(("pretend-client", "wrong"), GRANT, 401, "invalid_client", id="wrong-secret"),
        pytest.param(None, GRANT, 401, "invalid_client", id="no-basic-auth"),
        pytest.param(RIGHT, {**GRANT, "account_id": "x"}, 400, "invalid_request", id="wrong-account"),
        pytest.param(RIGHT, {**GRANT, "grant_type": "password"}, 400, "unsupported_grant_type", id="another-grant"),
    ],
)
def test_anyone_else_is_refused_in_zooms_words(
    simulator: Simulator, auth: Any, form: dict[str, str], status: int, error: str
) -> None:
    answer = token(simulator, auth, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["reason"]


def test_a_basic_header_that_cannot_be_read_is_a_wrong_one(simulator: Simulator) -> None:
    for text in ("Basic %%%", "Basic /w==", "Bearer x", ""):
        assert simulator.tokens.ask(text, GRANT, "").status == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer nobody", "Basic abc", "nonsense"], ids=["none", "unknown", "basic", "odd"]
)
def test_a_call_without_a_good_bearer_is_124(simulator: Simulator, header: str) -> None:
    url = f"{simulator.zoom_url}/metrics/meetings/{NUMBER}"
    answer = requests.get(url, headers={"Authorization": header}, timeout=5)
    assert (answer.status_code, answer.json()) == (401, {"code": 124, "message": "Invalid access token."})


def test_a_bearer_expires_by_the_simulators_clock(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    simulator.tokens.lifetime_s = 600
    given = token(simulator, **GRANT).json()
    assert given["expires_in"] == 599
    simulator.clock.step(599)
    assert look(simulator, given["access_token"]).status_code == 200
    simulator.clock.step(1)
    answer = look(simulator, given["access_token"])
    assert (answer.status_code, answer.json()["message"]) == (401, "Access token is expired.")


def test_tokens_live_side_by_side_unless_a_new_one_ends_the_old(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    first, second = (token(simulator, **GRANT).json()["access_token"] for _ in range(2))
    assert [look(simulator, bearer).status_code for bearer in (first, second)] == [200, 200]
    simulator.tokens.single = True
    third = token(simulator, **GRANT).json()["access_token"]
    assert [look(simulator, bearer).status_code for bearer in (first, second, third)] == [401, 401, 200]
    assert simulator.tokens.issued == 3


def test_all_bearers_can_be_revoked(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    bearer = token(simulator, **GRANT).json()["access_token"]
    simulator.tokens.revoke()
    assert look(simulator, bearer).json()["code"] == 124


def test_a_ready_bearer_counts_like_any(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    simulator.tokens.accept("ready-made")
    assert look(simulator, "ready-made").status_code == 200


def test_a_missing_scope_is_named_and_a_new_scope_needs_a_new_token(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    granted = simulator.tokens.scopes
    simulator.tokens.scopes = granted - {"dashboard:read:meeting:admin"}
    old = token(simulator, **GRANT).json()["access_token"]
    answer = look(simulator, old)
    assert (answer.status_code, answer.json()["code"]) == (400, 4711)
    assert "dashboard:read:meeting:admin" in answer.json()["message"]
    simulator.tokens.scopes = granted
    assert look(simulator, old).status_code == 400
    assert look(simulator, token(simulator, **GRANT).json()["access_token"]).status_code == 200


def test_a_classic_scope_opens_too(simulator: Simulator) -> None:
    simulator.world.start(NUMBER)
    simulator.tokens.scopes = frozenset({"dashboard_meetings:read:admin"})
    assert look(simulator, token(simulator, **GRANT).json()["access_token"]).status_code == 200


def test_each_call_asks_for_its_own_scope(simulator: Simulator, ask: Ask) -> None:
    simulator.world.start(NUMBER)
    simulator.tokens.scopes = frozenset({"dashboard:read:meeting:admin"})
    assert ask(NUMBER).status_code == 200
    answer = ask(f"{NUMBER}/participants/1/qos")
    assert answer.json()["code"] == 4711
    assert "dashboard:read:meeting_participant_qos:admin" in answer.json()["message"]


def test_tokens_are_the_same_for_the_same_seed() -> None:
    texts = [Simulator(seed=seed, base=1, speed=0).tokens.issue().text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
