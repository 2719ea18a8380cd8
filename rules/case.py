"""An alert as one channel sees it: what every sentence about it is made of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.model import DROPPED, AlertView, Breach, BreachView, Ending, Entry, Mention, Sample, Severity
from rules.words import MARKS, TOPIC, WHO, Clock, clean, quantity

_STREAM = re.compile(r"(audio|video|as)_(input|output|\*)|cpu_usage|wifi_rssi")
_RANK: Mapping[Severity, int] = {"warning": 1, "critical": 2}


@dataclass(frozen=True, slots=True)
class Case:
    """What a sentence is made of: an alert as one channel sees it, and the clock of that channel."""

    alert: AlertView
    breaches: tuple[BreachView, ...]  #: those that concern the channel
    severity: Severity
    samples: Sequence[Sample]
    clock: Clock
    over_at: datetime | None = None  #: when it had closed, for what came back
    entry: Entry | None = None  #: the change that the news is of

    @property
    def bad(self) -> tuple[BreachView, ...]:
        """The breaches that are open, the worst first."""
        standing = [breach for breach in self.breaches if breach.ending is None]
        return tuple(sorted(standing, key=lambda breach: -_RANK[breach.severity]))

    @property
    def main(self) -> BreachView:
        """The breach to speak of while something is bad."""
        return (self.bad or self.breaches)[0]

    @property
    def drop(self) -> BreachView | None:
        """The breach of somebody who dropped out, open or over."""
        return next((breach for breach in self.breaches if breach.rule == DROPPED), None)

    @property
    def newest(self) -> BreachView:
        """The breach that broke last."""
        return max(self.bad or self.breaches, key=lambda breach: breach.since_at)

    @property
    def last(self) -> BreachView:
        """The breach whose end is told: the last to end; of two at once the one not known to be fine."""
        over = [breach for breach in self.breaches if breach.ended_at] or list(self.breaches)
        return max(over, key=lambda breach: (breach.ended_at or breach.since_at, breach.ending != "fine"))

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Everybody whom this message may call: by the step that it tells, by the next, and who has it."""
        alert, call = self.alert, self.entry.call if self.entry else None
        told = (call, alert.next_call, *alert.calls)
        return tuple(dict.fromkeys(name for calling in told if calling for name in calling.names))[: len(MARKS)]

    @property
    def policed(self) -> bool:
        """Whether a policy is at work for it."""
        return any(view.policy for view in self.alert.watches)

    def mark(self, name: Mention) -> str:
        """The place of a mention in a text that chats turn into their own."""
        known = self.mentions
        return MARKS[known.index(name)] if name in known else clean(name.name)

    @property
    def ending(self) -> Ending:
        """How it ended for this channel; what still stands elsewhere is no longer watched for it."""
        return self.last.ending or self.alert.ending or "unwatched"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with places for names. `core` alone is a line of a digest, which names the meeting above.

    `spare` is said after it where there is room, else below it. `brief` is the line of a digest where the core does
    not say whom it is of.
    """

    core: str
    tail: str = ""
    spare: str = ""
    named: bool = True  #: the meeting is said between core and tail
    brief: str = ""

    @property
    def whole(self) -> str:
        """All of it, as a message of its own begins."""
        return " ".join(f"{part}." for part in (self.core, TOPIC if self.named else "", self.tail) if part)


def stream(operand: str) -> str:
    """The stream that an operand speaks of: "max(audio_*.latency)" -> "audio_*"; "" without one."""
    found = _STREAM.search(operand)
    return found[0] if found else ""


def says(alert: AlertView, breach: BreachView) -> str:
    """What listeners notice, with a place for the name."""
    text, who = clean(breach.says).rstrip("."), clean(alert.who)
    return text.replace(who, WHO) if who else text


def figure(breach: BreachView) -> str:
    """The newest value of a breach's own metric; "" without one."""
    return "" if breach.value is None else quantity(breach.value, breach.unit, breach.threshold)


def worst(breach: BreachView) -> str:
    """ "worst 18 %"; "" without a value."""
    return "" if breach.worst is None else f"worst {quantity(breach.worst, breach.unit, breach.threshold)}"


def went_silent(breach: BreachView, at: str) -> str:
    """What an idle stream looks like from outside."""
    return _SILENT.get(stream(breach.operand), "{who} stopped sending at {at}").format(who=WHO, at=at)


def noun(breach: BreachView | Breach) -> str:
    """What of somebody is bad: "sent audio"; "" where the rule names no stream of theirs."""
    return "connection" if breach.rule == DROPPED else _NOUNS.get(stream(breach.operand), "")


def joined(*parts: str) -> str:
    """What is there of the parts, with commas."""
    return ", ".join(part for part in parts if part)


_SILENT = {
    "video_input": "{who} stopped sending video at {at}",
    "as_input": "{who} stopped sharing at {at}",
    "audio_output": "{who} receives no audio since {at}",
    "video_output": "{who} receives no video since {at}",
    "as_output": "{who} receives no screen share since {at}",
}
_NOUNS = {
    "audio_input": "sent audio",
    "audio_output": "received audio",
    "audio_*": "audio",
    "video_input": "sent video",
    "video_output": "received video",
    "video_*": "video",
    "as_input": "sent screen share",
    "as_output": "received screen share",
    "as_*": "screen share",
    "cpu_usage": "computer",
    "wifi_rssi": "Wi-Fi",
}
