"""What goes wrong with webhooks on demand: lost, twice, late, out of order, forged, stale."""

import re
from dataclasses import dataclass, replace
from random import Random

from simulator.letters import Letter

KINDS = ("drop", "duplicate", "delay", "shuffle", "forge", "stale")


@dataclass
class Mischief:
    """One thing that goes wrong, for webhooks whose event the pattern is found in.

    "drop" loses it, "duplicate" sends `copies` more (each `seconds` after the one before), "delay" holds
    it `seconds` by the clock, "shuffle" mixes those of one flush, "forge" signs with another secret,
    "stale" dates its header `seconds` back.
    """

    kind: str
    event: str = ""
    count: int | None = None
    """So many webhooks; None: all."""
    seconds: float = 0.0
    copies: int = 1
    role: str = ""
    """Only of people with this role: the host's own joined event is one that Zoom loses."""
    hits: int = 0

    def meets(self, event: str, role: str) -> bool:
        """Whether this webhook is one of its own; counted."""
        if self.count is not None and self.hits >= self.count:
            return False
        if re.search(self.event, event) is None or (self.role and self.role != role):
            return False
        self.hits += 1
        return True


def done_to(letter: Letter, role: str, all_of_them: list[Mischief]) -> tuple[list[Letter], bool]:
    """What is left of a letter, and whether it is one to be mixed with others."""
    left, mixed = [letter], False
    for one in all_of_them:
        if not one.meets(letter.event, role):
            continue
        if one.kind == "drop":
            return [], False
        if one.kind == "duplicate":
            left += [replace(letter, due_at=letter.due_at + one.seconds * nth) for nth in range(1, one.copies + 1)]
        elif one.kind == "delay":
            left = [replace(each, due_at=each.due_at + one.seconds) for each in left]
        elif one.kind == "shuffle":
            mixed = True
        elif one.kind == "forge":
            left = [replace(each, forged=True) for each in left]
        else:
            left = [replace(each, age_s=one.seconds) for each in left]
    return left, mixed


def mixed_up(letters: list[Letter], dice: Random) -> list[Letter]:
    """The same letters with their places exchanged."""
    places = [(each.due_at, each.number) for each in letters]
    dice.shuffle(places)
    return [replace(each, due_at=due, number=number) for each, (due, number) in zip(letters, places, strict=True)]
