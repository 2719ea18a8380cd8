"""/v1/channels: where alerts go. Secrets come in; of a URL only host and last four go out, of a key the last four."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from rules.destinations import masked
from rules.gate import Gate
from rules.model import Channel, ChannelKind, Debt, Note, Privacy, Region, Target
from service.api import channel_body
from service.api.bodies import Answer
from service.api.channel_body import ChannelBody
from service.api.errors import Conflict, NotFound
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.registry import everything, refuse
from service.store import Store

PATH = "/v1/channels"
State = Literal["ok", "retrying", "broken"]
_NO_MAIL = "There is no mail server yet: set SMTP_URL."
_ONCE = "Its signing secret was made now and is shown this once."


class ChannelAnswer(Answer):
    """A destination, and whether it takes what we post. What its kind does not have is null or empty."""

    id: str
    revision: int
    kind: ChannelKind
    url: str | None = Field(description="Host and last four; the URL itself is write-only.")
    routing_key: str | None = Field(description="The last four.")
    region: Region | None
    secret: str | None = Field(description="The last four; whole in the answer to the request that had it made.")
    headers: dict[str, str] = Field(description="Their names.")
    to: tuple[str, ...]
    timezone: str
    privacy: Privacy | None
    quiet_hours: str | None
    created_at: datetime
    state: State
    since: datetime | None
    reason: str | None
    next_try_at: datetime | None
    last_accepted_at: datetime | None
    says: str


class TestAnswer(Answer):
    """The delivery that a test makes; it goes through the real renderer and sender."""

    delivery: str
    says: str


class Channels:
    """Channels, one resource."""

    tag = "channels"

    def __init__(
        self,
        store: Store,
        *,
        allow_private: bool,
        default_zone: str,
        new_id: Callable[[str], str],
        wake: Callable[[], object],
        can_mail: bool = True,
    ) -> None:
        self._can_mail = can_mail
        self._store, self._allow_private, self._zone = store, allow_private, default_zone
        self._new_id, self._wake, self._shelf = new_id, wake, store.documents.channels

    @op("GET", PATH, scope="read", answers={200: Page[ChannelAnswer]})
    def list(self, query: PageQuery) -> Page[ChannelAnswer]:
        """List channels, newest first"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        return Page(items=[self._answer(channel) for channel in items], next_cursor=cursor)

    @op("POST", PATH, scope="admin", answers={201: ChannelAnswer}, problems=(507,))
    def create(self, body: ChannelBody) -> Reply:
        """Register a channel under an id of our making"""
        return self._put(self._new_id("ch_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="admin", answers={200: ChannelAnswer, 201: ChannelAnswer}, problems=(507,))
    def put(self, id: str, body: ChannelBody) -> Reply:
        """Register a channel under an id of yours, or replace it: one that was broken is tried again

        It is replaced whole: secrets are not kept, so give them again.
        """
        return self._put(id, body, self._shelf.lying(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: ChannelAnswer})
    def get(self, id: str) -> ChannelAnswer:
        """Read a channel, and whether it takes what we post"""
        return self._answer(self._known(id))

    @op("DELETE", f"{PATH}/{{id}}", scope="admin", answers={204: None}, problems=(409,))
    def delete(self, id: str) -> None:
        """Delete a channel that no watch, policy, person or schedule names"""
        self._is_known(self._shelf.lying(id), id)
        users = ", ".join(_counted(*each) for each in self._users(id) if each[2])
        if users:
            raise Conflict(f"channel {id} is told by {users}; name another channel there first")
        self._shelf.delete(id)

    @op("POST", f"{PATH}/{{id}}/test", scope="admin", answers={202: TestAnswer})
    def test(self, id: str) -> TestAnswer:
        """Send a message marked TEST: read GET /v1/deliveries/{delivery} for what became of it"""
        channel = self._answer(self._known(id))
        note = Note(self._new_id("nt_"), "test", f"channel {id} is heard", self._now())
        debt = Debt(id, f"{id}:service", note.id, 1)
        delivery = self._store.lanes.owe(debt, note)
        self._wake()
        beside = "" if channel.state == "ok" else f" But: {channel.says}"
        return TestAnswer(delivery=delivery, says=f"A test is on its way: GET /v1/deliveries/{delivery}.{beside}")

    def _put(self, id: str, body: ChannelBody, before: Channel | None) -> Reply:
        refuse([*channel_body.faults(body, self._allow_private)])
        created_at = before.created_at if before else self._now()
        kept = self._shelf.put(channel_body.channel(id, body, created_at, self._zone))
        self._store.lanes.reset_gate(id)
        answer = self._answer(kept)
        if kept.kind == "webhook" and not body.secret:
            answer = answer.model_copy(update={"secret": kept.secret, "says": f"{answer.says} {_ONCE}"})
        return Reply(answer, 200 if before else 201, {} if before else {"Location": f"{PATH}/{id}"})

    def _users(self, id: str) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Who names a channel: (one, several, ids)."""
        docs, here = self._store.documents, Target("channel", id)
        yield "watch", "watches", [watch.id for watch in everything(docs.watches) if id in watch.notify]
        steps = ((policy.id, (step.tell for step in policy.steps)) for policy in everything(docs.policies))
        yield "policy", "policies", [policy for policy, told in steps if any(here in each for each in told)]
        yield "person", "people", [person.id for person in docs.people.unopened() if id in person.channels]
        yield "schedule", "schedules", [each.id for each in everything(docs.schedules) if id in each.announce]

    def _known(self, id: str) -> Channel:
        return self._is_known(self._shelf.get(id), id)

    def _is_known(self, channel: Channel | None, id: str) -> Channel:
        if channel is None:
            raise NotFound("channel", id, self._shelf.ids())
        return channel

    def _now(self) -> datetime:
        return self._store.clock.now()

    def _answer(self, channel: Channel) -> ChannelAnswer:
        gate = self._store.lanes.gate(channel.id)
        state, reason = standing(gate)
        is_pager = channel.kind == "pagerduty"
        beside = f" {_NO_MAIL}" if channel.kind == "email" and not self._can_mail else ""
        return ChannelAnswer(
            id=channel.id,
            revision=channel.revision,
            kind=channel.kind,
            url=masked(channel.url) if channel.url else None,
            routing_key=_end(channel.secret) if is_pager else None,
            region=channel.region if is_pager else None,
            secret=_end(channel.secret) if channel.kind == "webhook" else None,
            headers=dict.fromkeys(channel.headers, "…"),
            to=channel.to,
            timezone=channel.timezone,
            privacy=channel.privacy,
            quiet_hours=channel.quiet_hours or None,
            created_at=channel.created_at,
            state=state,
            since=gate.first_fail_at if state != "ok" else None,
            reason=reason,
            next_try_at=gate.not_before if state != "ok" else None,
            last_accepted_at=gate.proved_at,
            says=_sentence(channel.id, state, reason, gate) + beside,
        )


def _end(secret: str) -> str:
    return f"…{secret[-4:]}"


def _counted(one: str, several: str, ids: Sequence[str]) -> str:
    """ "2 policies (av, board)"; of many, the first five."""
    count = f"1 {one}" if len(ids) == 1 else f"{len(ids)} {several}"
    return f"{count} ({', '.join(ids[:5])}{', …' if len(ids) > 5 else ''})"


def standing(gate: Gate) -> tuple[State, str | None]:
    """What a channel's gate says of it."""
    if gate.broken:
        return "broken", gate.broken
    if gate.fails:
        times = "once" if gate.fails == 1 else f"{gate.fails} times"
        return "retrying", f"the last post failed ({times} so far)"
    return "ok", None


def _sentence(id: str, state: State, reason: str | None, gate: Gate) -> str:
    match state:
        case "broken":
            return f"{id} is broken: {reason}. Put it right, then PUT {PATH}/{id}."
        case "retrying":
            return f"{id} is tried again by itself: {reason}."
        case "ok":
            return f"{id} takes what we post." if gate.proved_at else f"Nothing was posted to {id} yet."
