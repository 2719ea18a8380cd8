"""A watch as it comes in: who, in which meeting, under which rules, telling whom."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

from rules.meeting_names import meeting_name
from rules.model import MeetingKind, Watch
from rules.watching import ANY
from service.api.bodies import READ_ONLY, Body
from service.api.errors import Fault
from service.api.fields import Id, Moment, words
from service.api.who_body import DIGITS, Person, contradictions, usual_rules, whom


def _meeting(given: str) -> str:
    return ANY if given.strip().casefold() == ANY else meeting_name(given)


MeetingName = Annotated[
    str,
    Field(
        max_length=500,
        description="A meeting number, the UUID of one run, a join URL, or `any`: every live meeting of the account.",
        examples=["977 6364 3886"],
        json_schema_extra={"format": "zoom-meeting"},
    ),
    AfterValidator(_meeting),
]
#: the name of a rule or set, the id of a channel or policy: that it exists is seen when the store is asked
RuleName = Annotated[str, Field(max_length=64, json_schema_extra={"format": "rule-name"})]
ChannelId = Annotated[str, Field(max_length=64, json_schema_extra={"format": "channel-id"})]
PolicyId = Annotated[str, Field(max_length=64, json_schema_extra={"format": "policy-id"})]
Labels = Annotated[
    dict[Id, Annotated[str, words(200)]], Field(max_length=20, json_schema_extra={"additionalProperties": False})
]
_SOMEBODY: JsonDict = {
    "anyOf": [
        {"required": ["notify"], "properties": {"notify": {"type": "array", "minItems": 1}}},
        {"required": ["policy"], "properties": {"policy": {"type": "string", "format": "policy-id"}}},
    ]
}
_NOBODY = "nobody would be told: name a channel in 'notify', a policy in 'policy', or both"


class WatchBody(Body):
    """A wish to be told when somebody's call breaks."""

    model_config = ConfigDict(json_schema_extra=_SOMEBODY)
    refusals: ClassVar = READ_ONLY

    meeting: MeetingName
    who: Annotated[tuple[Person, ...], Field(min_length=1, max_length=200)]
    kind: MeetingKind = "auto"
    rules: Annotated[tuple[RuleName, ...], Field(min_length=1, max_length=50)] = Field(
        default_factory=tuple,
        description="Names of rules and sets. Left out: `speaker`, for everyone and attendees alone `listener`.",
    )
    notify: Annotated[tuple[ChannelId, ...], Field(max_length=20)] = Field(
        default=(), description="Channels that hear everything, whatever a policy does. May be empty beside a policy."
    )
    policy: PolicyId | None = Field(None, description="Whom to tell when nobody takes it, step by step.")
    starts_at: Moment | None = None
    ends_at: Moment | None = Field(None, description="Soft: to the end of the meeting, unless `hard_stop`.")
    hard_stop: bool = False
    labels: Labels = Field(default={})

    @field_validator("ends_at")
    @classmethod
    def _in_order(cls, ends_at: datetime | None, info: ValidationInfo) -> datetime | None:
        starts_at = info.data.get("starts_at")
        if ends_at and starts_at and ends_at <= starts_at:
            raise ValueError("must be after 'starts_at'")
        return ends_at

    def faults(self, *, now: datetime, before: Watch | None) -> Iterator[Fault]:
        """What no field can say of itself alone. A watch that is over may be put again as it was."""
        yield from contradictions(self.who, self.meeting, self.kind)
        if not self.notify and self.policy is None:
            yield Fault(_NOBODY, "/notify")
        known = before is not None and before.ends_at == self.ends_at
        if self.ends_at and self.ends_at <= now and not known:
            yield Fault(f"is over already: it is {now:%Y-%m-%dT%H:%M:%SZ}", "/ends_at")

    def watch(self, id: str, *, now: datetime, before: Watch | None) -> Watch:
        """The watch that is meant; the same people in the same meeting stay bound to their run."""
        who = whom(self.who)
        same = before is not None and (before.meeting, before.who) == (self.meeting, who)
        return Watch(
            id=id,
            revision=before.revision if before else 0,
            meeting=self.meeting,
            who=who,
            rules=tuple(dict.fromkeys(self.rules)) or usual_rules(who),
            notify=tuple(dict.fromkeys(self.notify)),
            created_at=before.created_at if before else now,
            policy=self.policy or "",
            kind=self.kind,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            hard_stop=self.hard_stop,
            paused=before.paused if before else False,
            labels=dict(self.labels),
            bound=before.bound if before and same else None,
        )


class ClaimBody(Body):
    """That a session is the person whom an entry of the watch means."""

    participant_id: Annotated[str, Field(pattern=DIGITS, description="The session, as the people of a watch show it.")]
    entry: Annotated[
        str,
        Field(
            alias="as",
            min_length=1,
            max_length=254,
            description="The value of an entry by name, e-mail or Zoom user, as it was given.",
            examples=["*Kline*"],
        ),
    ]
