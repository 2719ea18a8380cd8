"""A message as an Adaptive Card for a Teams workflow, and what the workflow's answers mean.

Version 1.4 with elements of 1.2, since workflows refuse newer cards. A card can not be changed once posted, so
nothing stands in it that is true only while it is fresh. `summary` and the first TextBlock are the whole first
sentence: a toast shows one or the other.
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from rules.facts import Field, Said
from rules.shapes import KINDS, Action, Message, Tone
from rules.words import MARKS
from workers.channels.answers import REFUSED, Verdict, by_status, by_words
from workers.channels.plain import clip, without_markdown

_LAST_CLOCK = re.compile(r"\b\d\d:\d\d\.?$")

TOTAL = 20_000  #: bytes; flows fail above 28 kB with everything around the card, some above 21 kB
FACTS = 6
ACTIONS = 6  #: as many buttons as Teams shows
_TEXT, _SUMMARY, _TITLE, _URL = 1000, 300, 40, 1500
_LINE, _FRAME, _REST = 250, 100, 2000  # bytes: a digest's shortest line, the JSON around it, all but the lines
_MOST_LINES = 200  # no more fit, however short they are
_COLOURS: Mapping[Tone, str] = {"bad": "attention", "warn": "warning", "good": "good", "grey": "default"}

#: The flow's words for a trouble that nobody but its owner can mend.
_BROKEN = {
    "WorkflowNotFound": "the flow is gone; make a new one and put its URL",
    "WorkflowTriggerIsNotEnabled": "the flow is switched off; its owner can turn it on",
    "DirectApiAuthorizationRequired": "the flow lets only its tenant in; set who can trigger it to Anyone",
    "OAuth authorization scheme is required": "the flow lets only its tenant in; set who can trigger it to Anyone",
}

Element = dict[str, Any]


def render(message: Message) -> dict[str, Any]:
    """The body of the post: whole, else without its last facts and lines, else the first sentence alone."""
    return next(body for body in _ever_smaller(message) if size(body) <= TOTAL)


def judge(status: int, text: str) -> Verdict:
    """What an answer means. Any 2xx is accepted, which is not yet posted: a flow fails where we can not see it."""
    if status in (408, 429) or status >= 500:
        return REFUSED
    return by_status(status) if 200 <= status < 300 else by_words(_BROKEN, text) or by_status(status)


def size(body: Mapping[str, Any]) -> int:
    """Bytes as they travel."""
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _ever_smaller(message: Message) -> Iterator[dict[str, Any]]:
    for facts in range(len(_facts(message)), -1, -1):
        yield _post(message, _elements(message, facts, min(len(message.lines), _MOST_LINES)))
    for lines in range(min(len(message.lines), _MOST_LINES) - 1, -1, -5):
        yield _post(message, _elements(message, 0, lines))
    yield _post(message, [_first(message)])


def _post(message: Message, body: list[Element]) -> dict[str, Any]:
    body, entities = _called(body, message)
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full", "entities": entities} if entities else {"width": "Full"},
        "body": body,
    }
    if message.actions:
        card["actions"] = [_action(action) for action in message.actions[:ACTIONS]]
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": card}
    summary = clip(without_markdown(message.first), _SUMMARY)
    return {"type": "message", "summary": summary, "attachments": [attachment]}


def _action(action: Action) -> Element:
    """A button that opens a page; what acts is that page, since a workflow's card can not."""
    url = quote(action.url, safe=":/?&=#%+,;@~$!*'()[]-._", errors="replace")[:_URL]
    return {"type": "Action.OpenUrl", "title": clip(without_markdown(action.name), _TITLE), "url": url}


def _called(body: list[Element], message: Message) -> tuple[list[Element], list[Element]]:
    """The elements with the names of those whom they call, and the entities that make mentions of the names."""
    text, entities = json.dumps(body, ensure_ascii=False), []
    for mark, name in zip(MARKS, message.mentions, strict=False):
        called = _plain(message.spoken(mark))
        if name.teams_upn and mark in text:
            mentioned = {"id": name.teams_upn, "name": called}
            entities.append({"type": "mention", "text": f"<at>{called}</at>", "mentioned": mentioned})
            called = f"<at>{called}</at>"
        text = text.replace(mark, json.dumps(called, ensure_ascii=False)[1:-1])
    return json.loads(text), entities


def _elements(message: Message, facts: int, lines: int) -> list[Element]:
    body = [_first(message)]
    body += [_text(_said(said, message.zone)) for said in message.section[:FACTS]]
    if message.still and KINDS[message.kind].shape == "line":
        body.append(_text(_zoned(message.still, message.zone)))
    if shown := _facts(message)[:facts]:
        body.append({"type": "FactSet", "facts": shown})
    body += _lines(message, lines)
    if small := _small(message):
        body.append(_text(small, size="small", isSubtle=True))
    return body


def _lines(message: Message, count: int) -> list[Element]:
    """One line an alert: long names are cut so that as many alerts as possible are named."""
    room = max(_LINE, (TOTAL - _REST) // max(count, 1))
    shown = [
        _text(_within(_plain(text), room - _FRAME), color=_COLOURS[tone], spacing="small")
        for tone, text in message.lines[:count]
    ]
    left = len(message.lines) - len(shown)
    return [*shown, _text(f"… and {left} more", isSubtle=True, spacing="small")] if left else shown


def _within(text: str, size: int) -> str:
    """At most so many bytes."""
    raw = text.encode()
    return text if len(raw) <= size else raw[: size - 3].decode(errors="ignore") + "…"


def _first(message: Message) -> Element:
    large = "large" if KINDS[message.kind].shape == "card" else "medium"
    sentence = clip(without_markdown(message.first), _SUMMARY)
    return _text(sentence, weight="bolder", size=large, color=_COLOURS[message.tone])


def _said(said: Said, zone: str) -> str:
    """A breach in figures; what has no figures tells its own zones, where it tells times."""
    if not said.strong:
        return _plain(said.rest)
    return f"**{_plain(said.strong)}**{_zoned(said.rest, zone)}"


def _zoned(text: str, zone: str) -> str:
    """A sentence; one that ends with a time tells in which zone that was read."""
    told = f" {_plain(zone)}" if _LAST_CLOCK.search(text) else ""
    return f"{_plain(text.removesuffix('.'))}{told}."


def _facts(message: Message) -> list[dict[str, str]]:
    named = [(field, *(field.lasting or (field.name, field.text))) for field in message.fields]
    facts = [
        {"title": _plain(name), "value": value}
        for field, name, text in named
        if (value := _value(field, text, message.zone))
    ]
    if row := message.minutes:
        value = " ".join(part for part in (row.digits, row.unit, row.bars) if part)
        facts.append({"title": _plain(row.name), "value": _plain(value)})
    return facts[:FACTS]


def _value(field: Field, text: str, zone: str) -> str:
    """The fact, and the way to its runbook; brackets that would end the link early are encoded."""
    how = f" [How]({quote(field.link, safe=':/?&=#%+,;@~$!', errors='replace')})" if field.link else ""
    told = f"{text.removesuffix('.')} {zone}" if _LAST_CLOCK.search(text) else text
    return f"{_plain(told)}{how}".strip()


def _small(message: Message) -> str:
    """The small print, always with the zone that its times were read in."""
    age = f"{message.age} {message.zone}" if message.age else ""
    return " · ".join(_plain(part) for part in (*message.context, age) if part)


def _text(text: str, **look: object) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def _plain(text: str) -> str:
    return clip(without_markdown(text), _TEXT)
