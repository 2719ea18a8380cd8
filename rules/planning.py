"""From a decision to a plan: everything that one decision about one seat writes, in one commit."""

from datetime import datetime

from rules import routing, views
from rules.duty import Duty
from rules.lifecycle import Decision
from rules.model import AlertWrite, Debt, Instance, Plan, Seat

NOBODY = Duty()


def plan(
    was: str,
    before: Seat,
    decision: Decision,
    instance: Instance,
    now: datetime,
    duty: Duty = NOBODY,
    *,
    read_at: datetime | None = None,
) -> Plan:
    """Turn a decision into what is written. `read_at`: of its figures, where they were not read just now."""
    writes: list[AlertWrite] = []
    owed: list[Debt] = []
    for alert, entries in decision.changes:
        if alert == before.alert and not entries:
            continue
        fresh = before.alert is None or before.alert.id != alert.id
        view = views.alert_view(alert, decision.seat, instance, now, duty, read_at=read_at or now)
        writes.append(AlertWrite(view, entries, fresh, alert.next_at if alert.open else None))
        owed += routing.debts(before.alert, alert, entries, instance.id, duty)
    return Plan(decision.seat.id, was, decision.seat, decision.samples, tuple(writes), tuple(owed))
