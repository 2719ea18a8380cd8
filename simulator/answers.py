"""An answer of the pretend Zoom, and the words of each of its errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. `body` becomes JSON unless it is text already."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """Zoom's own code in it; 0 without one."""
        return int(self.body.get("code") or 0) if isinstance(self.body, dict) else 0


_WORDS: dict[str, tuple[int, int, str]] = {
    "124": (401, 124, "Invalid access token."),
    "200": (400, 200, "Only available for paid account, and dashboard feature is enabled."),
    "300": (400, 300, "Can not access webinar info, {detail}."),
    "1010": (404, 1010, "User does not belong to this account."),
    "3001": (404, 3001, "Meeting ID is invalid or not end."),
    "4700": (400, 4700, "Invalid access token, does not contain scopes:[{detail}]."),
    "4711": (400, 4711, "Invalid access token, does not contain scopes:[{detail}]."),
    "12702": (400, 12702, "Can not access a meeting a year ago."),
    "500": (500, 500, "Internal server error."),
    "502": (502, 502, "Bad gateway."),
    "503": (503, 503, "Service unavailable."),
    "504": (504, 504, "Gateway timeout."),
}

_TOKEN_WORDS = {
    "invalid_client": (401, "Invalid client_id or client_secret"),
    "invalid_request": (400, "Bad Request"),
    "unsupported_grant_type": (400, "unsupported grant type"),
}

TOKEN_KINDS = frozenset(_TOKEN_WORDS)  #: what only the token call answers
KINDS = frozenset({*_WORDS, *TOKEN_KINDS})


def refusal(kind: str, *, detail: str = "", status: int | None = None, message: str = "") -> Answer:
    """The error that `kind` names, in Zoom's words or in others."""
    if kind in _TOKEN_WORDS:
        usual, reason = _TOKEN_WORDS[kind]
        return Answer(status or usual, {"reason": message or reason, "error": kind})
    usual, code, words = _WORDS[kind]
    return Answer(status or usual, {"code": code, "message": message or words.format(detail=detail)})
