"""The one door for what people and time do to an alert: load its subject, decide, commit; again if it changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from rules import planning, taking, troubles
from rules.duty import Duty
from rules.lifecycle import Decision
from rules.model import AlertState, AlertView, Entry, Instance
from rules.taking import Act, Outcome
from service.store import Store
from service.store.errors import StoreError, StoreUnavailable

_TRIES = 10
log = structlog.get_logger(__name__)
Change = Callable[[AlertState, Duty], tuple[AlertState, tuple[Entry, ...]]]


def act(store: Store, alert_id: str, act: Act, now: datetime) -> Outcome | None:
    """Do what somebody asks of an alert. None: there is no such alert. Wake a sender when it changed."""
    done: list[taking.Done] = []

    def doing(state: AlertState, duty: Duty) -> tuple[AlertState, tuple[Entry, ...]]:
        done.append(taking.done(state, act, duty, now))
        return done[-1].state, done[-1].entries

    view = change(store, alert_id, doing, now)
    if view is None:
        return None
    if not done:  # its meeting is long over, and nothing is left of it but what readers see
        return Outcome(False, f"It is over. {view.says}", view)
    try:
        _count(store, act, done[-1], view)
    except StoreUnavailable as error:  # what was written stands: it must not be said that nothing was
        log.warning("act was not counted", alert_id=alert_id, because=str(error))
    return Outcome(bool(done[-1].entries), done[-1].says, view)


def change(store: Store, alert_id: str, edit: Change, now: datetime) -> AlertView | None:
    """Change one alert; answers how readers see it then. None: there is no such alert."""
    for _ in range(_TRIES):
        view = store.alerts.get(alert_id)
        if view is None:
            return None
        loaded = store.seats.subject(view.instance, view.subject)
        if loaded is None or loaded[1].alert is None or loaded[1].alert.id != alert_id:
            return view
        version, seat = loaded
        duty = store.duty()
        state, entries = edit(loaded[1].alert, duty)
        if state == seat.alert and not entries:
            return view
        decision = Decision(replace(seat, alert=state), ((state, entries),))
        plan = planning.plan(version, seat, decision, _instance(store, view), now, duty, read_at=view.read_at)
        if not store.seats.commit(view.instance, [plan]):
            return plan.alerts[0].view
    raise StoreError(f"alert {alert_id} is being changed by others all the time: try again")


def _instance(store: Store, view: AlertView) -> Instance:
    if troubles.is_ours(view.subject):
        return troubles.OURSELVES
    return store.instances.get(view.instance) or Instance(view.instance, view.uuid, view.meeting, view.topic)


def _count(store: Store, act: Act, done: taking.Done, view: AlertView) -> None:
    if done.entries:
        store.health.count(f"acts:{act.kind}")
    if done.entries and act.reason == taking.FALSE_ALARM:
        for breach in view.breaches:
            if breach.muted:
                store.health.count(f"false_alarms:{breach.rule}")
