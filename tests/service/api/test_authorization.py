"""Who may do what: every route with no key and with a key of each scope."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings

#: what each operation asks for; a route that is not here fails the test below
SCOPES = {
    "GET /livez": None,
    "GET /readyz": None,
    "GET /metrics": None,
    "GET /openapi.json": None,
    "GET /docs": None,
    "GET /": None,
    "GET /static/<path:filename>": None,
    "POST /hooks/zoom": None,
    "GET /a/<token>": None,
    "POST /a/<token>": None,
    "GET /v1/watches": "read",
    "POST /v1/watches": "write",
    "PUT /v1/watches/{id}": "write",
    "GET /v1/watches/{id}": "read",
    "DELETE /v1/watches/{id}": "write",
    "POST /v1/watches/{id}/pause": "write",
    "POST /v1/watches/{id}/resume": "write",
    "GET /v1/watches/{id}/samples": "read",
    "POST /v1/watches/{id}/bind": "write",
    "POST /v1/watches/{id}/poll": "write",
    "GET /v1/rules": "read",
    "POST /v1/rules": "admin",
    "PUT /v1/rules/{id}": "admin",
    "GET /v1/rules/{id}": "read",
    "DELETE /v1/rules/{id}": "admin",
    "POST /v1/rules/validate": "read",
    "GET /v1/channels": "read",
    "POST /v1/channels": "admin",
    "PUT /v1/channels/{id}": "admin",
    "GET /v1/channels/{id}": "read",
    "DELETE /v1/channels/{id}": "admin",
    "POST /v1/channels/{id}/test": "admin",
    "GET /v1/alerts": "read",
    "GET /v1/alerts/{id}": "read",
    "POST /v1/alerts/{id}/acknowledge": "write",
    "POST /v1/alerts/{id}/unacknowledge": "write",
    "POST /v1/alerts/{id}/snooze": "write",
    "POST /v1/alerts/{id}/resolve": "write",
    "GET /v1/deliveries": "read",
    "GET /v1/deliveries/{id}": "read",
    "POST /v1/deliveries/{id}/redeliver": "write",
    "GET /v1/live": "read",
    "GET /v1/budget": "read",
    "POST /v1/budget/plan": "read",
    "GET /v1/policies": "read",
    "POST /v1/policies": "admin",
    "PUT /v1/policies/{id}": "admin",
    "GET /v1/policies/{id}": "read",
    "DELETE /v1/policies/{id}": "admin",
    "GET /v1/silences": "read",
    "POST /v1/silences": "write",
    "PUT /v1/silences/{id}": "write",
    "GET /v1/silences/{id}": "read",
    "DELETE /v1/silences/{id}": "write",
    "POST /v1/silences/preview": "read",
    "GET /v1/people": "read",
    "POST /v1/people": "admin",
    "PUT /v1/people/{id}": "admin",
    "GET /v1/people/{id}": "read",
    "DELETE /v1/people/{id}": "admin",
    "GET /v1/schedules": "read",
    "POST /v1/schedules": "admin",
    "PUT /v1/schedules/{id}": "admin",
    "GET /v1/schedules/{id}": "read",
    "DELETE /v1/schedules/{id}": "admin",
    "GET /v1/schedules/{id}/on-call": "read",
    "GET /v1/schedules/{schedule}/covers": "read",
    "POST /v1/schedules/{schedule}/covers": "write",
    "GET /v1/schedules/{schedule}/covers/{cover}": "read",
    "DELETE /v1/schedules/{schedule}/covers/{cover}": "write",
}
RANK = {None: 0, "read": 1, "write": 2, "admin": 3}


def _routes(app: Flask) -> set[str]:
    """Every route of the app as METHOD /path, ids in braces."""
    return {
        f"{method} " + re.sub("<(rule_|silence_)?id:([a-z]+)>", "{\\2}", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_table_names_every_route(app: Flask) -> None:
    assert _routes(app) == set(SCOPES)


def test_the_app_says_the_same_of_itself(app: Flask) -> None:
    scopes = app.extensions["qoswatch"].scopes
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(scopes)


@pytest.mark.parametrize("route", [route for route, scope in SCOPES.items() if scope])
@pytest.mark.parametrize("held", [None, "read", "write", "admin"])
def test_a_route_lets_in_its_scope_and_those_above(call: Any, route: str, held: str | None) -> None:
    method, path = route.split()
    status = call(method, re.sub(r"{[a-z]+}", "nobody", path), scope=held).status_code
    if held is None:
        assert status == 401
    elif RANK[held] < RANK[SCOPES[route]]:
        assert status == 403
    else:
        assert status not in (401, 403)


# a signed link is a key of its own: tests/service/hooks/test_links.py follows those, and bears no other
@pytest.mark.parametrize("route", [route for route, scope in SCOPES.items() if scope is None and "/a/" not in route])
def test_an_open_route_asks_for_no_key(call: Any, route: str) -> None:
    path = route.split()[1].replace("<path:filename>", "docs.js")
    assert call("GET", path, scope=None).status_code not in (401, 403, 404)


def _held(store: Any) -> dict[bytes, bytes]:
    """All that lies in Redis, but for who asked how often."""
    aside = (b"qos:door:", b"qos:key:pace:", b"qos:keys:used")
    return {name: store.redis.dump(name) for name in store.redis.keys("*") if not name.startswith(aside)}


@pytest.mark.parametrize("bad", ["none", "unknown", "revoked", "expired", "another-scheme", "read"])
def test_whatever_route_is_added_a_bad_key_opens_nothing_and_changes_nothing(app: Flask, store: Any, bad: str) -> None:
    """Over the app's own map: a route that nobody thought of is asked too, each by every method that it answers."""
    given = _header(store, bad)
    client, scopes, before = app.test_client(), app.extensions["qoswatch"].scopes, _held(store)
    asked = 0
    for rule in app.url_map.iter_rules():
        need = scopes.get(rule.endpoint, "admin")
        path = re.sub("<[a-z_:]+>", "nobody", rule.rule)
        for method in rule.methods or set() if need and not (bad == "read" and need == "read") else ():
            answer = client.open(path, method=method, headers=given, json={})
            assert answer.status_code == (403 if bad == "read" else 401), f"{method} {path}"
            asked += 1
    assert asked > 30
    assert _held(store) == before


def _header(store: Any, bad: str) -> dict[str, str]:
    if bad == "none":
        return {}
    ends_at = store.clock.now() + timedelta(minutes=1) if bad == "expired" else None
    id, secret = store.keys_.create("read" if bad == "read" else "admin", bad, ends_at)
    if bad == "expired":
        store.clock.advance(minutes=1)
    if bad == "revoked":
        store.keys_.revoke(id)
    if bad == "unknown":  # too long to be looked for, or the tenth would be a 429
        secret = "x" * 300
    return {"Authorization": f"{'Basic' if bad == 'another-scheme' else 'Bearer'} {secret}"}


def test_a_revoked_key_opens_nothing(call: Any, store: Any) -> None:
    assert call("GET", "/v1/watches", scope="read").status_code == 200
    for key in store.keys_.list():
        store.keys_.revoke(key.id)
    answer = call("GET", "/v1/watches", scope="read")
    assert answer.status_code == 401
    assert "revoked" in answer.json["detail"]


def test_a_key_that_has_ended_opens_nothing_from_that_moment(app: Flask, store: Any) -> None:
    _, secret = store.keys_.create("read", "a", store.clock.now() + timedelta(days=1))
    client, given = app.test_client(), {"Authorization": f"Bearer {secret}"}
    store.clock.advance(days=1, seconds=-1)
    assert client.get("/v1/watches", headers=given).status_code == 200
    store.clock.advance(seconds=1)
    assert client.get("/v1/watches", headers=given).status_code == 401


def test_an_address_that_guesses_is_told_to_wait_and_right_keys_go_on(call: Any, app: Flask) -> None:
    assert call("GET", "/v1/watches", scope="read").status_code == 200
    client = app.test_client()
    statuses = [
        client.get("/v1/watches", headers={"Authorization": f"Bearer {number:030}"}).status_code for number in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    assert call("GET", "/v1/watches", scope="read").status_code == 200


def test_three_hundred_watches_are_registered_in_a_loop(call: Any, slack: str) -> None:
    body = {"meeting": "97763643886", "who": [{"role": "host"}], "notify": [slack]}
    assert {call("PUT", f"/v1/watches/w{n}", body, scope="write").status_code for n in range(299)} == {201}


def test_a_key_that_asks_too_often_is_told_to_wait_whatever_it_asks(store: Any, bell: Any) -> None:
    client = create_app(Settings(qoswatch_requests_per_minute=60), store, bell).test_client()
    given = {"Authorization": f"Bearer {store.keys_.create('read', 'a')[1]}"}
    answers = [client.get("/v1/watches", headers=given) for _ in range(30)]
    assert {answer.status_code for answer in answers[:15]} == {200}
    late = next(answer for answer in answers if answer.status_code == 429)
    assert (late.headers["Retry-After"], late.content_type) == ("1", "application/problem+json")
