"""A message as Slack shows it, and what Slack's answers mean.

Incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
Everything stands in top-level blocks: Slack folds attachments away. Names go into plain text wherever a block
allows it; elsewhere & < > are escaped, so that no name can mention or link.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from rules.facts import Field, Minutes
from rules.shapes import Message, Tone
from rules.takewords import WHO_HAS_IT
from rules.words import MARKS
from workers.channels.answers import ACCEPTED, DEAD, REFUSED, Verdict, by_status, by_words
from workers.channels.plain import clip, units, unstyled

TOTAL = 10_000  #: of the whole message as JSON; Slack answers msg_blocks_too_long somewhere above 13,000
_HEADER, _SECTION, _FIELD, _CONTEXT, _FIELDS = 150, 3000, 2000, 2000, 10
_URL = 1500
_LINE, _LINES = 60, 7500  # a digest's shortest line, and all of its lines
_MENTION = 140  # units of somebody who is called, at most
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_EMOJI: Mapping[Tone, str] = {"bad": "🔴", "warn": "🟠", "good": "🟢", "grey": "⚪"}

#: Slack's words for a webhook that nobody but a person can mend.
_BROKEN = {
    "no_service": "this webhook was removed; make a new one",
    "no_active_hooks": "this webhook was switched off; make a new one",
    "no_team": "this webhook's workspace is gone",
    "team_disabled": "this webhook's workspace is switched off",
    "invalid_token": "this webhook's secret is no longer good; make a new one",
    "channel_is_archived": "its channel was archived",
    "channel_not_found": "its channel is gone",
    "action_prohibited": "an administrator forbids posting there",
    "posting_to_general_channel_denied": "an administrator forbids posting there",
    "user_not_found": "the person that it writes to is gone",
}
_DEAD = ("invalid_payload", "no_text", "too_many_attachments", "msg_blocks_too_long", "invalid_blocks")


def render(message: Message) -> dict[str, Any]:
    """The body of the post; what is too long for Slack is left away from its end."""
    sizes = (len(message.lines), 120, 60, 30, 10, 0) if message.lines else (0,)
    for fields in range(len(message.fields), -1, -1):
        for lines in sizes:
            body = _body(message, fields, lines)
            if units(json.dumps(body, ensure_ascii=False)) <= TOTAL:
                return body
    return _post(message, [_header(message)])


def judge(status: int, text: str) -> Verdict:
    """What an answer means: Slack's own words first, then the status.

    https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
    """
    if status == 429 or status >= 500:
        return REFUSED
    if 200 <= status < 300:
        return _judge_success(text)
    if any(word in text for word in _DEAD):
        return DEAD
    return by_words(_BROKEN, text) or by_status(status)


def _judge_success(text: str) -> Verdict:
    """Slack says "ok"; a page of a proxy or a portal in its place means that nobody was told."""
    if text.lstrip().startswith("<"):
        return REFUSED
    return ACCEPTED if '"ok":false' not in text.replace(" ", "") else by_words(_BROKEN, text) or REFUSED


def _body(message: Message, fields: int, lines: int) -> dict[str, Any]:
    blocks: list[Block] = [_header(message) if message.header else _sentence(message)]
    if said := _said(message):
        blocks.append(SectionBlock(text=_mrkdwn(said)))
    if texts := _fields(message, fields):
        blocks.append(SectionBlock(fields=texts))
    blocks += [SectionBlock(text=_plain(text, _SECTION)) for text in _pages(_lines(message, lines))]
    if message.actions:
        blocks.append(SectionBlock(text=_mrkdwn(_links(message))))
    small = (*message.context[:1], message.age, *message.context[1:])
    if text := " · ".join(part for part in small if part):
        blocks.append(ContextBlock(elements=[_plain(text, _CONTEXT)]))
    return _post(message, blocks)


def _post(message: Message, blocks: Iterable[Block]) -> dict[str, Any]:
    return {
        "text": _escaped(message.first, _SECTION),
        "blocks": [_called(block.to_dict(), message) for block in blocks],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _header(message: Message) -> Block:
    text = f"{_EMOJI[message.tone]} {message.header or message.first}"
    return HeaderBlock(text=PlainTextObject(text=clip(text, _HEADER), emoji=False))


def _sentence(message: Message) -> Block:
    return SectionBlock(text=_plain(f"{_EMOJI[message.tone]} {message.first}", _SECTION))


def _said(message: Message) -> str:
    room = _SECTION // (len(message.section) + 1) // 2 - 5
    lines = [_bold(said.strong, room) + _quiet(said.rest, room) for said in message.section]
    return " ".join(part for part in ("\n".join(lines), _quiet(message.still, room)) if part)


def _bold(text: str, limit: int) -> str:
    return f"*{_quiet(text, limit)}*" if text else ""


def _fields(message: Message, count: int) -> list[MarkdownTextObject]:
    """The facts; the last minutes stand before who has it, which is the last that a reader sees."""
    texts = [_field(field) for field in message.fields[:count]]
    if message.minutes:
        last = bool(texts) and message.fields[:count][-1].name == WHO_HAS_IT
        texts.insert(len(texts) - last, _minutes(message.minutes))
    return [_mrkdwn(text) for text in texts[-_FIELDS:]]


def _links(message: Message) -> str:
    """What a reader may do, as links: a webhook's message can not have buttons that reach us."""
    return " · ".join(f"<{_quiet_url(action.url)}|{_quiet(action.name, 75)}>" for action in message.actions)


def _field(field: Field) -> str:
    how = f" <{_quiet_url(field.link)}|How>" if field.link else ""
    room = _FIELD - units(how) - 110
    return f"{_bold(field.name, 100)}\n{_quiet(field.text + field.fresh, room)}{how}"


def _minutes(minutes: Minutes) -> str:
    row = f"`{_quiet(minutes.digits, 500)}` {_quiet(minutes.unit, 20)}".rstrip()
    return f"{_bold(minutes.name, 100)}\n{row}   {_quiet(minutes.bars, 500)}"


def _lines(message: Message, count: int) -> list[str]:
    room = max(_LINE, _LINES // max(count, 1))  # long names are cut so that as many alerts as possible are named
    shown = [clip(f"{_EMOJI[tone]} {text}", room) for tone, text in message.lines[:count]]
    left = len(message.lines) - len(shown)
    return [*shown, f"… and {left} more"] if left else shown


def _pages(lines: Iterable[str]) -> Iterable[str]:
    """The lines in as few texts as their limit allows."""
    page = ""
    for line in lines:
        if page and units(page) + units(line) + 1 > _SECTION:
            yield page
            page = ""
        page = f"{page}\n{line}" if page else clip(line, _SECTION)
    if page:
        yield page


def _called(node: Any, message: Message) -> Any:
    """A block in which the places of those whom it calls are their mentions, or their plain names."""
    if isinstance(node, list):
        return [_called(one, message) for one in node]
    if not isinstance(node, dict):
        return node
    text = node.get("text")
    if not isinstance(text, str):
        return {name: _called(value, message) for name, value in node.items()}
    if node.get("type") != "mrkdwn":
        return {**node, "text": message.spoken(text)}
    for mark, name in zip(MARKS, message.mentions, strict=False):
        user = name.slack_user if _USER.fullmatch(name.slack_user) else ""
        text = text.replace(mark, f"<@{user}>" if user else _quiet(message.spoken(mark), _MENTION))
    return {**node, "text": text}


def _plain(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=clip(text, limit), emoji=False)


def _mrkdwn(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)


def _quiet(text: str, limit: int) -> str:
    """Strangers' words inside our mrkdwn: no style, no mention, no link."""
    return _escaped(unstyled(text), limit)


def _quiet_url(url: str) -> str:
    return _escaped(quote(url, safe=":/?&=#%+,;@~()$!*'[]-._", errors="replace"), _URL)


def _escaped(text: str, limit: int) -> str:
    """& < > as Slack wants them, at most `limit` units long and never cut inside an escape."""
    if text.isascii() and len(text) < limit and not _ESCAPES.keys() & set(text):  # as nearly all of it is
        return text
    pieces: list[str] = []
    room = limit - 1
    for letter in text:
        piece = _ESCAPES.get(letter, letter)
        room -= _MENTION if letter in MARKS else units(piece)
        if room < 0:
            return "".join(pieces) + "…"
        pieces.append(piece)
    return "".join(pieces)
