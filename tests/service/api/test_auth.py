"""Who may: a key of the right scope, asked for before anything else is read."""

import pytest
from flask.testing import FlaskClient


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
