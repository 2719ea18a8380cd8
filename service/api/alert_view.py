"""How an alert is read: in a list, whole, and each step of its way."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from rules.model import AlertView, BreachView, Calling, Entry, Severity, Snooze, Taken, WatchView, moment_of
from service.api.bodies import Answer


class Concerned(Answer):
    """A watch that hears the alert: `severity` is that of its own rules, null when they are fine again."""

    id: str
    severity: Severity | None
    notify: tuple[str, ...]


class DoneAnswer(Answer):
    """What somebody did to an alert: took it, or closed it."""

    by: str
    at: datetime
    comment: str
    reason: str = Field(description='"false_alarm", of what was closed; else empty.')


class SnoozeAnswer(Answer):
    """Until when somebody wants to hear nothing of it."""

    by: str
    at: datetime
    until: datetime
    comment: str


class CallAnswer(Answer):
    """One step of a policy: who is called by it, and which channels are told."""

    at: datetime
    step: int
    of: int
    people: tuple[str, ...]
    channels: tuple[str, ...]


class BreachAnswer(Answer):
    """One rule broken. `muted`: a person closed it, and it is silent until it is fine once, or worse."""

    rule: str
    revision: int
    severity: Severity
    state: Literal["bad", "recovering", "over"]
    says: str
    because: str
    hint: str = Field(serialization_alias="try")
    runbook_url: str | None
    value: float | None
    value_at: datetime | None
    worst: float | None
    worst_at: datetime | None
    unit: str
    threshold: float
    since_at: datetime
    ended_at: datetime | None
    ending: str | None
    hold: str | None
    muted: bool


class EntryAnswer(Answer):
    """One transition: `minute_at` is Zoom's minute, `at` is when we decided, `by` who did it where a person did."""

    seq: int
    kind: str
    minute_at: datetime
    at: datetime
    says: str
    state: Literal["open", "closed"]
    severity: Severity
    held: bool
    by: str | None
    comment: str | None
    taken_by: str | None
    snoozed_until: datetime | None
    silenced_by: tuple[str, ...]


class AlertSummary(Answer):
    """An alert in a list: one person's trouble in one meeting."""

    id: str
    state: Literal["open", "closed"]
    severity: Severity
    held: bool
    says: str
    who: str
    participant_id: str
    seat: str
    meeting: str
    uuid: str
    topic: str
    opened_at: datetime
    closed_at: datetime | None
    ending: str | None
    data_at: datetime | None
    taken_by: str | None
    snoozed_until: datetime | None
    silenced_by: tuple[str, ...]
    watches: tuple[Concerned, ...]


class AlertAnswer(AlertSummary):
    """An alert with its breaches, who had it, who was called, and its timeline."""

    facts: Mapping[str, str]
    breaches: tuple[BreachAnswer, ...]
    taken: DoneAnswer | None
    was_taken: DoneAnswer | None = Field(description="Who had it as a warning, before it turned critical.")
    snooze: SnoozeAnswer | None
    resolved: DoneAnswer | None = Field(description="Who closed it, until it opens again.")
    flapping: int = Field(description="How often it opened lately, once that is too often; else 0.")
    calls: tuple[CallAnswer, ...]
    next_call: CallAnswer | None
    remind_at: datetime | None
    timeline: tuple[EntryAnswer, ...]


_SUMMED = (
    *("id", "state", "severity", "held", "says", "who", "meeting", "uuid", "topic", "opened_at", "closed_at"),
    *("ending", "data_at", "taken_by", "snoozed_until", "silenced_by"),
)


def summary(alert: AlertView) -> AlertSummary:
    """An alert in a list."""
    return AlertSummary(**_summed(alert))


def whole(alert: AlertView, timeline: Iterable[Entry]) -> AlertAnswer:
    """An alert with all that is known of it."""
    return AlertAnswer(
        **_summed(alert),
        facts=dict(alert.facts),
        breaches=tuple(map(_breach, alert.breaches)),
        taken=_done(alert.taken),
        was_taken=_done(alert.was_taken),
        snooze=_snooze(alert.snooze),
        resolved=_done(alert.resolved),
        flapping=alert.flapping,
        calls=tuple(map(_call, alert.calls)),
        next_call=_call(alert.next_call) if alert.next_call else None,
        remind_at=alert.remind_at,
        timeline=tuple(map(_entry, timeline)),
    )


def _summed(alert: AlertView) -> dict[str, Any]:
    same = {name: getattr(alert, name) for name in _SUMMED}
    watches = tuple(map(_concerned, alert.watches))
    return {**same, "participant_id": alert.session, "seat": alert.subject, "watches": watches}


def _concerned(view: WatchView) -> Concerned:
    return Concerned(id=view.id, severity=view.severity, notify=view.notify)


def _done(done: Taken | None) -> DoneAnswer | None:
    return DoneAnswer(by=done.by, at=done.at, comment=done.comment, reason=done.reason) if done else None


def _snooze(snooze: Snooze | None) -> SnoozeAnswer | None:
    return SnoozeAnswer(by=snooze.by, at=snooze.at, until=snooze.until, comment=snooze.comment) if snooze else None


def _call(call: Calling) -> CallAnswer:
    names = tuple(mention.name for mention in call.names)
    return CallAnswer(at=call.at, step=call.step, of=call.of, people=names, channels=call.channels)


def _breach(breach: BreachView) -> BreachAnswer:
    return BreachAnswer(**{name: getattr(breach, name) for name in BreachAnswer.model_fields})


def _entry(entry: Entry) -> EntryAnswer:
    return EntryAnswer(
        seq=entry.seq,
        kind=entry.kind,
        minute_at=moment_of(entry.minute),
        at=entry.at,
        says=entry.sentence,
        state="open" if entry.open else "closed",
        severity=entry.severity,
        held=entry.held,
        by=entry.by or None,
        comment=entry.comment or None,
        taken_by=entry.taken_by or None,
        snoozed_until=entry.snoozed_until,
        silenced_by=tuple(dict.fromkeys(id for view in entry.watches for id in view.silenced)),
    )
