"""Calls that break by schedule, and a plain loop that says what a person with paper would find in Zoom's figures.

The loop reads the simulator's own texts and knows the rules of the set `speaker` by heart. It shares no line with the
engine, so that the two can disagree.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator import Simulator
from simulator.people import Person

MINUTE = 60
GAP = 20  #: minutes from one trouble of a person to the next: two alerts, not one that comes back
_TROUBLES = (
    ("audio_input", "avg_loss", (3, 5, 6, 8, 11, 14, 30)),
    ("audio_input", "jitter", (60, 100, 120, 180, 210, 350)),
    ("audio_output", "avg_loss", (3, 5, 6, 8, 11, 14, 30)),
    ("audio_output", "latency", (250, 300, 320, 500)),
    ("video_input", "avg_loss", (5, 10, 12, 25)),
)

Row = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Break:
    """A rule that was broken: by whom, since the start of which minute, certain with the row of which minute."""

    session: str
    rule: str
    since: int
    fired: int


@dataclass(frozen=True, slots=True)
class Level:
    """`need` of `of` minutes."""

    holds: Callable[[Row], bool]
    need: int
    of: int


@dataclass(frozen=True, slots=True)
class ByHeart:
    """A rule of the set `speaker`, as docs tell it."""

    rule: str
    warning: Level
    critical: Level | None
    clear: Level


def _number(row: Row, stream: str, field: str) -> float | None:
    found = re.match(r"\d+(\.\d+)?", str(row.get(stream, {}).get(field, "")))
    return float(found.group()) if found else None


def _above(stream: str, field: str, limit: float) -> Callable[[Row], bool]:
    return lambda row: (number := _number(row, stream, field)) is not None and number > limit


def _below(stream: str, field: str, limit: float) -> Callable[[Row], bool]:
    return lambda row: (number := _number(row, stream, field)) is not None and number < limit


def _sound(rule: str, stream: str) -> ByHeart:
    lossy, very_lossy = _above(stream, "avg_loss", 5), _above(stream, "avg_loss", 10)
    wild, very_wild = _above(stream, "jitter", 100), _above(stream, "jitter", 200)
    whole, steady = _below(stream, "avg_loss", 2), _below(stream, "jitter", 40)
    return ByHeart(
        rule,
        Level(lambda row: lossy(row) or wild(row), 3, 5),
        Level(lambda row: very_lossy(row) or very_wild(row), 2, 3),
        Level(lambda row: whole(row) and steady(row), 2, 2),
    )


def _delay() -> ByHeart:
    ways = ("audio_input", "audio_output")
    late = [_above(stream, "latency", 300) for stream in ways]
    soon = [_below(stream, "latency", 200) for stream in ways]
    return ByHeart(
        "delay",
        Level(lambda row: any(each(row) for each in late), 4, 5),
        None,
        Level(lambda row: all(each(row) for each in soon), 3, 3),
    )


BY_HEART = (
    _sound("audio-sent", "audio_input"),
    _sound("audio-heard", "audio_output"),
    _delay(),
    ByHeart(
        "video-sent",
        Level(_above("video_input", "avg_loss", 10), 3, 5),
        None,
        Level(_below("video_input", "avg_loss", 3), 2, 2),
    ),
)


def schedule(
    simulator: Simulator,
    runs: Mapping[str, Sequence[str]],
    dice: Random,
    start: int,
    minutes: int,
    every: int = GAP,
) -> None:
    """About half of these people have a bad time once in `every` minutes, from `start` for so many minutes.

    Not every bad time breaks a rule: some are too short, some lie exactly on the limit. None holds two good minutes
    in a row, so that each ends once.
    """
    for uuid, sessions in runs.items():
        for session in sessions:
            if dice.random() < 1 / 2:
                for begin in range(dice.randrange(every), minutes - GAP // 2, every):
                    _trouble(simulator, uuid, session, dice, start + begin * MINUTE)


def _trouble(simulator: Simulator, uuid: str, session: str, dice: Random, start: int) -> None:
    stream, field, levels = dice.choice(_TROUBLES)
    level, values = dice.choice(levels), [0]
    for _ in range(dice.randint(1, 9)):
        values.append(level if values[-1] < level or dice.random() < 0.8 else 1)
    values = values[1:]
    simulator.world.figures(uuid, session, stream, {field: values}, start=start, minutes=len(values))


def found(person: Person, first: int, last: int) -> Iterator[Break]:
    """What a person finds who goes through the rows of the minutes from `first` to before `last`, one by one."""
    rows = [person.row(minute) for minute in range(first, last, MINUTE)]
    for rule in BY_HEART:
        for since, fired in _gone_through(rule, rows):
            yield Break(person.user_id, rule.rule, first + since * MINUTE, first + fired * MINUTE)


def _gone_through(rule: ByHeart, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """When each breach began and when it was certain, as numbers of rows. A breach that ends starts a new page."""
    page, is_open = 0, False
    for newest in range(len(rows)):
        if is_open:
            if _reached(rule.clear, rows, page, newest) and rule.clear.holds(rows[newest]):
                page, is_open = newest + 1, False
            continue
        for level in (rule.critical, rule.warning):
            if level is not None and _reached(level, rows, page, newest):
                yield min(_held(level, rows, page, newest)), newest
                is_open = True
                break


def _held(level: Level, rows: Sequence[Row], page: int, newest: int) -> list[int]:
    """Which of the last minutes hold, none from before the page began."""
    return [place for place in range(max(page, newest - level.of + 1), newest + 1) if level.holds(rows[place])]


def _reached(level: Level, rows: Sequence[Row], page: int, newest: int) -> bool:
    return len(_held(level, rows, page, newest)) >= level.need


def all_found(simulator: Simulator, runs: Mapping[str, Iterable[str]], first: int, last: int) -> set[Break]:
    """As `found`, for these people of these runs."""
    people = [simulator.world.person(uuid, session) for uuid, sessions in runs.items() for session in sessions]
    return {each for person in people for each in found(person, first, last)}
