"""Alerts as readers see them: projections of a seat, written with it, never read to decide."""

from datetime import datetime

from rules import escalation, window
from rules.duty import Duty
from rules.model import (
    AlertState,
    AlertView,
    Breach,
    BreachView,
    Instance,
    Seat,
    moment_of,
)
from rules.timeline import is_flapping


def alert_view(
    alert: AlertState, seat: Seat, instance: Instance, now: datetime, duty: Duty, *, read_at: datetime
) -> AlertView:
    """The alert with everything a reader needs beside it."""
    who = seat.name or f"participant {seat.id.rpartition('.')[2]}"
    breaches = tuple(_breach_view(breach, seat, who) for breach in alert.breaches)
    newest = max(seat.sessions, key=lambda session: session.watermark, default=None)
    return AlertView(
        id=alert.id,
        seq=alert.seq,
        subject=seat.id,
        instance=instance.id,
        meeting=instance.number,
        uuid=instance.uuid,
        topic=instance.topic,
        who=who,
        session=newest.id if newest else "",
        state="open" if alert.open else "closed",
        held=alert.held,
        severity=alert.severity,
        says=_says(alert, breaches),
        opened_at=alert.opened_at,
        closed_at=alert.closed_at,
        ending=alert.ending,
        breaches=breaches,
        watches=alert.watches,
        facts=seat.facts,
        data_at=moment_of(seat.newest) if seat.newest else None,
        read_at=read_at,
        meeting_started_at=instance.started_at,
        meeting_ended_at=instance.ended_at,
        taken_by=alert.taken.by if alert.taken else None,
        snoozed_until=alert.snooze.until if alert.snooze else None,
        taken=alert.taken,
        was_taken=alert.was_taken,
        snooze=alert.snooze,
        resolved=alert.resolved,
        flapping=len(alert.opened) if is_flapping(alert) else 0,
        next_call=escalation.upcoming(alert, duty, now),
        calls=escalation.calls(alert),
        remind_at=alert.remind_at,
        next_at=alert.next_at if alert.open else None,
        silenced_by=tuple(sorted({silence for view in alert.watches for silence in view.silenced})),
    )


def _breach_view(breach: Breach, seat: Seat, who: str) -> BreachView:
    ring = seat.rings.get(breach.rule)
    recovering = ring is not None and bool(window.clear_minutes(ring) & 1)
    state = "over" if breach.ending else "recovering" if recovering else "bad"
    return BreachView(
        rule=breach.rule,
        revision=breach.revision,
        severity=breach.severity,
        state=state,  # type: ignore[arg-type]  # mypy widens the conditional to str
        says=breach.says.replace("{who}", who),
        because=breach.because,
        hint=breach.hint,
        runbook_url=breach.runbook_url,
        operand=breach.operand,
        op=breach.op,
        threshold=breach.threshold,
        unit=breach.unit,
        value=breach.value,
        value_at=moment_of(breach.value_minute) if breach.value is not None else None,
        worst=breach.peak.value if breach.peak else None,
        worst_at=moment_of(breach.peak.minute) if breach.peak else None,
        since_at=moment_of(breach.since_minute),
        ended_at=moment_of(breach.ended_minute) if breach.ended_minute is not None else None,
        ending=breach.ending,
        hold=breach.hold,
        hold_at=moment_of(breach.hold_minute) if breach.hold else None,
        no_figures=breach.no_figures,
        muted=breach.muted is not None,
    )


def _says(alert: AlertState, breaches: tuple[BreachView, ...]) -> str:
    worst = breaches[0]
    if not alert.open:
        return f"Over ({(alert.ending or 'fine').replace('_', ' ')}): {worst.says}; {worst.because.rstrip('.')}."
    held = " On hold: nothing can be told now." if alert.held else ""
    return f"{alert.severity.upper()}: {worst.says}; {worst.because.rstrip('.')}.{held}"
