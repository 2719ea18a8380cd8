"""Rule text → tree. Bounded before it is parsed; whatever is wrong is told with a caret under the place."""

import re
from importlib.resources import files
from typing import Any

from lark import Lark, Token, UnexpectedInput, v_args
from lark.visitors import Transformer

from rules.complaints import EXAMPLE, complaint
from rules.errors import RuleTextError
from rules.metrics import UNITS
from rules.naming import Unnamed, canonical, members
from rules.tree import And, Comparison, Node, Not, Operand, Or, Unless

MAX_LENGTH = 500
MAX_DEPTH = 16
MAX_NOTS = 64


class _Wrong(Exception):
    """Found wrong while the tree is built: the text is not at hand there."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.sentence, self.start, self.end = sentence, start, end


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Builds the tree as the parser goes, so that nothing is walked recursively."""

    def unless(self, claim: Node, excuse: Node) -> Node:
        return Unless(claim, excuse)

    def either(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else Or(_flat(parts, Or))

    def both(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else And(_flat(parts, And))

    def negated(self, part: Node) -> Node:
        return Not(part)

    def inside(self, part: Node) -> Node:
        return part

    def operand(self, *tokens: Token) -> Operand:
        name = tokens[-1]
        aggregate = str(tokens[0]).lower() if len(tokens) == 2 else ""
        start = _start(name)
        try:
            found = members(str(name), aggregate=bool(aggregate))
        except Unnamed as wrong:
            raise _Wrong(wrong.sentence, start + wrong.start, start + wrong.end) from None
        text = canonical(str(name))
        return Operand(f"{aggregate}({text})" if aggregate else text, aggregate, found)

    def comparison(self, operand: Operand, op: Token, number: Token, unit: Token | None = None) -> Node:
        return Comparison(operand, str(op), _threshold(operand, number, unit))


def _flat(parts: tuple[Node, ...], kind: type[And] | type[Or]) -> tuple[Node, ...]:
    """`(a and b) and c` is `a and b and c`."""
    return tuple(each for part in parts for each in (part.parts if isinstance(part, kind) else (part,)))


def _start(token: Token) -> int:
    return token.start_pos or 0


def _threshold(operand: Operand, number: Token, unit: Token | None) -> float:
    """The number in the metric's own unit; latency is not compared with a percentage."""
    place = _start(unit or number), _start(unit or number) + len(unit or number)
    if unit is None and operand.unit:
        better = f"{number}{operand.unit}" if operand.unit in ("%", "p") else f"{number} {operand.unit}"
        raise _Wrong(f"{number} what? {operand.text} is in {operand.unit}: write {better}", *place)
    given, scale = UNITS.get(unit.lower(), (None, 0.0)) if unit is not None else ("", 1.0)
    if given != operand.unit:
        raise _Wrong(_wrong_unit(operand, str(number), str(unit), known=given is not None), *place)
    value = float(number.replace("−", "-")) * scale
    if abs(value) > 1e9:
        raise _Wrong("that number is too large to mean anything", *place)
    return value


def _wrong_unit(operand: Operand, number: str, unit: str, *, known: bool) -> str:
    if not operand.unit:
        return f"{operand.text} has no unit: write {number}"
    told = f"{operand.text} is in {operand.unit}"
    return f"{told}, not in {unit}" if known else f"unknown unit '{unit}': {told}"


_GRAMMAR = files("rules").joinpath("grammar.lark").read_text("utf-8")
_PARSER = Lark(_GRAMMAR, parser="lalr", transformer=_Builder(), start=["start", "operand"])


def parse(text: str) -> Node:
    """The tree of a level.

        level      = either { "unless" either }
        either     = both { "or" both }
        both       = single { "and" single }
        single     = "not" single | "(" level ")" | comparison
        comparison = operand ( ">" | ">=" | "<" | "<=" ) number [ unit ]
        operand    = stream "." metric | ( "max" | "min" | "avg" | "any" | "all" ) "(" stream "." metric ")"

    Raises RuleTextError.
    """
    tree: Node = _run(text, "start")
    return tree


def parse_operand(text: str) -> Operand:
    """The tree of a metric or an aggregate alone. Raises RuleTextError."""
    operand: Operand = _run(text, "operand")
    return operand


def _run(text: str, start: str) -> Any:
    _bounded(text)
    try:
        return _PARSER.parse(text, start=start)
    except _Wrong as wrong:
        raise RuleTextError(wrong.sentence, text, wrong.start, wrong.end) from None
    except UnexpectedInput as wrong:
        raise complaint(text, wrong) from None


def _bounded(text: str) -> None:
    """Refuses what is too much before anything is built from it."""
    if not text.strip():
        raise RuleTextError(f"a level needs a comparison, such as {EXAMPLE}", text, 0)
    if len(text) > MAX_LENGTH:
        raise RuleTextError(f"{len(text)} characters are too many: at most {MAX_LENGTH}", text, MAX_LENGTH)
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth > MAX_DEPTH:
            raise RuleTextError(f"parentheses go deeper than {MAX_DEPTH}", text, place, place + 1)
    nots = list(re.finditer(r"\bnot\b", text, re.IGNORECASE))
    if len(nots) > MAX_NOTS:
        raise RuleTextError(f"more than {MAX_NOTS} times 'not'", text, *nots[MAX_NOTS].span())
