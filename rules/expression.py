"""A level's text → a predicate over one minute's sample. Parsed once, compiled to closures, quick to ask.

Three-valued throughout: a comparison with a missing figure is unknown (None), neither true nor false.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rules import english
from rules.closures import COMPARE, Reading, Test, reading, test
from rules.errors import RuleTextError
from rules.metrics import METRICS, STREAMS
from rules.model import Outcome, Sample
from rules.parsing import parse, parse_operand
from rules.pitfalls import pitfalls
from rules.tree import And, Comparison, Node, Not, Operand, Or, Unless, comparisons, streams

__all__ = ["Predicate", "RuleTextError", "Term", "compile_rule_text", "direction", "value", "words"]

_MEDIA = frozenset(STREAMS)
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison as a sentence needs it: `audio_input.avg_loss > 5 %`."""

    operand: str
    op: str
    threshold: float
    unit: str


@dataclass(frozen=True, slots=True)
class Predicate:
    """A compiled level. `streams` are those it names outside `unless`; `english` follows "when"."""

    text: str
    tree: Node
    terms: tuple[Term, ...]
    streams: frozenset[str]
    warnings: tuple[str, ...]
    english: str
    _media: frozenset[str]
    _test: Test

    def holds(self, sample: Sample) -> bool | None:
        """Whether it is true of this minute; None when that can not be known."""
        return self._test(sample.values)

    def outcome(self, sample: Sample) -> Outcome:
        """What it says of this minute: idle when all its media are blank, unless the rest proves it bad."""
        holds = self._test(sample.values)
        if holds:
            return "bad"
        if self._media and self._media <= sample.blank:
            return "idle"
        return "unknown" if holds is None else "fine"

    def culprit(self, sample: Sample) -> Term | None:
        """The comparison that makes it true now, the one exceeded most; None while it is not true."""
        if not self.holds(sample):
            return None
        found = _culprits(self.tree, sample.values, True)
        return max(found, key=lambda each: each[0])[1] if found else None


@lru_cache(maxsize=4096)
def compile_rule_text(text: str) -> Predicate:
    """The predicate of a level. Raises RuleTextError, with a caret under the place."""
    tree = parse(text)
    named = streams(tree, excuses=False)
    return Predicate(
        text=text,
        tree=tree,
        terms=tuple(_term(each) for each in comparisons(tree)),
        streams=named,
        warnings=pitfalls(tree),
        english=english.sentence(tree),
        _media=named & _MEDIA,
        _test=test(tree),
    )


def value(operand_text: str, sample: Sample) -> float | None:
    """What `audio_input.avg_loss` or `max(audio_*.latency)` is in this minute; None when it is missing."""
    return _operand(operand_text)[1](sample.values)


def words(operand_text: str) -> str:
    """What leads into its number: "sent audio loses", "delay is"."""
    return english.lead(_operand(operand_text)[0])


def direction(operand_text: str) -> Literal["sent", "received", "both", ""]:
    """Whose side it shows: what the person sends, what they receive, both, or neither (CPU, Wi-Fi)."""
    found = {METRICS[name].direction for name in _operand(operand_text)[0].members} - {""}
    return "both" if len(found) > 1 else found.pop() if found else ""


@lru_cache(maxsize=4096)
def _operand(text: str) -> tuple[Operand, Reading]:
    operand = parse_operand(text)
    return operand, reading(operand)


def _term(comparison: Comparison) -> Term:
    operand = comparison.operand
    return Term(operand.text, comparison.op, comparison.threshold, operand.unit)


def _culprits(node: Node, values: Mapping[str, float], wanted: bool) -> list[tuple[float, Term]]:
    """The comparisons that make `node` come out as `wanted`, each with how far it is exceeded."""
    if test(node)(values) is not wanted:
        return []
    match node:
        case Comparison():
            return _exceeded(node, values, wanted)
        case Not(part):
            return _culprits(part, values, not wanted)
        case Unless(claim, excuse):
            return _culprits(claim, values, wanted) or _culprits(excuse, values, True)
        case And(parts) | Or(parts):
            return [found for part in parts for found in _culprits(part, values, wanted)]


def _exceeded(comparison: Comparison, values: Mapping[str, float], wanted: bool) -> list[tuple[float, Term]]:
    """any() and all() are told by the member that broke it: it says whose side is bad."""
    operand, threshold = comparison.operand, comparison.threshold
    op = comparison.op if wanted else _OPPOSITE[comparison.op]
    named = operand.members if operand.aggregate in ("any", "all") else (operand.text,)
    found = []
    for name in named:
        known = _operand(name)[1](values)
        if known is not None and COMPARE[op](known, threshold):
            excess = abs(known - threshold) / max(abs(threshold), 1e-9)
            found.append((excess, Term(name, op, threshold, operand.unit)))
    return found
