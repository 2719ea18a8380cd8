"""Channels over HTTP: the URL comes in and never goes out; a broken one says so."""

import json
from datetime import timedelta
from typing import Any

import pytest

from rules.gate import Gate
from service.store import Attempt, StoreUnavailable

SECRET = "T0AAAAAAA/B0BBBBBBB/xxxxxxxxxxxxxxxxxxxxwxyz"
URL = f"https://hooks.slack.com/services/{SECRET}"
TEAMS = "https://prod-1.westeurope.logic.azure.com/workflows/abc/triggers/manual/paths/invoke?sig=geheim12"


def test_a_channel_is_registered_and_shows_host_and_last_four(call: Any) -> None:
    answer = call("PUT", "/v1/channels/slack-av", {"kind": "slack", "url": URL, "timezone": "America/New_York"})
    assert (answer.status_code, answer.headers["Location"]) == (201, "/v1/channels/slack-av")
    assert (answer.json["url"], answer.json["timezone"]) == ("hooks.slack.com …wxyz", "America/New_York")
    assert (answer.json["state"], answer.json["says"]) == ("ok", "Nothing was posted to slack-av yet.")


def test_the_time_zone_is_that_of_the_settings_unless_said(call: Any) -> None:
    assert call("PUT", "/v1/channels/t", {"kind": "teams", "url": TEAMS}).json["timezone"] == "Europe/Berlin"


def test_the_url_is_nowhere_to_be_read(call: Any, slack: str) -> None:
    call("POST", "/v1/channels/slack-av/test")
    paths = ("/v1/channels", "/v1/channels/slack-av", "/v1/deliveries", "/openapi.json", "/readyz")
    read = "".join(call("GET", path, scope="admin").text for path in paths)
    assert "xxxxwxyz" not in read
    assert "T0AAAAAAA" not in read


def test_the_url_lies_sealed_in_redis(call: Any, slack: str, redis_client: Any) -> None:
    assert b"xxxxwxyz" not in redis_client.get("qos:channel:slack-av")


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"url": URL.replace("https", "http")}, "/url", "https://", id="plain-http"),
        pytest.param({"url": "http://127.0.0.1:8025/slack"}, "/url", "https://", id="private-target"),
        pytest.param({"url": "https://example.com/services/a/b/c"}, "/url", "hooks.slack.com", id="host"),
        pytest.param(
            {"url": "https://hooks.slack.com/triggers/T0/1/abc"}, "/url", "Workflow trigger", id="trigger-url"
        ),
        pytest.param(
            {"kind": "teams", "url": "https://acme.webhook.office.com/webhookb2/a"},
            "/url",
            "retired Office 365 connector",
            id="retired-connector",
        ),
        pytest.param({"url": "https://[hooks.slack.com/services/a"}, "/url", "no address", id="half-an-ipv6"),
        pytest.param({"url": "not a url"}, "/url", "no spaces", id="no-url"),
        pytest.param({"kind": "slack_app"}, "/kind", "'slack_app' comes later", id="slack-app"),
        pytest.param(
            {"kind": "fax"}, "/kind", "must be 'slack', 'teams', 'pagerduty', 'webhook' or 'email'", id="kind"
        ),
        pytest.param({"privacy": "none"}, "/privacy", "must be 'full', 'watched' or 'ids'", id="privacy"),
        pytest.param({"quiet_hours": "at night"}, "/quiet_hours", "no window of the week", id="quiet-hours"),
        pytest.param({"quiet_hours": "00:00-24:00"}, "/quiet_hours", "quiet for ever", id="always-quiet"),
        pytest.param({"timezone": "Europe/Berln"}, "/timezone", "did you mean 'Europe/Berlin'?", id="zone"),
        pytest.param({"timezone": "../etc/passwd"}, "/timezone", "no time zone", id="zone-path"),
        pytest.param({"state": "ok"}, "/state", "ours to say", id="read-only"),
    ],
)
def test_a_channel_that_can_not_be_used_is_refused_without_repeating_the_url(
    call: Any, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/channels/slack-av", {"kind": "slack", "url": URL, **changes})
    assert (answer.status_code, answer.json["pointer"]) == (422, at)
    assert words in answer.json["errors"][0]["detail"]
    assert changes.get("url", URL) not in json.dumps(answer.json)


def test_a_test_owes_one_delivery_and_wakes_a_sender(call: Any, slack: str, bell: Any, store: Any) -> None:
    answer = call("POST", "/v1/channels/slack-av/test")
    assert answer.status_code == 202
    delivery = call("GET", f"/v1/deliveries/{answer.json['delivery']}").json
    assert (delivery["state"], delivery["channel"], delivery["attempts"]) == ("owed", "slack-av", [])
    assert bell.rung == 1
    assert [turn.channel for turn in store.lanes.claim(5, 30)] == ["slack-av"]


def test_a_test_of_nothing_is_a_404_with_a_neighbour(call: Any, slack: str) -> None:
    answer = call("POST", "/v1/channels/slack-aw/test")
    assert (answer.status_code, answer.json["detail"]) == (
        404,
        "there is no channel 'slack-aw': did you mean 'slack-av'?",
    )


def _fail(call: Any, store: Any, gate: Gate, outcome: str = "refused") -> None:
    """One post of a test that came to nothing, and the gate after it."""
    delivery = call("POST", "/v1/channels/slack-av/test").json["delivery"]
    turn = store.lanes.claim(1, 30)[0]
    assert store.lanes.begin(turn, delivery, tuple(turn.owed.items()))
    assert store.lanes.record(turn, Attempt(store.clock.now(), 404, 12, "no_service", outcome), gate=gate)


def test_a_broken_channel_says_since_when_and_why(call: Any, slack: str, store: Any) -> None:
    now = store.clock.now()
    gate = Gate(now + timedelta(hours=1), 1, first_fail_at=now, broken="Slack says no_service")
    _fail(call, store, gate, "dead")
    channel = call("GET", "/v1/channels/slack-av").json
    assert (channel["state"], channel["reason"]) == ("broken", "Slack says no_service")
    assert channel["since"] == "2026-11-23T10:00:00Z"
    assert "Put it right, then PUT /v1/channels/slack-av" in channel["says"]
    assert "is broken" in call("POST", "/v1/channels/slack-av/test").json["says"]


def test_a_put_opens_the_gate_again(call: Any, slack: str, store: Any) -> None:
    now = store.clock.now()
    _fail(call, store, Gate(now + timedelta(hours=1), 1, first_fail_at=now, broken="revoked"))
    assert call("PUT", "/v1/channels/slack-av", {"kind": "slack", "url": URL}).json["state"] == "ok"


def test_a_channel_in_trouble_is_being_tried_again(call: Any, slack: str, store: Any) -> None:
    now = store.clock.now()
    _fail(call, store, Gate(now + timedelta(seconds=4), 3, first_fail_at=now))
    channel = call("GET", "/v1/channels/slack-av").json
    assert (channel["state"], channel["reason"]) == ("retrying", "the last post failed (3 times so far)")
    assert channel["next_try_at"] == "2026-11-23T10:00:04Z"


def test_a_channel_that_a_watch_tells_is_kept(call: Any, slack: str) -> None:
    wish = {"meeting": "97763643886", "who": [{"participant_id": "1"}], "notify": ["slack-av"]}
    call("PUT", "/v1/watches/board", wish)
    answer = call("DELETE", "/v1/channels/slack-av")
    assert (answer.status_code, "told by 1 watch (board)" in answer.json["detail"]) == (409, True)
    call("DELETE", "/v1/watches/board")
    assert call("DELETE", "/v1/channels/slack-av").status_code == 204
    assert call("GET", "/v1/channels").json == {"items": [], "next_cursor": None}


def test_post_makes_an_id(call: Any) -> None:
    answer = call("POST", "/v1/channels", {"kind": "slack", "url": URL})
    assert (answer.status_code, answer.json["id"][:3]) == (201, "ch_")


def test_what_was_written_stands_where_nobody_could_be_woken(
    call: Any, slack: str, bell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreUnavailable("Redis went away in between")

    monkeypatch.setattr(type(bell), "deliver", lambda self: away())
    answer = call("POST", "/v1/channels/slack-av/test")
    assert answer.status_code == 202
    assert call("GET", f"/v1/deliveries/{answer.json['delivery']}").json["state"] == "owed"
