"""A rule read back in English, so that whoever wrote it sees what it will do. Directions are in capitals."""

from rules.metrics import METRICS, STREAMS
from rules.tree import And, Comparison, Node, Not, Operand, Or, Unless
from rules.words import with_unit

_MEDIA = {"audio": "audio", "video": "video", "as": "screen share"}
_SIDES = {("sent",): "SENDS", ("received",): "RECEIVES", ("sent", "received"): "SENDS and RECEIVES"}
_VERBS = {
    "avg_loss": "loses {}",
    "max_loss": "loses {} at its worst",
    "jitter": "jitters by {}",
    "latency": "has a round trip of {}",
    "bitrate": "has a bitrate of {}",
    "resolution": "has a resolution of {}",
    "frame_rate": "has a frame rate of {}",
    "mos": "has an estimated score (MOS) of {}",
}
_NOUNS = {
    "avg_loss": "loss",
    "max_loss": "worst loss",
    "jitter": "jitter",
    "latency": "round trip",
    "bitrate": "bitrate",
    "resolution": "resolution",
    "frame_rate": "frame rate",
    "mos": "estimated score (MOS)",
}
_FOLDED = {"max": "highest", "min": "lowest", "avg": "average"}
_AMOUNTS = {">": "more than {}", ">=": "{} or more", "<": "less than {}", "<=": "{} or less"}
_SIGNALS = {">": "stronger than {}", ">=": "{} or stronger", "<": "weaker than {}", "<=": "{} or weaker"}
_BOUNDS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def sentence(node: Node) -> str:
    """What follows "when": "the audio this person SENDS loses more than 5 % or jitters by more than 9 ms"."""
    return _said(node, False)


def lead(operand: Operand) -> str:
    """What leads into the operand's number: "sent audio loses", "delay is", "highest audio jitter is"."""
    metric = METRICS[operand.members[0]]
    if len(operand.members) == 1:
        return metric.words
    media = list(dict.fromkeys(_MEDIA[name.split("_")[0]] for name in operand.members))
    if metric.field == "latency" and operand.aggregate == "max" and media == ["audio"]:
        return "delay is"
    folded = _FOLDED.get(operand.aggregate, "highest")
    return f"{folded} {_listed(media)} {_NOUNS[metric.field]} is"


def bound(comparison: Comparison) -> str:
    """The op and the number where the metric has just been named: "below 2 %"."""
    return f"{_BOUNDS[comparison.op]} {exact(comparison.threshold, comparison.operand.unit)}"


def exact(number: float, unit: str) -> str:
    """A limit as it was set, never rounded: "12.5 %", "−75 dBm"."""
    return with_unit(f"{number:.10g}".replace("-", "−"), unit)


def _amount(comparison: Comparison, op: str) -> str:
    unit = comparison.operand.unit
    return (_SIGNALS if unit == "dBm" else _AMOUNTS)[op].format(exact(comparison.threshold, unit))


def _said(node: Node, negated: bool) -> str:
    """`not` is carried down to the comparisons, where it turns the sign round: easier to read."""
    match node:
        case Comparison():
            return " ".join(_clause(node, negated))
        case Not(part):
            return _said(part, not negated)
        case And(parts):
            return _joined(parts, "or" if negated else "and", negated)
        case Or(parts):
            return _joined(parts, "and" if negated else "or", negated)
        case Unless(claim, excuse):
            inside = f"{_said(claim, False)} (unless {_said(excuse, False)})"
            return f"it is not so that ({inside})" if negated else inside


def _joined(parts: tuple[Node, ...], word: str, negated: bool) -> str:
    """The same subject is named once: "the audio this person SENDS loses … or jitters …"."""
    said: list[str] = []
    subject = ""
    for part in parts:
        bare, flipped = _bare(part, negated)
        if isinstance(bare, Comparison):
            who, does = _clause(bare, flipped)
            said.append(does if who == subject else f"{who} {does}")
            subject = who
        else:
            said.append(f"({_said(bare, flipped)})")
            subject = ""
    return f" {word} ".join(said)


def _bare(node: Node, negated: bool) -> tuple[Node, bool]:
    while isinstance(node, Not):
        node, negated = node.part, not negated
    return node, negated


def _clause(comparison: Comparison, negated: bool) -> tuple[str, str]:
    """Subject and predicate: "the audio this person SENDS", "loses more than 5 %"."""
    operand = comparison.operand
    amount = _amount(comparison, _OPPOSITE[comparison.op] if negated else comparison.op)
    metric = METRICS[operand.members[0]]
    if metric.stream not in STREAMS:
        return metric.words.removesuffix(" is"), f"is {amount}"
    owners = _owners(operand.members)
    if len(operand.members) > 1 and operand.aggregate in _FOLDED:
        return f"the {_FOLDED[operand.aggregate]} {_NOUNS[metric.field]} of {owners}", f"is {amount}"
    if len(operand.members) > 1:
        some = (operand.aggregate == "any") != negated
        owners = f"{'any' if some else 'all'} of {owners}"
    return owners, _VERBS[metric.field].format(amount)


def _owners(members: tuple[str, ...]) -> str:
    """ "the audio and video this person SENDS", grouped by medium where both sides are meant."""
    sides: dict[str, list[str]] = {}
    for name in members:
        metric = METRICS[name]
        sides.setdefault(_MEDIA[metric.stream.split("_")[0]], []).append(metric.direction)
    grouped: dict[str, list[str]] = {}
    for medium, directions in sides.items():
        grouped.setdefault(_SIDES[tuple(directions)], []).append(medium)
    return " and ".join(f"the {_listed(media)} this person {side}" for side, media in grouped.items())


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
