"""Secrets go in and stay in: each field that is one is filled, and then every route is read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings
from tests.rules.inside import ADDRESSES, ALL, HOSTS, URLS
from tests.service.opened import opened

KEY, OWN_KEY = "R0123456789abcdefghijklmnopsecre", "P0123456789abcdefghijklmnopsecre"
#: resource → what is registered there; each secret holds letters that stand nowhere else
CHANNELS: dict[str, dict[str, Any]] = {
    "slack": {"kind": "slack", "url": "https://hooks.slack.com/services/T0AAA/B0BBB/slacksecretletters"},
    "teams": {
        "kind": "teams",
        "url": "https://prod-1.logic.azure.com/workflows/flowsecretid/invoke?api-version=1&sig=teamssecretletters",
    },
    "pagerduty": {"kind": "pagerduty", "routing_key": KEY},
    "webhook": {
        "kind": "webhook",
        "url": "https://tickets.example.org/in/hooksecretletters",
        "secret": "whsec_c2lnbmluZy1zZWNyZXQtbGV0dGVycy1vZi1taW5l",
        "headers": {"Authorization": "Bearer headersecretletters", "X-Api-Key": "othersecretletters"},
    },
    "email": {"kind": "email", "to": ["av@example.org"]},
}
PERSON = {"name": "Ana Ruiz", "pagerduty_key": OWN_KEY, "email": "ana@example.org"}
SETTINGS = {
    "qoswatch_tz": "Europe/Berlin",
    "redis_url": "redis://:redissecretletters@127.0.0.1:1/0",
    "zoom_account_id": "account",
    "zoom_client_id": "client",
    "zoom_client_secret": "zoomsecretletters",
    "zoom_webhook_secret": "webhooksecretletters",
    "slack_signing_secret": "signingsecretletters",
    "qoswatch_secret_key": "sealingsecretletters-sealingsecretletters",
    "qoswatch_https_proxy": "http://user:proxysecretletters@127.0.0.1:1",
    "qoswatch_heartbeat_url": "https://hc.example.org/heartbeatsecretletters",
    "smtp_url": "smtp://user:mailsecretletters@mail.example.org",
}


def _secrets(inside: Any) -> Iterator[str]:
    """The parts of what was given that are secret: long, and of letters that mark them."""
    for text in re.findall(r"[\w=]{12,}", json.dumps(inside)):
        if "secre" in text.lower() or text.startswith("whsec") or text in (KEY, OWN_KEY):
            yield text


@pytest.fixture
def app(store: Any, bell: Any) -> Flask:
    return create_app(Settings(**SETTINGS), store, bell)


@pytest.fixture
def filled(call: Any, store: Any) -> dict[str, str]:
    """Something stands under every path; answers what goes into each placeholder."""
    for id, body in CHANNELS.items():
        assert call("PUT", f"/v1/channels/{id}", body).status_code == 201
        assert call("POST", f"/v1/channels/{id}/test").status_code in (202, 409)
    assert call("PUT", "/v1/people/ana", PERSON).status_code == 201
    assert call("PUT", "/v1/policies/p", {"steps": [{"after": "0s", "tell": [{"person": "ana"}]}]}).status_code == 201
    rota = {"timezone": "UTC", "hand_off": "Mon 09:00", "rotation": ["ana"], "every": "1w", "announce": ["slack"]}
    assert call("PUT", "/v1/schedules/av", rota).status_code == 201
    watch = {"meeting": "97763643886", "who": [{"participant_id": "1"}], "notify": [*CHANNELS], "policy": "p"}
    assert call("PUT", "/v1/watches/w", watch).status_code == 201
    alert = opened(store).id
    return {"alerts": alert, "channels": "slack", "people": "ana", "policies": "p", "schedules": "av", "watches": "w"}


def _paths(app: Flask, call: Any, known: dict[str, str]) -> list[str]:
    """Every GET of the API with something in its placeholders: what is listed there, or what we know of."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "static" in rule.rule:
            continue
        resource = rule.rule.split("/")[2] if rule.rule.startswith("/v1/") else ""
        ids = list(CHANNELS) if resource == "channels" else [known.get(resource) or _listed(call, resource)]
        found += [re.sub(r"<[^>]*>", id, rule.rule) for id in (ids if "<" in rule.rule else [""])]
    return found


def _listed(call: Any, resource: str) -> str:
    items = (call("GET", f"/v1/{resource}").json or {}).get("items") or [{}] if resource else [{}]
    return str(items[0].get("id", "none"))


def test_nothing_that_is_secret_is_ever_read_again(app: Flask, call: Any, filled: dict[str, str]) -> None:
    secrets = {*_secrets(CHANNELS), *_secrets(PERSON), *_secrets(SETTINGS)}
    assert len(secrets) > 15

    answers = {path: call("GET", path) for path in _paths(app, call, filled)}

    told = {path: answer.get_data(as_text=True) + str(answer.headers) for path, answer in answers.items()}
    good = [path for path, answer in answers.items() if answer.status_code < 400]
    assert {f"/v1/channels/{id}" for id in CHANNELS} | {
        "/v1/people/ana",
        "/metrics",
        "/v1/live",
        "/v1/deliveries",
    } <= set(good)
    assert [(path, secret) for path, text in told.items() for secret in secrets if secret in text] == []


def test_a_refusal_repeats_no_secret(call: Any, filled: dict[str, str]) -> None:
    for id, body in CHANNELS.items():
        faulty = {**body, "kind": "slack" if body["kind"] != "slack" else "email", "timezone": "Nowhere"}
        answer = call("PUT", f"/v1/channels/{id}", faulty)
        assert answer.status_code == 422
        assert [secret for secret in _secrets(body) if secret in answer.get_data(as_text=True)] == []


def test_every_field_that_the_document_calls_write_only_was_filled_here(call: Any) -> None:
    schemas = call("GET", "/openapi.json").json["components"]["schemas"]

    assert set(_write_only(schemas)) == {"url", "routing_key", "secret", "headers", "pagerduty_key"}


def _write_only(schema: Any, name: str = "") -> Iterator[str]:
    if isinstance(schema, dict):
        if schema.get("writeOnly"):
            yield name
        for key, inner in schema.items():
            yield from _write_only(inner, name if key in ("anyOf", "oneOf", "allOf") else key)
    elif isinstance(schema, list):
        for each in schema:
            yield from _write_only(each, name)


@pytest.mark.parametrize("table", [ADDRESSES, HOSTS, URLS], ids=["addresses", "hosts", "urls"])
def test_no_channel_that_leads_in_here_is_registered(call: Any, store: Any, table: dict[str, str]) -> None:
    for given in ALL:
        if given.id in table:
            answer = call("PUT", "/v1/channels/hook", {"kind": "webhook", "url": given.values[0]})
            assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/url"), given.id
    assert store.documents.channels.ids() == []
