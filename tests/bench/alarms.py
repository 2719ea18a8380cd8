"""Alerts that are owed to somebody, made as the product makes them: figures judged by rules and committed."""

import logging
from collections.abc import Mapping, Sequence

from rules import documents
from rules.model import Channel, ChannelKind, Instance, Sample, Sight, Watch, Who, minute_of
from service import log
from service.store import keys
from tests.plant import Plant
from workers import rosters
from workers.asking import Answer
from workers.deciding import Scene, decide
from workers.runtime import Runtime

RULE = "bench-loss"
SHAPE = {"says": "others hear {who} badly", "try": "Cable", "warning": "audio_input.avg_loss > 8%", "for": "1 of 1"}
FIRST = 84_000_000_000


def quiet() -> None:
    """Only errors are told of what the product does in this process."""
    log.configure("bench", level=logging.ERROR)


def channels(plant: Plant, urls: Mapping[str, str], kind: ChannelKind) -> None:
    """Register channels straight in the store, as the API would."""
    now = plant.store.clock.now()
    for id, url in urls.items():
        secret = "whsec_" + "A" * 32 if kind == "webhook" else ""
        plant.store.documents.channels.put(Channel(id, 0, kind, url, now, secret=secret))


def storm(runtime: Runtime, meetings: Sequence[str], people: int) -> None:
    """In one meeting for each channel that is named, so many people have one bad minute, all in the same."""
    quiet()
    store, now = runtime.store, runtime.store.clock.now()
    rule = documents.rule(SHAPE, id=RULE)
    store.documents.rules.put(rule)
    minute, duty = minute_of(now) - 1, store.duty()
    for place, channel in enumerate(meetings):
        number = str(FIRST + place)
        run = Instance(keys.instance_id(f"run{place:05}"), f"run{place:05}", number, "A meeting", started_at=now)
        watch = Watch(f"w-{place}", 0, number, (Who("everyone", ""),), (RULE,), (channel,), now)
        store.instances.put(run)
        store.documents.watches.put(watch)
        sights = [_bad(f"{16_000_000 + place * 1000 + each}", minute) for each in range(people)]
        known = store.seats.change_roster(
            run.id, lambda roster, id=run.id, seen=sights: rosters.told(roster, id, now, sights=seen, asked={})
        )
        scene = Scene(run, (watch,), {RULE: rule}, known, duty)
        decide(runtime, scene, Answer(sights={sight.session: sight for sight in sights}), None)


def _bad(session: str, minute: int) -> Sight:
    return Sight(session, session, samples=(Sample(session, minute, {"audio_input.avg_loss": 31.0}),))
