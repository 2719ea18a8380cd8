"""Judges a post as a Teams Workflows trigger does, and says whether the flow would show the card."""

import json
from collections.abc import Iterator
from typing import Any

from simulator.slack import Verdict

# Beyond about 28 kB the flow fails with "Request Entity too large":
# https://learn.microsoft.com/connectors/teams (known issues)
MOST_BYTES = 28 * 1024
CARD = "application/vnd.microsoft.card.adaptive"
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")
MOST_BUTTONS = 6
_ELEMENTS = frozenset(("TextBlock", "FactSet", "ColumnSet", "Column", "Container", "Image", "ImageSet", "ActionSet"))
_ACTIONS = {"Action.OpenUrl", "Action.ShowCard", "Action.ToggleVisibility"}
_COLORS = {"default", "dark", "light", "accent", "good", "warning", "attention"}


def judge(raw: str, sig: bool = True) -> Verdict:
    """What the trigger answers. A card that the flow could not post is 202 all the same, and not shown."""
    if not sig:
        words = _error("DirectApiAuthorizationRequired", "The request must be authenticated only by sig.")
        return Verdict(401, words, False, ("the URL has no sig",))
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        words = _error("InvalidRequestContent", "The request content is not valid JSON.")
        return Verdict(400, words, False, ("the body is not a JSON object",))
    problems = tuple(faults(body, len(raw.encode())))
    pings = tuple(_mentions(body))
    return Verdict(202, "", not problems, problems, pings)


def _error(code: str, message: str) -> str:
    return json.dumps({"error": {"code": code, "message": message}})


def faults(body: dict[str, Any], size: int) -> Iterator[str]:
    """Each reason why the flow could not post it, as a sentence."""
    if size > MOST_BYTES:
        yield f"Request Entity too large: {size} bytes, over {MOST_BYTES}"
    if body.get("type") != "message":
        yield 'type is not "message"'
    attachments = body.get("attachments")
    if not isinstance(attachments, list) or not attachments:
        yield "no attachments"
        return
    for place, one in enumerate(attachments):
        where = f"attachments[{place}]"
        if not isinstance(one, dict) or one.get("contentType") != CARD:
            yield f"{where}.contentType is not {CARD}"
        elif not isinstance(one.get("content"), dict):
            yield f"{where}.content is not a card"
        else:
            yield from _card(one["content"], f"{where}.content")


def _card(card: dict[str, Any], where: str) -> Iterator[str]:
    if card.get("type") != "AdaptiveCard":
        yield f'{where}.type is not "AdaptiveCard"'
    if card.get("version") not in VERSIONS:
        yield f"{where}.version {card.get('version')!r} is not one of {', '.join(VERSIONS)}"
    actions = card.get("actions") or []
    if len(actions) > MOST_BUTTONS:
        yield f"{where}.actions: {len(actions)} buttons, over {MOST_BUTTONS}"
    for place, action in enumerate(actions):
        yield from _action(action, f"{where}.actions[{place}]")
    for place, element in enumerate(card.get("body") or []):
        yield from _element(element, f"{where}.body[{place}]")


def _element(element: Any, where: str) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in _ELEMENTS:
        yield f"{where}: {kind!r} is no element of a card before 1.5"
        return
    if kind == "TextBlock":
        if not isinstance(element.get("text"), str):
            yield f"{where}: no text"
        if str(element.get("color", "default")).lower() not in _COLORS:
            yield f"{where}: unknown color {element['color']!r}"
        if "style" in element:
            yield f"{where}: TextBlock.style came with 1.5"
    if kind == "FactSet":
        for place, fact in enumerate(element.get("facts") or []):
            if not all(isinstance(fact, dict) and isinstance(fact.get(k), str) for k in ("title", "value")):
                yield f"{where}.facts[{place}] has to have title and value"
    for name in ("items", "columns"):
        for place, inner in enumerate(element.get(name) or []):
            typed = {"type": "Column", **inner} if name == "columns" and isinstance(inner, dict) else inner
            yield from _element(typed, f"{where}.{name}[{place}]")
    for place, action in enumerate(element.get("actions") or [] if kind == "ActionSet" else []):
        yield from _action(action, f"{where}.actions[{place}]")


def _action(action: Any, where: str) -> Iterator[str]:
    kind = action.get("type") if isinstance(action, dict) else None
    if kind not in _ACTIONS:
        yield f"{where}: {kind!r} does nothing in a webhook's card"
    elif kind == "Action.OpenUrl" and not str(action.get("url") or "").startswith(("https://", "http://")):
        yield f"{where}: no url"


def _mentions(body: dict[str, Any]) -> Iterator[str]:
    """Those whom the card's entities call by name."""
    for one in body.get("attachments") or []:
        card = one.get("content") if isinstance(one, dict) else None
        host = card.get("msteams") if isinstance(card, dict) else None
        for entity in (host.get("entities") or []) if isinstance(host, dict) else []:
            if isinstance(entity, dict) and entity.get("type") == "mention":
                yield str(entity.get("text", ""))
