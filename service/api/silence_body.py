"""A silence as it comes in and as it is read: what it matches, from when to when, whose it is and why."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from rules import silencing
from rules.meeting_names import meeting_name
from rules.model import Silence
from rules.silencing import KEYS, State
from service.api.bodies import READ_ONLY, Answer, Body
from service.api.errors import Fault
from service.api.fields import Id, Moment, Zone, words
from service.api.policy_body import Window
from service.api.who_body import WILD
from service.api.words import PATTERNS

LONGEST = timedelta(days=7)
_LABEL = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}=[^\x00-\x1f\x7f]{0,200}$"
PATTERNS[_LABEL] = 'must be a label of a watch, written as "site=Lyon"'
_FOR_EVER = "'ends_at' is required: at most 7 days after its start, unless 'weekly' says when"


def _person(given: str) -> str:
    """A name in which `*` stands for anything and `?` for one letter, or an address."""
    text = " ".join(given.split())
    if not text.isprintable():
        raise ValueError("must be one line of text, without control characters")
    if re.search(r"[\[\]]", text):
        raise ValueError("'[' and ']' can not stand in it: write '?' in the place of each")
    if text.count("*") + text.count("?") > WILD:
        raise ValueError(f"can hold '*' and '?' at most {WILD} times")
    if not re.sub(r"[*?\s]", "", text):
        raise ValueError("would be everybody: name a meeting or a watch instead")
    return text


def _seat(given: str) -> str:
    if given.startswith(silencing.OURSELVES):
        raise ValueError("is trouble of our own: no silence covers service alerts")
    return given


def _some_keys(schema: dict[str, Any]) -> None:
    """At least one key, and none by default."""
    schema |= {"minProperties": 1}
    for field in schema["properties"].values():
        field.pop("default", None)


class MatchersBody(Body):
    """What is silenced: news that every one of these fits. At least one."""

    model_config = ConfigDict(json_schema_extra=_some_keys)

    watch: Id = ""
    rule: Annotated[str, words(64, 1)] = ""
    meeting: Annotated[
        str,
        Field(
            max_length=500,
            description="A meeting number, the UUID of one run, or a join URL.",
            json_schema_extra={"format": "zoom-meeting"},
        ),
        AfterValidator(meeting_name),
    ] = ""
    person: Annotated[
        str,
        Field(
            min_length=1,
            max_length=254,
            description="A name (`*` is anything, `?` one letter, case does not count), an e-mail or a Zoom user.",
            examples=["*Kline*"],
            json_schema_extra={"format": "name-glob"},
        ),
        AfterValidator(_person),
    ] = ""
    label: Annotated[str, Field(pattern=_LABEL, examples=["site=Lyon"])] = ""
    severity: Literal["warning", "critical"] = Field("warning", description="This one alone, not the ones above it.")
    seat: Annotated[str, words(100, 1), AfterValidator(_seat)] = Field(
        "", description="One person in one run, as alerts and watches show it."
    )

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"would silence everything: give at least one of {', '.join(KEYS)}")
        return self

    def matchers(self) -> Mapping[str, str]:
        """Those that were given."""
        return {key: getattr(self, key) for key in KEYS if key in self.model_fields_set}


class PreviewBody(Body):
    """A silence that is only asked about: its matchers count, the rest may be there or not."""

    refusals: ClassVar = READ_ONLY | {
        name: f"'{name}' is ours to say: leave it out" for name in ("id", "says", "on_until", "next_at")
    }

    matchers: MatchersBody
    by: Annotated[str, words(100)] | None = None
    comment: Annotated[str, words(200)] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    weekly: Annotated[tuple[Window, ...], Field(max_length=20)] = ()
    timezone: Zone | None = None


class SilenceBody(Body):
    """News that nobody is to be told for a while; it is recorded all the same."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["ends_at"], "properties": {"ends_at": {"type": "string"}}},
                {"required": ["weekly"], "properties": {"weekly": {"type": "array", "minItems": 1}}},
            ]
        }
    )
    refusals: ClassVar = PreviewBody.refusals
    needed: ClassVar = {
        "by": "'by' is required: who answers for this silence",
        "comment": "'comment' is required: why nobody is to be told",
    }

    matchers: MatchersBody
    by: Annotated[str, words(100, 1)]
    comment: Annotated[str, words(200, 1)]
    starts_at: Moment | None = Field(None, description="Left out: now; of one that is kept already, as it was.")
    ends_at: Moment | None = Field(None, description="At most 7 days after its start, unless `weekly`.")
    weekly: Annotated[tuple[Window, ...], Field(max_length=20)] = Field(
        default=(), description="Windows of the week in which it stands, again and again."
    )
    timezone: Zone | None = Field(None, description="Of its windows and notices. Left out: that of QOSWATCH_TZ.")

    def faults(self, *, now: datetime, before: Silence | None) -> Iterator[Fault]:
        """What no field can say of itself alone. One that is over may be put again as it was."""
        starts_at = self.start(now, before)
        if self.ends_at is None:
            if not self.weekly:
                yield Fault(_FOR_EVER, "/ends_at")
            return
        if self.ends_at <= starts_at:
            yield Fault("must be after its start", "/ends_at")
        elif self.ends_at <= now and not (before and before.ends_at == self.ends_at):
            yield Fault(f"is over already: it is {now:%Y-%m-%dT%H:%M:%SZ}", "/ends_at")
        elif not self.weekly and self.ends_at - starts_at > LONGEST:
            yield Fault("is more than 7 days after its start: end it sooner, or make it 'weekly'", "/ends_at")

    def start(self, now: datetime, before: Silence | None) -> datetime:
        """When it begins; what stands or waits already keeps its start."""
        if self.starts_at:
            return self.starts_at
        return before.starts_at if before and silencing.state(before, now) != "over" else now

    def silence(self, id: str, *, zone: str, now: datetime, before: Silence | None) -> Silence:
        """The silence that is meant; notices that were given are not given again."""
        return Silence(
            id=id,
            revision=0,
            matchers=self.matchers.matchers(),
            by=self.by,
            comment=self.comment,
            starts_at=self.start(now, before),
            created_at=before.created_at if before else now,
            ends_at=self.ends_at,
            weekly=tuple(dict.fromkeys(self.weekly)),
            timezone=self.timezone or zone,
            announced=before.announced if before else (),
        )


class SilenceAnswer(Answer):
    """A silence. `on_until`: when it pauses or ends, while it is on; `next_at`: when it is on next, while it is not."""

    id: str
    revision: int
    matchers: Mapping[str, str]
    by: str
    comment: str
    starts_at: datetime
    ends_at: datetime | None
    weekly: tuple[str, ...]
    timezone: str
    created_at: datetime
    state: State
    on_until: datetime | None
    next_at: datetime | None
    says: str
    warnings: tuple[str, ...]
