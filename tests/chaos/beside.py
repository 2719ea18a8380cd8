"""Eleven destinations that hang beside many healthy ones: how late do the healthy ones hear, with them and without?

Two houses stand side by side in the same seconds, so that whatever else the machine does slows both alike.
"""

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from rules.model import Debt, Note
from service.queues import Queues
from tests.plant import Plant, plant, wait

HEALTHY, HANGING = 60, 11
EVERY_S = 2.0  #: each channel owes a message so often; it may post once a second
HANG_S = 60.0
STRETCHES = 4
TIMES = 2.0  #: beside hanging ones no later than so many times alone


@dataclass(frozen=True)
class Told:
    """How late each healthy message was, in seconds, as they came, and how many posts the hanging ones were sent."""

    late_s: Sequence[float]
    hung: int

    def at(self, part: float) -> float:
        """A quantile, as the middle one of several stretches, so that one stall of the machine decides nothing."""
        size = -(-len(self.late_s) // STRETCHES)
        stretches = [sorted(self.late_s[begin : begin + size]) for begin in range(0, len(self.late_s), size)]
        return median(each[max(0, round(part * len(each)) - 1)] for each in stretches)


class House(Plant):
    """One worker that delivers, and its channels."""

    hangs = 0

    def furnish(self) -> None:
        """Processes, channels, and a first message to each healthy one."""
        self.start("worker", "--queue", "deliver")
        self.start("scheduler")
        self.serve()
        self.fine = [self._channel("fine", n) for n in range(HEALTHY)]
        self.bad = [self._channel("hangs", n) for n in range(self.hangs)]
        for name in self.bad:
            self.simulator.inbox.behave(_hook(name), "hang", seconds=HANG_S)
        self.queues = Queues(self.store.redis)
        for name in self.fine:
            self.owe(name, f"nt_first{name}")
        wait(lambda: len(self.simulator.inbox.posts(accepted=True)) >= HEALTHY, 60, "a first message to each")

    def _channel(self, kind: str, n: int) -> str:
        name = f"{kind}-{n:02}"
        self.api("PUT", f"/v1/channels/{name}", {"kind": "slack", "url": self.simulator.slack_url(_hook(name))})
        return name

    def owe(self, channel: str, id: str) -> str:
        """A message for a channel, and a call for whoever delivers."""
        note = Note(id, "test", "this channel is heard", datetime.now(UTC))
        delivery = self.store.lanes.owe(Debt(channel, f"{channel}:service", id, 1), note)
        self.queues.deliver()
        return delivery

    def told(self, seed: int, lasts_s: float) -> Told:
        """Owe each channel a message every two seconds, and see when the healthy ones have theirs."""
        dice, owed, inbox = random.Random(seed), dict[str, float](), self.simulator.inbox
        names = [*self.fine, *self.bad]
        dice.shuffle(names)
        inbox.clear()
        begun = time.time() + EVERY_S
        for due_s, name in _moments(names, lasts_s, dice):
            time.sleep(max(0.0, begun + due_s - time.time()))
            at = time.time()
            delivery = self.owe(name, f"nt_{dice.getrandbits(60):x}")
            if name in self.fine:
                owed[delivery] = at
        wait(lambda: len(self._came()) >= len(owed), 60, "the healthy ones' messages")
        came = self._came()
        return Told([came[id] - at for id, at in owed.items()], sum(len(inbox.posts(_hook(n))) for n in self.bad))

    def _came(self) -> dict[str, float]:
        """Delivery → when it came first, by the wall clock."""
        found: dict[str, float] = {}
        for post in self.simulator.inbox.posts(accepted=True):
            found.setdefault(post.delivery, post.at)
        return found


class Beset(House):
    """The same, with eleven that hang."""

    hangs = HANGING


def measure(seed: int, lasts_s: float) -> tuple[Told, Told]:
    """Healthy ones alone, and beside eleven that hang: in the same seconds, the same load and one worker each."""
    with plant(House) as alone, plant(Beset) as beside, ThreadPoolExecutor(2) as both:
        list(both.map(House.furnish, (alone, beside)))
        found = list(both.map(lambda here: here.told(seed, lasts_s), (alone, beside)))
        beside.simulator.stopping.set()  # what hangs need not be waited for
        return found[0], found[1]


def _hook(name: str) -> str:
    return f"T1/B1/{name}"


def _moments(names: Sequence[str], lasts_s: float, dice: random.Random) -> Iterator[tuple[float, str]]:
    """When which channel comes to owe one: each in its own part of every two seconds, or two might be too near."""
    step_s = EVERY_S / len(names)
    for turn in range(round(lasts_s / EVERY_S)):
        for place, name in enumerate(names):
            yield turn * EVERY_S + place * step_s + dice.random() * step_s / 2, name


def lines(alone: Told, beside: Told) -> list[str]:
    """The table."""
    head = (
        f"one worker, {HEALTHY} healthy channels, a message each every {EVERY_S:.0f} s: from owed to received,"
        f" median of {STRETCHES} stretches"
    )
    row = "  {:<24} {:>5} posts   p50 {:>5.0f} ms   p99 {:>5.0f} ms"
    told = [
        row.format(name, len(each.late_s), *(each.at(part) * 1000 for part in (0.5, 0.99)))
        for name, each in (("alone", alone), (f"beside {HANGING} that hang", beside))
    ]
    return [head, *told, f"  p99 is {ratio(alone, beside):.2f} times that alone; {beside.hung} posts hung"]


def ratio(alone: Told, beside: Told) -> float:
    """How many times later, of a hundred the latest but one."""
    return beside.at(0.99) / alone.at(0.99)
