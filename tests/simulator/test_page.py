"""The inbox page: it shows what came, cannot be broken by it, and asks nobody else for anything."""

import re
from typing import Any

import pytest
import requests

from simulator import Simulator
from simulator.teams import CARD

EVIL = '<script>alert("x")</script>'


def get(simulator: Simulator, path: str = "/") -> requests.Response:
    return requests.get(simulator.inbox_url + path, timeout=5)


def slack(simulator: Simulator, body: Any) -> None:
    requests.post(simulator.slack_url(), json=body, headers={"X-Qoswatch-Delivery": "dl_42"}, timeout=5)


def teams(simulator: Simulator, *body: Any, **card: Any) -> None:
    content = {"type": "AdaptiveCard", "version": "1.4", "body": body, **card}
    message = {"type": "message", "attachments": [{"contentType": CARD, "content": content}]}
    requests.post(simulator.teams_url(), json=message, timeout=5)


def test_an_empty_inbox_says_so(simulator: Simulator) -> None:
    answer = get(simulator)
    assert answer.status_code == 200
    assert answer.text.count("Nothing yet") == 2


def test_a_slack_message_is_shown_as_slack_would(simulator: Simulator) -> None:
    fields = [{"type": "mrkdwn", "text": "*Who else*\nNobody"}]
    button = {"type": "button", "text": {"type": "plain_text", "text": "Take it"}, "style": "primary"}
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "🔴 Others hear Dr Rao breaking up"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Sent audio loses 14 %*"}, "fields": fields},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "audio-sent · al_7f3c"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [button]},
    ]
    slack(simulator, {"text": "the lock screen's words", "blocks": blocks})
    page = get(simulator).text
    assert "<h3>🔴 Others hear Dr Rao breaking up</h3>" in page
    assert "<strong>Sent audio loses 14 %</strong>" in page
    assert "<strong>Who else</strong><br>Nobody" in page
    assert "<span>audio-sent · al_7f3c</span>" in page
    assert '<span class="button primary">Take it</span>' in page
    assert "the lock screen&#39;s words" in page
    assert "dl_42" in page


def test_an_attachment_has_its_bar_of_colour(simulator: Simulator) -> None:
    slack(simulator, {"attachments": [{"color": "danger", "text": "*bad*"}, {"color": '"evil', "fallback": "x"}]})
    page = get(simulator).text
    assert 'fill="#e01e5a"' in page
    assert 'fill="#8d8d8d"' in page
    assert "<strong>bad</strong>" in page


def test_a_card_is_shown_as_teams_would(simulator: Simulator) -> None:
    title = {"type": "TextBlock", "text": "Others hear **Dr Rao**", "weight": "Bolder", "color": "attention"}
    teams(
        simulator,
        {"type": "Container", "style": "attention", "items": [title]},
        {"type": "FactSet", "facts": [{"title": "Try", "value": "Camera off"}]},
        {"type": "ColumnSet", "columns": [{"width": "auto", "items": [{"type": "TextBlock", "text": "left"}]}]},
        actions=[{"type": "Action.OpenUrl", "title": "Open", "url": "https://x.example"}],
    )
    page = get(simulator).text
    assert 'class="box style-attention"' in page
    assert "Others hear <strong>Dr Rao</strong>" in page
    assert "<dt>Try</dt><dd>Camera off</dd>" in page
    assert "narrow box" in page
    assert "Open</span>" in page


def test_what_nobody_would_see_is_marked(simulator: Simulator) -> None:
    teams(simulator, {"type": "TextBlock", "text": "x"}, version="1.5")
    slack(simulator, {"text": "Dr <!channel> Rao"})
    simulator.inbox.behave("T1/B1/secret", "no_service", count=1)
    slack(simulator, {"text": "too late"})
    page = get(simulator).text
    assert "accepted, yet nobody would see it" in page
    assert "would ping &lt;!channel&gt;" in page
    assert "404 no_service" in page
    assert 'class="message refused"' in page


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"text": EVIL}, id="text"),
        pytest.param({"text": "&lt;script&gt;" + EVIL}, id="half-escaped"),
        pytest.param(
            {"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": EVIL}}]}, id="h"
        ),
        pytest.param({"text": {"a": EVIL}, "blocks": {"b": EVIL}, "attachments": "c"}, id="all-of-the-wrong-type"),
        pytest.param({"text": "x", "blocks": [{"type": "section", "text": EVIL, "fields": EVIL}, EVIL, 5]}, id="odd"),
        pytest.param({"attachments": [{"color": EVIL, "title": EVIL, "text": [EVIL]}, None]}, id="attachment"),
        pytest.param([EVIL], id="list"),
    ],
)
def test_no_message_breaks_the_page_or_runs_in_it(simulator: Simulator, body: Any) -> None:
    slack(simulator, body)
    requests.post(simulator.teams_url(), json=body, timeout=5)
    answer = get(simulator)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert answer.text.count("<script") == 1


def test_odd_cards_do_not_break_the_page(simulator: Simulator) -> None:
    teams(simulator, EVIL, 5, {"type": ["x"]}, {"type": "FactSet", "facts": {"a": 1}}, {"type": "TextBlock"})
    teams(simulator, {"type": "ColumnSet", "columns": [5, {"items": "x"}]}, actions=[EVIL, {"title": EVIL}])
    answer = get(simulator)
    assert answer.status_code == 200
    assert answer.text.count("<script") == 1


def test_the_page_asks_nobody_else_for_anything(simulator: Simulator) -> None:
    answer = get(simulator)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    links = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert links
    assert all(link.startswith("/") for link in links)
    for link in links:
        assert get(simulator, link).status_code == 200, link
    assert " style=" not in answer.text
    assert not re.search(r" on\w+=", answer.text)


def test_the_messages_alone_are_what_the_page_holds(simulator: Simulator) -> None:
    slack(simulator, {"text": "hello"})
    part = get(simulator, "/messages")
    assert part.text.strip() in get(simulator).text
    again = requests.get(part.url, headers={"If-None-Match": part.headers["ETag"]}, timeout=5)
    assert again.status_code == 304
