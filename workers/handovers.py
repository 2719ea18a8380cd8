"""Hand-overs are told as they come, and a schedule by which nobody can be called is trouble of our own."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from rules import coverage, oncall_words, rota, selfwords, troubles
from rules.coverage import Lack
from rules.duty import Duty
from rules.model import AlertView, Channel, Debt, Note, Schedule, Trouble
from rules.rota import Turn
from workers.runtime import Runtime

SUBJECT = "service.schedule."
LATE = timedelta(hours=12)  #: a hand-over is still told so long after it, if nobody could tell it before
KEPT = timedelta(days=7)  #: covers that are over
_OPEN_MAX = 200
log = structlog.get_logger()


def announce(runtime: Runtime) -> None:
    """Owe every hand-over that has come to the channels that hear of it, each once. Every minute."""
    store, now = runtime.store, runtime.store.clock.now()
    _forget(runtime, now)
    schedules = [schedule for schedule in store.documents.schedules.unopened() if schedule.announce]
    if not schedules:
        return
    duty = store.duty()
    channels = {channel.id: channel for channel in store.documents.channels.unopened()}
    owed = [_owe(runtime, schedule, turn, channels, duty, now) for schedule, turn in _due(schedules, duty, now)]
    if any(owed):
        runtime.queues.deliver()


def gap_troubles(runtime: Runtime, now: datetime, notify: Sequence[str]) -> Iterator[Trouble]:
    """A trouble for each schedule that a policy tells and by which nobody can be called now."""
    duty = runtime.store.duty()
    if not any(coverage.users(id, duty.policies.values()) for id in duty.schedules):
        return
    here = _heard(runtime, duty)
    for lack in coverage.lacks(duty, here, now):
        own = coverage.users(lack.schedule.id, duty.policies.values())
        told = {channel for policy in own for channel in here[policy.id]} | set(lack.schedule.announce)
        yield _trouble(lack, tuple(notify) or tuple(sorted(told)), now)


def is_mended(runtime: Runtime, subject: str) -> bool:
    """Whether somebody is on call again, or the schedule has only stopped to concern anybody."""
    schedule = subject.removeprefix(SUBJECT)
    policies = runtime.store.documents.policies.unopened()
    return runtime.store.documents.schedules.get(schedule) is not None and bool(coverage.users(schedule, policies))


def _due(schedules: Iterable[Schedule], duty: Duty, now: datetime) -> Iterator[tuple[Schedule, Turn]]:
    """The newest hand-over of each schedule, while who took over is on call."""
    for schedule in schedules:
        begins = max(now - LATE, schedule.created_at)
        found = rota.hand_offs(schedule, duty.covers, begins, now)
        if found and found[-1].person == rota.on_call(schedule, duty.covers, now):
            yield schedule, found[-1]


def _owe(
    runtime: Runtime, schedule: Schedule, turn: Turn, channels: dict[str, Channel], duty: Duty, now: datetime
) -> bool:
    """Owe one hand-over to the channels that have not got it; whoever dies in between leaves the others for later."""
    lanes = runtime.store.lanes
    notes = {id: _note_id(schedule, turn, id) for id in schedule.announce if id in channels}
    new = {id: note for id, note in notes.items() if lanes.note(note) is None}
    alerts = _open_alerts(runtime, schedule, duty) if new else ()
    for id, note in new.items():
        sentence = _sentence(schedule, channels[id], alerts, duty, now)
        lanes.owe(Debt(id, f"{id}:service", note, 1), Note(note, "hand_over", sentence, now), alone=False)
        log.info("hand-over came", schedule_id=schedule.id, person_id=turn.person, channel=id, note=note)
    return bool(new)


def _note_id(schedule: Schedule, turn: Turn, channel: str) -> str:
    """The id of a hand-over as one channel hears it: made again, it is the same note."""
    told = f"{schedule.id} {turn.start.timestamp():.0f} {turn.person} {channel}"
    return "nt_" + hashlib.sha256(told.encode()).hexdigest()[:20]


def _sentence(schedule: Schedule, channel: Channel, alerts: Sequence[AlertView], duty: Duty, now: datetime) -> str:
    return oncall_words.hand_over(
        schedule,
        rota.shift(schedule, duty.covers, now),
        {person.id: person.name for person in duty.people.values()},
        alerts,
        zone=channel.timezone,
        now=now,
        named=channel.privacy != "ids",
    )


def _open_alerts(runtime: Runtime, schedule: Schedule, duty: Duty) -> tuple[AlertView, ...]:
    """What whoever takes over takes over: the open alerts of the policies that tell the schedule, else all."""
    own = {policy.id for policy in coverage.users(schedule.id, duty.policies.values())}
    found, _ = runtime.store.alerts.page(state="open", limit=_OPEN_MAX)
    if not own:
        return tuple(alert for alert in found if not troubles.is_ours(alert.subject))
    return tuple(alert for alert in found if any(view.policy in own for view in alert.watches))


def _heard(runtime: Runtime, duty: Duty) -> dict[str, tuple[str, ...]]:
    """Policy → the channels that hear its alerts: of its watches, and those that its own steps tell."""
    heard: dict[str, dict[str, None]] = {
        id: {target.id: None for step in policy.steps for target in step.tell if target.kind == "channel"}
        for id, policy in duty.policies.items()
    }
    for watch in runtime.store.documents.watches.all():
        if watch.policy in heard:
            heard[watch.policy] |= dict.fromkeys(watch.notify)
    return {id: tuple(channel for channel in found if channel in duty.kinds) for id, found in heard.items()}


def _trouble(lack: Lack, notify: tuple[str, ...], now: datetime) -> Trouble:
    schedule, person = lack.schedule, lack.person
    until = (
        f" until {oncall_words.when(lack.until, schedule.timezone, now)} ({schedule.timezone})" if lack.until else ""
    )
    return Trouble(
        f"{SUBJECT}{schedule.id}",
        "critical",
        says=f"Nothing reaches {person.name}, on call for {schedule.id}"
        if person
        else f"{schedule.id} has nobody on call",
        because=lack.because,
        hint=lack.hint,
        since_at=lack.since,
        notify=notify,
        facts={
            "label": "Not covered",
            "names": selfwords.names([schedule.id]) + until,
            "then": "A step that tells it calls nobody. I look again every minute.",
            "well": f"Who is on call for {schedule.id} can be reached again"
            if person
            else f"{schedule.id} is covered again",
            "lasted": "out of reach for" if person else "nobody for",
        },
    )


def _forget(runtime: Runtime, now: datetime) -> None:
    """Covers that have been over for a while go: who was on call then is told by nobody's question any more."""
    covers = runtime.store.documents.covers
    for cover in covers.unopened():
        if cover.ends_at < now - KEPT:
            covers.delete(cover.id)
