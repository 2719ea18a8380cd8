"""/v1/alerts: what is wrong with whom, and how it went. Reading only, until taking comes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from rules.meeting_names import meeting_name
from rules.model import AlertView, BreachView, Entry, Severity, WatchView, moment_of
from service.api.bodies import Answer
from service.api.errors import NotFound
from service.api.fields import Id
from service.api.layer import op
from service.api.pages import Page, PageQuery
from service.store import Store

PATH = "/v1/alerts"


class AlertsQuery(PageQuery):
    """Which alerts."""

    state: Literal["open", "closed"] | None = None
    watch: Id | None = None
    severity: Severity | None = None
    meeting: (
        Annotated[
            str,
            Field(max_length=500, json_schema_extra={"format": "zoom-meeting"}),
            AfterValidator(meeting_name),
        ]
        | None
    ) = None


class Concerned(Answer):
    """A watch that hears the alert: `severity` is that of its own rules, null when they are fine again."""

    id: str
    severity: Severity | None
    notify: tuple[str, ...]


class BreachAnswer(Answer):
    """One rule broken."""

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


class EntryAnswer(Answer):
    """One transition: `minute_at` is Zoom's minute, `at` is when we decided."""

    seq: int
    kind: str
    minute_at: datetime
    at: datetime
    says: str
    state: Literal["open", "closed"]
    severity: Severity
    held: bool


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
    watches: tuple[Concerned, ...]


class AlertAnswer(AlertSummary):
    """An alert with its breaches and its timeline."""

    facts: Mapping[str, str]
    breaches: tuple[BreachAnswer, ...]
    timeline: tuple[EntryAnswer, ...]


class Alerts:
    """Alerts, one resource."""

    tag = "alerts"

    def __init__(self, store: Store) -> None:
        self._alerts = store.alerts

    @op("GET", PATH, scope="read", answers={200: Page[AlertSummary]})
    def list(self, query: AlertsQuery) -> Page[AlertSummary]:
        """List alerts, newest first"""
        items, cursor = self._alerts.page(
            state=query.state,
            watch=query.watch,
            meeting=query.meeting,
            severity=query.severity,
            limit=query.limit,
            cursor=query.cursor,
        )
        return Page(items=[AlertSummary(**_summary(alert)) for alert in items], next_cursor=cursor)

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: AlertAnswer})
    def get(self, id: str) -> AlertAnswer:
        """Read an alert with its breaches and its timeline"""
        alert = self._alerts.get(id)
        if alert is None:
            raise NotFound("alert", id)
        return AlertAnswer(
            **_summary(alert),
            facts=dict(alert.facts),
            breaches=tuple(map(_breach, alert.breaches)),
            timeline=tuple(map(_entry, self._alerts.timeline(id))),
        )


_SUMMED = (
    *("id", "state", "severity", "held", "says", "who", "meeting", "uuid", "topic"),
    *("opened_at", "closed_at", "ending", "data_at", "taken_by", "snoozed_until"),
)
_BREACH = tuple(name for name in BreachAnswer.model_fields)


def _summary(alert: AlertView) -> dict[str, Any]:
    same = {name: getattr(alert, name) for name in _SUMMED}
    watches = tuple(map(_concerned, alert.watches))
    return {**same, "participant_id": alert.session, "seat": alert.subject, "watches": watches}


def _concerned(view: WatchView) -> Concerned:
    return Concerned(id=view.id, severity=view.severity, notify=view.notify)


def _breach(breach: BreachView) -> BreachAnswer:
    return BreachAnswer(**{name: getattr(breach, name) for name in _BREACH})


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
    )
