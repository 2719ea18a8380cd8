"""Who is in a meeting: what a participant is like, and each of their minutes."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from simulator import figures
from simulator.clock import MINUTE, minute_of, stamp

TRAITS = frozenset({"hipaa", "external", "old", "sparse", "phone", "room", "browser", "wifi", "sharing", "viewing"})


@dataclass
class Person:
    """One session in one instance. `user_id` is the participantId of the qos call."""

    user_id: str
    name: str
    joined_at: float
    email: str = ""
    traits: frozenset[str] = frozenset()
    left_at: float | None = None
    leave_reason: str = ""
    changes: list[figures.Change] = field(default_factory=list)
    seed: str = ""

    def gone(self, now: float) -> bool:
        """Whether they have left by now."""
        return self.left_at is not None and self.left_at <= now

    def dice(self, *more: object) -> Random:
        """The same throws for the same seed, person and reason, in every process."""
        return Random("|".join([self.seed, self.user_id, *map(str, more)]))

    def minutes(self, until: float) -> range:
        """The minutes of which there can be a row: from the first full one to the one they left in."""
        end = until if self.left_at is None else min(until, self.left_at)
        return range(math.ceil(self.joined_at / MINUTE) * MINUTE, math.ceil(end), MINUTE)

    def active(self) -> Collection[str]:
        """The streams over which something goes when nobody asks for anything else."""
        if "phone" in self.traits:
            return {"audio_input", "audio_output"}
        streams = {*figures.MEDIA[:4], "cpu_usage"}
        streams |= {"wifi_rssi"} if "wifi" in self.traits else set()
        streams |= {"as_input"} if "sharing" in self.traits else set()
        streams |= {"as_output"} if "viewing" in self.traits else set()
        streams |= set(figures.ROOM[:4]) if "room" in self.traits else set()
        return streams | (set(figures.WEB[:4]) if "browser" in self.traits else set())

    def row(self, minute: int) -> dict[str, Any]:
        """One minute as an item of user_qos."""
        active = self.active()
        latency = self.dice("line").randint(14, 70)
        changes = [change for change in self.changes if change.covers(minute)]
        row: dict[str, Any] = {"date_time": stamp(minute)}
        for stream in figures.STREAMS:
            asked = [change for change in changes if change.stream == stream]
            if asked or stream in active:
                # Each stream has throws of its own, so that a wish for one leaves the others as they were.
                dice = self.dice(minute, stream)
                block = figures.ordinary(stream, dice, latency) if stream in active else figures.blank(stream)
                for change in asked:
                    block = figures.bend(block, stream, change.at(minute), dice, latency)
                row[stream] = figures.as_texts(stream, block, dice)
            elif not self._leaves_out(stream):
                row[stream] = figures.blank(stream)
        return self._thinned(row)

    def _leaves_out(self, stream: str) -> bool:
        """Whether an idle stream is not even named."""
        return stream == "wifi_rssi" or ("old" in self.traits and stream in figures.WEB)

    def _thinned(self, row: dict[str, Any]) -> dict[str, Any]:
        """A sparse client's row: whole blocks and single fields are missing."""
        if "sparse" not in self.traits:
            return row
        kept = {name: part for name, part in row.items() if name not in (*figures.ROOM, *figures.WEB)}
        for stream in ("audio_output", "video_output"):
            kept[stream] = {name: value for name, value in kept[stream].items() if name != "max_loss"}
        return {name: part for name, part in kept.items() if name != "cpu_usage"}

    def rows(self, now: float, *, end: float | None, delay: float, last: int | None) -> list[dict[str, Any]]:
        """The rows there are: each minute before the end is seen `delay` seconds after it is over."""
        minutes = self.minutes(now if end is None else min(now, end))
        seen = [minute for minute in minutes if minute + MINUTE + delay <= now]
        kept = seen if last is None else seen[len(seen) - min(last, len(seen)) :]
        return [self.row(minute) for minute in kept]

    def change(self, change: figures.Change) -> None:
        """Ask for figures; a later wish for the same stream stands above an earlier one."""
        self.changes.append(change)

    def fine_from(self, minute: int) -> None:
        """Take back every wish from this minute on."""
        cut = [replace(c, end=minute if c.end is None else min(c.end, minute)) for c in self.changes]
        self.changes = [change for change in cut if change.end is not None and change.start < change.end]


def first_minute(start: float | None, now: float) -> int:
    """The minute a wish begins with: the one it is now, unless one is named."""
    return minute_of(now if start is None else start)
