"""What pressing the button of a link does: to one alert, or to every one that its conversation has heard of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules import links, troubles
from rules.links import SNOOZE, Link
from rules.model import AlertView, Silence
from rules.taking import Act
from service.store import Store
from service.store.acting import act

MUTED = timedelta(hours=24)  #: no meeting goes on for longer
_PAGE = 200
_NOTHING = "Nothing is open here any more. Nothing to do."


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed the button of a link. `token` makes the mark by which it acts once."""

    link: Link
    token: str
    by: str
    comment: str
    now: datetime

    @property
    def act(self) -> Act:
        """What is asked of an alert."""
        asked = Act("acknowledge", self.by, self.comment, link=links.mark(self.token))
        if self.link.action == "snooze":
            return replace(asked, kind="snooze", until=self.now + SNOOZE)
        if self.link.action == "false_alarm":
            return replace(asked, kind="resolve", reason="false_alarm")
        return asked


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    says: str
    changed: bool = False


def concerned(store: Store, link: Link) -> tuple[AlertView, ...]:
    """The alerts that a link is about, as they are now; open ones alone where it is about all of a lane."""
    if link.alert:
        alert = store.alerts.get(link.alert)
        return (alert,) if alert else ()
    return tuple(alert for alert in _open(store, link) if any(link.channel in view.notify for view in alert.watches))


def press(store: Store, pressed: Press, alerts: tuple[AlertView, ...]) -> Done:
    """Do it, and say what is true now."""
    if pressed.link.action == "mute":
        return _mute(store, pressed, alerts[0])
    if pressed.link.alert:
        outcome = act(store, pressed.link.alert, pressed.act, pressed.now)
        return Done(outcome.says, outcome.changed) if outcome else Done(_NOTHING)
    return _all(store, pressed, alerts)


def _open(store: Store, link: Link) -> Iterator[AlertView]:
    """Open alerts of a lane's instance, newest first; of the lane of one alert that one."""
    cursor: str | None = None
    while True:
        items, cursor = store.alerts.page(state="open", limit=_PAGE, cursor=cursor)
        yield from (alert for alert in items if link.subject in (alert.instance, alert.id))
        if cursor is None:
            return


def _all(store: Store, pressed: Press, alerts: tuple[AlertView, ...]) -> Done:
    """The same act on each, one by one: somebody else may be quicker with some of them."""
    taking = pressed.link.action == "take"
    wanted = [alert for alert in alerts if not (taking and alert.taken)]
    outcomes = [act(store, alert.id, pressed.act, pressed.now) for alert in wanted]
    changed = sum(outcome.changed for outcome in outcomes if outcome)
    if not alerts:
        return Done(_NOTHING)
    others = len(alerts) - changed
    if not changed:
        return Done(f"{'Somebody has' if taking else 'Snoozed were'} {_counted(others)} already. Nothing to do.")
    says = _SAYS[pressed.link.action].format(by=pressed.by, alerts=_counted(changed))
    return Done(f"{says} {_counted(others).capitalize()} had that before." if others else says, changed=True)


def _mute(store: Store, pressed: Press, alert: AlertView) -> Done:
    """A silence over the one seat. It needs no end of its own: the seat ends with its meeting."""
    if troubles.is_ours(alert.subject):
        return Done("No silence covers what qoswatch tells of itself. Take it, or snooze it.")
    instance = store.instances.get(alert.instance)
    if instance is None or instance.ended_at:
        return Done("That meeting is over. Nothing to do.")
    id = f"si_{alert.id.removeprefix('al_')}"
    before = store.documents.silences.get(id)
    if before and before.ends_at and before.ends_at > pressed.now:
        return Done(f"{before.by} asked for that already. Nothing to do.")
    silence = Silence(
        id=id,
        revision=0,
        matchers={"seat": alert.subject},
        by=pressed.by,
        comment=pressed.comment or "not for this meeting, by a link in a message",
        starts_at=pressed.now,
        created_at=pressed.now,
        ends_at=pressed.now + MUTED,
    )
    store.documents.silences.put(silence)
    return Done("Nobody is told of this person again in this meeting. It is still recorded.", changed=True)


def _counted(n: int) -> str:
    return "one alert" if n == 1 else f"{n} alerts"


_SAYS: Mapping[str, str] = {
    "take": "{by} has {alerts} now. Nobody else is called.",
    "snooze": "Nothing is told of {alerts} for 15 minutes. What is still bad then is told then.",
}
