"""The pretend PagerDuty and the pretend program that takes webhooks: what they answer, keep and find fault with."""

import json
from typing import Any

import pytest
import requests

from simulator import Simulator, pagerduty, webhook

KEY = "R0" * 16
PAYLOAD = {"summary": "Dr Rao breaks up", "source": "qoswatch", "severity": "critical"}
TRIGGER = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "al_1", "payload": PAYLOAD}
HEADERS = {"webhook-id": "dl_1", "webhook-timestamp": "1764000000", "webhook-signature": "v1,abc="}
EVENT = {"type": "alert.fired", "timestamp": "2026-11-23T10:45:00Z", "data": {"says": "Dr Rao breaks up"}}


def test_pagerduty_takes_an_event_and_names_its_incident(simulator: Simulator) -> None:
    answer = requests.post(simulator.pagerduty_url(), json=TRIGGER, timeout=5)
    assert (answer.status_code, answer.json()["dedup_key"]) == (202, "al_1")
    (post,) = simulator.inbox.posts(KEY)
    assert (post.kind, post.body, post.accepted, post.shown) == ("pagerduty", TRIGGER, True, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"routing_key": "short"}, "Length of 'routing_key' is incorrect", id="short-key"),
        pytest.param({"routing_key": "-" * 32}, "non-alphanumeric", id="odd-key"),
        pytest.param({"event_action": "close"}, "'event_action' is not one of", id="action"),
        pytest.param({"dedup_key": "x" * 256}, "'dedup_key' has to have 1 to 255", id="long-dedup-key"),
        pytest.param({"dedup_key": None}, "'dedup_key'", id="no-dedup-key"),
        pytest.param({"payload": None}, "'payload' is missing", id="no-payload"),
        pytest.param({"payload": {**PAYLOAD, "source": ""}}, "'payload.source' is missing", id="no-source"),
        pytest.param({"payload": {**PAYLOAD, "severity": "high"}}, "'payload.severity' is not one", id="severity"),
        pytest.param({"payload": {**PAYLOAD, "summary": "x" * 1025}}, "more than 1024", id="long-summary"),
        pytest.param({"links": [{"text": "x"}]}, "'links'", id="a-link-to-nowhere"),
        pytest.param({"client": "x" * 600_000}, "over 524288", id="too-large"),
    ],
)
def test_pagerduty_says_what_is_wrong_with_an_event(changes: dict[str, Any], words: str) -> None:
    verdict = pagerduty.judge(json.dumps({**TRIGGER, **changes}))
    assert (verdict.status, verdict.shown) == (400, False)
    assert words in " ".join(verdict.problems)
    assert words.split()[0] in json.loads(verdict.text)["errors"][0] or len(verdict.problems) > 1


@pytest.mark.parametrize("raw", ["", "[]", "{"])
def test_pagerduty_takes_nothing_but_an_object(simulator: Simulator, raw: str) -> None:
    assert requests.post(simulator.pagerduty_url(), data=raw, timeout=5).status_code == 400
    assert simulator.inbox.posts("nobody")[0].shown is False


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        (["trigger"], "triggered"),
        (["trigger", "acknowledge"], "acknowledged"),
        (["trigger", "acknowledge", "trigger"], "acknowledged"),
        (["trigger", "resolve"], "resolved"),
        (["trigger", "resolve", "acknowledge"], "resolved"),
        (["trigger", "resolve", "trigger"], "triggered"),
        (["resolve"], None),
        (["acknowledge"], None),
    ],
)
def test_what_is_not_open_can_neither_be_acknowledged_nor_resolved(actions: list[str], state: str | None) -> None:
    events = [{"dedup_key": "al_1", "event_action": action} for action in actions]
    assert pagerduty.incidents(events).get("al_1") == state


def test_a_program_takes_anything_and_its_headers_are_kept(simulator: Simulator) -> None:
    headers = {**HEADERS, "Authorization": "Bearer 42"}
    assert requests.post(simulator.hook_url("t"), json=EVENT, headers=headers, timeout=5).text == "ok"
    requests.post(simulator.hook_url("t"), data="hello", timeout=5)
    first, second = simulator.inbox.posts("t")
    assert (first.headers["Authorization"], first.headers["Webhook-Id"], first.problems) == ("Bearer 42", "dl_1", ())
    assert (second.accepted, second.body, len(second.problems)) == (True, None, 4)


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        pytest.param(EVENT, {"webhook-id": "a.b"}, "webhook-id", id="dot"),
        pytest.param(EVENT, {"webhook-timestamp": "now"}, "webhook-timestamp", id="stamp"),
        pytest.param(EVENT, {"webhook-signature": "abc"}, "webhook-signature", id="signature"),
        pytest.param({**EVENT, "type": "alert fired"}, {}, "type", id="type"),
        pytest.param({**EVENT, "timestamp": 5}, {}, "timestamp", id="moment"),
        pytest.param({"type": "a", "timestamp": "b"}, {}, "data", id="no-data"),
        pytest.param({**EVENT, "data": "x" * 20_000}, {}, "over 20000", id="too-large"),
    ],
)
def test_what_is_no_standard_webhook_is_a_problem(body: Any, headers: dict[str, str], words: str) -> None:
    (problem,) = webhook.judge(json.dumps(body), {**HEADERS, **headers}).problems
    assert words in problem


def test_they_fail_on_demand_like_the_others(simulator: Simulator) -> None:
    simulator.inbox.behave(KEY, "429", count=1, retry_after=3)
    simulator.inbox.behave("t", "503", count=1)
    refused = requests.post(simulator.pagerduty_url(), json=TRIGGER, timeout=5)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert requests.post(simulator.hook_url("t"), json=EVENT, timeout=5).status_code == 503
    assert requests.post(simulator.pagerduty_url(), json=TRIGGER, timeout=5).status_code == 202


def test_the_page_shows_them_beside_the_chats(simulator: Simulator) -> None:
    assert "Others" not in requests.get(simulator.inbox_url, timeout=5).text
    requests.post(
        simulator.pagerduty_url(), json={**TRIGGER, "payload": {**PAYLOAD, "summary": "<b>Rao</b>"}}, timeout=5
    )
    requests.post(simulator.pagerduty_url(), json={**TRIGGER, "event_action": "resolve"}, timeout=5)
    requests.post(simulator.hook_url("t"), json=EVENT, headers=HEADERS, timeout=5)
    page = requests.get(simulator.inbox_url, timeout=5).text
    others = page.partition('class="room others"')[2]
    for shown in ("&lt;b&gt;Rao&lt;/b&gt;", "Dr Rao breaks up", "PagerDuty", "resolve"):
        assert shown in others
