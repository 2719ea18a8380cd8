"""What things weigh in Redis: a watch, a seat, an hour of somebody's samples, each beside the same as plain JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from rules import documents
from rules.model import Instance, Sample, Watch, Who
from service import settings as settings_file
from service.store import keys
from service.store.clock import moment
from service.store.codec import encode
from simulator.clock import stamp
from tests import fastzoom
from tests.bench import alarms
from tests.plant import Plant, plant
from workers import rosters
from workers.asking import Answer
from workers.deciding import Scene, decide
from workers.runtime import Runtime
from workers.zoom import payloads

PEOPLE, MINUTES = fastzoom.TEMPLATES, 60
BASE = 1_772_445_600


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of one thing: in Redis, and as plain JSON."""

    says: str
    kept: float
    plain: float


def people() -> list[Weight]:
    """A seat and an hour of samples: so many people for an hour through the engine with the set `speaker`."""
    with plant(Plant, QOSWATCH_TEST_CLOCK="hash") as here:
        runtime = Runtime.build(settings_file.load(here.given))
        here.stack.callback(runtime.close)
        run = _an_hour(runtime)
        store = runtime.store
        seats = [encode(seat) for _, seat in store.seats.load(run.id).values()]
        rows = {session: store.samples.recent(run.id, session, 99) for session in _sessions()}
        assert len(seats) == PEOPLE
        assert all(len(told) == MINUTES for told in rows.values())
        kept = [_usage(runtime, keys.samples(run.id, session)) for session in _sessions()]
        return [
            Weight("a seat, of whom there is an hour", _usage(runtime, keys.seats(run.id)) / PEOPLE, _mean(seats)),
            Weight(
                "an hour of somebody's samples", sum(kept) / PEOPLE, _mean([_plain(told) for told in rows.values()])
            ),
        ]


def watches(before: int, after: int, bodies: list[Mapping[str, Any]]) -> Weight:
    """A watch, by what Redis used before and after they were registered."""
    return Weight("a watch", (after - before) / len(bodies), _mean([json.dumps(each).encode() for each in bodies]))


def _an_hour(runtime: Runtime) -> Instance:
    store = runtime.store
    rules = documents.stock_rules()
    alarms.quiet()
    run = Instance(keys.instance_id("hour"), "hour", "84000000000", "A meeting")
    store.clock.put(moment(1000 * BASE))
    watch = Watch("w", 0, run.number, (Who("everyone", ""),), ("speaker",), ("nobody",), store.clock.now())
    store.instances.put(run)
    drawn = fastzoom.drawn(fastzoom.Plan(1, PEOPLE, base=float(BASE)))[False]
    for minute in range(MINUTES):
        sights = {session: _sight(drawn, place, minute) for place, session in enumerate(_sessions())}
        now = moment(1000 * (BASE + 60 * (minute + 1)))
        store.clock.put(now)
        known = store.seats.change_roster(
            run.id,
            lambda roster, now=now, told=sights: rosters.told(roster, run.id, now, sights=told.values(), asked={}),
        )
        decide(runtime, Scene(run, (watch,), rules, known), Answer(sights=sights), None)
        store.clock.put(now + timedelta(seconds=1))
    return run


def _sight(drawn: list[list[bytes]], place: int, minute: int) -> Any:
    head, *rows = drawn[place % len(drawn)]
    row = rows[minute % len(rows)].replace(b"@AT@", stamp(BASE + 60 * minute).encode())
    return payloads.sight(
        json.loads(head.replace(b"@ID@", _sessions()[place].encode()) + b'"user_qos": [' + row + b"]}")
    )


def _sessions() -> list[str]:
    return [str(16_000_000 + place) for place in range(PEOPLE)]


def _usage(runtime: Runtime, key: str) -> int:
    return int(runtime.store.redis.memory_usage(key, samples=0) or 0)


def _mean(texts: list[bytes]) -> float:
    return sum(map(len, texts)) / len(texts)


def _plain(rows: tuple[Sample, ...]) -> bytes:
    return json.dumps(
        [{"minute": row.minute, "values": dict(row.values), "blank": sorted(row.blank)} for row in rows]
    ).encode()


if __name__ == "__main__":
    print(*map(asdict, people()), sep="\n")
