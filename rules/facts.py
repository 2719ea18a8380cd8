"""The smallest parts of a message: a named fact, a row of minutes, a breach in figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One named fact. `fresh` is true only now, for chats that are read at once; `link` leads to a runbook.

    `lasting` is its name and text where a message can never be changed; None: the same, without what is `fresh`.
    """

    name: str
    text: str
    fresh: str = ""
    link: str = ""
    lasting: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The last minutes of one figure: digits first, since fonts break bars."""

    name: str
    digits: str
    unit: str
    bars: str


@dataclass(frozen=True, slots=True)
class Said:
    """One breach in figures: what is measured, and how that was judged. `rest` ends with a time."""

    strong: str
    rest: str
