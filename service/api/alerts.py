"""/v1/alerts: what is wrong with whom, how it went, and what people do about it."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from rules.meeting_names import meeting_name
from rules.model import AlertView, Severity
from rules.taking import Act
from service.api.act_body import ActAnswer, ActBody, ResolveBody, SnoozeBody
from service.api.alert_view import AlertAnswer, AlertSummary, summary, whole
from service.api.errors import NotFound
from service.api.fields import Id
from service.api.identity import signed_on
from service.api.layer import op
from service.api.pages import Page, PageQuery
from service.store import Store
from service.store.acting import act

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


class Alerts:
    """Alerts, one resource. `user_header` is that of a single-sign-on proxy; `wake` calls a sender."""

    tag = "alerts"

    def __init__(self, store: Store, *, wake: Callable[[], object], user_header: str | None) -> None:
        self._store, self._alerts, self._wake, self._header = store, store.alerts, wake, user_header

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
        return Page(items=[summary(alert) for alert in items], next_cursor=cursor)

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: AlertAnswer})
    def get(self, id: str) -> AlertAnswer:
        """Read an alert with its breaches and its timeline"""
        alert = self._alerts.get(id)
        if alert is None:
            raise NotFound("alert", id)
        return self._whole(alert)

    @op("POST", f"{PATH}/{{id}}/acknowledge", scope="write", answers={200: ActAnswer})
    def acknowledge(self, id: str, body: ActBody) -> ActAnswer:
        """Take an alert: nobody else is called, and whoever has it is reminded while it is still bad

        One that somebody has already stays theirs: the answer says whose it is.
        """
        return self._done(id, Act("acknowledge", body.who(self._user()), body.comment))

    @op("POST", f"{PATH}/{{id}}/unacknowledge", scope="write", answers={200: ActAnswer})
    def unacknowledge(self, id: str, body: ActBody) -> ActAnswer:
        """Give an alert back: its policy goes on where it stood"""
        return self._done(id, Act("unacknowledge", body.who(self._user()), body.comment))

    @op("POST", f"{PATH}/{{id}}/snooze", scope="write", answers={200: ActAnswer})
    def snooze(self, id: str, body: SnoozeBody) -> ActAnswer:
        """Hear nothing of an alert for a while; what is still bad then is told then"""
        until = body.end(self._store.clock.now())
        return self._done(id, Act("snooze", body.who(self._user()), body.comment, until=until))

    @op("POST", f"{PATH}/{{id}}/resolve", scope="write", answers={200: ActAnswer})
    def resolve(self, id: str, body: ResolveBody) -> ActAnswer:
        """Close an alert: what is bad now stays silent until it was fine once, or is worse"""
        return self._done(id, Act("resolve", body.who(self._user()), body.comment, reason=body.reason or ""))

    def _done(self, id: str, what: Act) -> ActAnswer:
        outcome = act(self._store, id, what, self._store.clock.now())
        if outcome is None:
            raise NotFound("alert", id)
        if outcome.changed:
            self._wake()
        return ActAnswer(changed=outcome.changed, says=outcome.says, alert=self._whole(outcome.alert))

    def _user(self) -> str:
        return signed_on(self._header)

    def _whole(self, alert: AlertView) -> AlertAnswer:
        return whole(alert, self._alerts.timeline(alert.id))
