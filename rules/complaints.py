"""What the parser stumbled over, in words that say what would work."""

import re

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from rules.errors import RuleTextError

EXAMPLE = "audio_input.avg_loss > 5%"
_EXPECTED = {
    "NAME": f"a comparison such as {EXAMPLE}",
    "OP": "one of > >= < <=",
    "NUMBER": "a number with its unit, such as 5% or 40 ms",
    "RPAR": "')'",
    "_AND": "'and', 'or' or 'unless'",
    "$END": "the end",
}
_FOREIGN = {"&": "and", "|": "or", "!": "not"}


def complaint(text: str, wrong: UnexpectedInput) -> RuleTextError:
    """The error to raise for what lark met: the sentence and its place."""
    start, end, allowed = _place(text, wrong)
    if text[:start].count("(") <= text[:start].count(")"):
        allowed -= {"RPAR"}  # the parser's table allows it wherever any parenthesis could be open
    return RuleTextError(_sentence(text, start, end, allowed), text, start, end)


def _place(text: str, wrong: UnexpectedInput) -> tuple[int, int, set[str]]:
    """Where it stands, and the terminals that could have stood there."""
    if isinstance(wrong, UnexpectedCharacters):
        start = wrong.pos_in_stream or 0
        return start, start + 1, set(wrong.allowed or ())
    if not isinstance(wrong, UnexpectedToken):
        return len(text), len(text), set()
    allowed = set(wrong.accepts or wrong.expected)
    if wrong.token.type == "$END" or wrong.token.start_pos is None:
        return len(text), len(text), allowed
    return wrong.token.start_pos, wrong.token.start_pos + len(wrong.token), allowed


def _sentence(text: str, start: int, end: int, allowed: set[str]) -> str:
    given, before, after = text[start:end], text[:start].rstrip(), text[end:]
    expected = "expected " + ", ".join(words for key, words in _EXPECTED.items() if key in allowed)
    if not given:
        return f"the text ends too early: {expected}"
    if "OP" in allowed and given[0] in "=!≥≤":
        return "compare with > >= < or <="
    if given[0] in _FOREIGN:
        return f"write '{_FOREIGN[given[0]]}' for {given[0]}"
    if given == ")" and "RPAR" not in allowed and "NAME" not in allowed:
        return "this ')' closes nothing"
    return _known_habit(given, before, after, allowed) or f"'{given}' is not understood here: {expected}"


def _known_habit(given: str, before: str, after: str, allowed: set[str]) -> str:
    """What people coming from other languages write; "" when it is none of these."""
    function = re.search(r"[\w*]+$", before)
    if given[0] in "<>" and "NUMBER" not in allowed and "OP" not in allowed and re.search(r"[<>]", before):
        return "comparisons do not chain: join two with 'and'"
    if "NAME" in allowed and re.match(r"[-+−.]?\d", given):
        chained = re.match(r"\s*[%\w]*\s*[<>]=?\s*[\w.*()]+\s*[<>]", after)
        return f"{'comparisons do not chain: ' if chained else ''}write the metric first: {EXAMPLE}"
    if given == "(" and function:
        return f"unknown function '{function[0]}': use max, min, avg, any or all"
    if "NUMBER" in allowed and re.match(r"[^\W\d]", given):
        return "compare with a number, not with another metric: audio_input.jitter > 40 ms"
    return ""
