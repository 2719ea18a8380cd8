"""A tree → closures over one minute's figures; None is unknown, neither true nor false."""

import operator
import statistics
from collections.abc import Callable, Mapping

from rules.metrics import CATALOGUE, mos
from rules.tree import And, Comparison, Node, Not, Operand, Or, Unless

Reading = Callable[[Mapping[str, float]], float | None]
Test = Callable[[Mapping[str, float]], bool | None]

_FOLD: Mapping[str, Callable[[list[float]], float]] = {"min": min, "avg": statistics.fmean}
COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def test(node: Node) -> Test:
    """The node as a closure over a sample's values."""
    match node:
        case Comparison(operand) if operand.aggregate in ("any", "all"):
            each = [_compare(_metric(name), node) for name in operand.members]
            return _quantified(each, operand.aggregate == "any")
        case Comparison(operand):
            return _compare(reading(operand), node)
        case Not(part):
            inner = test(part)
            return lambda values: None if (known := inner(values)) is None else not known
        case And(parts):
            return _joined([test(part) for part in parts], False)
        case Or(parts):
            return _joined([test(part) for part in parts], True)
        case Unless(claim, excuse):
            claimed, excused = test(claim), test(excuse)
            return lambda values: False if excused(values) else claimed(values)


def _compare(read: Reading, comparison: Comparison) -> Test:
    compare, threshold = COMPARE[comparison.op], comparison.threshold
    name = comparison.operand.text
    if name in CATALOGUE:  # by far the most: one call less
        return lambda values: None if (known := values.get(name)) is None else compare(known, threshold)
    return lambda values: None if (known := read(values)) is None else compare(known, threshold)


def _joined(tests: list[Test], deciding: bool) -> Test:
    """`or` is decided by the first True, `and` by the first False; else one unknown makes it unknown."""

    def ask(values: Mapping[str, float]) -> bool | None:
        answer: bool | None = not deciding
        for each in tests:
            known = each(values)
            if known is deciding:
                return deciding
            if known is None:
                answer = None
        return answer

    return ask


def _quantified(tests: list[Test], deciding: bool) -> Test:
    """any() and all() pass over missing members and are unknown only when all are missing."""

    def ask(values: Mapping[str, float]) -> bool | None:
        answer: bool | None = None
        for each in tests:
            known = each(values)
            if known is deciding:
                return deciding
            if known is not None:
                answer = known
        return answer

    return ask


def reading(operand: Operand) -> Reading:
    """The operand's value. any() and all() have none of their own; the highest stands for them."""
    reads = [_metric(name) for name in operand.members]
    if not operand.aggregate or len(reads) == 1:
        return reads[0]
    fold = _FOLD.get(operand.aggregate, max)

    def read(values: Mapping[str, float]) -> float | None:
        known = [found for each in reads if (found := each(values)) is not None]
        return fold(known) if known else None

    return read


def _metric(name: str) -> Reading:
    stream, field = name.split(".")
    if field != "mos":
        return lambda values: values.get(name)
    parts = tuple(f"{stream}.{each}" for each in ("latency", "jitter", "avg_loss"))

    def read(values: Mapping[str, float]) -> float | None:
        known = [values[part] for part in parts if part in values]
        return mos(*known) if len(known) == len(parts) else None

    return read
