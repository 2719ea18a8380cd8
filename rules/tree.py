"""What a rule text says, as a tree: comparisons joined by and, or, not and unless."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.metrics import METRICS


@dataclass(frozen=True, slots=True)
class Operand:
    """A metric, or an aggregate over several: `max(audio_*.latency)`. `text` is its one spelling."""

    text: str
    aggregate: str  #: "" for a plain metric
    members: tuple[str, ...]

    @property
    def unit(self) -> str:
        """The unit that all its members are counted in."""
        return METRICS[self.members[0]].unit

    @property
    def streams(self) -> frozenset[str]:
        """The streams that it looks at."""
        return frozenset(METRICS[name].stream for name in self.members)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operand op threshold`, the threshold in the unit of the catalogue."""

    operand: Operand
    op: str
    threshold: float


@dataclass(frozen=True, slots=True)
class And:
    """True when all parts are."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True when some part is."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is known to be false."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Unless:
    """`claim`, except when `excuse` is known to be true."""

    claim: "Node"
    excuse: "Node"


Node = Comparison | And | Or | Not | Unless


def comparisons(node: Node, *, excuses: bool = True) -> Iterator[Comparison]:
    """Every comparison in the order written; without `excuses`, only those outside `unless`."""
    match node:
        case Comparison():
            yield node
        case Not(part):
            yield from comparisons(part, excuses=excuses)
        case Unless(claim, excuse):
            yield from comparisons(claim, excuses=excuses)
            if excuses:
                yield from comparisons(excuse)
        case And(parts) | Or(parts):
            for part in parts:
                yield from comparisons(part, excuses=excuses)


def streams(node: Node, *, excuses: bool = True) -> frozenset[str]:
    """Every stream that is looked at."""
    return frozenset().union(*(c.operand.streams for c in comparisons(node, excuses=excuses)))


def text(node: Node) -> str:
    """The tree as a rule text again, with no more parentheses than it needs."""
    match node:
        case Comparison(operand, op, threshold):
            return f"{operand.text} {op} {threshold:.10g}{_glued(operand.unit)}"
        case Not(part):
            return f"not {_inside(part, Comparison, Not)}"
        case And(parts):
            return " and ".join(_inside(part, Comparison, Not) for part in parts)
        case Or(parts):
            return " or ".join(_inside(part, Comparison, Not, And) for part in parts)
        case Unless(claim, excuse):
            return f"{text(claim)} unless {_inside(excuse, Comparison, Not, And, Or)}"


def _inside(node: Node, *binding_closer: type) -> str:
    return text(node) if isinstance(node, binding_closer) else f"({text(node)})"


def _glued(unit: str) -> str:
    return unit if unit in ("%", "p", "") else f" {unit}"


def can_hold(node: Node, *, without: frozenset[str]) -> bool:
    """Whether it could ever be true while these streams have no figures."""
    return True in _possible(node, without)


def _possible(node: Node, without: frozenset[str]) -> frozenset[bool | None]:
    """Every answer that it could give; figures that are there may take any value."""
    match node:
        case Comparison(operand):
            return frozenset({None}) if operand.streams <= without else frozenset({True, False, None})
        case Not(part):
            return frozenset(known if known is None else not known for known in _possible(part, without))
        case And(parts):
            return _combined([_possible(part, without) for part in parts], False)
        case Or(parts):
            return _combined([_possible(part, without) for part in parts], True)
        case Unless(claim, excuse):
            excused = _possible(excuse, without)
            kept = _possible(claim, without) if excused - {True} else frozenset[bool | None]()
            return kept | ({False} if True in excused else set())


def _combined(answers: list[frozenset[bool | None]], deciding: bool) -> frozenset[bool | None]:
    found = frozenset[bool | None]()
    if any(deciding in each for each in answers):
        found |= {deciding}
    if all((not deciding) in each for each in answers):
        found |= {not deciding}
    if any(None in each for each in answers) and all(each - {deciding} for each in answers):
        found |= {None}
    return found
