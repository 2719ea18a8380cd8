"""Zoom's answers about many people, minute after minute: most fine, some bad for a while, some muted, some sharing.

Rows are the simulator's; each person's answer holds the last five minutes in no order, as live Zoom's do. The mix is
the same in every ten people, so that a crowd of ten and one of ten thousand differ in nothing but size.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from random import Random

from simulator import reports
from simulator.clock import stamp
from simulator.figures import SOUND, Change
from simulator.people import Person
from simulator.runs import Instance, Knobs

MINUTE = 60
RETOLD = 5  #: rows in each answer
POOL = 400  #: rows of each kind
DATE, PART = (
    "1970-01-01T00:00:00Z",
    "#",
)  #: stand in a row for its date and the decimals of its bit rates until it is told
_MUTED = dict.fromkeys(SOUND, "")
_TROUBLES = (  # six in ten have none
    ("audio_input", {"avg_loss": 14}),
    ("audio_output", {"jitter": 120}),
    ("video_input", {"avg_loss": 12, "frame_rate": 3}),
    ("audio_output", {"latency": 400}),
)


class Crowd:
    """So many people of one meeting, and what Zoom tells of them at a minute."""

    def __init__(self, size: int, start: int, seed: int = 6) -> None:
        self._start = start
        run = Instance("engine==", "97763643886", "Rounds", start)
        self._heads = [_head(run, nth, start) for nth in range(size)]
        self._rows = {kind: _pool(kind, seed) for kind in ("fine", "wifi", "muted", "sharing", *map(str, range(4)))}

    def answers(self, minute: int) -> list[str]:
        """The text of everybody's answer when the row of the `minute`-th minute is its newest."""
        return [f'{head}, "user_qos": [{self._told(nth, minute)}]}}' for nth, head in enumerate(self._heads)]

    def _told(self, nth: int, minute: int) -> str:
        rows = [self._row(nth, each) for each in range(minute - RETOLD + 1, minute + 1)]
        turn = (nth + minute) % RETOLD
        return ", ".join(rows[turn:] + rows[:turn])

    def _row(self, nth: int, minute: int) -> str:
        rows = self._rows[_kind(nth, minute)]
        place = nth * 7919 + minute * 104_729
        dated = rows[place % POOL].replace(DATE, stamp(self._start + minute * MINUTE), 1)
        return dated.replace(PART, f"{place // POOL % 100:02}")


def _kind(nth: int, minute: int) -> str:
    """Of every ten one is bad for five minutes in twelve, two are muted, one shares, two are on Wi-Fi."""
    place = nth % 10
    if place == 0 and (minute + nth // 10) % 12 < 5:
        return str(nth // 10 % len(_TROUBLES))
    return {1: "muted", 2: "muted", 3: "sharing", 4: "wifi", 5: "wifi"}.get(place, "fine")


@cache
def _pool(kind: str, seed: int) -> Sequence[str]:
    """Rows of one kind, all different. Their bit rates are anew each time that they are told, as real ones are."""
    traits = frozenset({kind} & {"wifi", "sharing"})
    person = Person("1", "", 0, traits=traits, seed=f"{seed}|{kind}")
    if kind == "muted":
        person.change(Change("audio_input", _MUTED, 0))
    if kind.isdigit():
        person.change(Change(*_TROUBLES[int(kind)], 0))
    rows = [person.row(minute * MINUTE) for minute in range(POOL)]
    return [re.sub(r"\.\d+( ?kbps)", rf".{PART}\1", json.dumps({**row, "date_time": DATE})) for row in rows]


def _head(run: Instance, nth: int, start: int) -> str:
    """An answer up to its rows."""
    name = Random(nth).choice(("Ana", "Bo", "Cyril", "Dana", "Eve"))
    person = Person(str(16_778_240 + nth), f"{name} {nth}", start, email=f"p{nth}@example.org", account_id=f"z{nth}")
    told = reports.participant(person, run, start, Knobs())
    return json.dumps({name: value for name, value in told.items() if name != "user_qos"})[:-1]
