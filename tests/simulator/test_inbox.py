"""The inbox over HTTP: how it answers, how it misbehaves on demand, and what it remembers."""

import threading
import time
from typing import Any

import pytest
import requests

from simulator import Simulator

CARD = {
    "type": "message",
    "summary": "Dr Rao is fine again",
    "attachments": [
        {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": None,
            "content": {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "x"}]},
        }
    ],
}


def slack(simulator: Simulator, body: Any = None, hook: str = "T1/B1/secret", **more: Any) -> requests.Response:
    more = {"timeout": 5, "allow_redirects": False, **more}
    return requests.post(simulator.slack_url(hook), json=body or {"text": "hello"}, **more)


def teams(simulator: Simulator, body: Any = None, flow: str = "flow1") -> requests.Response:
    return requests.post(simulator.teams_url(flow), json=body or CARD, timeout=5)


def test_slack_says_ok_and_nothing_else(simulator: Simulator) -> None:
    answer = slack(simulator)
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_teams_accepts_and_says_nothing(simulator: Simulator) -> None:
    answer = teams(simulator)
    assert (answer.status_code, answer.text) == (202, "")


def test_teams_newer_address_is_known_too(simulator: Simulator) -> None:
    url = simulator.teams_url("f2").replace("/workflows/", "/powerautomate/automations/direct/workflows/")
    assert requests.post(url, json=CARD, timeout=5).status_code == 202
    assert [post.destination for post in simulator.inbox.posts()] == ["f2"]


def test_teams_without_a_sig_is_not_let_in(simulator: Simulator) -> None:
    url = simulator.teams_url().partition("?")[0]
    assert requests.post(url, json=CARD, timeout=5).status_code == 401


def test_a_hook_that_is_none_is_no_service(simulator: Simulator) -> None:
    answer = slack(simulator, hook="nonsense")
    assert (answer.status_code, answer.text) == (404, "no_service")


def test_a_post_is_remembered_whole(simulator: Simulator) -> None:
    slack(simulator, {"text": "Grüße"}, headers={"X-Qoswatch-Delivery": "dl_1"})
    (post,) = simulator.inbox.posts("T1/B1/secret")
    assert (post.number, post.kind, post.at) == (1, "slack", simulator.clock.now())
    assert (post.delivery, post.status, post.answer) == ("dl_1", 200, "ok")
    assert (post.body, post.accepted, post.shown) == ({"text": "Grüße"}, True, True)
    assert post.headers["Content-Type"] == "application/json"


def test_records_can_be_had_as_json_and_by_destination(simulator: Simulator) -> None:
    slack(simulator)
    teams(simulator)
    simulator.inbox.behave("flow1", "503")
    teams(simulator)

    def records(**query: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{simulator.inbox_url}/inbox.json", params=query, timeout=5)
        return list(answer.json()["posts"])

    assert [one["destination"] for one in records()] == ["T1/B1/secret", "flow1", "flow1"]
    assert [one["status"] for one in records(destination="flow1")] == [202, 503]
    assert [one["number"] for one in records(accepted="true")] == [1, 2]
    assert [one["number"] for one in records(accepted="false")] == [3]


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        pytest.param("no_service", 404, "no_service", id="the-hook-was-removed"),
        pytest.param("no_active_hooks", 404, "no_active_hooks", id="the-app-was-turned-off"),
        pytest.param("invalid_token", 403, "invalid_token", id="revoked"),
        pytest.param("channel_is_archived", 410, "channel_is_archived", id="archived"),
        pytest.param("rollup_error", 500, "rollup_error", id="slacks-own-trouble"),
        pytest.param("500", 500, "internal_error", id="five-hundred"),
        pytest.param("503", 503, "service unavailable", id="five-hundred-three"),
    ],
)
def test_a_destination_answers_as_it_is_told(simulator: Simulator, kind: str, status: int, text: str) -> None:
    simulator.inbox.behave("T1/B1/secret", kind, count=1)
    answer = slack(simulator)
    assert (answer.status_code, answer.text) == (status, text)
    assert slack(simulator, hook="T1/B1/other").status_code == 200
    assert slack(simulator).status_code == 200
    assert [post.shown for post in simulator.inbox.posts()] == [False, True, True]


def test_429_says_when_to_come_again(simulator: Simulator) -> None:
    simulator.inbox.behave("T1/B1/secret", "429", retry_after=2)
    answer = slack(simulator)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert answer.json()["error"] == "rate_limited"
    simulator.inbox.recover("T1/B1/secret")
    assert slack(simulator).status_code == 200


def test_every_destination_can_misbehave_at_once(simulator: Simulator) -> None:
    simulator.inbox.behave("", "502", count=2)
    assert [slack(simulator).status_code, teams(simulator).status_code, slack(simulator).status_code] == [
        502,
        502,
        200,
    ]
    simulator.inbox.behave("", "502")
    simulator.inbox.recover()
    assert slack(simulator).status_code == 200


def test_a_redirect_leads_nowhere(simulator: Simulator) -> None:
    simulator.inbox.behave("T1/B1/secret", "redirect")
    answer = slack(simulator)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/elsewhere")


def test_a_hanging_destination_answers_nothing(simulator: Simulator) -> None:
    simulator.inbox.behave("T1/B1/secret", "hang", seconds=60)
    with pytest.raises(requests.exceptions.ReadTimeout):
        slack(simulator, timeout=0.1)
    assert [(post.status, post.shown) for post in simulator.inbox.posts()] == [(0, False)]


def test_a_late_answer_was_taken_all_the_same(simulator: Simulator) -> None:
    simulator.inbox.behave("T1/B1/secret", "late", seconds=60)
    with pytest.raises(requests.exceptions.ReadTimeout):
        slack(simulator, timeout=0.1)
    assert [post.shown for post in simulator.inbox.posts()] == [True]


@pytest.mark.parametrize(("kind", "shown"), [("reset", False), ("lost", True)])
def test_a_dropped_connection_may_or_may_not_have_been_read(simulator: Simulator, kind: str, shown: bool) -> None:
    simulator.inbox.behave("T1/B1/secret", kind, count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        slack(simulator)
    assert [post.shown for post in simulator.inbox.posts()] == [shown]


def test_an_unknown_behaviour_is_refused(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="unknown behaviour 'sing'"):
        simulator.inbox.behave("", "sing")


def test_waiting_for_posts_ends_when_they_are_there(simulator: Simulator) -> None:
    poster = threading.Thread(target=lambda: [slack(simulator), slack(simulator)])
    poster.start()
    posts = simulator.inbox.wait(2, "T1/B1/secret")
    poster.join()
    assert len(posts) == 2
    with pytest.raises(TimeoutError, match="2 of 3"):
        simulator.inbox.wait(3, timeout_s=0.01)


def test_posts_from_many_threads_are_all_kept(simulator: Simulator) -> None:
    threads = [threading.Thread(target=slack, args=(simulator,)) for _ in range(24)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(post.number for post in simulator.inbox.posts()) == [*range(1, 25)]
    simulator.inbox.clear()
    assert simulator.inbox.posts() == []


def test_a_taken_port_is_said(simulator: Simulator) -> None:
    taken = int(simulator.inbox_url.rpartition(":")[2])
    begun = time.monotonic()
    with pytest.raises(OSError, match=f"port {taken} on 127.0.0.1 is taken"):
        Simulator(inbox_port=taken).start()
    assert time.monotonic() - begun < 2
