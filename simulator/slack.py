"""Judges a post as Slack's incoming webhooks do: what they refuse, what they show, whom it would ping."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# https://docs.slack.dev/reference/block-kit/blocks ; the total is undocumented (slackapi/bolt-js#2509).
MOST_BLOCKS, MOST_ATTACHMENTS, MOST_TOTAL, MOST_TEXT = 50, 100, 13_200, 40_000
_BLOCKS = frozenset(
    ("header", "section", "context", "divider", "actions", "image", "rich_text", "markdown", "input", "video")
)
_PING = re.compile(r"<(?:!(?:channel|here|everyone)|!subteam\^\w+|@\w+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the sender is told and whether anybody would see the message."""

    status: int
    text: str
    shown: bool = True
    problems: tuple[str, ...] = ()
    pings: tuple[str, ...] = ()


def judge(raw: str) -> Verdict:
    """Slack's answer to a body: `ok`, or 400 with one of its words."""
    try:
        body = json.loads(raw)
    except ValueError:
        return Verdict(400, "invalid_payload", False, ("the body is not JSON",))
    if not isinstance(body, dict):
        return Verdict(400, "invalid_payload", False, ("the body is not an object",))
    attachments = body.get("attachments") or []
    if not (body.get("text") or body.get("blocks") or attachments):
        return Verdict(400, "no_text", False, ("no text, no blocks, no attachments",))
    if isinstance(attachments, list) and len(attachments) > MOST_ATTACHMENTS:
        return Verdict(400, "too_many_attachments", False, (f"{len(attachments)} attachments",))
    problems = tuple(faults(body))
    pings = tuple(mention for text in _marked_up(body) for mention in _PING.findall(text))
    if problems:
        return Verdict(400, "invalid_payload", False, problems, pings)
    return Verdict(200, "ok", True, (), pings)


def faults(body: dict[str, Any]) -> Iterator[str]:
    """Each limit of Slack's that the message breaks, as a sentence."""
    if not isinstance(body.get("text", ""), str):
        yield "text is not a string"
    elif len(body.get("text", "")) > MOST_TEXT:
        yield f"text has more than {MOST_TEXT} characters"
    attachments = body.get("attachments") or []
    lists = [body.get("blocks") or []]
    lists += [one.get("blocks") or [] for one in attachments if isinstance(one, dict)]
    for blocks in lists:
        yield from _blocks(blocks)
    total = sum(len(text) for blocks in lists for text in _strings(blocks))
    if total > MOST_TOTAL:
        yield f"msg_blocks_too_long: {total} characters in all blocks, over about {MOST_TOTAL}"


def _blocks(blocks: Any) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield "blocks is not a list"
        return
    if len(blocks) > MOST_BLOCKS:
        yield f"{len(blocks)} blocks, over {MOST_BLOCKS}"
    names = [block.get("block_id") for block in blocks if isinstance(block, dict) and block.get("block_id")]
    if len(names) != len(set(names)):
        yield "a block_id stands twice"
    for place, block in enumerate(blocks):
        where = f"blocks[{place}]"
        if not isinstance(block, dict) or block.get("type") not in _BLOCKS:
            yield f"{where}: unknown type"
            continue
        if len(block.get("block_id") or "") > 255:
            yield f"{where}: block_id over 255"
        yield from _block(block, where)


def _block(block: dict[str, Any], where: str) -> Iterator[str]:
    kind = block["type"]
    if kind == "header":
        yield from _text(block.get("text"), f"{where}.text", 150, ("plain_text",))
    elif kind == "section":
        yield from _section(block, where)
    elif kind == "context":
        elements = block.get("elements")
        yield from _counted(elements, f"{where}.elements", 10)
        for at, element in enumerate(elements if isinstance(elements, list) else ()):
            if isinstance(element, dict) and element.get("type") != "image":
                yield from _text(element, f"{where}.elements[{at}]", 3000)
    elif kind == "actions":
        elements = block.get("elements")
        yield from _counted(elements, f"{where}.elements", 25)
        yield from _buttons(elements if isinstance(elements, list) else (), where)
    elif kind == "image" and not (block.get("image_url") or block.get("slack_file")):
        yield f"{where}: no image_url"
    elif kind == "image" and len(block.get("alt_text") or "") not in range(1, 2001):
        yield f"{where}.alt_text has to have 1 to 2000 characters"
    elif kind == "markdown" and len(block.get("text") or "") > 12_000:
        yield f"{where}.text over 12000"


def _section(block: dict[str, Any], where: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"{where}: neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], f"{where}.text", 3000)
    if "fields" in block:
        fields = block["fields"]
        yield from _counted(fields, f"{where}.fields", 10)
        for place, one in enumerate(fields if isinstance(fields, list) else ()):
            yield from _text(one, f"{where}.fields[{place}]", 2000)
    if isinstance(block.get("accessory"), dict):
        yield from _buttons([block["accessory"]], where)


def _buttons(elements: Sequence[Any], where: str) -> Iterator[str]:
    seen: set[str] = set()
    for place, one in enumerate(elements):
        spot = f"{where}.elements[{place}]"
        if not isinstance(one, dict) or one.get("type") != "button":
            continue
        yield from _text(one.get("text"), f"{spot}.text", 75, ("plain_text",))
        for name, most in (("value", 2000), ("url", 3000), ("action_id", 255)):
            if len(str(one.get(name) or "")) > most:
                yield f"{spot}.{name} over {most}"
        if one.get("action_id") in seen:
            yield f"{spot}.action_id stands twice"
        seen.add(str(one.get("action_id") or spot))


def _counted(items: Any, where: str, most: int) -> Iterator[str]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        yield f"{where} has to be a list of 1 to {most}"


def _text(text: Any, where: str, most: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield f"{where} has to be {' or '.join(kinds)}"
    elif not isinstance(text.get("text"), str) or not 1 <= len(text["text"]) <= most:
        yield f"{where} has to have 1 to {most} characters"


def _strings(node: Any) -> Iterator[str]:
    """Every text of a text object below."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for one in node:
            yield from _strings(one)


def _marked_up(node: Any) -> Iterator[str]:
    """Every text in which Slack looks for mentions: all but plain_text."""
    if isinstance(node, dict):
        if node.get("type") != "plain_text":
            for name in ("text", "fallback", "pretext", "title", "footer", "value"):
                if isinstance(node.get(name), str) and node.get("type") != "button":
                    yield node[name]
        for value in node.values():
            yield from _marked_up(value)
    elif isinstance(node, list):
        for one in node:
            yield from _marked_up(one)
