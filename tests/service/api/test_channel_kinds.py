"""Channels of each kind over HTTP: their own fields, nobody else's, and secrets that never come out again."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from standardwebhooks import Webhook

from rules.model import Person, Policy, Schedule, Step, Target
from service.app import create_app
from service.settings import Settings

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEY = "R0123456789abcdefghijklmnopqwxyz"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = "https://tickets.example.org/in/geheimgeheim1234"
PAGER = {"kind": "pagerduty", "routing_key": KEY, "region": "eu"}
WEBHOOK = {"kind": "webhook", "url": HOOK, "secret": SECRET, "headers": {"Authorization": "Bearer geheim4242"}}
EMAIL = {"kind": "email", "to": ["av@example.org", "it@example.org", "av@example.org"]}


def test_a_pagerduty_channel_shows_the_end_of_its_key(call: Any, store: Any) -> None:
    made = call("PUT", "/v1/channels/pd", PAGER)
    assert made.status_code == 201
    assert (made.json["routing_key"], made.json["region"], made.json["url"]) == ("…wxyz", "eu", None)
    kept = store.documents.channels.get("pd")
    assert (kept.secret, kept.region, kept.url) == (KEY, "eu", "")


def test_a_webhook_shows_the_ends_of_its_secrets_and_the_names_of_its_headers(call: Any) -> None:
    made = call("PUT", "/v1/channels/hook", WEBHOOK).json
    assert (made["url"], made["secret"]) == ("tickets.example.org …1234", "…LaSw")
    assert made["headers"] == {"Authorization": "…"}


def test_a_secret_that_we_make_is_shown_once_and_signs(call: Any, store: Any) -> None:
    made = call("PUT", "/v1/channels/hook", {"kind": "webhook", "url": HOOK}).json
    assert made["says"].endswith("Its signing secret was made now and is shown this once.")
    assert store.documents.channels.get("hook").secret == made["secret"]
    assert Webhook(made["secret"]).sign("dl_1", NOW, "{}").startswith("v1,")
    assert call("GET", "/v1/channels/hook").json["secret"] == f"…{made['secret'][-4:]}"


def test_a_webhook_that_is_replaced_without_its_secret_gets_a_new_one_and_says_so(call: Any) -> None:
    call("PUT", "/v1/channels/hook", WEBHOOK)
    again = call("PUT", "/v1/channels/hook", {"kind": "webhook", "url": HOOK})
    assert (again.status_code, again.json["secret"][:6], again.json["headers"]) == (200, "whsec_", {})
    assert "made now" in again.json["says"]


def test_an_email_channel_names_each_address_once(call: Any) -> None:
    assert call("PUT", "/v1/channels/mail", EMAIL).json["to"] == ["av@example.org", "it@example.org"]


def test_privacy_and_quiet_hours_are_kept_for_every_kind(call: Any, store: Any) -> None:
    for body in (PAGER, WEBHOOK, EMAIL):
        made = call("PUT", "/v1/channels/c", {**body, "privacy": "ids", "quiet_hours": "22:00 - 7:00"}).json
        assert (made["privacy"], made["quiet_hours"]) == ("ids", "22:00-07:00")
    assert store.documents.channels.get("c").quiet_hours == "22:00-07:00"


def test_no_secret_is_to_be_read_anywhere(call: Any, redis_client: Any) -> None:
    call("PUT", "/v1/channels/pd", PAGER)
    call("PUT", "/v1/channels/hook", WEBHOOK)
    read = "".join(call("GET", path).text for path in ("/v1/channels", "/v1/channels/pd", "/v1/channels/hook"))
    kept = b"".join(redis_client.get(f"qos:channel:{id}") for id in ("pd", "hook")).decode()
    for secret in (KEY, SECRET, "geheim4242", "geheimgeheim"):
        assert secret not in read
        assert secret not in kept


@pytest.mark.parametrize(
    ("body", "at", "words"),
    [
        pytest.param(
            {**PAGER, "url": HOOK}, "/url", "kind 'pagerduty' has no 'url': it has 'routing_key' and 'region'", id="url"
        ),
        pytest.param({**EMAIL, "secret": SECRET}, "/secret", "has no 'secret': it has 'to'", id="secret-of-a-mail"),
        pytest.param({**WEBHOOK, "routing_key": KEY}, "/routing_key", "has no 'routing_key'", id="key-of-a-webhook"),
        pytest.param({**WEBHOOK, "region": "us"}, "/region", "has no 'region'", id="region-of-a-webhook"),
        pytest.param({"kind": "pagerduty"}, "/routing_key", "'routing_key' is required", id="no-key"),
        pytest.param({"kind": "webhook"}, "/url", "'url' is required", id="no-url"),
        pytest.param({"kind": "slack"}, "/url", "'url' is required", id="no-slack-url"),
        pytest.param({"kind": "email"}, "/to", "'to' is required", id="nobody"),
        pytest.param({"kind": "email", "to": []}, "/to", "at least 1 entry", id="an-empty-list"),
        pytest.param({**EMAIL, "to": ["Ana <a@example.org>"]}, "/to/0", "without a display name", id="display-name"),
        pytest.param({**EMAIL, "to": ["a@example.org\n"]}, "/to/0", "one e-mail address", id="newline"),
        pytest.param({**PAGER, "routing_key": "short"}, "/routing_key", "32 letters and digits", id="short-key"),
        pytest.param({**PAGER, "region": "mars"}, "/region", "'us' or 'eu'", id="region"),
        pytest.param({**WEBHOOK, "secret": "geheim"}, "/secret", "'whsec_' and 24 to 64 bytes", id="secret"),
        pytest.param({**WEBHOOK, "url": "http://tickets.example.org/in"}, "/url", "https://", id="in-the-clear"),
        pytest.param({**WEBHOOK, "url": "https://10.0.0.1/in"}, "/url", "out on the Internet", id="our-network"),
        pytest.param(
            {**WEBHOOK, "headers": {"Webhook-Id": "x"}}, "/headers/Webhook-Id", "write ourselves", id="our-header"
        ),
        pytest.param({**WEBHOOK, "headers": {"host": "x"}}, "/headers/host", "write ourselves", id="host"),
        pytest.param({**WEBHOOK, "headers": {"X-A": "a\r\nB: c"}}, "/headers/X-A", "printable ASCII", id="two-in-one"),
        pytest.param({**WEBHOOK, "headers": {"X-A": "…"}}, "/headers/X-A", "printable ASCII", id="what-was-read"),
    ],
)  # fmt: skip
def test_what_a_kind_does_not_know_or_lacks_is_refused_by_name(
    call: Any, body: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/channels/c", body)
    assert (answer.status_code, answer.json["pointer"]) == (422, at)
    assert words in answer.json["errors"][0]["detail"]
    assert not any(secret in json.dumps(answer.json) for secret in (KEY, SECRET, "geheim"))


def test_a_pretend_pagerduty_is_for_trials_only(call: Any, store: Any, bell: Any, secrets: dict[str, str]) -> None:
    pretend = {**PAGER, "url": "http://127.0.0.1:8025/pagerduty/v2/enqueue"}
    assert call("PUT", "/v1/channels/pd", pretend).status_code == 422
    trial = create_app(Settings(qoswatch_allow_private_targets=True), store, bell).test_client()
    headers = {"Authorization": f"Bearer {secrets['admin']}"}
    assert trial.put("/v1/channels/pd", json=pretend, headers=headers).status_code == 201
    assert store.documents.channels.get("pd").url == pretend["url"]


def test_the_document_tells_each_kind_apart(app: Flask, call: Any) -> None:
    shapes = call("GET", "/openapi.json").json["components"]["schemas"]["ChannelBody"]["oneOf"]
    fields = {shape["title"]: set(shape["properties"]) for shape in shapes}
    assert set(fields) == {"slack", "teams", "pagerduty", "webhook", "email"}
    assert fields["pagerduty"] - fields["email"] == {"routing_key", "region"}
    assert all(not shape["additionalProperties"] for shape in shapes)


@pytest.mark.parametrize(
    ("shelf", "doc", "words"),
    [
        ("policies", Policy("av", 0, (Step(0, (Target("channel", "mail"),)),), NOW), "told by 1 policy (av)"),
        ("people", Person("ana", 0, "Ana Ruiz", NOW, channels=("mail",)), "told by 1 person (ana)"),
        ("schedules", Schedule("av", 0, "UTC", "Mon 09:00", (), "1w", NOW, announce=("mail",)), "1 schedule (av)"),
    ],
)
def test_a_channel_that_somebody_counts_on_is_kept(call: Any, store: Any, shelf: str, doc: Any, words: str) -> None:
    call("PUT", "/v1/channels/mail", EMAIL)
    getattr(store.documents, shelf).put(doc)
    answer = call("DELETE", "/v1/channels/mail")
    assert (answer.status_code, words in answer.json["detail"]) == (409, True)
    getattr(store.documents, shelf).delete(doc.id)
    assert call("DELETE", "/v1/channels/mail").status_code == 204


def test_a_person_or_schedule_of_the_same_id_is_another_thing(call: Any, store: Any) -> None:
    call("PUT", "/v1/channels/av", EMAIL)
    store.documents.policies.put(Policy("p", 0, (Step(0, (Target("schedule", "av"),)),), NOW))
    assert call("DELETE", "/v1/channels/av").status_code == 204
