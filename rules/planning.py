"""From a decision to a plan: everything that one decision about one seat writes, in one commit."""

from datetime import datetime

from rules import routing, views
from rules.lifecycle import Decision
from rules.model import AlertWrite, Debt, Instance, Plan, Seat


def plan(was: str, before: Seat, decision: Decision, instance: Instance, now: datetime) -> Plan:
    """Turn a decision into what is written."""
    writes: list[AlertWrite] = []
    owed: list[Debt] = []
    for alert, entries in decision.changes:
        if alert == before.alert and not entries:
            continue
        fresh = before.alert is None or before.alert.id != alert.id
        view = views.alert_view(alert, decision.seat, instance, now)
        writes.append(AlertWrite(view, entries, fresh))
        owed += routing.debts(before.alert, alert, entries, instance.id)
    return Plan(decision.seat.id, was, decision.seat, decision.samples, tuple(writes), tuple(owed))
