"""A watch as it comes in: who, in which meeting, under which rules, telling whom."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from rules.model import Watch, Who
from service.api.bodies import READ_ONLY, Body
from service.api.fields import Id, Moment, words
from service.api.meeting_names import meeting_name
from service.api.words import PATTERNS

_DIGITS = r"^[0-9]{1,20}$"
PATTERNS[_DIGITS] = "must be the number that Zoom gives the person in this meeting (user_id), digits only"
_WHO_LATER = ("zoom_user", "email", "name", "role", "everyone")

MeetingName = Annotated[
    str,
    Field(
        max_length=500,
        description="A meeting number, the UUID of one run, or a join URL.",
        examples=["977 6364 3886"],
        json_schema_extra={"format": "zoom-meeting"},
    ),
    AfterValidator(meeting_name),
]
#: the name of a rule or set, the id of a channel: that it exists is seen when the store is asked
RuleName = Annotated[str, Field(max_length=64, json_schema_extra={"format": "rule-name"})]
ChannelId = Annotated[str, Field(max_length=64, json_schema_extra={"format": "channel-id"})]
Labels = Annotated[
    dict[Id, Annotated[str, words(200)]], Field(max_length=20, json_schema_extra={"additionalProperties": False})
]


class Person(Body):
    """One person to watch."""

    refusals: ClassVar = {key: f"'{key}' comes later; until then name people by 'participant_id'" for key in _WHO_LATER}

    participant_id: Annotated[str, Field(pattern=_DIGITS, examples=["16778240"])]


class WatchBody(Body):
    """A wish to be told when somebody's call breaks."""

    refusals: ClassVar = READ_ONLY | {"policy": "policies come later; until then name channels in 'notify'"}
    needed: ClassVar = {"notify": "nobody would be told: name at least one channel in 'notify'"}

    meeting: MeetingName
    who: Annotated[tuple[Person, ...], Field(min_length=1, max_length=200)]
    kind: Literal["auto", "meeting"] = "auto"
    rules: Annotated[tuple[RuleName, ...], Field(min_length=1, max_length=50)] = ("speaker",)
    notify: Annotated[tuple[ChannelId, ...], Field(min_length=1, max_length=20)]
    starts_at: Moment | None = None
    ends_at: Moment | None = Field(None, description="Soft: to the end of the meeting, unless `hard_stop`.")
    hard_stop: bool = False
    labels: Labels = Field(default={})

    @field_validator("kind", mode="before")
    @classmethod
    def _webinars_later(cls, given: Any) -> Any:
        if given == "webinar":
            raise ValueError("webinars come later; until then only meetings are watched")
        return given

    @field_validator("ends_at")
    @classmethod
    def _in_order(cls, ends_at: datetime | None, info: ValidationInfo) -> datetime | None:
        starts_at = info.data.get("starts_at")
        if ends_at and starts_at and ends_at <= starts_at:
            raise ValueError("must be after 'starts_at'")
        return ends_at

    def watch(self, id: str, *, now: datetime, before: Watch | None) -> Watch:
        """The watch that is meant; the same people in the same meeting stay bound to their run."""
        who = tuple(
            dict.fromkeys(Who("participant_id", person.participant_id.lstrip("0") or "0") for person in self.who)
        )
        same = before is not None and (before.meeting, before.who) == (self.meeting, who)
        return Watch(
            id=id,
            revision=before.revision if before else 0,
            meeting=self.meeting,
            who=who,
            rules=tuple(dict.fromkeys(self.rules)),
            notify=tuple(dict.fromkeys(self.notify)),
            created_at=before.created_at if before else now,
            kind=self.kind,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            hard_stop=self.hard_stop,
            paused=before.paused if before else False,
            labels=dict(self.labels),
            bound=before.bound if before and same else None,
        )
