"""/v1/channels: where alerts go. The URL is a secret: it comes in, and only host and last four go out."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from rules.destinations import ChannelUrlError, check_url, masked
from rules.gate import Gate
from rules.model import Channel, Debt, Note
from service.api.bodies import READ_ONLY, Answer, Body
from service.api.errors import Conflict, Fault, NotFound, Refused
from service.api.fields import Zone
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.registry import counted, everything
from service.store import Store

PATH = "/v1/channels"
_KINDS_LATER = ("slack_app", "pagerduty", "webhook", "email")
State = Literal["ok", "retrying", "broken"]


class ChannelBody(Body):
    """A destination."""

    refusals: ClassVar = READ_ONLY | {"privacy": "'privacy' comes later; until then messages name people in full"}

    kind: Literal["slack", "teams"]
    url: Annotated[str, Field(json_schema_extra={"format": "webhook-url", "writeOnly": True})]
    timezone: Zone | None = Field(None, description="Left out: that of QOSWATCH_TZ.")

    @field_validator("kind", mode="before")
    @classmethod
    def _more_later(cls, given: Any) -> Any:
        if given in _KINDS_LATER:
            raise ValueError(f"'{given}' comes later; until then there are 'slack' and 'teams'")
        return given


class ChannelAnswer(Answer):
    """A destination, and whether it takes what we post."""

    id: str
    revision: int
    kind: Literal["slack", "teams"]
    url: str = Field(description="Host and last four; the URL itself is write-only.")
    timezone: str
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
    ) -> None:
        self._store, self._allow_private, self._zone = store, allow_private, default_zone
        self._new_id, self._wake, self._shelf = new_id, wake, store.documents.channels

    @op("GET", PATH, scope="read", answers={200: Page[ChannelAnswer]})
    def list(self, query: PageQuery) -> Page[ChannelAnswer]:
        """List channels, newest first"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        return Page(items=[self._answer(channel) for channel in items], next_cursor=cursor)

    @op("POST", PATH, scope="admin", answers={201: ChannelAnswer})
    def create(self, body: ChannelBody) -> Reply:
        """Register a channel under an id of our making"""
        return self._put(self._new_id("ch_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="admin", answers={200: ChannelAnswer, 201: ChannelAnswer})
    def put(self, id: str, body: ChannelBody) -> Reply:
        """Register a channel under an id of yours, or replace it: one that was broken is tried again"""
        return self._put(id, body, self._shelf.get(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: ChannelAnswer})
    def get(self, id: str) -> ChannelAnswer:
        """Read a channel, and whether it takes what we post"""
        return self._answer(self._known(id))

    @op("DELETE", f"{PATH}/{{id}}", scope="admin", answers={204: None}, problems=(409,))
    def delete(self, id: str) -> None:
        """Delete a channel that no watch names"""
        self._known(id)
        users = [watch.id for watch in everything(self._store.documents.watches) if id in watch.notify]
        if users:
            raise Conflict(f"channel {id} is told by {counted(users)}; name another channel there first")
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
        try:
            check_url(body.kind, body.url, self._allow_private)
        except ChannelUrlError as error:
            raise Refused(Fault(str(error), "/url")) from None
        created_at = before.created_at if before else self._now()
        kept = self._shelf.put(Channel(id, 0, body.kind, body.url, created_at, body.timezone or self._zone))
        self._store.lanes.reset_gate(id)
        status = 200 if before else 201
        return Reply(self._answer(kept), status, {} if before else {"Location": f"{PATH}/{id}"})

    def _known(self, id: str) -> Channel:
        channel = self._shelf.get(id)
        if channel is None:
            raise NotFound("channel", id, (known.id for known in everything(self._shelf)))
        return channel

    def _now(self) -> datetime:
        return self._store.clock.now()

    def _answer(self, channel: Channel) -> ChannelAnswer:
        gate = self._store.lanes.gate(channel.id)
        state, reason = standing(gate)
        return ChannelAnswer(
            id=channel.id,
            revision=channel.revision,
            kind=channel.kind,
            url=masked(channel.url),
            timezone=channel.timezone,
            created_at=channel.created_at,
            state=state,
            since=gate.first_fail_at if state != "ok" else None,
            reason=reason,
            next_try_at=gate.not_before if state != "ok" else None,
            last_accepted_at=gate.proved_at,
            says=_sentence(channel.id, state, reason, gate),
        )


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
