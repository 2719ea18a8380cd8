"""Rules that are well formed and yet would disappoint: silent for ever, or true of everybody."""

from collections.abc import Iterator

from rules.english import exact
from rules.tree import And, Comparison, Node, Not, Or, Unless, comparisons, streams, text

_RANGE = {"%": (0.0, 100.0), "dBm": (-120.0, 0.0), "": (1.0, 4.5)}  # by unit; all else begins at 0
_SOMETIMES = {"cpu_usage": "from phones and rooms", "wifi_rssi": "without Wi-Fi"}


def pitfalls(tree: Node) -> tuple[str, ...]:
    """One sentence for each trap, with what would work."""
    return tuple(dict.fromkeys([*_silencers(tree, root=True), *_out_of_range(tree)]))


def _silencers(node: Node, *, root: bool = False) -> Iterator[str]:
    """`A and not B`, where B may be missing while A is there: unknown, hence never."""
    match node:
        case And(parts):
            yield from _silenced(parts, root)
            for part in parts:
                yield from _silencers(part)
        case Or(parts):
            for part in parts:
                yield from _silencers(part)
        case Not(part):
            yield from _silencers(part)
        case Unless(claim, excuse):
            yield from _silencers(claim)
            yield from _silencers(excuse)


def _silenced(parts: tuple[Node, ...], root: bool) -> Iterator[str]:
    claims = [part for part in parts if not isinstance(part, Not)]
    present = frozenset[str]().union(*(streams(part) for part in claims))
    risky = [part for part in parts if isinstance(part, Not) and streams(part) - present]
    if not risky:
        return
    kept = [part for part in parts if part not in risky]
    absent = sorted(frozenset[str]().union(*(streams(part) for part in risky)) - present)
    shown = ", ".join(f"{stream} ({_SOMETIMES.get(stream, 'while it is idle')})" for stream in absent)
    said = f"'{' and '.join(text(part) for part in risky)}' is unknown where Zoom sends no {shown}, "
    if not kept:
        yield said + "and then this never fires"
        return
    excuse = risky[0].part if len(risky) == 1 else Or(tuple(part.part for part in risky))
    better = text(Unless(And(tuple(kept)) if len(kept) > 1 else kept[0], excuse))
    yield said + f"and then this never fires. Write: {better if root else f'({better})'}"


def _out_of_range(tree: Node) -> Iterator[str]:
    for each in comparisons(tree):
        low, high = _RANGE.get(each.operand.unit, (0.0, float("inf")))
        if not low <= each.threshold <= high:
            yield _always_or_never(each, low, high)


def _always_or_never(each: Comparison, low: float, high: float) -> str:
    true = (each.op[0] == ">") == (each.threshold < low)
    unit = each.operand.unit
    between = f"lies between {exact(low, unit)} and {exact(high, unit)}"
    known = between if high != float("inf") else "is never below 0"
    return f"'{text(each)}' is {'always' if true else 'never'} true: {each.operand.text} {known}"
