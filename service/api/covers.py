"""/v1/schedules/{id}/covers: somebody stands in, at once or later, and the cover can be taken back at any time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from rules import covering, oncall_words, rota
from rules.model import Cover, Schedule
from service.api.bodies import READ_ONLY, Answer, Body, Query
from service.api.errors import Conflict, Fault, NotFound
from service.api.fields import Flag, Moment, words
from service.api.layer import Reply, op
from service.api.oncall_fields import Crew, PersonId, missing
from service.api.pages import Page
from service.api.registry import refuse
from service.api.schedules import known
from service.store import Store

PATH = "/v1/schedules/{schedule}/covers"


class CoverBody(Body):
    """Somebody stands in for a while."""

    refusals: ClassVar = READ_ONLY | {
        name: f"'{name}' is ours to say: leave it out" for name in ("says", "changes", "schedule", "name", "id")
    }
    needed: ClassVar = {"ends_at": "until when? say 'ends_at'"}

    person: PersonId = Field(description="Who stands in.")
    instead_of: PersonId | None = Field(
        None, description="Only in the turns of this person. Left out: for whoever is on call."
    )
    starts_at: Moment | None = Field(None, description="Left out, or past: now.")
    ends_at: Moment
    by: Annotated[str, words(100)] = Field("", description="Who wants it so.")
    comment: Annotated[str, words(300)] = ""


class CoverAnswer(Answer):
    """A cover, and what it changes."""

    id: str
    schedule: str
    person: str
    name: str | None
    instead_of: str | None
    starts_at: datetime
    ends_at: datetime
    by: str
    comment: str
    created_at: datetime
    state: Literal["pending", "on", "over"]
    changes: bool = Field(description="False: the same people would be on call without it.")
    says: str


class CoversQuery(Query):
    """`over=1` lists those of the last week too that are over."""

    over: Flag = False


class Covers:
    """The covers of a schedule."""

    tag = "covers"

    def __init__(self, store: Store, *, new_id: Callable[[str], str]) -> None:
        self._store, self._new_id, self._shelf = store, new_id, store.documents.covers

    @op("GET", PATH, scope="read", answers={200: Page[CoverAnswer]})
    def list(self, schedule: str, query: CoversQuery) -> Page[CoverAnswer]:
        """List the covers of a schedule that are on or to come, newest first"""
        of, crew = known(self._store, schedule), Crew(self._store)
        over = [cover for cover in crew.covers if cover.schedule == of.id and cover.ends_at <= crew.now]
        found = [*crew.of(of), *(sorted(over, key=lambda cover: cover.ends_at, reverse=True) if query.over else ())]
        return Page(items=[_answer(of, cover, crew) for cover in found], next_cursor=None)

    @op("POST", PATH, scope="write", answers={201: CoverAnswer}, problems=(409,))
    def create(self, schedule: str, body: CoverBody) -> Reply:
        """Cover: put anyone on call for anyone, at once or from a moment to come

        Where covers overlap, the one made last counts. Outside the hours of the schedule none does.
        One that changes nothing is kept, and says so.
        """
        of, crew = known(self._store, schedule), Crew(self._store)
        starts_at = max(body.starts_at or crew.now, crew.now)
        wrong = [Fault(sentence, f"/{end}") for end, sentence in covering.faults(starts_at, body.ends_at, crew.now)]
        people = missing("person", (body.person,), crew.people, "/person")
        instead = missing("person", (body.instead_of,), crew.people, "/instead_of") if body.instead_of else []
        refuse([*people, *instead, *wrong])
        if len(crew.of(of)) >= covering.MOST:
            raise Conflict(f"schedule {schedule} has {covering.MOST} covers on or to come; take some back first")
        kept = self._shelf.put(_cover(self._new_id("co_"), of, body, starts_at, crew.now))
        location = f"{PATH.format(schedule=schedule)}/{kept.id}"
        return Reply(_answer(of, kept, Crew(self._store)), 201, {"Location": location})

    @op("GET", f"{PATH}/{{cover}}", scope="read", answers={200: CoverAnswer})
    def get(self, schedule: str, cover: str) -> CoverAnswer:
        """Read a cover, and what it changes"""
        of = known(self._store, schedule)
        return _answer(of, self._known(of, cover), Crew(self._store))

    @op("DELETE", f"{PATH}/{{cover}}", scope="write", answers={204: None})
    def delete(self, schedule: str, cover: str) -> None:
        """Take a cover back: one that is on ends now, and whose turn it is takes over"""
        found = self._known(known(self._store, schedule), cover)
        short = covering.taken_back(found, self._store.clock.now())
        if short is None:
            self._shelf.delete(cover)
        else:
            self._shelf.change(cover, lambda kept: replace(kept, ends_at=short.ends_at))

    def _known(self, schedule: Schedule, id: str) -> Cover:
        cover = self._shelf.get(id)
        if cover is None or cover.schedule != schedule.id:
            raise NotFound("cover", id, (each.id for each in Crew(self._store).of(schedule)))
        return cover


def _cover(id: str, schedule: Schedule, body: CoverBody, starts_at: datetime, now: datetime) -> Cover:
    return Cover(
        id,
        0,
        schedule.id,
        body.person,
        starts_at,
        body.ends_at,
        now,
        instead_of=body.instead_of or "",
        by=body.by,
        comment=body.comment,
    )


def _answer(schedule: Schedule, cover: Cover, crew: Crew) -> CoverAnswer:
    return CoverAnswer(
        id=cover.id,
        schedule=schedule.id,
        person=cover.person,
        name=crew.names.get(cover.person),
        instead_of=cover.instead_of or None,
        starts_at=cover.starts_at,
        ends_at=cover.ends_at,
        by=cover.by,
        comment=cover.comment,
        created_at=cover.created_at,
        state="over" if cover.ends_at <= crew.now else "on" if cover.starts_at <= crew.now else "pending",
        changes=not rota.changes_nothing(schedule, crew.covers, cover),
        says=oncall_words.cover(schedule, cover, crew.covers, crew.names, crew.now),
    )
