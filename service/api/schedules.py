"""/v1/schedules: who is on call when, the turns to come, and who it is at a moment."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from rules import coverage, oncall_words, rota
from rules.duty import ways_to
from rules.model import Schedule
from service.api.bodies import READ_ONLY, Answer, Body, Query
from service.api.errors import Conflict, Fault, NotFound
from service.api.fields import Moment, Zone
from service.api.layer import Reply, op
from service.api.oncall_fields import ChannelId, Crew, Every, PersonId, TurnAnswer, Window, missing
from service.api.pages import Page, PageQuery
from service.api.registry import everything, refuse
from service.store import Store

PATH = "/v1/schedules"
COMING = timedelta(weeks=4)
LOOKED_AHEAD = timedelta(days=14)  #: a gap beyond it is told when it comes nearer, whenever the schedule is read
FAR = timedelta(days=366)


class ScheduleBody(Body):
    """Who is on call, in turn."""

    refusals: ClassVar = READ_ONLY | {
        name: f"'{name}' is ours to say: leave it out" for name in ("says", "coming", "on_call")
    }
    needed: ClassVar = {
        "rotation": "nobody would be on call: name people in 'rotation'",
        "hand_off": 'when turns change is required: "Mon 09:00", or "09:00" where turns last days',
    }

    rotation: Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=100)]
    hand_off: Annotated[str, Field(max_length=20, examples=["Mon 09:00"], json_schema_extra={"format": "hand-off"})]
    every: Every = "1w"
    timezone: Zone | None = Field(None, description="By whose clocks turns change. Left out: those of QOSWATCH_TZ.")
    starts_at: Moment | None = Field(
        None, description="Its turn is the first person's, nobody is on call before. Left out: the turn that is on now."
    )
    hours: Annotated[tuple[Window, ...], Field(max_length=20)] = Field(
        default=(), description="When anybody is on call. None: always."
    )
    announce: Annotated[tuple[ChannelId, ...], Field(max_length=20)] = Field(
        default=(), description="Channels that hear of hand-overs."
    )

    def faults(self, now: datetime) -> Iterator[Fault]:
        """What no field can say of itself alone."""
        try:
            rota.change(self.hand_off, self.every)
        except rota.RotaError as error:
            yield Fault(str(error), "/hand_off")
        if self.starts_at and abs(self.starts_at - now) > FAR:
            yield Fault("must be within a year of now", "/starts_at")

    def schedule(self, id: str, created_at: datetime, zone: str) -> Schedule:
        """The schedule that is meant."""
        return Schedule(
            id,
            0,
            timezone=self.timezone or zone,
            hand_off=" ".join(self.hand_off.split()),
            rotation=self.rotation,
            every=self.every,
            created_at=created_at,
            starts_at=self.starts_at,
            hours=tuple(dict.fromkeys(self.hours)),
            announce=tuple(dict.fromkeys(self.announce)),
        )


class ScheduleSummary(Answer):
    """A schedule, and who is on call by it now."""

    id: str
    revision: int
    timezone: str
    hand_off: str
    rotation: tuple[str, ...]
    every: str
    starts_at: datetime | None
    hours: tuple[str, ...]
    announce: tuple[str, ...]
    created_at: datetime
    on_call: str | None = Field(description="Who is on call now; null: nobody.")
    says: str


class ScheduleAnswer(ScheduleSummary):
    """A schedule with the turns of the next four weeks, covers among them."""

    coming: tuple[TurnAnswer, ...]
    warnings: tuple[str, ...]


class OnCallQuery(Query):
    """Of which moment; left out: now."""

    at: Moment | None = None


class OnCallAnswer(Answer):
    """Who is on call at a moment, until when, and who follows."""

    schedule: str
    at: datetime
    person: str | None
    name: str | None
    until: datetime | None = Field(description="Null: nothing ends it as far as can be seen.")
    cover: str | None
    then: TurnAnswer | None
    says: str


class Schedules:
    """Schedules, one resource."""

    tag = "schedules"

    def __init__(self, store: Store, *, default_zone: str, new_id: Callable[[str], str]) -> None:
        self._store, self._zone, self._new_id = store, default_zone, new_id
        self._shelf = store.documents.schedules

    @op("GET", PATH, scope="read", answers={200: Page[ScheduleSummary]})
    def list(self, query: PageQuery) -> Page[ScheduleSummary]:
        """List schedules, newest first"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        crew = Crew(self._store)
        return Page(items=[_summary(schedule, crew) for schedule in items], next_cursor=cursor)

    @op("POST", PATH, scope="admin", answers={201: ScheduleAnswer}, problems=(507,))
    def create(self, body: ScheduleBody) -> Reply:
        """Make a schedule under an id of our making"""
        return self._put(self._new_id("sc_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="admin", answers={200: ScheduleAnswer, 201: ScheduleAnswer}, problems=(507,))
    def put(self, id: str, body: ScheduleBody) -> Reply:
        """Make a schedule under an id of yours, or replace it: `coming` shows what came of it"""
        return self._put(id, body, self._shelf.get(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: ScheduleAnswer})
    def get(self, id: str) -> ScheduleAnswer:
        """Read a schedule: who is on call now and in the coming weeks, and where nobody is"""
        return _answer(known(self._store, id), Crew(self._store))

    @op("DELETE", f"{PATH}/{{id}}", scope="admin", answers={204: None}, problems=(409,))
    def delete(self, id: str) -> None:
        """Delete a schedule that no policy names, and its covers with it"""
        known(self._store, id)
        policies = everything(self._store.documents.policies)
        users = [policy.id for policy in coverage.users(id, policies)]
        if users:
            named = f"{'policy' if len(users) == 1 else 'policies'} {', '.join(users[:5])}"
            raise Conflict(f"schedule {id} is told by {named}; name another schedule or a person there first")
        self._shelf.delete(id)
        for cover in self._store.documents.covers.unopened():
            if cover.schedule == id:
                self._store.documents.covers.delete(cover.id)

    @op("GET", f"{PATH}/{{id}}/on-call", scope="read", answers={200: OnCallAnswer})
    def on_call(self, id: str, query: OnCallQuery) -> OnCallAnswer:
        """Ask who is on call now, or at a moment within a year"""
        schedule, crew = known(self._store, id), Crew(self._store)
        at = query.at or crew.now
        if abs(at - crew.now) > FAR:
            refuse([Fault("must be within a year of now", parameter="at")])
        found = rota.standing(schedule, crew.covers, at)
        return OnCallAnswer(
            schedule=id,
            at=at,
            person=found.person,
            name=crew.names.get(found.person) if found.person else None,
            until=found.until,
            cover=found.cover or None,
            then=crew.turn(found.then) if found.then else None,
            says=oncall_words.standing(schedule, found, crew.names, at),
        )

    def _put(self, id: str, body: ScheduleBody, before: Schedule | None) -> Reply:
        crew = Crew(self._store)
        channels = self._store.documents.channels.ids()
        people = missing("person", body.rotation, crew.people, "/rotation/{}")
        refuse([*body.faults(crew.now), *people, *missing("channel", body.announce, channels, "/announce/{}")])
        created_at = before.created_at if before else crew.now
        kept = self._shelf.put(body.schedule(id, created_at, self._zone))
        answer = _answer(kept, crew, _changed(before, kept, crew))
        return Reply(answer, 200 if before else 201, {} if before else {"Location": f"{PATH}/{id}"})


def known(store: Store, id: str) -> Schedule:
    """A schedule that there is. Raises NotFound."""
    schedule = store.documents.schedules.get(id)
    if schedule is None:
        raise NotFound("schedule", id, store.documents.schedules.ids())
    return schedule


def _summary(schedule: Schedule, crew: Crew) -> ScheduleSummary:
    found = rota.standing(schedule, crew.covers, crew.now)
    return ScheduleSummary(
        id=schedule.id,
        revision=schedule.revision,
        timezone=schedule.timezone,
        hand_off=schedule.hand_off,
        rotation=schedule.rotation,
        every=schedule.every,
        starts_at=schedule.starts_at,
        hours=schedule.hours,
        announce=schedule.announce,
        created_at=schedule.created_at,
        on_call=found.person,
        says=oncall_words.standing(schedule, found, crew.names, crew.now),
    )


def _answer(schedule: Schedule, crew: Crew, changed: Iterable[str] = ()) -> ScheduleAnswer:
    turns = rota.turns(schedule, crew.covers, crew.now, crew.now + COMING)
    return ScheduleAnswer(
        **dict(_summary(schedule, crew)),
        coming=tuple(crew.turn(turn) for turn in turns),
        warnings=(*changed, *_warnings(schedule, crew)),
    )


def _changed(before: Schedule | None, kept: Schedule, crew: Crew) -> Iterator[str]:
    """That an edit has put somebody else on call at once, which people may not have meant."""
    was = rota.on_call(before, crew.covers, crew.now) if before else None
    now = rota.on_call(kept, crew.covers, crew.now)
    if before and was != now:
        who, whom = (oncall_words.name_of(person, crew.names) for person in (now, was))
        yield f"by this change {who} is on call now instead of {whom}"


def _warnings(schedule: Schedule, crew: Crew) -> Iterator[str]:
    gaps = rota.gaps(schedule, crew.covers, crew.people, crew.now, crew.now + LOOKED_AHEAD)
    if told := oncall_words.gap_warning(gaps, schedule, crew.names, crew.now):
        yield told
    for person in dict.fromkeys(schedule.rotation):
        found = crew.people.get(person)
        if found and not (ways_to(found) or found.slack_user or found.teams_upn):
            yield f"nothing reaches {found.name}: PUT /v1/people/{person} with channels, a PagerDuty key or an e-mail"
