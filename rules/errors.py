"""What the rules refuse, each time with a sentence that says where and what would work.

RulesError
    RuleTextError   a level or `clear` that can not be read: the place, with a caret under it
    RuleError       a rule document, or a list of rule names: everything wrong with it at once
"""

from collections.abc import Sequence
from dataclasses import dataclass


class RulesError(ValueError):
    """Something that people wrote can not be used as it stands; trying again does not help."""


class RuleTextError(RulesError):
    """A rule text that can not be read. `str()` is the sentence with the text and the place under it."""

    def __init__(self, sentence: str, text: str, position: int, end: int | None = None) -> None:
        self.sentence = sentence
        self.text = text
        self.position = position
        self.end = position if end is None else end
        super().__init__(sentence + _picture(text, position, self.end))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a document: a JSON pointer and a sentence; in a rule text also the place."""

    pointer: str
    sentence: str
    position: int | None = None


class RuleError(RulesError):
    """A document that can not be used: `errors` holds all that is wrong with it, `pointer` is the first."""

    def __init__(self, errors: Sequence[Fault]) -> None:
        self.errors = list(errors)
        self.pointer = self.errors[0].pointer
        super().__init__("\n".join(f"{fault.pointer}: {fault.sentence}" for fault in self.errors))


def _picture(text: str, start: int, end: int) -> str:
    """The text on one line and the place marked under it; nothing when there is too much to show."""
    if not text.strip() or len(text) > 500:
        return ""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"\n    {line}\n    {' ' * start}{'~' * (end - start)}^"
