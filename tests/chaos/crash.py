"""The crash matrix: every process killed at every named point and at any moment, while many people break.

`make chaos` runs it; the clock stands while anybody works, so that leases and minutes keep the measure that they have
in real time, and a slow machine makes no repeats that nobody died for.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests

from tests.bench.breaks import MINUTE
from tests.bench.report import table
from tests.chaos import ledger
from tests.chaos.crew import ANY, POINTS
from tests.chaos.crowd import Crowd
from tests.chaos.ledger import Ledger
from tests.chaos.yard import Yard, yard
from workers.deliver import LANES_AT_ONCE

RETENTION_MIN = 15  #: minutes in a live answer of this Zoom: a meeting may lose several lookers in a row
DRAIN_MIN = 12


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    meetings: int
    people: int
    times: int
    within: int
    pollers: int
    senders: int
    shots: float  #: how often in a step somebody is killed from outside
    rounds: int  #: how often each point is dealt
    latest: int  #: at which passing of it a process dies at the latest


FULL = Size(meetings=26, people=40, times=1, within=16, pollers=2, senders=3, shots=0.06, rounds=6, latest=6)
SHORT = Size(meetings=4, people=9, times=1, within=5, pollers=2, senders=2, shots=0.04, rounds=1, latest=2)


@dataclass
class Acts:
    """What the API has answered yes to."""

    yard: Yard
    taken: dict[str, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    cut_off: int = 0

    def do(self) -> None:
        """Take an alert that a program was told of, and write somebody down."""
        told = {post.body["data"]["alert"] for post in self.yard.simulator.inbox.posts() if _fires(post)}
        free = sorted(told - self.taken.keys())
        if free:
            alert, who = self.yard.dice.choice(free), f"Ana {len(self.taken)}"
            answer = self._ask("POST", f"/v1/alerts/{alert}/acknowledge", {"by": who})
            if answer and answer["changed"]:
                self.taken[alert] = who
        id = f"person-{len(self.people)}"
        if self._ask("PUT", f"/v1/people/{id}", {"name": id}):
            self.people.append(id)

    def missing(self) -> list[str]:
        """What was answered yes and is not there."""
        gone = [id for id in self.people if self._ask("GET", f"/v1/people/{id}") is None]
        for alert, who in self.taken.items():
            timeline = self.yard.ask("GET", f"/v1/alerts/{alert}")["timeline"]
            if not any(entry["kind"] == "taken" and who in str(entry) for entry in timeline):
                gone.append(f"{alert} taken by {who}")
        return gone

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        """None: the answer never came, so nothing is known."""
        try:
            return self.yard.api(method, path, body)
        except (requests.ConnectionError, requests.Timeout):
            self.cut_off += 1
            return None


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """Kill everybody again and again; lines to read, and whether nothing was lost."""
    size, begun = SHORT if short else FULL, time.monotonic()
    with yard(seed) as field_:
        field_.simulator.world.knobs.retention = RETENTION_MIN
        crowd, acts = Crowd(field_), Acts(field_)
        crowd.gather(size.meetings, size.people)
        _staff(field_, size)
        crowd.register(crowd.meetings)
        crowd.be_seen()
        start = (field_.simulator.clock.now() // MINUTE + 1) * MINUTE
        crowd.schedule(field_.dice, start, size.times, size.within)
        _rage(field_, crowd, acts, size)
        field_.drain(DRAIN_MIN * MINUTE)
        expected = crowd.expected()
        found = ledger.judged(field_.simulator.inbox.posts(), field_.lanes_of_posts(), expected, field_.held)
        faults = [*found.faults(), *_own_faults(field_, acts, 3 if short else 0)]
        lines = _told(field_, found, acts, len(expected), seed, time.monotonic() - begun)
    return [*lines, *(f"- FAULT {fault}" for fault in faults)], not faults


def _staff(field_: Yard, size: Size) -> None:
    crew = field_.crew
    crew.rounds, crew.latest = size.rounds, size.latest
    crew.add("web", 1)
    for role, many in (("scheduler", 2), ("poll", size.pollers), ("deliver", size.senders)):
        crew.add(role, many)
    field_.wait_for_web()


def _rage(field_: Yard, crowd: Crowd, acts: Acts, size: Size) -> None:
    """Until the last bad minute is over: everybody dies at their point, some at any moment."""
    crew = field_.crew
    crew.arm()
    while field_.simulator.clock.now() < crowd.ends_at + MINUTE:
        field_.step(meanwhile=partial(_perhaps_shoot, field_, size.shots))
        acts.do()
    crew.disarm()
    field_.wait_for_web()


def _perhaps_shoot(field_: Yard, shots: float) -> None:
    victim, wait_s = field_.dice.choice(field_.crew.places), field_.dice.random() / 5
    if field_.dice.random() < shots:
        time.sleep(wait_s)
        field_.crew.shoot(victim)


def _own_faults(field_: Yard, acts: Acts, unreached: int) -> Iterable[str]:
    if len(points := field_.crew.unreached()) > unreached:
        yield f"points at which nobody was killed: {', '.join(points)}"
    senders = sum(times for (role, _), times in field_.crew.kills.items() if role == "deliver")
    if len(field_.held) > LANES_AT_ONCE * senders:
        yield f"{len(field_.held)} posts in flight at the kills of {senders} senders"
    if missing := acts.missing():
        yield f"acknowledged, and not there: {len(missing)}: {missing[:5]}"
    if owing := field_.store.health.waiting().lanes:
        yield f"lanes that still owe something: {owing}"
    if field_.crew.failed:
        yield f"ended without being killed: {field_.crew.failed[:5]}"


def _told(field_: Yard, found: Ledger, acts: Acts, expected: int, seed: int, seconds: float) -> list[str]:
    kills = field_.crew.kills
    rows = [
        [role, *(f"{point} {kills[role, point]}" for point in points), f"{ANY} {kills[role, ANY]}"]
        for role, points in POINTS.items()
    ]
    return [
        f"## Crashes (seed {seed})",
        "",
        f"{expected:,} breaches; {sum(kills.values())} processes killed; {seconds:.0f} s.",
        *(" · ".join(map(str, row)) for row in rows),
        "",
        *table(ledger.HEAD, [found.row(expected)]),
        f"- acknowledged by the API and there: {len(acts.taken)} alerts, {len(acts.people)} documents; "
        f"{acts.cut_off} questions cut off. Steps that were not waited for to the end: {field_.waited_in_vain}.",
    ]


def _fires(post: Any) -> bool:
    return bool(post.kind == "webhook" and post.accepted and post.body["type"] == "alert.fired")
