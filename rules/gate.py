"""The gate of one channel: when the next post may go, and whether only a person can mend it.

One failing destination is tried again after 1 and 2 seconds, then every 3 s for a minute, every 5 s until it is five
minutes, then every minute; a broken one once an hour. Nothing that is owed is lost meanwhile. All waits are real
seconds, since they spare machines and not meetings.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

FIRST_WAITS_S = (1, 2)
#: Then, until the failure is so old, after so long. Eight posts in the first twenty seconds are not yet a burden, and
#: whoever was away for a moment has everything within six seconds.
WAITS_S = ((60, 3), (5 * 60, 5))
SLOW_WAIT_S = 60
BROKEN_WAIT_S = 60 * 60
BROKEN_AFTER_S = 3 * 60 * 60
LONGEST_RETRY_AFTER_S = 15 * 60
NOTHING_ACCEPTED = "nothing was accepted for three hours"


Outcome = Literal["accepted", "refused", "unknown", "dead"]


@dataclass(frozen=True, slots=True)
class Gate:
    """What is kept of a channel. `first_fail_at` is the first failure since the last success."""

    not_before: datetime | None = None
    fails: int = 0
    first_fail_at: datetime | None = None
    proved_at: datetime | None = None  #: when it last accepted something
    broken: str | None = None  #: why only a person can mend it


class Answer(Protocol):
    """What the gate asks of an answer."""

    @property
    def outcome(self) -> Outcome: ...
    @property
    def permanent_reason(self) -> str | None: ...
    @property
    def retry_after_s(self) -> float | None: ...


def after(gate: Gate, answer: Answer, *, now: datetime, scale: Callable[[float], timedelta]) -> Gate:
    """The gate after an attempt. `scale` tells how long so many real seconds are by the clock of `now`."""
    if answer.outcome == "accepted":
        return Gate(proved_at=now)
    if answer.outcome == "dead" and answer.permanent_reason is None:
        return Gate(proved_at=gate.proved_at)  # it answered, and the message was at fault: the next one may go
    failed = _counted(gate, now, scale)
    broken = answer.permanent_reason or failed.broken or _given_up(failed, now, scale)
    wait = scale(BROKEN_WAIT_S if broken else _wait_s(failed, now, scale))
    asked = scale(min(answer.retry_after_s or 0, LONGEST_RETRY_AFTER_S))
    return replace(failed, broken=broken, not_before=now + max(wait, asked))


def _counted(gate: Gate, now: datetime, scale: Callable[[float], timedelta]) -> Gate:
    """One more failure. A run of failures that nobody carried on is over: what was owed then was dropped."""
    stale = gate.not_before is not None and now - gate.not_before > scale(LONGEST_RETRY_AFTER_S)
    if stale and gate.broken is None:
        gate = Gate(proved_at=gate.proved_at)
    return replace(gate, fails=gate.fails + 1, first_fail_at=gate.first_fail_at or now)


def _given_up(gate: Gate, now: datetime, scale: Callable[[float], timedelta]) -> str | None:
    since = gate.first_fail_at or now
    return NOTHING_ACCEPTED if now - since >= scale(BROKEN_AFTER_S) else None


def _wait_s(gate: Gate, now: datetime, scale: Callable[[float], timedelta]) -> float:
    if gate.fails <= len(FIRST_WAITS_S):
        return FIRST_WAITS_S[gate.fails - 1]
    since = gate.first_fail_at or now
    return next((wait for until, wait in WAITS_S if now - since < scale(until)), SLOW_WAIT_S)
