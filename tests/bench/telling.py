"""One load of the latency bench: who is watched, what Zoom told when, what came when, and the two matched."""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from rules import documents
from rules.model import Watch, Who
from tests import fastzoom
from tests.bench import alarms, debian, exporter
from tests.bench.receiver import Post, Receiver
from tests.plant import READY_S, Plant, plant, wait

PERSON = re.compile(r"\b1[67]\d{6}\b")
ALARM = re.compile(r'"type":"alert\.fired"|^{"text":"WARNING|"status":"firing"')
TAIL_S = 5.0  #: after the last look that can find a bad minute
PING_S = 0.1
THEIR_START_S = 15.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many meetings of how many people; how long a minute is; in how many minutes bad ones are told of how many."""

    says: str
    meetings: int
    people: int
    minute_s: float
    spread: int
    minutes: int
    chats: bool = False  #: one for each meeting, in place of one webhook

    @property
    def watched(self) -> int:
        """Everybody."""
        return self.meetings * self.people

    def place(self, session: str) -> int:
        """Somebody's place among all."""
        meeting, place = divmod(int(session) - int(fastzoom.person_of(0, 0)), 10_000)
        return meeting * self.people + place


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds to the POST since Zoom's answer and since the row's appearance; to the decision; of a bare POST."""

    load: Load
    after_answer: Sequence[float]
    after_row: Sequence[float]
    missing: int
    decided: Sequence[float] = ()
    bare: Sequence[float] = field(default_factory=list)


def ours(load: Load, target: Receiver) -> Measured:
    """Watch for some minutes."""
    with TemporaryDirectory(prefix="qw-told-") as folder:
        plan = _plan(load, str(Path(folder) / "told"))
        clock = f"{plan.speed:g}@{plan.base:.0f}"
        with (
            fastzoom.running(plan) as zoom,
            plant(Plant, **zoom.environ(), QOSWATCH_TEST_CLOCK=clock) as here,
        ):
            _watch(here, load, target)
            for words in (["scheduler"], ["worker", "--queue", "poll"], ["worker", "--queue", "deliver"]):
                here.start(*words)
            wait(lambda: _known(here) == load.watched, READY_S, "everybody to be known")
            plan = replace(plan, bad_from=_next(plan))
            zoom.control(bad_from=plan.bad_from)
            target.forget()
            with _pinging(target) as bare:
                time.sleep(max(0.0, _real(plan, plan.bad_from + load.minutes) + TAIL_S - time.time()))
            told = {person: float(at) for person, at in map(str.split, Path(plan.sent).read_text().splitlines())}
            return _matched(load, plan, told, target.posts(), _decided(here, plan), bare)


def theirs(load: Load, target: Receiver) -> Measured:
    """The same people with the same bad minutes, scraped by Prometheus, told by Alertmanager."""
    plan = _plan(load, "")
    plan = replace(plan, bad_from=_next(plan, THEIR_START_S))

    def rule(page: int) -> str:
        return f'{exporter.METRIC}{{meeting="{page}"}} > 8'

    with (
        exporter.running(plan) as port,
        debian.alertmanager(f"{target.url}/am") as manager,
        debian.prometheus(port, load.meetings, manager, rule, load.minute_s),
    ):
        if time.time() > _real(plan, plan.bad_from):
            raise TimeoutError("Prometheus took too long to start")
        target.forget()
        # A scrape a minute after the row, and an evaluation a minute after the scrape.
        time.sleep(max(0.0, _real(plan, plan.bad_from + load.minutes + 1) + TAIL_S - time.time()))
        places = (divmod(place, load.people) for place in range(load.watched))
        everybody = (fastzoom.person_of(*place) for place in places)
        rows = {person: _appears(load, plan, person) for person in everybody}
        return _matched(load, plan, rows, target.posts())


def _plan(load: Load, sent: str) -> fastzoom.Plan:
    base, speed = float(int(time.time())), 60 / load.minute_s
    return fastzoom.Plan(load.meetings, load.people, speed=speed, base=base, spread=load.spread, sent=sent)


def _next(plan: fastzoom.Plan, wait_s: float = 1.0) -> int:
    """The first minute whose row appears when so many real seconds have passed, or later."""
    return int((plan.now() + wait_s * plan.speed) // 60)


def _real(plan: fastzoom.Plan, minute: int) -> float:
    """When a minute of that Zoom is over, by our clock."""
    return plan.base + (60 * (minute + 1) - plan.base) / plan.speed


def _appears(load: Load, plan: fastzoom.Plan, person: str) -> float:
    """When somebody's bad row is there, by the clock that all processes share."""
    return _real(plan, plan.bad_minute(load.place(person))) + time.monotonic() - time.time()


def _watch(here: Plant, load: Load, target: Receiver) -> None:
    """Everybody, by one rule of one minute; one webhook for all, or a chat for each meeting."""
    store, now = here.store, here.store.clock.now()
    store.documents.rules.put(documents.rule(alarms.SHAPE, id=alarms.RULE))
    names = [f"m{meeting}" for meeting in range(load.meetings)] if load.chats else ["hook"]
    alarms.channels(here, {name: f"{target.url}/{name}" for name in names}, "slack" if load.chats else "webhook")
    for meeting in range(load.meetings):
        number, to = fastzoom.number_of(meeting), names[meeting % len(names)]
        watch = Watch(f"w-{meeting}", 0, number, (Who("everyone", ""),), (alarms.RULE,), (to,), now)
        store.documents.watches.put(watch)


def _known(here: Plant) -> int:
    return sum(len(here.store.seats.roster(run)[1].people) for run in here.store.instances.live())


def _decided(here: Plant, plan: fastzoom.Plan) -> Mapping[str, float]:
    """When each alert was opened, by the clock that all processes share."""
    found: dict[str, float] = {}
    cursor: str | None = None
    while True:
        alerts, cursor = here.store.alerts.page(limit=200, cursor=cursor)
        for alert in alerts:
            real = plan.base + (alert.opened_at.timestamp() - plan.base) / plan.speed
            found[alert.session] = real + time.monotonic() - time.time()
        if cursor is None:
            return found


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


def _matched(
    load: Load,
    plan: fastzoom.Plan,
    told: Mapping[str, float],
    posts: Iterable[Post],
    decided: Mapping[str, float] | None = None,
    bare: Sequence[float] = (),
) -> Measured:
    """Each alert with its own post; in chats, the first answer of a meeting with the meeting's first post."""
    last = plan.bad_from + load.minutes - 1
    due = {person: at for person, at in told.items() if plan.bad_minute(load.place(person)) <= last}
    came = _first_posts(posts, by_path=load.chats)
    if load.chats:
        firsts: dict[str, str] = {}
        for person in sorted(due, key=due.__getitem__):
            firsts.setdefault(f"/m{load.place(person) // load.people}", person)
        came = {person: came[path] for path, person in firsts.items() if path in came}
        due = {person: due[person] for person in firsts.values()}
    both = [person for person in due if person in came]
    return Measured(
        load,
        [came[person] - due[person] for person in both],
        [came[person] - _appears(load, plan, person) for person in both],
        len(due) - len(both),
        [decided[person] - due[person] for person in both if person in decided] if decided else (),
        list(bare),
    )


def _first_posts(posts: Iterable[Post], *, by_path: bool) -> dict[str, float]:
    """When the first post came that tells of somebody, or that came to an address."""
    came: dict[str, float] = {}
    for post in posts:
        if ALARM.search(post.body):
            for name in [post.path] if by_path else PERSON.findall(post.body):
                came.setdefault(name, post.at)
    return came
