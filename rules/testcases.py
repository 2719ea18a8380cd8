"""What a rule test is: rules, what one call does minute by minute, and what should come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rules.model import Rule, Severity, TransitionKind
from rules.series import Told

State = Literal["none", "warning", "critical", "held"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What holds at a minute, and the sentence of the last transition up to it."""

    pointer: str
    at: int
    state: State
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A transition and the minute whose row brought it. None: any will do."""

    at: int
    kind: TransitionKind
    severity: Severity | None = None
    sentence: str | None = None

    def __str__(self) -> str:
        words = f"{self.at} {self.kind}" + (f" {self.severity}" if self.severity else "")
        return words + (f": {self.sentence}" if self.sentence else "")


@dataclass(frozen=True, slots=True)
class RuleTest:
    """Rules, what one person's call does minute by minute, and what should come of it."""

    pointer: str
    name: str
    rules: tuple[Rule, ...]
    series: Mapping[str, tuple[Told, ...]]
    expect: tuple[Expectation, ...] = ()
    transitions: tuple[Step, ...] | None = None

    @property
    def minutes(self) -> int:
        """How long it runs: to the end of the longest series, or to the last minute that is spoken of."""
        told = [len(values) for values in self.series.values()]
        spoken = [each.at + 1 for each in self.expect] + [each.at + 1 for each in self.transitions or ()]
        return max([*told, *spoken], default=0)
