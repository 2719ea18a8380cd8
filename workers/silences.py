"""Once a minute: tell whoever a silence concerns that it is on, and ten minutes before its end what is still bad there.

Silences that were over a week ago are taken away, and those for one meeting when it is over.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from rules import caught, silencewords, silencing, watching
from rules.duty import Duty
from rules.model import Debt, Instance, Note, Privacy, Silence, Watch
from rules.roster import meant
from rules.silencewords import Named, Notice
from service.store import Store
from service.store.standing import open_alerts
from workers.runtime import Runtime

log = structlog.get_logger()


def notices(runtime: Runtime) -> None:
    """Owe every notice that is due, then write down that it was given; take away what is over.

    Whoever dies between the two leaves a notice that is owed again as the same note, which is told once.
    """
    store, owed = runtime.store, False
    now = store.clock.now()
    for silence in store.documents.silences.all():
        if silencewords.is_spent(silence, now) or _outlived(store, silence):
            store.documents.silences.delete(silence.id)
            log.info("silence was taken away", silence_id=silence.id)
            continue
        for notice in silencewords.due(silence, now):
            owed = _give(store, silence, notice, now) or owed
    if owed:
        runtime.queues.deliver()


def _give(store: Store, silence: Silence, notice: Notice, now: datetime) -> bool:
    """Owe one notice to every channel that it concerns. False: nobody needs to hear of it."""
    mark = silencewords.mark(silence, notice, now)
    told = _audience(store, silence, now)
    bad = _bad(store, silence) if told and notice == "ends" else 0
    named = _named(store, silence)
    for channel, privacy in told.items():
        sentence = silencewords.sentence(silence, notice, now, bad, named, privacy)
        note = Note(silencewords.note_id(silence, mark, privacy), "silence", sentence, now)
        store.lanes.owe(Debt(channel, f"{channel}:service", note.id, 1), note, alone=False)
    store.documents.silences.change(silence.id, partial(_with_mark, mark))
    log.info("silence was announced", silence_id=silence.id, notice=notice, channels=list(told))
    return bool(told)


def _with_mark(mark: str, silence: Silence) -> Silence:
    return replace(silence, announced=silencewords.marked(silence, (mark,)))


def _audience(store: Store, silence: Silence, now: datetime) -> Mapping[str, Privacy]:
    """The channels of the watches that it may cover, and the chats of their policies; each with its privacy."""
    duty = store.duty()
    privacy = {channel.id: channel.privacy or "full" for channel in store.documents.channels.unopened()}
    channels = [channel for watch in _concerned(store, silence, now) for channel in _heard_by(watch, duty)]
    return {channel: privacy[channel] for channel in dict.fromkeys(channels) if channel in privacy}


def _heard_by(watch: Watch, duty: Duty) -> Iterator[str]:
    yield from watch.notify
    policy = duty.policies.get(watch.policy)
    for step in policy.steps if policy else ():
        yield from (each.id for each in step.tell if each.kind == "channel" and duty.is_chat(each.id))


def _concerned(store: Store, silence: Silence, now: datetime) -> Iterator[Watch]:
    """The watches that may hear of something that it covers: only of one person, where it is about a seat."""
    runs = [run for id in sorted(store.instances.live()) if (run := store.instances.get(id))]
    seat = silence.matchers.get("seat")
    wanted = silence.matchers.get("rule")
    for watch in store.documents.watches.all():
        places = (None, *runs) if seat is None else [run for run in runs if _sits_in(store, seat, run, watch)]
        rules = wanted is None or wanted in watching.rule_ids(watch)
        if rules and any(_may_fit(silence, watch, place, now) for place in places):
            yield watch


def _may_fit(silence: Silence, watch: Watch, run: Instance | None, now: datetime) -> bool:
    """Whether it may cover what a watch hears of a run; None: of the meeting that the watch waits for."""
    if not watching.concerns(watch, run, now):
        return False
    if run is not None:
        here = watch.meeting in (run.number, run.uuid, watching.ANY)
        return here and silencing.may_fit(silence, watch, run.number, run.uuid)
    meeting = silence.matchers.get("meeting", "") if watch.meeting == watching.ANY else watch.meeting
    return silencing.may_fit(silence, watch, meeting, meeting)


def _sits_in(store: Store, seat: str, run: Instance, watch: Watch) -> bool:
    """Whether a seat is in a run, and a watch means whoever sits there."""
    if run.id != _instance_of(seat):
        return False
    return seat in meant(watching.entries(watch, run.id), store.seats.roster(run.id)[1].people)


def _bad(store: Store, silence: Silence) -> int:
    """How many open alerts it covers, or some of them."""
    watches = {watch.id: watch for watch in store.documents.watches.all()}
    return sum(1 for alert, aliases in open_alerts(store) if caught.of_alert(silence, alert, watches, aliases))


def _named(store: Store, silence: Silence) -> Named:
    """The topic of the meeting that it is about, and who sits in its seat, as far as that is known."""
    given = silence.matchers
    seat = given.get("seat", "")
    run = store.instances.get(_instance_of(seat)) if seat else _run_of(store, given.get("meeting", ""))
    if run is None or not seat:
        return Named(run.topic if run else "")
    known = store.seats.load(run.id).get(seat)
    return Named(run.topic, known[1].name if known else "")


def _run_of(store: Store, meeting: str) -> Instance | None:
    runs: Iterable[Instance | None] = (store.instances.get(id) for id in sorted(store.instances.live()))
    return next((run for run in runs if run and meeting and meeting in (run.number, run.uuid)), None)


def _outlived(store: Store, silence: Silence) -> bool:
    """Whether the one meeting that a silence is about is over."""
    seat = silence.matchers.get("seat")
    run = store.instances.get(_instance_of(seat)) if seat else None
    return run is not None and run.ended_at is not None


def _instance_of(seat: str) -> str:
    return seat.rpartition(".")[0]
