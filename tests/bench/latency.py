"""How long it takes from Zoom's answer to the POST that tells of it: real processes, real sockets, a sped clock."""

import math
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from rules import documents
from rules.model import Watch, Who
from tests import fastzoom
from tests.bench import alarms
from tests.bench.receiver import Post, Receiver, receiver
from tests.bench.report import percentile
from tests.plant import Plant, plant, wait

PERSON = re.compile(r"\b1[67]\d{6}\b")
ALARM = re.compile(r'"type":"alert\.fired"|^{"text":"WARNING')
WARM_S = 20.0  #: real seconds until everybody is known
TAIL_S = 5.0  #: after the last bad minute was told
PING_S = 0.1


@dataclass(frozen=True, slots=True)
class Load:
    """How many meetings of how many people; a minute's length; how many have their bad minute in each of how many."""

    meetings: int
    people: int
    minute_s: float
    spread: int
    minutes: int
    chats: bool = False

    @property
    def watched(self) -> int:
        """Everybody."""
        return self.meetings * self.people


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds: from Zoom's answer to the POST, from the row's appearance to it, and of a bare POST beside it."""

    load: Load
    after_answer: Sequence[float]
    after_row: Sequence[float]
    bare: Sequence[float]
    missing: int


def measured(load: Load, target: Receiver) -> Measured:
    """Watch for some minutes, and match what Zoom told with what came."""
    with TemporaryDirectory(prefix="qw-told-") as folder:
        planned = _plan(load, str(Path(folder) / "told"))
        with fastzoom.running(planned) as zoom, plant(Plant, **zoom.environ(), **_clock(planned)) as here:
            _watch(here, load, target)
            for words in (["scheduler"], ["worker", "--queue", "poll"], ["worker", "--queue", "deliver"]):
                here.start(*words)
            wait(lambda: _known(here) == load.watched, WARM_S, "everybody to be known")
            ends = planned.base + (60 * (planned.bad_from + load.minutes + 1) - planned.base) / planned.speed
            target.forget()
            with _pinging(target) as bare:
                time.sleep(max(0.0, ends + TAIL_S - time.time()))
            if os.environ.get("QW_KEEP"):
                print(here.log.read_text()[-3000:])
            return _matched(load, planned, target.posts(), bare)


def _plan(load: Load, sent: str) -> fastzoom.Plan:
    base, speed = float(int(time.time())), 60 / load.minute_s
    first = math.ceil((base + WARM_S * speed) / 60)
    return fastzoom.Plan(
        load.meetings, load.people, speed=speed, base=base, bad_from=first, spread=load.spread, sent=sent
    )


def _clock(planned: fastzoom.Plan) -> Mapping[str, str]:
    return {"QOSWATCH_TEST_CLOCK": f"{planned.speed:g}@{planned.base:.0f}"}


def _watch(here: Plant, load: Load, target: Receiver) -> None:
    """Everybody, by one rule of one minute; one webhook for all, or a chat for each meeting."""
    store, now = here.store, here.store.clock.now()
    store.documents.rules.put(documents.rule(alarms.SHAPE, id=alarms.RULE))
    names = [f"m{meeting}" for meeting in range(load.meetings)] if load.chats else ["hook"]
    alarms.channels(here, {name: f"{target.url}/{name}" for name in names}, "slack" if load.chats else "webhook")
    for meeting in range(load.meetings):
        number, to = fastzoom.number_of(meeting), names[meeting % len(names)]
        store.documents.watches.put(
            Watch(f"w-{meeting}", 0, number, (Who("everyone", ""),), (alarms.RULE,), (to,), now)
        )


def _known(here: Plant) -> int:
    return sum(len(here.store.seats.roster(run)[1].people) for run in here.store.instances.live())


@contextmanager
def _pinging(target: Receiver) -> Iterator[Sequence[float]]:
    """A bare POST now and then, beside all that goes on: what a post takes on this machine, under this load."""
    took: list[float] = []
    over = threading.Event()

    def ping() -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not over.wait(PING_S):
                begun = time.monotonic()
                session.post(f"{target.url}/ping", data=b"{}", timeout=10)
                took.append(time.monotonic() - begun)

    thread = threading.Thread(target=ping)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


def _matched(load: Load, planned: fastzoom.Plan, posts: Sequence[Post], bare: Sequence[float]) -> Measured:
    """Each alert with its own post; in chats, the first answer that told of a meeting with the meeting's first post."""
    told = {person: float(at) for person, at in map(str.split, Path(planned.sent).read_text().splitlines())}
    last = planned.bad_from + load.minutes - 1
    due = {person: at for person, at in told.items() if planned.bad_minute(_place(load, person)) <= last}
    skew = time.monotonic() - time.time()
    came: dict[str, float] = {}
    for post in posts:
        if ALARM.search(post.body):
            for person in PERSON.findall(post.body) if not load.chats else [post.path]:
                came.setdefault(person, post.at)
    if load.chats:
        first: dict[str, str] = {}
        for person in sorted(due, key=due.__getitem__):
            first.setdefault(f"/m{_place(load, person) // load.people}", person)
        came = {person: came[path] for path, person in first.items() if path in came}
        due = {person: due[person] for person in first.values()}
    rows = {
        person: planned.base
        + (60 * (planned.bad_minute(_place(load, person)) + 1) - planned.base) / planned.speed
        + skew
        for person in due
    }
    both = [person for person in due if person in came]
    return Measured(
        load,
        [came[person] - due[person] for person in both],
        [came[person] - rows[person] for person in both],
        list(bare),
        len(due) - len(both),
    )


def _place(load: Load, session: str) -> int:
    meeting, place = divmod(int(session) - 16_000_000, 10_000)
    return meeting * load.people + place


if __name__ == "__main__":
    import sys

    meetings, people, minute_s, spread, minutes, chats = sys.argv[1:]
    with receiver() as target:
        found = measured(
            Load(int(meetings), int(people), float(minute_s), int(spread), int(minutes), chats == "chats"), target
        )
    for name in ("after_answer", "after_row", "bare"):
        each = getattr(found, name)
        print(name, len(each), *(f"p{p} {percentile(each, p) * 1000:.0f} ms" for p in (50, 90, 99, 100)))
    print("missing", found.missing)
