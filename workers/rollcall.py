"""Call the roll: three minutes into a meeting each watch tells its channels, once, whom it found and whom not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from rules import rollcall, rollwords, watching
from rules.model import Debt, Instance, Note, Privacy, Roster, Seat, Watch
from rules.presence import ONE, stands
from workers import rosters
from workers.deciding import Scene
from workers.letter import TEST_LABEL
from workers.runtime import Runtime

log = structlog.get_logger()


def call(runtime: Runtime, scene: Scene, roster: Roster, now: datetime) -> Roster:
    """Owe every roll-call that is due, then write down that it was; answers the roster as it is then.

    Whoever dies between the two leaves a roll-call that is owed again as the same note, which is told once.
    """
    run = scene.instance
    looking = watching.looking(scene.watches, scene.rules)
    due = rollcall.due(looking, run, roster, now)
    if not due:
        return roster
    seats = {id: seat for id, (_, seat) in runtime.store.seats.load(run.id).items()}
    strangers = rollcall.unclaimed(looking, run.id, roster.people)
    for watch in due:
        for privacy, channels in _classes(runtime, watch).items():
            _owe(runtime, run, watch, channels, _note(run, watch, roster, seats, strangers, now, privacy))
    called = tuple(watch.id for watch in due)
    after = rosters.changed(runtime, run.id, lambda known: _with_called(known, called))
    runtime.queues.deliver()
    return after


def _classes(runtime: Runtime, watch: Watch) -> dict[Privacy, list[str]]:
    """A watch's channels by how much they may be told; one that says nothing hears all that the watch itself names."""
    found: dict[Privacy, list[str]] = {}
    named = any(who.kind in ONE for who in watch.who)
    for id in watch.notify:
        channel = runtime.store.documents.channel(id)
        privacy: Privacy = (channel.privacy if channel else None) or ("full" if named else "watched")
        found.setdefault(privacy, []).append(id)
    return found


def _note(
    run: Instance,
    watch: Watch,
    roster: Roster,
    seats: Mapping[str, Seat],
    strangers: Sequence[str],
    now: datetime,
    privacy: Privacy,
) -> Note:
    presences = stands(watch, run.id, roster.people, seats, now)
    test = TEST_LABEL in watch.labels
    sentence = rollwords.line(run, watch, presences, roster.people, seats, strangers, test=test, privacy=privacy)
    whose = watch.id if privacy == "full" else f"{watch.id} {privacy}"
    return Note(rollcall.note_id(whose, run.id), "roll_call", sentence, now)


def _owe(runtime: Runtime, run: Instance, watch: Watch, channels: Sequence[str], note: Note) -> None:
    for channel in channels:
        runtime.store.lanes.owe(Debt(channel, f"{channel}:{run.id}", note.id, 1), note, alone=False)
    log.info("roll was called", instance=run.id, watch_id=watch.id, note=note.id)


def _with_called(roster: Roster, called: tuple[str, ...]) -> Roster:
    return replace(roster, called=tuple(dict.fromkeys((*roster.called, *called))))
