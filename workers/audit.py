"""Once a minute: what is wrong with ourselves? It reports, and repairs nothing: that is what leases are for.

Then the dead man's switch: a ping that says "all is watched", sent only when that is true.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from rules import planning, selfwords, troubles, watching
from rules import roster as seating
from rules.model import Instance, Listed, MeetingRecord, Plan, Trouble, Watch
from service.store.errors import SealedElsewhere
from service.store.health import Figures
from workers import hearing_watch, pace
from workers.asking import LIST
from workers.runtime import Runtime

BLIND_FOR = timedelta(minutes=3)
TRIES = 3
_TICK_S = 30.0
ZOOM = "service.zoom"
BUDGET = "service.budget"
_THEN_SPENT = "I ask again when there are calls to be had, at 00:00 UTC at the latest, and say when I see again."
EVERYWHERE = "the account's live meetings"
_SPENT = ("budget", "daily", "rate")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Gap:
    """Somebody or some meeting that should be seen and is not."""

    name: str
    since: datetime
    kind: str
    reason: str
    watches: tuple[Watch, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One meeting or waiting number, what is known of looking at it, and whom it concerns now."""

    instance: Instance
    record: MeetingRecord
    watches: tuple[Watch, ...]


def audit(runtime: Runtime) -> None:
    """Decide about every subject of our own; then tell the outside that we live, if we do."""
    now = runtime.store.clock.now()
    scenes = _scenes(runtime, now)
    pace.set_pace(runtime)
    everybody = _audience(runtime, [watch for scene in scenes for watch in scene.watches], ())
    own = (pace.trouble(runtime, everybody), hearing_watch.silence(runtime, now, everybody))
    told = (*filter(None, own), *_blind(runtime, scenes, now), *_broken(runtime, now))
    found = {trouble.subject: trouble for trouble in told}  # blind for want of calls is worse than short of them
    _decide(runtime, found, scenes, now)
    _ping(runtime, runtime.store.health.figures(now))


def _scenes(runtime: Runtime, now: datetime) -> list[Scene]:
    """Every live meeting and every number that waits, as far as somebody watches it now."""
    store = runtime.store
    live = [(id, store.instances.get(id)) for id in sorted(store.instances.live())]
    members = sorted(store.due.members())
    waiting = [(id, Instance(id, uuid="", number=id[1:])) for id in members if id.startswith("n")]
    waiting += [(id, Instance(id, uuid="", number="", topic=EVERYWHERE)) for id in members if id == watching.ANY]
    found = []
    for id, instance in (*live, *waiting):
        if instance is None:
            continue
        run = instance if instance.uuid else None
        known = store.documents.watches_of(instance.number, instance.uuid)
        waits = [watch for watch in known if run or watch.meeting == (instance.number or watching.ANY)]
        concerned = tuple(watch for watch in waits if watching.concerns(watch, run, now))
        if concerned:
            found.append(Scene(instance, store.seats.record(id)[1], concerned))
    return found


def _gaps(runtime: Runtime, scenes: Iterable[Scene]) -> Iterable[Gap]:
    for scene in scenes:
        record, topic = scene.record, scene.instance.topic or scene.instance.number
        if record.blind_since:
            yield Gap(topic, record.blind_since, record.blind_kind, record.blind_reason, scene.watches)
            continue
        people = runtime.store.seats.roster(scene.instance.id)[1].people if record.unseen else {}
        for session, unseen in record.unseen.items():
            listed = people.get(session, Listed(""))
            own = tuple(watch for watch in scene.watches if _is_meant(watch, scene.instance, session, listed))
            who = listed.name or f"participant {session}"
            if session == LIST:
                own, who = scene.watches, "Who comes and goes"
            yield Gap(f"{who} in {topic}", unseen.since, unseen.kind, unseen.reason, own)


def _is_meant(watch: Watch, instance: Instance, session: str, listed: Listed) -> bool:
    return any(seating.is_meant(who, session, listed) for who in watching.entries(watch, instance.id))


def _blind(runtime: Runtime, scenes: Iterable[Scene], now: datetime) -> Iterable[Trouble]:
    """What we can not see, by who repairs it: Zoom and its settings, or the day's calls."""
    gaps = [gap for gap in _gaps(runtime, scenes) if now - gap.since >= BLIND_FOR]
    for subject, spent in ((ZOOM, False), (BUDGET, True)):
        own = [gap for gap in gaps if (gap.kind in _SPENT) == spent]
        if not own:
            continue
        yield Trouble(
            subject,
            "critical",
            says="qoswatch is BLIND",
            because=Counter(gap.reason for gap in own).most_common(1)[0][0],
            hint="Until then watch them in Zoom's dashboard.",
            since_at=min(gap.since for gap in own),
            notify=_audience(runtime, [watch for gap in own for watch in gap.watches], ()),
            facts={
                "label": "NOT watched",
                "names": selfwords.names([gap.name for gap in own]),
                "then": _THEN_SPENT if spent else "I ask again every minute and say when I see again.",
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


def _decide(runtime: Runtime, found: Mapping[str, Trouble], scenes: list[Scene], now: datetime) -> None:
    """One decision and one commit for each subject in trouble, or just out of it."""
    store = runtime.store
    for _ in range(TRIES):
        loaded = store.seats.load(troubles.INSTANCE)
        subjects = {*found, *(subject for subject, (_, seat) in loaded.items() if troubles.is_open(seat))}
        plans: list[Plan] = []
        for subject in sorted(subjects):
            version, seat = loaded.get(subject, ("", troubles.empty_seat(subject)))
            mended = _is_mended(runtime, subject, scenes)
            decision = troubles.decide(seat, found.get(subject), now, _cost(runtime, subject, scenes), mended=mended)
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


def _is_mended(runtime: Runtime, subject: str, scenes: Iterable[Scene]) -> bool:
    """Whether what was wrong works again, or has only stopped to concern anybody."""
    if subject == hearing_watch.WEBHOOKS:
        return hearing_watch.is_heard(runtime)
    if subject in (ZOOM, BUDGET):
        return any(not scene.record.blind_since for scene in scenes)
    return subject.removeprefix("service.channel.") in runtime.store.documents.channels.ids()


def _cost(runtime: Runtime, subject: str, scenes: Iterable[Scene]) -> dict[str, str]:
    """What the blindness cost: minutes that Zoom told afterwards, those that nobody will know, and who is bad now."""
    records = [scene.record for scene in scenes if scene.record.sees_since]
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
