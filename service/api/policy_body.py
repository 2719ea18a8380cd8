"""A policy as it comes in and as it is read: steps, each with whom it tells, so long after the one before it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from rules import policies, weekly
from rules.duty import Duty
from rules.model import Policy, Severity, Step, Target, TargetKind, When
from service.api.bodies import READ_ONLY, Answer, Body
from service.api.errors import Fault
from service.api.fields import Zone
from service.api.references import unknown
from service.api.watch_body import Labels

KINDS: tuple[TargetKind, ...] = ("channel", "person", "schedule")


def _delay(given: str) -> str:
    policies.delay(given)
    return given


def _window(given: str) -> str:
    return str(weekly.parse(given))


def _whole(given: Any) -> Any:
    return int(given) if isinstance(given, float) and given.is_integer() else given  # 2.0 is a whole number in JSON


Times = Annotated[int, Field(ge=0, le=10), BeforeValidator(_whole)]
Delay = Annotated[
    str, Field(max_length=20, examples=["5m"], json_schema_extra={"format": "step-delay"}), AfterValidator(_delay)
]
Window = Annotated[
    str,
    Field(max_length=40, examples=["Mon-Fri 08:00-18:00"], json_schema_extra={"format": "week-window"}),
    AfterValidator(_window),
]


def _one_key(schema: dict[str, Any]) -> None:
    """Exactly one key, and none by default."""
    schema |= {"minProperties": 1, "maxProperties": 1}
    for field in schema["properties"].values():
        field.pop("default", None)


class TargetBody(Body):
    """Whom a step tells, by exactly one key. A schedule is whoever is on call by it at that moment."""

    model_config = ConfigDict(json_schema_extra=_one_key)

    channel: Annotated[str, Field(max_length=64, json_schema_extra={"format": "channel-id"})] = ""
    person: Annotated[str, Field(max_length=64, json_schema_extra={"format": "person-id"})] = ""
    schedule: Annotated[str, Field(max_length=64, json_schema_extra={"format": "schedule-id"})] = ""

    @model_validator(mode="after")
    def _by_one_key(self) -> Self:
        given = [key for key in KINDS if key in self.model_fields_set]
        if not given:
            raise ValueError("tells nobody: give a channel, a person or a schedule")
        if len(given) > 1:
            named = " and ".join(f"'{key}'" for key in given)
            raise ValueError(f"one key names one target, here are {named}: make an entry of each")
        return self

    def target(self) -> Target:
        """Whom it means."""
        (given,) = self.model_fields_set
        kind: TargetKind = next(key for key in KINDS if key == given)
        return Target(kind, getattr(self, kind))


class WhenBody(Body):
    """Under which circumstances a step is taken. What is left out asks for nothing; `{}` is always."""

    severity: Severity | None = Field(None, description="At least.")
    hours: Annotated[tuple[Window, ...], Field(max_length=20)] = Field(
        default=(), description="Windows of the week in the policy's time zone."
    )
    labels: Labels = Field(default={}, description="That a watch of the alert bears.")

    def when(self) -> When:
        """The circumstances as they are kept."""
        return When(self.severity, tuple(dict.fromkeys(self.hours)), dict(self.labels))


class StepBody(Body):
    """One step."""

    needed: ClassVar = {"after": "'after' is required: how long after the step before it, \"0s\" for at once"}

    after: Delay
    tell: Annotated[tuple[TargetBody, ...], Field(min_length=1, max_length=20)]
    when: WhenBody | None = Field(
        None,
        description="Left out: always, where only chats are told; else when critical.",
    )

    def step(self, known: Duty) -> Step:
        """The step as it is kept."""
        tell = tuple(dict.fromkeys(each.target() for each in self.tell))
        when = self.when.when() if self.when else policies.usual_when(tell, known)
        return Step(policies.delay(self.after), tell, when)


class PolicyBody(Body):
    """Who is told when nobody takes an alert."""

    refusals: ClassVar = READ_ONLY | {name: f"'{name}' is ours to say: leave it out" for name in ("id", "says")}

    steps: Annotated[tuple[StepBody, ...], Field(min_length=1, max_length=20)]
    repeat: Times = Field(0, description="The steps run so many times more.")
    timezone: Zone | None = Field(None, description="Of the hours in its steps. Left out: that of QOSWATCH_TZ.")

    def faults(self, known: Duty) -> Iterator[Fault]:
        """Targets that do not exist."""
        there = {"channel": known.kinds, "person": known.people, "schedule": known.schedules}
        for number, step in enumerate(self.steps):
            for place, target in enumerate(each.target() for each in step.tell):
                yield from unknown(
                    target.kind, target.id, there[target.kind].keys(), f"/steps/{number}/tell/{place}/{target.kind}"
                )

    def policy(self, id: str, known: Duty, *, zone: str, created_at: datetime) -> Policy:
        """The policy that is meant."""
        steps = tuple(step.step(known) for step in self.steps)
        return Policy(id, 0, steps, created_at, self.repeat, self.timezone or zone)


class WhenAnswer(Answer):
    """Under which circumstances a step is taken; what is empty asks for nothing."""

    severity: Severity | None
    hours: tuple[str, ...]
    labels: dict[str, str]


class StepAnswer(Answer):
    """One step."""

    after: str
    tell: tuple[Mapping[TargetKind, str], ...]
    when: WhenAnswer


class PolicyAnswer(Answer):
    """A policy, and what it does in one sentence. `warnings`: what may not be meant, as things stand now."""

    id: str
    revision: int
    steps: tuple[StepAnswer, ...]
    repeat: int
    timezone: str
    created_at: datetime
    says: str
    warnings: tuple[str, ...]


def answer_of(policy: Policy, known: Duty, now: datetime) -> PolicyAnswer:
    """A policy as it is read."""
    return PolicyAnswer(
        id=policy.id,
        revision=policy.revision,
        steps=tuple(map(_step, policy.steps)),
        repeat=policy.repeat,
        timezone=policy.timezone,
        created_at=policy.created_at,
        says=policies.says(policy),
        warnings=policies.warnings(policy, known, now),
    )


def _step(step: Step) -> StepAnswer:
    when = WhenAnswer(severity=step.when.severity, hours=step.when.hours, labels=dict(step.when.labels))
    tell = tuple({target.kind: target.id} for target in step.tell)
    return StepAnswer(after=policies.written(step.after_s), tell=tell, when=when)
