"""What people, schedules and covers share: their kinds of field, turns as they are shown, and names that must exist."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from rules import rota, weekly
from rules.model import Cover, Person, Schedule
from rules.rota import Turn
from service.api.bodies import Answer
from service.api.errors import Fault
from service.api.references import unknown
from service.store import Store

_DAY_MIN = 1440


def _window(given: str) -> str:
    return str(weekly.parse(given))


def _quiet(given: str) -> str:
    window = weekly.parse(given)
    if len(window.days) == 7 and window.end_min - window.start_min >= _DAY_MIN:
        raise ValueError("would be quiet for ever; take the person out of policies and schedules instead")
    return str(window)


def _every(given: str) -> str:
    rota.length_days(given)
    return "".join(given.split())


_WINDOW = Field(max_length=40, json_schema_extra={"format": "week-window"}, examples=["Mon-Fri 08:00-18:00"])
Window = Annotated[str, _WINDOW, AfterValidator(_window)]
Quiet = Annotated[str, _WINDOW, AfterValidator(_quiet)]
Every = Annotated[
    str,
    Field(
        max_length=8,
        description="How long a turn lasts.",
        examples=["1w"],
        json_schema_extra={"format": "turn-length"},
    ),
    AfterValidator(_every),
]
#: that they exist is seen when the store is asked
PersonId = Annotated[str, Field(max_length=64, json_schema_extra={"format": "person-id"})]
ChannelId = Annotated[str, Field(max_length=64, json_schema_extra={"format": "channel-id"})]


class TurnAnswer(Answer):
    """So long somebody is on call; `person` null: nobody is."""

    person: str | None
    name: str | None
    start: datetime
    end: datetime
    cover: str | None = Field(description="The cover that changed who it is.")


class Crew:
    """Everybody who may be on call, and every cover, read once for one request."""

    def __init__(self, store: Store) -> None:
        self.now = store.clock.now()
        self.people: Mapping[str, Person] = {person.id: person for person in store.documents.people.unopened()}
        self.covers: Sequence[Cover] = store.documents.covers.unopened()
        self.names = {id: person.name for id, person in self.people.items()}

    def of(self, schedule: Schedule) -> list[Cover]:
        """The covers of a schedule that are on or to come, the newest made first."""
        own = [cover for cover in self.covers if cover.schedule == schedule.id and cover.ends_at > self.now]
        return sorted(own, key=lambda cover: (cover.created_at, cover.id), reverse=True)

    def turn(self, turn: Turn) -> TurnAnswer:
        """A turn as it is shown."""
        name = self.names.get(turn.person) if turn.person else None
        return TurnAnswer(person=turn.person, name=name, start=turn.start, end=turn.end, cover=turn.cover or None)


def missing(kind: str, given: Sequence[str], known: Collection[str], pointer: str) -> list[Fault]:
    """What is wrong with names of people or channels: those that there are not. `pointer` may hold `{}` for a place."""
    return [fault for place, name in enumerate(given) for fault in unknown(kind, name, known, pointer.format(place))]
