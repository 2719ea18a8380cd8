"""Processes that stand still while others take over, and go on later; some of them believe in another time of day.

A stopped poll worker keeps its claims, which run out; when it goes on it may finish the one call that each thread had
begun, and no more. A stopped sender's posts are made again by others, under the same ids.

What is seen: every call of a poll worker, since each asks through a door of its own; that nothing is told after it
goes on; and every post. What is not: the instant between a thread's check and its call, which is why one late call a
thread is allowed and not counted as a fault.
"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.bench.breaks import MINUTE
from tests.bench.report import table
from tests.chaos import ledger
from tests.chaos.crew import Crew, Place
from tests.chaos.crowd import Crowd
from tests.chaos.doors import Door, door, until
from tests.chaos.ledger import Ledger
from tests.chaos.yard import BASE, Yard, yard
from workers.holding import RENEW_S
from workers.poll import AT_ONCE

MEETINGS, PEOPLE = 8, 40  #: one batch, each with pages left to read when its reader stops
STANDS_S = RENEW_S + 2.0  #: real seconds: by then every claim must be asked for again
LEASES_MIN = 2  #: minutes of the clock in which every lease runs out
SLOW_S, LATE_S = 0.5, 0.4  #: of Zoom and of the chats: so that there is something in the middle of which to stop
OFF = ("30", "-30", "0")  #: seconds by which the hosts' clocks are wrong
LOOKS_A_MINUTE = 2  #: of one meeting: its own, and that of whoever takes over


@dataclass
class Found:
    """What one stop came to."""

    late_calls: int = 0
    late_in_one_meeting: int = 0
    lost_claims: int = 0
    told_late: int = 0  #: alerts that were changed after it went on
    posts_held: int = 0


@dataclass
class Stops:
    """All of them."""

    polls: list[Found] = field(default_factory=list)
    senders: list[Found] = field(default_factory=list)
    schedulers: int = 0
    webs: int = 0
    missed: list[str] = field(default_factory=list)  #: nobody was found at work in time


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """Stop one of each kind at once, again and again; lines to read, and whether it is as promised."""
    begun, stops = time.monotonic(), Stops()
    with yard(seed) as field_:
        field_.simulator.world.knobs.retention = 15
        crowd, rounds = Crowd(field_), 1 if short else 3
        crowd.gather(MEETINGS, PEOPLE)
        doors = _staff(field_, 2 if short else 3)
        crowd.register(crowd.meetings)
        crowd.be_seen()
        start = (field_.simulator.clock.now() // MINUTE + 1) * MINUTE
        crowd.schedule(field_.dice, start, 1, within=5 if short else 18)
        while field_.simulator.clock.now() < start + 2 * MINUTE:
            field_.step()
        for turn in range(rounds):
            _round(crowd, doors, stops, turn, with_web=not short)
        while field_.simulator.clock.now() < crowd.ends_at + MINUTE:
            field_.step()
        field_.drain(12 * MINUTE)
        expected = crowd.expected()
        found = ledger.judged(field_.simulator.inbox.posts(), field_.lanes_of_posts(), expected, field_.held)
        faults = [*found.faults(), *_faults(field_, stops, doors.values())]
        lines = _told(found, stops, doors.values(), len(expected), seed, time.monotonic() - begun)
    return [*lines, *(f"- FAULT {fault}" for fault in faults)], not faults


def _staff(field_: Yard, many: int) -> dict[str, Door]:
    """Everybody, each poll worker with its own door; the clock of every host is wrong in its own way."""
    crew, doors = field_.crew, dict[str, Door]()
    crew.add("web", 1, CHAOS_CLOCK_OFF_S=OFF[0])
    for place in range(2):
        crew.add("scheduler", 1, CHAOS_CLOCK_OFF_S=OFF[place])
    for place in range(many):
        made = field_.stack.enter_context(door(field_.simulator))
        doors[f"poll-{place + 1}"] = made
        crew.add("poll", 1, ZOOM_API_URL=made.url, CHAOS_CLOCK_OFF_S=OFF[place])
        crew.add("deliver", 1, CHAOS_CLOCK_OFF_S=OFF[-1 - place])
    field_.wait_for_web()
    return doors


def _round(crowd: Crowd, doors: dict[str, Door], stops: Stops, turn: int, *, with_web: bool) -> None:
    """One of each kind stops in the middle of its work, while the others see to everything; then all go on."""
    field_, crew, sim = crowd.yard, crowd.yard.crew, crowd.yard.simulator
    slow = sim.faults.add("slow", path="/participants", seconds=SLOW_S)
    sim.inbox.behave("", "late", seconds=LATE_S)
    victims = _stopped(crowd, doors, stops, turn, with_web=with_web)
    stood = time.monotonic()
    slow.count = slow.hits
    sim.inbox.recover()
    known = {place.name: _changes(crew, place) for place in victims}
    begun = {name: len(made.calls) for name, made in doors.items()}
    until_at = sim.clock.now() + LEASES_MIN * MINUTE
    while sim.clock.now() < until_at or time.monotonic() - stood < STANDS_S:
        field_.step()
    for place in victims:
        _continued(field_, place, known[place.name], begun, doors, stops)


def _stopped(crowd: Crowd, doors: dict[str, Door], stops: Stops, turn: int, *, with_web: bool) -> list[Place]:
    """Everything becomes due; whoever is in the middle of it is stopped there."""
    field_, crew, victims = crowd.yard, crowd.yard.crew, list[Place]()
    before = {name: len(made.calls) for name, made in doors.items()}
    field_.store.clock.advance(seconds=MINUTE)
    field_.simulator.clock.step(MINUTE)

    def asking() -> list[Place]:
        return [place for place in crew.of("poll") if len(doors[place.name].calls) >= before[place.name] + MEETINGS / 2]

    if until(asking, 10):
        victims += asking()[:1]
        crew.halt(victims[-1])
    else:
        stops.missed.append("no poll worker was found at work")
    for meeting in crowd.meetings:  # whatever else is owed, there is something to post
        field_.ask("POST", f"/v1/channels/chat-{meeting.number}/test")
    if until(lambda: field_.holding() and field_.at_work("deliver"), 10):
        victims.append(field_.at_work("deliver")[0])
        crew.halt(victims[-1])
    else:
        stops.missed.append("no sender was found at work")
    victims.append(crew.of("scheduler")[turn % 2])
    victims += crew.of("web") if with_web else []
    for place in victims[-2 if with_web else -1 :]:
        crew.halt(place)
    return victims


def _continued(
    field_: Yard, place: Place, known: int, begun: dict[str, int], doors: dict[str, Door], stops: Stops
) -> None:
    """A worker goes on and is asked to end after what it has in hand, so that all it does then is of old claims."""
    crew = field_.crew
    if place.role not in ("poll", "deliver"):
        crew.go_on(place)
        stops.schedulers += place.role == "scheduler"
        stops.webs += place.role == "web"
        return
    crew.go_on(place, ending=True)
    found = Found(told_late=_changes(crew, place) - known, posts_held=len(field_.held))
    if place.role == "poll":
        late = Counter(asked.meeting for asked in doors[place.name].calls[begun[place.name] :])
        found.late_calls, found.late_in_one_meeting = late.total(), max(late.values(), default=0)
        found.lost_claims = crew.log(place).count("claim was lost")
    (stops.polls if place.role == "poll" else stops.senders).append(found)
    crew.start(place)


def _changes(crew: Crew, place: Place) -> int:
    return crew.log(place).count('"alert changed"')


def looks(doors: Iterable[Door]) -> int:
    """How often one meeting was looked at in one minute, at the most; in the first each new watch had it looked at."""
    calls = (asked for made in doors for asked in made.calls if asked.first and asked.at > BASE + MINUTE)
    begun = Counter((asked.meeting, asked.at // MINUTE) for asked in calls)
    return max(begun.values(), default=0)


def _faults(field_: Yard, stops: Stops, doors: Iterable[Door]) -> Iterable[str]:
    threads = AT_ONCE[1] * 3 // 2  # of calls and, half as many, of meetings
    yield from stops.missed
    for found in stops.polls:
        if found.late_calls > threads or found.late_in_one_meeting > 1:
            yield f"calls begun with a stale claim: {found}"
        if not found.lost_claims:
            yield f"nobody took over from a stopped poll worker: {found}"
        if found.told_late:
            yield f"alerts changed with a stale claim: {found}"
    if not any(found.posts_held for found in stops.senders):
        yield "no sender was stopped over a post"
    if (most := looks(doors)) > LOOKS_A_MINUTE:
        yield f"one meeting was looked at {most} times in a minute"
    if owing := field_.store.health.waiting().lanes:
        yield f"lanes that still owe something: {owing}"
    if field_.crew.failed:
        yield f"ended without being killed: {field_.crew.failed[:5]}"


def _told(found: Ledger, stops: Stops, doors: Iterable[Door], expected: int, seed: int, seconds: float) -> list[str]:
    late = [f"{each.late_calls} calls, {each.lost_claims} claims lost, {each.told_late} told" for each in stops.polls]
    return [
        f"## Stopped and continued (seed {seed})",
        "",
        f"Stopped: {len(stops.polls)} poll workers, {len(stops.senders)} senders, {stops.schedulers} schedulers, "
        f"{stops.webs} web; hosts' clocks off by {', '.join(OFF)} s; {seconds:.0f} s.",
        "",
        *table(ledger.HEAD, [found.row(expected)]),
        "",
        f"- After a stopped poll worker went on, with what it had in hand: {'; '.join(late)}.",
        f"- One meeting was looked at in one minute {looks(doors)} times at the most.",
    ]
