"""Policies as people write and read them: how long after, whom, when, and what a ladder leaves undone."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from rules import duty
from rules.duty import Duty
from rules.errors import RulesError
from rules.model import Policy, Step, Target, When
from rules.words import duration

LONGEST_S = 86_400
ALWAYS = When()
ONLY_CRITICAL = When("critical")
_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
_VERBS = {"channel": "tells", "person": "calls", "schedule": "calls whoever is on call by"}


class DelayError(RulesError):
    """A time between two steps that can not be read; the message says what could."""


def delay(text: str) -> int:
    """Seconds: "0s", "90s", "5m", "1h", "300"; at most a day. Raises DelayError."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*([smh]?)\s*", text)
    if not found:
        raise DelayError('write how long after the step before it: "0s", "90s", "5m" or "1h"')
    seconds = int(found[1]) * _UNITS_S[found[2]]
    if seconds > LONGEST_S:
        raise DelayError("is over a day: nobody waits that long for a call that is on now")
    return seconds


def written(seconds: int) -> str:
    """A delay as `delay` reads it."""
    for unit in ("h", "m"):
        count, rest = divmod(seconds, _UNITS_S[unit])
        if count and not rest:
            return f"{count}{unit}"
    return f"{seconds}s"


def usual_when(tell: Iterable[Target], known: Duty) -> When:
    """When a step is taken that does not say it: what is more than a line in a chat waits for a critical alert."""
    chats = all(target.kind == "channel" and known.is_chat(target.id) for target in tell)
    return ALWAYS if chats else ONLY_CRITICAL


def says(policy: Policy) -> str:
    """The whole ladder in one sentence."""
    steps = "; ".join(_step(step) for step in policy.steps)
    times = "once more" if policy.repeat == 1 else f"{policy.repeat} times more"
    again = f" The steps run {times}, at least 5 min after the last." if policy.repeat else ""
    return f"While nobody takes it: {steps}.{again}"


def warnings(policy: Policy, known: Duty, now: datetime) -> tuple[str, ...]:
    """What whoever wrote a policy may not have meant, as things stand now."""
    return tuple(dict.fromkeys(_warnings(policy, known, now)))


def _warnings(policy: Policy, known: Duty, now: datetime) -> Iterator[str]:
    chats = tuple(channel for channel in known.kinds if known.is_chat(channel))  # any of them may hear the alert
    reaches = False
    for number, step in enumerate(policy.steps, 1):
        reached = duty.reached(known, step.tell, chats, now)
        reaches = reaches or bool(reached.channels)
        for why in reached.lost:
            yield f"Step {number}: {why} now."
        if not reached.channels:
            yield f"Step {number} would reach nobody now; the next one is taken at once."
    if not reaches:
        yield "This policy would reach nobody now."
    if all(usual_when(step.tell, known) == ALWAYS for step in policy.steps):
        yield "No step calls a person: every one of them only tells a chat."
    if all(step.when.severity == "critical" for step in policy.steps):
        yield "No step is taken for a warning: a watch that names no channel of its own tells nobody of one."


def _step(step: Step) -> str:
    lead = f"{_spoken(step.after_s)} later" if step.after_s else "at once"
    told = " and ".join(_told(step.tell))
    circumstances = ", ".join(_when(step.when))
    return f"{lead} {told}" + (f" ({circumstances})" if circumstances else "")


def _told(tell: Iterable[Target]) -> Iterator[str]:
    """Targets of one kind stand behind one verb: "tells slack-av, slack-ops"."""
    named: dict[str, list[str]] = {}
    for target in tell:
        named.setdefault(_VERBS[target.kind], []).append(target.id)
    return (f"{verb} {', '.join(ids)}" for verb, ids in named.items())


def _when(when: When) -> Iterator[str]:
    if when.severity == "critical":
        yield "when critical"
    if when.hours:
        yield f"in {', '.join(when.hours)}"
    if when.labels:
        yield f"for {', '.join(f'{key}={value}' for key, value in when.labels.items())}"


def _spoken(seconds: int) -> str:
    """A delay, exactly: what is no whole minute is told in seconds."""
    return f"{seconds} s" if seconds % 60 else duration(seconds)
