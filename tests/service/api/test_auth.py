"""Who may: a key of the right scope, asked for before anything else is read."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api import errors
from service.api.auth import Guard
from service.store import Use


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param(None, "a key is needed", id="none"),
        pytest.param("Basic YTpi", "a key is needed", id="another-scheme"),
        pytest.param("Bearer ", "a key is needed", id="empty"),
        pytest.param("Bearer nobody", "unknown, revoked or expired", id="unknown"),
        pytest.param("Bearer " + "x" * 5000, "unknown, revoked or expired", id="huge"),
        pytest.param("Bearer schlüssel", "unknown, revoked or expired", id="not-ascii"),
    ],
)
def test_no_key_or_a_wrong_one_is_a_401_with_a_challenge(chairs: FlaskClient, header: str | None, words: str) -> None:
    given = {"Authorization": header} if header else {}
    answer = chairs.get("/v1/chairs/a", headers=given)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="qoswatch"')
    assert words in answer.json["detail"]


def test_a_key_that_may_not_is_a_403_that_says_what_to_ask_for(chairs: FlaskClient) -> None:
    read, write = ({"Authorization": f"Bearer {scope}"} for scope in ("read", "write"))
    refused = chairs.put("/v1/chairs/a", headers=read, json={"name": "a"})
    assert refused.status_code == 403
    assert refused.json["detail"] == ("this key may read only; ask for 'write' (qoswatch keys create --scope write)")
    assert "ask for 'admin'" in chairs.delete("/v1/chairs/a", headers=write).json["detail"]
    assert chairs.delete("/v1/chairs/a", headers={"Authorization": "Bearer admin"}).status_code == 204


def test_the_key_is_asked_before_the_body_is_read(chairs: FlaskClient) -> None:
    assert chairs.put("/v1/chairs/a", data=b"{", content_type="text/plain").status_code == 401


def test_a_route_that_nobody_declared_is_closed(chairs: FlaskClient) -> None:
    assert chairs.get("/undeclared").status_code == 401
    assert chairs.get("/undeclared", headers={"Authorization": "Bearer write"}).status_code == 403


@pytest.mark.parametrize(
    ("key", "after", "words"),
    [
        pytest.param("often", "3", "this key asks too often: go on in 3 s", id="a-key-over-its-pace"),
        pytest.param("stranger", "6", "too many unknown keys came from your address", id="an-address-that-guesses"),
    ],
)
def test_too_often_is_a_429_that_says_when_to_go_on(chairs: FlaskClient, key: str, after: str, words: str) -> None:
    answer = chairs.get("/v1/chairs/a", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert answer.headers["Retry-After"] == after
    assert words in answer.json["detail"]


@pytest.mark.parametrize(
    ("address", "source"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="an-address"),
        pytest.param("::ffff:203.0.113.5", "203.0.113.5", id="who-listens-on-both-sees-them-so"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="who-has-one-of-these-has-them-all"),
        pytest.param(None, "", id="a-socket-in-a-folder"),
    ],
)
def test_wrong_keys_are_counted_by_where_they_come_from(address: str | None, source: str) -> None:
    asked: list[tuple[str, str]] = []
    app = Flask("toy")
    app.add_url_rule("/", "closed", lambda: "")
    app.before_request(Guard(lambda *given: (asked.append(given), Use(None))[1], {}))
    errors.register(app)
    base = {"REMOTE_ADDR": address} if address else {"REMOTE_ADDR": None}
    app.test_client().get("/", headers={"Authorization": "Bearer x"}, environ_overrides=base)
    assert asked == [("x", source)]
