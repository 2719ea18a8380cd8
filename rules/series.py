"""One figure over the minutes of a rule test, in a short notation, and the rows that several of them make.

    series := part (" " part)*         one value a minute, from minute 0
    part   := 6   -79   0.3            the figure, in the unit of its metric
            | 0x3                      the same for three minutes
            | 2+2x4   20-5x3           2 4 6 8, and 20 15 10: so many minutes, each so much on
            | idle                     a blank stream: nothing is sent (or received)
            | ?                        a row came, and this figure is not in it
            | _                        no row came; a row comes when any other series tells of it
            `idle ? _` repeat alike: _x5

N of `xN` is how many minutes, always.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Literal

from rules.errors import RuleTextError
from rules.metrics import METRICS, STREAMS, mos
from rules.model import Sample
from rules.naming import Unnamed, canonical, closest, members

Told = float | Literal["idle", "?", "_"]
LONGEST = 1440  #: minutes: a day

_PLAIN = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_NUMBER = rf"[+-]?{_PLAIN}"
_FIGURE = re.compile(rf"({_NUMBER})(?:([+-]{_PLAIN})(?=x))?(?:x([0-9]{{1,9}}))?")
_WORD = re.compile(r"(idle|\?|_)(?:x([0-9]{1,9}))?")
_SCORED = ("latency", "jitter", "avg_loss")


def metric(name: str) -> str:
    """The catalogue's name of a metric. Raises RuleTextError, with did-you-mean."""
    try:
        found = members(name, aggregate=False)
    except Unnamed as wrong:
        raise RuleTextError(wrong.sentence, name, wrong.start, wrong.end - 1) from None
    return canonical(found[0])


def read(name: str, text: str) -> tuple[Told, ...]:
    """The values of a series, one a minute. Raises RuleTextError, with a caret under the place."""
    told = tuple(chain.from_iterable(_part(name, text, found) for found in re.finditer(r"\S+", text)))
    if not told:
        raise RuleTextError("a series tells at least one minute: 0x3 6 12", text, 0)
    if len(told) > LONGEST:
        raise RuleTextError(f"{len(told)} minutes are too many: at most {LONGEST}", text, 0)
    return told


def row(series: Mapping[str, Sequence[Told]], minute: int, *, at: int, session: str) -> Sample | None:
    """The row of a minute of the test, dated `at`; None when no series tells of one."""
    told = {name: values[minute] for name, values in series.items() if minute < len(values)}
    if all(value == "_" for value in told.values()):
        return None
    figures = {name: value for name, value in told.items() if isinstance(value, float)}
    blank = frozenset(METRICS[name].stream for name, value in told.items() if value == "idle")
    return Sample(session, at, _scored(figures), blank)


def clash(series: Mapping[str, Sequence[Told]]) -> tuple[str, int] | None:
    """The series and the minute that call a stream idle of which another one tells a figure."""
    for name, values in series.items():
        for minute, value in enumerate(values):
            if value == "idle" and any(_tells(series, each, name, minute) for each in series):
                return name, minute
    return None


def shown(value: Told) -> str:
    """A value as it is written in a series."""
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def _part(name: str, text: str, found: "re.Match[str]") -> Iterator[Told]:
    """The minutes of one part. It can be long: nothing is made before its length is known."""
    part = found[0]
    if word := _WORD.fullmatch(part):
        value: Told = "idle" if word[1] == "idle" else "?" if word[1] == "?" else "_"
        if value == "idle" and METRICS[name].stream not in STREAMS:
            raise _wrong(f"{METRICS[name].stream} is no media stream: it is never idle", text, found)
        return iter([value] * _times(text, found, word[2]))
    if figure := _FIGURE.fullmatch(part):
        start, step, times = float(figure[1]), float(figure[2] or 0), _times(text, found, figure[3])
        values = [round(start + nth * step, 9) for nth in range(times)]
        if METRICS[name].unit != "dBm" and min(values) < 0:
            raise _wrong(f"{name} can not be below 0", text, found)
        return iter(values)
    raise _wrong(_complaint(name, part), text, found)


def _times(text: str, found: "re.Match[str]", given: str | None) -> int:
    times = 1 if given is None else int(given)
    if not 1 <= times <= LONGEST:
        raise _wrong(f"{times} minutes can not be: from 1 to {LONGEST}", text, found)
    return times


def _complaint(name: str, part: str) -> str:
    """What is wrong with a part, and what would work."""
    unit = METRICS[name].unit
    if "," in part or ";" in part:
        return "minutes stand apart by spaces: 0 6 12"
    if re.fullmatch(rf"{_NUMBER}[A-Za-z%]*(?:x[0-9]+)?", part) and not re.fullmatch(rf"{_NUMBER}x", part):
        of = f" is in {unit}" if unit else " has no unit"
        return f"write the number alone, {name}{of}: 12x3"
    if re.fullmatch(rf"{_NUMBER}[+-][0-9.]+", part):
        return f"a step needs to know for how many minutes: {part}x4"
    if part.endswith("x"):
        return f"say how many minutes: {part}3"
    near = closest(part, ["idle"]) if part.isalpha() else ""
    return f"'{part[:40]}' is not understood here{near or ': a number, 0x3, 2+2x4, idle, ? or _'}"


def _wrong(sentence: str, text: str, found: "re.Match[str]") -> RuleTextError:
    return RuleTextError(sentence, text, found.start(), found.end() - 1)


def _tells(series: Mapping[str, Sequence[Told]], other: str, idle: str, minute: int) -> bool:
    same = METRICS[other].stream == METRICS[idle].stream and minute < len(series[other])
    return same and isinstance(series[other][minute], float)


def _scored(figures: dict[str, float]) -> dict[str, float]:
    """With the estimated score of an audio stream, as a row of Zoom's has it, unless the test tells its own."""
    for stream in STREAMS[:2]:
        parts = [figures[name] for part in _SCORED if (name := f"{stream}.{part}") in figures]
        if len(parts) == len(_SCORED):
            figures.setdefault(f"{stream}.mos", mos(*parts))
    return figures
