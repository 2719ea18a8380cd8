"""Destinations that fail for twenty seconds, each in its own way, while calls break and mend: what comes, and when."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from simulator import Simulator
from simulator.inbox import Post
from tests.chaos.door import Door, reset, silence
from tests.plant import Plant, plant, wait
from tests.rude import NO_HEAD

SPEED = 30  #: a minute of a meeting is two seconds
OUTAGE_S = 20.0
POSTS_MOST = 8
WITHIN_S = 6.0
RETRY_AFTER_S = 5
READ_S = 10.0  #: a post that is under way when a destination begins to answer again is awaited for so long
SETTLED_S = 20.0
MEETINGS = {"stays": "97763643801", "mends": "97763643802", "was": "97763643803"}
#: What may come on top of six seconds: it was asked for, or is how long one answer is waited for.
MORE_S = {"429": RETRY_AFTER_S, "hangs": READ_S}
UNKNOWN = ("hangs", "resets", "garbage")  #: nobody knows whether such a post arrived
KINDS = ("down", *UNKNOWN, "429", "revoked")


@dataclass(frozen=True)
class Outage:
    """What became of one destination."""

    kind: str
    tries: int  #: posts in the outage
    within_s: float  #: after recovery, until nothing was owed
    told: dict[str, Sequence[str]]  #: by meeting, what was told after recovery
    ids: Sequence[str]
    unknown: frozenset[str]

    @property
    def faults(self) -> list[str]:
        """What was promised and does not hold."""
        most = WITHIN_S + MORE_S.get(self.kind, 0.0)
        lasting = {name: len(texts) for name, texts in self.told.items()}
        checks = {
            f"{self.tries} posts in the outage": self.tries <= POSTS_MOST,
            f"all owed after {self.within_s:.1f} s": self.within_s <= most,
            f"told {lasting}": all(lasting[name] == 1 for name in MEETINGS),
            f"told {self.told}": self.kind in UNKNOWN or _in_its_words(self.told),
            "an id was accepted twice": len(self.ids) == len(set(self.ids)),
            f"never accepted: {self.unknown - set(self.ids)}": self.unknown <= set(self.ids),
        }
        return [f"{self.kind}: {what}" for what, holds in checks.items() if not holds]

    @property
    def line(self) -> str:
        """A row of the table."""
        posts = sum(map(len, self.told.values()))
        return f"  {self.kind:<10} {self.tries:>2} posts   all owed {self.within_s:>5.1f} s later, in {posts} posts"


def _in_its_words(told: dict[str, Sequence[str]]) -> bool:
    """An alarm that stands, one that is over, and both at once in one line."""
    first = {name: " ".join(texts) for name, texts in told.items()}
    return (
        first["stays"].startswith("CRITICAL") and first["was"].startswith("Fine") and "CRITICAL" not in first["mends"]
    )


class Trouble(Plant):
    """Meetings, people, and a channel for each way of failing."""

    def furnish(self) -> None:
        """Processes, channels behind doors, and three meetings in which somebody is fine and somebody will not be."""
        for words in (("scheduler",), ("worker", "--queue", "poll"), ("worker", "--queue", "deliver")):
            self.start(*words)
        self.serve()
        self.simulator.limits.per_second = {}
        self.hooks = {kind: f"T1/B{place}/{kind}" for place, kind in enumerate(("fine", *KINDS))}
        self.doors = {kind: Door(self.simulator.slack_url(hook)) for kind, hook in self.hooks.items()}
        for kind, door in self.doors.items():
            self.stack.callback(door.close)
            self.channel(kind)
        for name, number in MEETINGS.items():
            self.simulator.world.start(number, topic=f"It {name}")
            who = [self.simulator.world.join(number, each).user_id for each in (f"Dr {name.title()}", "Mr Well")]
            body = {"meeting": number, "who": [{"participant_id": str(id)} for id in who], "notify": [*self.hooks]}
            self.api("PUT", f"/v1/watches/{name}", body)

    def channel(self, kind: str) -> None:
        """Set it, or set it anew."""
        self.api("PUT", f"/v1/channels/{kind}", {"kind": "slack", "url": self.doors[kind].url})

    def figures(self, name: str, loss: int, at_s: float = 0.0) -> None:
        """From now, or in so many real seconds, the person of a meeting sends like this."""
        world, start = self.simulator.world, self.simulator.clock.now() + at_s * SPEED
        who = next(iter(world.get(MEETINGS[name]).people))
        world.figures(MEETINGS[name], who, "audio_input", {"avg_loss": loss}, start=start)

    def fail(self) -> None:
        """Each channel but the healthy one, in its way."""
        self.doors["down"].shut()
        self.doors["hangs"].be(silence)
        self.doors["resets"].be(reset)
        self.doors["garbage"].be(NO_HEAD["not HTTP"])
        self.simulator.inbox.behave(self.hooks["429"], "429", retry_after=RETRY_AFTER_S)
        self.simulator.inbox.behave(self.hooks["revoked"], "no_service")

    def recover(self) -> None:
        """All of them; what was revoked a person sets anew."""
        for door in self.doors.values():
            door.open()
        self.simulator.inbox.recover()
        self.channel("revoked")

    def texts(self, kind: str) -> list[Post]:
        """What was accepted, without roll-calls."""
        posts = self.simulator.inbox.posts(self.hooks[kind], accepted=True)
        return [post for post in posts if "Watching " not in str(post.body.get("text"))]

    def tries(self, kind: str) -> int:
        """How many posts were not accepted."""
        found = self.store.lanes.deliveries(channel=kind, limit=200)[0]
        return sum(1 for each in found for attempt in each.attempts if attempt.outcome != "accepted")


def outages() -> tuple[list[Outage], int]:
    """Six ways to fail, side by side; what became of each, and how often the healthy one was told meanwhile."""
    base = int(time.time())
    given = {"QOSWATCH_TEST_CLOCK": f"{SPEED}@{base}", "QOSWATCH_OPS_CHANNEL": "fine"}
    simulator = Simulator(base=base, speed=SPEED)
    with plant(Trouble, simulator, **given) as here:
        here.furnish()
        wait(
            lambda: len(simulator.inbox.posts(here.hooks["fine"], accepted=True)) >= len(MEETINGS), 60, "the roll-calls"
        )
        here.figures("was", 14)
        wait(lambda: all(here.texts(kind) for kind in here.hooks), 60, "the first alarm")
        before = {kind: len(here.texts(kind)) for kind in here.hooks}
        here.fail()
        _break_and_mend(here)
        time.sleep(OUTAGE_S)
        tries, meanwhile = {kind: here.tries(kind) for kind in KINDS}, len(here.texts("fine")) - before["fine"]
        here.recover()
        within = _all_told(here)
        time.sleep(3)  # what would come twice
        found = []
        for kind in KINDS:
            posts = here.texts(kind)
            told, ids = _by_meeting(posts[before[kind] :]), [post.delivery for post in posts]
            found.append(Outage(kind, tries[kind], within[kind], told, ids, frozenset(here.doors[kind].ids)))
        return found, meanwhile


def _break_and_mend(here: Trouble) -> None:
    """What happens in the outage: one is fine again, one breaks, and one breaks and is fine again."""
    minute_s = 60 / SPEED
    here.figures("was", 0)
    here.figures("stays", 14)
    here.figures("mends", 14)
    here.figures("mends", 0, 3 * minute_s)


def _all_told(here: Trouble) -> dict[str, float]:
    """How long after recovery a channel owed nothing any more."""
    begun, within = time.monotonic(), dict[str, float]()
    while len(within) < len(KINDS) and time.monotonic() - begun < SETTLED_S:
        for kind in KINDS:
            if kind not in within and not here.store.lanes.owing(kind):
                within[kind] = time.monotonic() - begun
        time.sleep(0.05)
    return {kind: within.get(kind, float("inf")) for kind in KINDS}


def _by_meeting(posts: Sequence[Post]) -> dict[str, Sequence[str]]:
    """What was told of each meeting; that an alert still stands, minutes later, is news of its own."""
    texts = [text for post in posts if not (text := str(post.body["text"])).startswith("Still bad")]
    return {name: [text for text in texts if f"Dr {name.title()}" in text] for name in MEETINGS}
