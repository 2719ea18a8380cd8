"""What Slack refuses in a message, and whom a message would ping."""

import json
from typing import Any

import pytest

from simulator import slack


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> dict[str, Any]:
    return {"type": "section", **parts}


def judge(*blocks: Any, **more: Any) -> slack.Verdict:
    return slack.judge(json.dumps({"text": "x", "blocks": list(blocks), **more}))


BUTTON = {"type": "button", "text": plain("Take it"), "action_id": "take"}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({"type": "header", "text": plain("x" * 150)}, id="header-150"),
        pytest.param(section(text=mrkdwn("x" * 3000)), id="section-3000"),
        pytest.param(section(fields=[mrkdwn("x" * 900)] * 10), id="ten-fields"),
        pytest.param({"type": "context", "elements": [mrkdwn("x")] * 10}, id="context-10"),
        pytest.param({"type": "actions", "elements": [BUTTON]}, id="a-button"),
        pytest.param({"type": "divider", "block_id": "a" * 255}, id="divider"),
    ],
)
def test_what_keeps_the_limits_is_ok(block: Any) -> None:
    assert judge(block) == slack.Verdict(200, "ok")


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        pytest.param([{"type": "header", "text": plain("x" * 151)}], "1 to 150", id="header-151"),
        pytest.param([{"type": "header", "text": plain("")}], "1 to 150", id="header-empty"),
        pytest.param([{"type": "header", "text": mrkdwn("x")}], "plain_text", id="header-mrkdwn"),
        pytest.param([section(text=mrkdwn("x" * 3001))], "1 to 3000", id="section-3001"),
        pytest.param([section()], "neither text nor fields", id="section-without-anything"),
        pytest.param([section(fields=[mrkdwn("x")] * 11)], "1 to 10", id="eleven-fields"),
        pytest.param([section(fields=[mrkdwn("x" * 2001)])], "1 to 2000", id="field-2001"),
        pytest.param([section(text=plain("x"), accessory={**BUTTON, "url": "x" * 3001})], "over 3000", id="url"),
        pytest.param([{"type": "context", "elements": [mrkdwn("x")] * 11}], "1 to 10", id="context-11"),
        pytest.param([{"type": "context", "elements": []}], "1 to 10", id="context-empty"),
        pytest.param([{"type": "context", "elements": [mrkdwn("x" * 3001)]}], "1 to 3000", id="context-long"),
        pytest.param([{"type": "actions", "elements": [BUTTON] * 26}], "1 to 25", id="buttons-26"),
        pytest.param([{"type": "actions", "elements": [BUTTON, BUTTON]}], "stands twice", id="action-id-twice"),
        pytest.param(
            [{"type": "actions", "elements": [{**BUTTON, "text": plain("x" * 76)}]}], "1 to 75", id="button-76"
        ),
        pytest.param([{"type": "image", "alt_text": "x"}], "no image_url", id="image-of-nothing"),
        pytest.param([{"type": "image", "image_url": "x"}], "alt_text", id="image-without-words"),
        pytest.param([{"type": "markdown", "text": "x" * 12_001}], "over 12000", id="markdown-long"),
        pytest.param([{"type": "table"}], "unknown type", id="unknown-block"),
        pytest.param(["text"], "unknown type", id="no-object"),
        pytest.param([{"type": "divider"}] * 51, "over 50", id="blocks-51"),
        pytest.param([{"type": "divider", "block_id": "a" * 256}], "over 255", id="block-id-256"),
        pytest.param([{"type": "divider", "block_id": "a"}] * 2, "stands twice", id="block-id-twice"),
        pytest.param([section(text=mrkdwn("x" * 2900))] * 5, "msg_blocks_too_long", id="all-together"),
    ],
)
def test_what_breaks_a_limit_is_an_invalid_payload(blocks: Any, problem: str) -> None:
    verdict = judge(*blocks)
    assert (verdict.status, verdict.text, verdict.shown) == (400, "invalid_payload", False)
    assert problem in " ".join(verdict.problems)


def test_blocks_inside_an_attachment_have_the_same_limits() -> None:
    attachments = [{"color": "danger", "blocks": [{"type": "header", "text": plain("x" * 151)}]}]
    assert slack.judge(json.dumps({"attachments": attachments})).status == 400


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        pytest.param("{", "invalid_payload", id="no-json"),
        pytest.param("[]", "invalid_payload", id="no-object"),
        pytest.param("{}", "no_text", id="nothing"),
        pytest.param('{"text": ""}', "no_text", id="empty-text"),
        pytest.param('{"text": 5}', "invalid_payload", id="text-that-is-none"),
        pytest.param('{"text": "x", "blocks": {}}', None, id="empty-blocks-object-is-no-blocks"),
        pytest.param('{"text": "x", "blocks": "y"}', "invalid_payload", id="blocks-that-are-none"),
        pytest.param(json.dumps({"text": "x" * 40_001}), "invalid_payload", id="text-too-long"),
        pytest.param(json.dumps({"attachments": [{}] * 101}), "too_many_attachments", id="attachments-101"),
    ],
)
def test_a_body_that_is_no_message_is_refused_in_slacks_words(raw: str, answer: str | None) -> None:
    verdict = slack.judge(raw)
    assert (verdict.status, verdict.text) == ((400, answer) if answer else (200, "ok"))


@pytest.mark.parametrize(
    ("body", "pings"),
    [
        pytest.param({"text": "Dr <!channel> Rao"}, ("<!channel>",), id="in-the-text"),
        pytest.param({"text": "Dr &lt;!channel&gt; Rao"}, (), id="escaped"),
        pytest.param({"text": "x", "blocks": [section(text=mrkdwn("<@U12|you>"))]}, ("<@U12|you>",), id="user"),
        pytest.param({"text": "x", "blocks": [section(text=plain("<!here>"))]}, (), id="plain-text-is-inert"),
        pytest.param({"text": "x", "blocks": [section(fields=[mrkdwn("<!here>")])]}, ("<!here>",), id="field"),
        pytest.param({"attachments": [{"fallback": "<!everyone>"}]}, ("<!everyone>",), id="fallback"),
        pytest.param({"text": "<!subteam^S1|@av>"}, ("<!subteam^S1|@av>",), id="group"),
        pytest.param({"text": "<https://a.example|link>"}, (), id="a-link-pings-nobody"),
    ],
)
def test_mentions_that_would_ping_people_are_noted(body: dict[str, Any], pings: tuple[str, ...]) -> None:
    verdict = slack.judge(json.dumps(body))
    assert (verdict.status, verdict.pings) == (200, pings)
