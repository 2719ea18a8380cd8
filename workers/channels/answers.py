"""What a destination's answer means: was it taken, can trying again help, is the channel itself broken."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.gate import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refused` may be tried again, `dead` never (this message is at fault).

    `permanent_reason`: the channel is at fault, until a person mends it; what it owes stays owed.
    """

    outcome: Outcome
    permanent_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt as it went. `text` is the first kilobyte of the answer, or what happened; redacted."""

    status: int | None
    latency_ms: int
    text: str
    outcome: Outcome
    permanent_reason: str | None = None
    retry_after_s: float | None = None


ACCEPTED = Verdict("accepted")
REFUSED = Verdict("refused")
DEAD = Verdict("dead")


def broken(reason: str) -> Verdict:
    """The channel can not take anything, whatever we send."""
    return Verdict("refused", reason)


def by_words(words: Mapping[str, str], text: str) -> Verdict | None:
    """The verdict of the first word that the answer holds, where a vendor has words of its own."""
    found = next((word for word in words if word.lower() in text.lower()), None)
    return broken(f"{found}: {words[found]}") if found else None


def by_status(status: int) -> Verdict:
    """What the status alone tells. A redirect is never followed: the secret would go where it points."""
    if 200 <= status < 300:
        return ACCEPTED
    if status in (401, 403, 404, 410):
        return broken(f"HTTP {status}: this address takes nothing from us any more")
    return DEAD if status in (400, 411, 413, 414, 415, 422) else REFUSED
