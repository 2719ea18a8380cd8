"""Zoom's answer to a question: its JSON, or the one error that it means.

Zoom's own codes decide, not HTTP statuses: the same code has been seen under several of them.
https://developers.zoom.us/docs/api/errors/
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workers.zoom import limits, words
from workers.zoom.errors import Kind, ZoomError
from workers.zoom.urls import Question

_TOKENS = frozenset({124, 4741})  # invalid or expired; ended by a newer one
_SCOPES = frozenset({4700, 4711})
_RATES = frozenset({429, 4001})
_DISABLED, _NOT_THERE = 4717, 3001
_KINDS: Mapping[int, Kind] = {_NOT_THERE: "not_live", 12702: "too_old", _DISABLED: "credentials"}
_PERSON_KINDS: Mapping[int, Kind] = {_NOT_THERE: "no_participant", 1001: "no_participant"}
_CODE = re.compile(r"-?[0-9]{1,9}")
_NAMED_SCOPES = re.compile(r"scopes?\s*:?\s*\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in any case, the body as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read(question: Question, answer: Answer, clock: limits.Clock) -> dict[str, Any]:
    """Zoom's JSON. Raises the ZoomError that the answer means."""
    content = object_in(answer.body)
    code, message = _verdict(content)
    if content is not None and code is None and 200 <= answer.status < 300:
        return content
    if answer.status in _RATES or code in _RATES:
        raise _limited(question, answer, code, message, clock)
    kind = _kind(question, answer.status, code, message)
    raise ZoomError(
        kind,
        words.of(kind, question, scopes=named_scopes(message), code=code, message=message),
        status=answer.status,
        code=code,
        message=message,
        retry_after_s=_server_wait(answer, clock) if kind == "server" else None,
    )


def object_in(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body, or None when there is none: cut off, HTML, a list."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def named_scopes(message: str) -> tuple[str, ...]:
    """The scopes that Zoom's message names: `does not contain scopes:[a, b].`"""
    found = _NAMED_SCOPES.search(message)
    names = found[1].split(",") if found else []
    return tuple(name.strip() for name in names if name.strip())


def is_token_refused(error: ZoomError) -> bool:
    """Whether another token may help: the app is not said to be disabled."""
    return error.kind == "credentials" and error.code != _DISABLED


def _verdict(content: dict[str, Any] | None) -> tuple[int | None, str]:
    """Zoom's code and message; neither stands in an answer that tells of a meeting or a person."""
    if content is None or not isinstance(code := content.get("code"), int | str):
        return None, ""
    message = content.get("message")
    number = int(code) if _CODE.fullmatch(str(code)) else None
    return number, message if isinstance(message, str) else ""


def _kind(question: Question, status: int, code: int | None, message: str) -> Kind:
    low = message.lower()
    if code is None:
        return _kind_of_status(status, code)
    if code in _TOKENS:
        return "credentials"
    if code in _SCOPES:
        return "scope" if "scope" in low or code == 4711 else "credentials"
    if code == 200:
        return "plan" if re.search(r"\b(paid|plan)\b", low) else "dashboard"
    if question.call.of_person and code in _PERSON_KINDS:
        return _PERSON_KINDS[code]
    if code == _NOT_THERE and not question.meeting:
        return "refused"  # a list is of no meeting that could be over
    if code in _KINDS:
        return _KINDS[code]
    return _kind_of_status(status, code)


def _kind_of_status(status: int, code: int | None) -> Kind:
    if status >= 500:
        return "server"
    if status == 401:
        return "credentials"
    return "garbage" if code is None else "refused"


def _limited(question: Question, answer: Answer, code: int | None, message: str, clock: limits.Clock) -> ZoomError:
    """The error of a 429, or of code 4001 that some of Zoom's documents give instead."""
    told_s = limits.retry_after_s(answer.headers.get("Retry-After"), clock)
    daily = limits.is_daily(answer.headers, message, told_s)
    wait_s = limits.day_s(told_s, clock) if daily else limits.second_s(told_s, question.call.label)
    kind: Kind = "daily" if daily else "rate"
    text = words.of(kind, question, message=message)
    return ZoomError(kind, text, status=answer.status, code=code, message=message, retry_after_s=wait_s)


def _server_wait(answer: Answer, clock: limits.Clock) -> float | None:
    told_s = limits.retry_after_s(answer.headers.get("Retry-After"), clock)
    return None if told_s is None else min(told_s, limits.SERVER_MAX_S)
