"""What is wrong with ourselves, as one audit finds it: what we can not see, what takes nothing, whom that concerns."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import roster as seating
from rules import selfwords, watching
from rules.duty import MADE_OF, made_of, reached
from rules.model import Instance, Listed, MeetingRecord, Trouble, Watch
from service.store.errors import SealedElsewhere
from workers.asking import LIST
from workers.runtime import Runtime

BLIND_FOR = timedelta(minutes=3)
ZOOM = "service.zoom"
BUDGET = "service.budget"
EVERYWHERE = "the account's live meetings"
_THEN_SPENT = "I ask again when there are calls to be had, at 00:00 UTC at the latest, and say when I see again."
_SPENT = ("budget", "daily", "rate")


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


def scenes_of(runtime: Runtime, now: datetime) -> list[Scene]:
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


def blind(runtime: Runtime, scenes: Iterable[Scene], now: datetime) -> Iterable[Trouble]:
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
            notify=audience(runtime, [watch for gap in own for watch in gap.watches], ()),
            facts={
                "label": "NOT watched",
                "names": selfwords.names([gap.name for gap in own]),
                "then": _THEN_SPENT if spent else "I ask again every minute and say when I see again.",
                "well": "qoswatch sees again",
                "lasted": "blind",
            },
        )


def broken(runtime: Runtime, now: datetime) -> Iterable[Trouble]:
    """Channels that take nothing until a person mends them; told through another, never through themselves."""
    store, names = runtime.store, runtime.store.documents.channels.ids()
    made = [way for person in store.documents.people.unopened() for way in made_of(person)]
    gates = store.lanes.gates([*names, *made])
    reasons = {name: because for name, gate in gates.items() if (because := gate.broken or _sealed(runtime, name))}
    watches = store.documents.watches.all() if reasons else ()
    listening = [name for name in names if name not in reasons]
    for name, because in reasons.items():
        owing = store.alerts.get_many(store.lanes.owing(name)).values()
        what, told = f"Channel {name}", audience(runtime, [watch for watch in watches if name in watch.notify], (name,))
        yield Trouble(
            f"service.channel.{name}",
            "critical",
            says=f"{what} refuses us",
            because=because,
            hint=f"Mend it, then set it anew: PUT {_path(name)}.",
            since_at=gates[name].first_fail_at or now,
            # those that are broken as well would be told only when they are mended
            notify=told if set(told) & set(listening) else (*told, *listening[:1]),
            facts={
                "label": "Undelivered",
                "names": selfwords.names([f"{alert.who}: {alert.topic}" for alert in owing]) if owing else "",
                "then": "What it is owed stays owed. I try it once an hour, and at once when it is set anew.",
                "well": f"{what} takes our messages again",
            },
        )


def _path(channel: str) -> str:
    """Where a channel is set anew; one that is made of somebody's key or address, with them."""
    person, made, _ = channel.partition(MADE_OF)
    return f"/v1/people/{person}" if made else f"/v1/channels/{channel}"


def _sealed(runtime: Runtime, channel: str) -> str | None:
    """Why a channel can not even be read, if that is so."""
    try:
        runtime.store.documents.channel(channel)
    except SealedElsewhere as error:
        return str(error)
    return None


def audience(runtime: Runtime, watches: Iterable[Watch], but: tuple[str, ...]) -> tuple[str, ...]:
    """The operations channel; without one, every channel of the watches affected."""
    ops = runtime.settings.qoswatch_ops_channel
    if ops and ops not in but and ops in runtime.store.documents.channels.ids():
        return (ops,)
    concerned = list(watches)
    told = {channel for watch in concerned for channel in watch.notify}
    policies = runtime.store.documents.policies.get_many({watch.policy for watch in concerned if watch.policy})
    targets = [target for policy in policies.values() for step in policy.steps for target in step.tell]
    told |= {target.id for target in targets if target.kind == "channel"}
    if not told - set(but) and targets:
        told = set(reached(runtime.store.duty(), targets, (), runtime.store.clock.now()).channels)
    return tuple(sorted(told - set(but)))
