"""An alert as one channel sees it: what every sentence about it is made of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.model import DROPPED, AlertView, BreachView, Ending, Sample, Severity
from rules.words import TOPIC, WHO, Clock, clean, quantity

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
    def ending(self) -> Ending:
        """How it ended for this channel; what still stands elsewhere is no longer watched for it."""
        return self.last.ending or self.alert.ending or "unwatched"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with places for names. `core` alone is a line of a digest, which names the meeting above.

    `spare` is said after it where there is room.
    """

    core: str
    tail: str = ""
    spare: str = ""
    named: bool = True  #: the meeting is said between core and tail

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
