"""Once a minute: what is wrong with ourselves? It reports, and repairs nothing: that is what leases are for.

Then the dead man's switch: a ping that says "all is watched", sent only when that is true.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from rules import planning, selfwords, troubles
from rules.model import Instance, MeetingRecord, Plan, Trouble, Watch
from service.store.errors import SealedElsewhere
from service.store.health import Figures
from workers.runtime import Runtime

BLIND_FOR = timedelta(minutes=3)
TRIES = 3
_TICK_S = 30.0
ZOOM = "service.zoom"
BUDGET = "service.budget"
_SPENT = ("budget", "daily", "rate")
log = structlog.get_logger()

Scene = list[tuple[Instance, MeetingRecord, tuple[Watch, ...]]]


def audit(runtime: Runtime) -> None:
    """Decide about every subject of our own; then tell the outside that we live, if we do."""
    now = runtime.store.clock.now()
    scene = _scene(runtime)
    found = {trouble.subject: trouble for trouble in (*_blind(runtime, scene, now), *_broken(runtime, now))}
    _decide(runtime, found, scene, now)
    _ping(runtime, runtime.store.health.figures(now))


def _scene(runtime: Runtime) -> Scene:
    """Every live meeting and every number that waits, what is known of looking at it, and who watches it."""
    store = runtime.store
    found = []
    for member in sorted(store.due.members()):
        if member.startswith("n") and (record := store.seats.record(member)[1]).blind_since:
            waiting = Instance(member, uuid="", number=member[1:])
            found.append((waiting, record, tuple(store.documents.watches_of(waiting.number, ""))))
    for id in sorted(store.instances.live()):
        instance = store.instances.get(id)
        if instance is not None:
            watches = tuple(store.documents.watches_of(instance.number, instance.uuid))
            found.append((instance, store.seats.record(id)[1], watches))
    return found


def _blind(runtime: Runtime, scene: Scene, now: datetime) -> Iterable[Trouble]:
    """Meetings that we can not see, by who repairs it: Zoom and its settings, or the day's calls."""
    for subject, is_spent in ((ZOOM, False), (BUDGET, True)):
        blind = [each for each in scene if each[1].blind_since and (each[1].blind_kind in _SPENT) == is_spent]
        since = min((record.blind_since for _, record, _ in blind if record.blind_since), default=None)
        if since is None or now - since < BLIND_FOR:
            continue
        reason = Counter(record.blind_reason for _, record, _ in blind).most_common(1)[0][0]
        topics = [instance.topic or instance.number for instance, _, _ in blind]
        watches = [watch for _, _, known in blind for watch in known]
        yield Trouble(
            subject,
            "critical",
            says="qoswatch is BLIND",
            because=reason,
            hint="Until then watch them in Zoom's dashboard.",
            since_at=since,
            notify=_audience(runtime, watches, ()),
            facts={
                "label": "NOT watched",
                "names": selfwords.names(topics),
                "then": "I ask again every minute and say when I see again.",
                "well": "qoswatch sees again",
                "lasted": "blind",
            },
        )


def _broken(runtime: Runtime, now: datetime) -> Iterable[Trouble]:
    """Channels that take nothing until a person mends them; told through another, never through themselves."""
    store = runtime.store
    watches = store.documents.watches.all()
    names = store.documents.channels.ids()
    for name in names:
        gate = store.lanes.gate(name)
        because = gate.broken or _sealed(runtime, name)
        if because is None:
            continue
        own = [watch for watch in watches if name in watch.notify]
        owing = store.alerts.get_many(store.lanes.owing(name)).values()
        what = f"Channel {name}"
        yield Trouble(
            f"service.channel.{name}",
            "critical",
            says=f"{what} refuses us",
            because=because,
            hint=f"Mend it, then set it anew: PUT /v1/channels/{name}.",
            since_at=gate.first_fail_at or now,
            notify=_audience(runtime, own, (name,)) or tuple(other for other in names if other != name)[:1],
            facts={
                "label": "Undelivered",
                "names": selfwords.names([f"{alert.who}: {alert.topic}" for alert in owing]) if owing else "",
                "then": "What it is owed stays owed. I try it once an hour, and at once when it is set anew.",
                "well": f"{what} takes our messages again",
            },
        )


def _sealed(runtime: Runtime, channel: str) -> str | None:
    """Why a channel can not even be read, if that is so."""
    try:
        runtime.store.documents.channels.get(channel)
    except SealedElsewhere as error:
        return str(error)
    return None


def _audience(runtime: Runtime, watches: Iterable[Watch], but: tuple[str, ...]) -> tuple[str, ...]:
    """The operations channel; without one, every channel of the watches affected."""
    ops = runtime.settings.qoswatch_ops_channel
    if ops and ops not in but and ops in runtime.store.documents.channels.ids():
        return (ops,)
    return tuple(sorted({channel for watch in watches for channel in watch.notify} - set(but)))


def _decide(runtime: Runtime, found: Mapping[str, Trouble], scene: Scene, now: datetime) -> None:
    """One decision and one commit for each subject in trouble, or just out of it."""
    store = runtime.store
    for _ in range(TRIES):
        loaded = store.seats.load(troubles.INSTANCE)
        subjects = {*found, *(subject for subject, (_, seat) in loaded.items() if troubles.is_open(seat))}
        plans: list[Plan] = []
        for subject in sorted(subjects):
            version, seat = loaded.get(subject, ("", troubles.empty_seat(subject)))
            decision = troubles.decide(seat, found.get(subject), now, _cost(runtime, subject, scene))
            if decision.seat != seat:
                plans.append(planning.plan(version, seat, decision, troubles.OURSELVES, now))
        if not store.seats.commit(troubles.INSTANCE, plans):
            break
    for plan in plans:
        for write in plan.alerts:
            for entry in write.entries:
                log.warning("service alert changed", alert_id=write.view.id, subject=plan.subject, kind=entry.kind)
    if any(plan.debts for plan in plans):
        runtime.queues.deliver()


def _cost(runtime: Runtime, subject: str, scene: Scene) -> dict[str, str]:
    """What the blindness cost: minutes that Zoom told afterwards, those that nobody will know, and who is bad now."""
    records = [record for _, record, _ in scene if record.sees_since]
    if subject not in (ZOOM, BUDGET) or not records:
        return {}
    filled = max(record.filled_min for record in records)
    missed = max(record.missed_min for record in records)
    standing = [alert.who for alert in runtime.store.alerts.page(state="open", limit=200)[0]]
    bad = [who for who in standing if who != troubles.NAME]
    note = f"Bad now: {selfwords.names(bad)}." if bad else "Nothing bad now."
    return {"cost": f"{filled} min filled from Zoom, {missed} min not known", "note": note}


def _ping(runtime: Runtime, figures: Figures) -> None:
    """The dead man's switch: whoever waits for this ping hears of us when it does not come."""
    url = runtime.settings.qoswatch_heartbeat_url
    if not url:
        return
    if why := unfit(figures):
        log.warning("heartbeat withheld", because=why)
        return
    if not runtime.sender.ping(url):
        log.warning("heartbeat failed")


def unfit(figures: Figures) -> str:
    """Why we can not say that all is watched; "" when we can."""
    if figures.tick_age_s is None or figures.tick_age_s > _TICK_S:
        return "the scheduler does not tick"
    late = {
        "meetings overdue": figures.overdue_meetings,
        "conversations overdue": figures.overdue_lanes,
        "meetings not armed": figures.unarmed_meetings,
    }
    return ", ".join(f"{number} {what}" for what, number in late.items() if number)
