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

from rules.details import Field, Said
from rules.message import KINDS, Message, Tone
from workers.channels.answers import REFUSED, Verdict, by_status, by_words
from workers.channels.plain import clip, without_markdown

_CLOCK = re.compile(r"\b\d\d:\d\d\b")

TOTAL = 20_000  #: bytes; flows fail above 28 kB with everything around the card, some above 21 kB
FACTS = 6
_TEXT, _SUMMARY = 1000, 300
_LINE, _FRAME, _REST = 250, 100, 2000  # bytes: a digest's shortest line, the JSON around it, all but the lines
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
    for facts in range(FACTS, -1, -1):
        yield _post(message, _elements(message, facts, len(message.lines)))
    for lines in range(len(message.lines) - 1, -1, -5):
        yield _post(message, _elements(message, 0, lines))
    yield _post(message, [_first(message)])


def _post(message: Message, body: list[Element]) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": card}
    summary = clip(without_markdown(message.first), _SUMMARY)
    return {"type": "message", "summary": summary, "attachments": [attachment]}


def _elements(message: Message, facts: int, lines: int) -> list[Element]:
    body = [_first(message)]
    body += [_text(_said(said, message.zone)) for said in message.section[:FACTS]]
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
    strong = f"**{_plain(said.strong)}**" if said.strong else ""
    rest = said.rest.removesuffix(".")
    told = "" if not _CLOCK.search(rest) or zone in rest else f" {_plain(zone)}"
    return f"{strong}{_plain(rest)}{told}."


def _facts(message: Message) -> list[dict[str, str]]:
    facts = [{"title": _plain(field.name), "value": _value(field)} for field in message.fields]
    if row := message.minutes:
        value = " ".join(part for part in (row.digits, row.unit, row.bars) if part)
        facts.append({"title": _plain(row.name), "value": _plain(value)})
    return facts[:FACTS]


def _value(field: Field) -> str:
    """The fact, and the way to its runbook; brackets that would end the link early are encoded."""
    how = f" [How]({quote(field.link, safe=':/?&=#%+,;@~$!', errors='replace')})" if field.link else ""
    return f"{_plain(field.text)}{how}".strip()


def _small(message: Message) -> str:
    """The small print, always with the zone that its times were read in."""
    age = f"{message.age} {message.zone}" if message.age else ""
    return " · ".join(_plain(part) for part in (*message.context, age) if part)


def _text(text: str, **look: object) -> Element:
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def _plain(text: str) -> str:
    return clip(without_markdown(text), _TEXT)
