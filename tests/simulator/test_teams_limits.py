"""What a Teams flow could not post; it is accepted at the door all the same, as with the real one."""

import json
from typing import Any

import pytest

from simulator import teams

TEXT = {"type": "TextBlock", "text": "x", "color": "attention"}


def envelope(*body: Any, **card: Any) -> dict[str, Any]:
    content = {"type": "AdaptiveCard", "version": "1.4", "body": list(body or [TEXT]), **card}
    return {"type": "message", "attachments": [{"contentType": teams.CARD, "content": content}]}


def judge(message: Any, **more: Any) -> Any:
    return teams.judge(json.dumps(message), **more)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(envelope(), id="one-text"),
        pytest.param(envelope({"type": "FactSet", "facts": [{"title": "a", "value": "b"}]}), id="facts"),
        pytest.param(envelope({"type": "Container", "items": [TEXT], "style": "attention"}), id="container"),
        pytest.param(envelope({"type": "ColumnSet", "columns": [{"items": [TEXT]}]}), id="columns"),
        pytest.param(
            envelope(actions=[{"type": "Action.OpenUrl", "title": "x", "url": "https://x.example"}]), id="open-url"
        ),
        pytest.param(envelope(msteams={"width": "Full"}), id="full-width"),
    ],
)
def test_a_good_card_is_accepted_and_shown(message: Any) -> None:
    assert judge(message) == teams.Verdict(202, "")


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        pytest.param(envelope({"type": "TextBlock", "text": "x" * 29_000}), "too large", id="over-28-kB"),
        pytest.param(envelope({"type": "TextBlock", "text": "ü" * 5_000}), "too large", id="bytes-not-characters"),
        pytest.param({**envelope(), "type": "card"}, "type is not", id="no-message"),
        pytest.param({"type": "message"}, "no attachments", id="nothing-attached"),
        pytest.param(
            {"type": "message", "attachments": [{"contentType": "text/html"}]}, "contentType", id="other-content"
        ),
        pytest.param({"type": "message", "attachments": [{"contentType": teams.CARD}]}, "not a card", id="no-card"),
        pytest.param(envelope(type="MessageCard"), "AdaptiveCard", id="the-old-connectors-card"),
        pytest.param(envelope(version="1.5"), "version", id="version-1.5"),
        pytest.param(envelope(version=None), "version", id="no-version"),
        pytest.param(envelope({"type": "Table"}), "before 1.5", id="table"),
        pytest.param(envelope({**TEXT, "style": "heading"}), "came with 1.5", id="heading-style"),
        pytest.param(envelope({"type": "TextBlock"}), "no text", id="text-without-text"),
        pytest.param(envelope({**TEXT, "color": "red"}), "unknown color", id="colour"),
        pytest.param(envelope({"type": "FactSet", "facts": [{"title": "a"}]}), "title and value", id="half-a-fact"),
        pytest.param(envelope({"type": "Container", "items": [{"type": "Badge"}]}), "Badge", id="nested"),
        pytest.param(envelope(actions=[{"type": "Action.Submit"}]), "does nothing", id="submit"),
        pytest.param(envelope(actions=[{"type": "Action.OpenUrl"}]), "no url", id="button-to-nowhere"),
        pytest.param(
            envelope(actions=[{"type": "Action.OpenUrl", "url": "https://x.example"}] * 7), "over 6", id="buttons-7"
        ),
        pytest.param(
            envelope({"type": "ActionSet", "actions": [{"type": "Action.Http"}]}), "does nothing", id="action-set"
        ),
    ],
)
def test_a_card_that_the_flow_cannot_post_is_202_and_never_seen(message: Any, problem: str) -> None:
    verdict = teams.judge(json.dumps(message, ensure_ascii=True))
    assert (verdict.status, verdict.text, verdict.shown) == (202, "", False)
    assert problem in " ".join(verdict.problems)


@pytest.mark.parametrize("raw", ["{", "[]", '"x"'])
def test_what_is_no_json_object_is_refused_at_the_door(raw: str) -> None:
    assert teams.judge(raw).status == 400


def test_without_a_sig_nobody_comes_in() -> None:
    assert judge(envelope(), sig=False).status == 401


def test_the_people_a_card_calls_are_noted() -> None:
    mention = {"type": "mention", "text": "<at>Ana</at>", "mentioned": {"id": "ana@example.com", "name": "Ana"}}
    assert judge(envelope(msteams={"entities": [mention]})).pings == ("<at>Ana</at>",)
