"""What went wrong with Zoom, whether asking again helps, and what a person should do about it."""

import re
from typing import Literal

Kind = Literal[
    "credentials",  # Zoom does not take our token, or gives us none
    "scope",  # the app may not ask this
    "plan",  # the account's plan has no dashboard
    "dashboard",  # the dashboard is off, or the app's owner may not see it
    "not_live",  # no such meeting now (or, of the past, not over yet)
    "no_participant",  # no such person in it, or no such meeting: ask for the meeting to know
    "too_old",  # Zoom has forgotten it
    "refused",  # Zoom does not understand the question
    "rate",  # too many calls this second
    "daily",  # too many calls today
    "budget",  # our own count says no: the call was not made
    "network",  # no answer
    "server",  # Zoom's own trouble
    "garbage",  # an answer that is not Zoom's
]

#: Asking the same again can bring another answer without anybody doing something.
_PASSING: frozenset[Kind] = frozenset({"not_live", "rate", "daily", "budget", "network", "server", "garbage"})
_MESSAGE_CHARS = 200
_SECRETIVE = re.compile(r"(?i)\b(bearer|basic)\s+\S{12,}|[A-Za-z0-9_\-.+/=]{40,}")


class ZoomError(Exception):
    """The one error of this package. `words` are for a person, `message` is Zoom's own, made safe."""

    def __init__(
        self,
        kind: Kind,
        words: str,
        *,
        status: int | None = None,
        code: int | None = None,
        message: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        self.kind = kind
        self.words = words
        self.status = status
        self.code = code
        self.message = safe(message)
        self.retry_after_s = retry_after_s  #: real seconds
        super().__init__(kind, words)

    def __str__(self) -> str:
        return self.words

    @property
    def retry(self) -> bool:
        """Whether trying again helps by itself; otherwise somebody has to do what `words` say."""
        return self.kind in _PASSING


def safe(text: str) -> str:
    """Foreign text on one line: at most 200 characters, nothing in it that looks like a secret."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = _SECRETIVE.sub("…", line)
    return line if len(line) <= _MESSAGE_CHARS else line[: _MESSAGE_CHARS - 1] + "…"
