"""What Zoom would tell of a run: who came, waited, moved and left, when it began and ended, by the moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.people import Person
from simulator.runs import Instance

# At one moment an old run ends before a new one begins, and somebody leaves before they are back.
_ORDER = (
    "left_at_end",
    "ended",
    "started",
    "participant_joined_waiting_room",
    "participant_left_breakout_room",
    "participant_joined_breakout_room",
    "participant_left",
    "participant_left_waiting_room",
    "participant_admitted",
    "participant_joined",
    "participant_put_in_waiting_room",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened at a moment. `key` is the same each time that it is found."""

    at: float
    name: str
    run: Instance
    person: Person | None = None
    nth: int = 0
    more: dict[str, Any] = field(default_factory=dict)
    by_end: bool = False

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What tells it from all others."""
        return self.run.uuid, self.person.user_id if self.person else "", self.name, self.nth

    @property
    def order(self) -> tuple[float, int]:
        """Its place among others: by moment, then by what comes first at one moment."""
        return self.at, 0 if self.by_end else _ORDER.index(self.name)


def until(runs: Iterable[Instance], now: float) -> list[Happening]:
    """All that has happened by now, oldest first."""
    found = [each for run in runs if run.started_at <= now for each in _of_run(run, now) if each.at <= now]
    return sorted(found, key=lambda each: each.order)


def _of_run(run: Instance, now: float) -> Iterator[Happening]:
    yield Happening(run.started_at, "started", run)
    for person in run.people.values():
        if person.arrived_at <= now and not run.over(person.arrived_at):
            yield from _of_person(run, person, now)
    if run.ended_at is not None and run.over(now):
        yield Happening(run.ended_at, "ended", run)


def _of_person(run: Instance, person: Person, now: float) -> Iterator[Happening]:
    yield from _waits(run, person)
    if person.entered(now):
        yield Happening(person.joined_at, "participant_joined", run, person)
        if person.room_id:
            yield Happening(person.joined_at, "participant_joined_breakout_room", run, person)
    end = run.ended_at if run.over(now) else None
    moments = [moment for moment in (person.left_at, end) if moment is not None]
    if moments:
        yield from _leaving(run, person, min(moments), by_end=person.left_at is None or min(moments) < person.left_at)


def _waits(run: Instance, person: Person) -> Iterator[Happening]:
    for nth, wait in enumerate(person.waits):
        # Only somebody who was in the meeting is "put" into the waiting room; who comes to it has joined it.
        first = nth == 0 and wait.start <= person.joined_at
        name = "participant_joined_waiting_room" if first else "participant_put_in_waiting_room"
        yield Happening(wait.start, name, run, person, nth)
        if wait.end is not None:
            yield Happening(wait.end, "participant_admitted", run, person, nth)


def _leaving(run: Instance, person: Person, at: float, *, by_end: bool) -> Iterator[Happening]:
    if any(wait.covers(at) for wait in person.waits):
        yield Happening(at, "participant_left_waiting_room", run, person, by_end=by_end)
        return
    if person.room_id:
        yield Happening(at, "participant_left_breakout_room", run, person, by_end=by_end)
    yield Happening(at, "participant_left", run, person, by_end=by_end)
