"""Prepares posts for the inbox page: what each would look like, and what was wrong with it."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from simulator import markup
from simulator.inbox import Post

FOLDER = str(Path(__file__).parent)
_NAMED = {"good": "#2eb67d", "warning": "#ecb22e", "danger": "#e01e5a"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One post as the templates want it."""

    post: Post
    where: str
    clock: str
    day: str
    notice: str
    attachments: tuple[Mapping[str, Any], ...]
    cards: tuple[Mapping[str, Any], ...]
    code: str

    @property
    def mark(self) -> str:
        """ok, refused, or unseen: told yes, but nobody would see it."""
        if not self.post.accepted:
            return "refused"
        return "ok" if self.post.shown else "unseen"

    @property
    def fate(self) -> str:
        """What the sender was told."""
        if not self.post.status:
            return "no answer"
        return f"{self.post.status} {self.post.answer[:60]}".strip()


def shown(post: Post) -> Shown:
    """A post made ready; nothing in it can break the page."""
    body: Mapping[str, Any] = post.body if isinstance(post.body, dict) else {}
    moment = time.gmtime(post.at)
    attachments = _objects(body.get("attachments"))
    return Shown(
        post,
        post.destination.rpartition("/")[0] or post.destination,
        time.strftime("%H:%M:%S", moment),
        time.strftime("%Y-%m-%d", moment),
        _notice(post.kind, body),
        attachments,
        tuple(one["content"] for one in attachments if isinstance(one.get("content"), dict)),
        post.raw if post.body is None else json.dumps(post.body, indent=2, ensure_ascii=False),
    )


def _notice(kind: str, body: Mapping[str, Any]) -> str:
    """The one sentence that is seen first."""
    match kind:
        case "pagerduty":
            said = (_object(body.get("payload")).get("summary"), body.get("event_action"))
            return next((str(each) for each in said if each), "")
        case "webhook":
            return str(_object(body.get("data")).get("says") or body.get("type") or "")
        case _:
            return str(body.get("text" if kind == "slack" else "summary") or "")


def _object(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _objects(given: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in given if isinstance(one, dict)) if isinstance(given, list) else ()


def objects(given: Any) -> tuple[Mapping[str, Any], ...]:
    """The objects of a list, whatever was sent in its place."""
    return _objects(given)


def color(given: Any) -> str:
    """A colour that may stand in the page: a hex one, or one of Slack's three words."""
    text = _NAMED.get(str(given), str(given or ""))
    return text if re.fullmatch(r"#[0-9a-fA-F]{3,8}", text) else "#8d8d8d"


def chat_text(given: Any) -> Markup:
    """A text object of Slack's, by its type."""
    if not isinstance(given, dict):
        return markup.plain("")
    return (markup.slack if given.get("type") == "mrkdwn" else markup.plain)(given.get("text", ""))


def word(given: Any) -> str:
    """A value as part of a class name: letters only, small."""
    return re.sub(r"[^a-z]", "", str(given or "").lower())


FILTERS: Mapping[str, Callable[..., Any]] = {
    "chat_text": chat_text,
    "mrkdwn": markup.slack,
    "card_text": markup.teams,
    "objects": objects,
    "color": color,
    "word": word,
}
