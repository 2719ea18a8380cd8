"""/v1/people: whom policies and schedules can call, and the ways to them. A PagerDuty key comes in and stays in."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from rules.coverage import told_by
from rules.duty import could_be_made, ways_to
from rules.model import Person, Region, Target
from service.api.bodies import READ_ONLY, Answer, Body
from service.api.errors import Conflict, NotFound
from service.api.fields import Zone, words
from service.api.layer import Reply, op
from service.api.oncall_fields import ChannelId, Crew, Quiet, missing
from service.api.pages import Page, PageQuery
from service.api.registry import everything, refuse
from service.api.words import PATTERNS
from service.store import Store

PATH = "/v1/people"
_SLACK_USER = r"^[UW][A-Z0-9]{1,20}$"
_KEY = r"^[A-Za-z0-9]{32}$"
_ADDRESS = r"^[^@\x00-\x20\x7f,;<>]{1,100}@[^@\x00-\x20\x7f,;<>]{1,150}$"
PATTERNS[_SLACK_USER] = "must be Slack's id of a member, as their profile shows it under Copy member ID: U02ANA…"
PATTERNS[_KEY] = "must be an integration key of PagerDuty whole, 32 letters and digits: it is write-only"
PATTERNS[_ADDRESS] = "must be one address, such as ana@example.org"
Address = Annotated[str, Field(pattern=_ADDRESS, max_length=254, examples=["ana@example.org"])]


class PersonBody(Body):
    """Somebody who can be called."""

    refusals: ClassVar = READ_ONLY | {name: f"'{name}' is ours to say: leave it out" for name in ("says", "on_call")}

    name: Annotated[str, words(100, 1)]
    timezone: Zone | None = Field(None, description="Left out: that of QOSWATCH_TZ.")
    slack_user: Annotated[str, Field(pattern=_SLACK_USER, examples=["U02ANA"])] | None = Field(
        None, description="Slack's id of the person: messages mention them by it."
    )
    teams_upn: Address | None = Field(None, description="The name to sign in with: Teams mentions people by it.")
    pagerduty_key: (
        Annotated[str, Field(pattern=_KEY, json_schema_extra={"format": "pagerduty-key", "writeOnly": True})] | None
    ) = Field(None, description="Of a service of the person's own (Events API v2). Left out in a PUT: taken away.")
    pagerduty_region: Region = "us"
    email: Address | None = None
    channels: Annotated[tuple[ChannelId, ...], Field(max_length=20)] = Field(
        default=(), description="Channels that reach this person."
    )
    quiet_hours: Quiet | None = Field(
        None, description="In the person's zone: only what is critical comes then.", examples=["22:00-07:00"]
    )

    def person(self, id: str, created_at: datetime, zone: str) -> Person:
        """The person who is meant."""
        return Person(
            id,
            0,
            self.name,
            created_at,
            timezone=self.timezone or zone,
            slack_user=self.slack_user or "",
            teams_upn=self.teams_upn or "",
            pagerduty_key=self.pagerduty_key or "",
            pagerduty_region=self.pagerduty_region,
            email=self.email or "",
            channels=tuple(dict.fromkeys(self.channels)),
            quiet_hours=self.quiet_hours or "",
        )


class PersonAnswer(Answer):
    """Somebody who can be called, and by what."""

    id: str
    revision: int
    name: str
    timezone: str
    slack_user: str | None
    teams_upn: str | None
    pagerduty_key: str | None = Field(description="Its last four; the key itself is write-only.")
    pagerduty_region: Region
    email: str | None
    channels: tuple[str, ...]
    quiet_hours: str | None
    created_at: datetime
    says: str


class People:
    """People, one resource."""

    tag = "people"

    def __init__(self, store: Store, *, default_zone: str, new_id: Callable[[str], str]) -> None:
        self._store, self._zone, self._new_id = store, default_zone, new_id
        self._shelf = store.documents.people

    @op("GET", PATH, scope="read", answers={200: Page[PersonAnswer]})
    def list(self, query: PageQuery) -> Page[PersonAnswer]:
        """List people, newest first"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        return Page(items=[_answer(person) for person in items], next_cursor=cursor)

    @op("POST", PATH, scope="admin", answers={201: PersonAnswer}, problems=(507,))
    def create(self, body: PersonBody) -> Reply:
        """Register a person under an id of our making"""
        return self._put(self._new_id("pe_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="admin", answers={200: PersonAnswer, 201: PersonAnswer}, problems=(507,))
    def put(self, id: str, body: PersonBody) -> Reply:
        """Register a person under an id of yours, or replace them whole, the key too

        Ways of their own that were broken are tried again.
        """
        return self._put(id, body, self._shelf.lying(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: PersonAnswer})
    def get(self, id: str) -> PersonAnswer:
        """Read a person, and what reaches them"""
        return _answer(self._known(id))

    @op("DELETE", f"{PATH}/{{id}}", scope="admin", answers={204: None}, problems=(409,))
    def delete(self, id: str) -> None:
        """Delete a person whom no policy, schedule or cover names"""
        self._is_known(self._shelf.lying(id), id)
        if used := ", ".join(self._uses(id)):
            raise Conflict(f"person {id} is named by {used}; name somebody else there first")
        self._shelf.delete(id)

    def _put(self, id: str, body: PersonBody, before: Person | None) -> Reply:
        refuse(missing("channel", body.channels, self._store.documents.channels.ids(), "/channels/{}"))
        created_at = before.created_at if before else self._store.clock.now()
        kept = self._shelf.put(body.person(id, created_at, self._zone))
        for way in could_be_made(id):
            self._store.lanes.reset_gate(way)
        return Reply(_answer(kept), 200 if before else 201, {} if before else {"Location": f"{PATH}/{id}"})

    def _known(self, id: str) -> Person:
        return self._is_known(self._shelf.get(id), id)

    def _is_known(self, person: Person | None, id: str) -> Person:
        if person is None:
            raise NotFound("person", id, self._shelf.ids())
        return person

    def _uses(self, id: str) -> Iterator[str]:
        documents, crew = self._store.documents, Crew(self._store)
        for schedule in everything(documents.schedules):
            if id in schedule.rotation:
                yield f"schedule {schedule.id}"
            for cover in crew.of(schedule):
                if id in (cover.person, cover.instead_of):
                    yield f"cover {cover.id} of schedule {schedule.id}"
        for policy in everything(documents.policies):
            if Target("person", id) in told_by(policy):
                yield f"policy {policy.id}"


def _answer(person: Person) -> PersonAnswer:
    return PersonAnswer(
        id=person.id,
        revision=person.revision,
        name=person.name,
        timezone=person.timezone,
        slack_user=person.slack_user or None,
        teams_upn=person.teams_upn or None,
        pagerduty_key=f"…{person.pagerduty_key[-4:]}" if person.pagerduty_key else None,
        pagerduty_region=person.pagerduty_region,
        email=person.email or None,
        channels=person.channels,
        quiet_hours=person.quiet_hours or None,
        created_at=person.created_at,
        says=reached_by(person),
    )


def reached_by(person: Person) -> str:
    """What reaches a person, in a sentence."""
    ways = [way.replace(f"{person.id}~", "their own ") for way in ways_to(person)]
    chats = [chat for chat, known in (("Slack", person.slack_user), ("Teams", person.teams_upn)) if known]
    mentioned = f"mentioned in {' and '.join(chats)}" if chats else ""
    if ways:
        return f"{person.name} is reached by {', '.join(ways)}{f', and {mentioned}' if mentioned else ''}."
    if mentioned:
        return f"{person.name} is only {mentioned}, where the alert is told there."
    return f"Nothing reaches {person.name}: give 'channels', 'pagerduty_key' or 'email'."
