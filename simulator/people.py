"""Who is in a meeting: what a participant is like, and each of their minutes."""

import base64
import hashlib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from simulator import figures
from simulator.clock import MINUTE, minute_of, stamp

TRAITS = frozenset({"hipaa", "external", "old", "sparse", "phone", "room", "browser", "wifi", "sharing", "viewing"})
#: Why people leave; $name stands where Zoom writes theirs.
REASONS = {
    "left the meeting": "$name left the {kind}.",
    "got disconnected": "$name got disconnected from the {kind}.",
    "Network connection error.": "Network connection error.",
    "Removed by host.": "Removed by host.",
    "Host ended": "Host ended the {kind}.",
    "Leave waiting room.": "Leave waiting room.",
    "Removed by host from waiting room.": "Removed by host from waiting room.",
}
BREAKOUT = "Moved to or from a breakout room."
_KEPT_ROWS = 16  # of each person: lists, single and bulk calls and QSS ask for the same minutes again and again


@dataclass(frozen=True, slots=True)
class Wait:
    """A stay in the waiting room; without an end until they are admitted."""

    start: float
    end: float | None = None

    def covers(self, moment: float) -> bool:
        """Whether they wait at this moment."""
        return self.start <= moment and (self.end is None or moment < self.end)

    def touches(self, minute: int) -> bool:
        """Whether any of this minute is waited through."""
        return self.start < minute + MINUTE and (self.end is None or minute < self.end)


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
    role: str = "attendee"
    device: str = ""
    """As Zoom names devices; unset: by trait."""
    place: dict[str, str] = field(default_factory=dict)
    """What Zoom tells of their machine and line where it is not by chance: ip_address, location, data_center, …"""
    account_id: str = ""
    """Of a signed-in person, the same in every session."""
    registrant_id: str = ""
    customer_key: str = ""
    room_id: str = ""
    """Of the breakout room this session is in."""
    parent_id: str = ""
    """The session that this one came from, into a breakout room or out of it."""
    uuid: str = ""
    waits: list[Wait] = field(default_factory=list)
    _rows: dict[int, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def participant_uuid(self) -> str:
        """Of this session; it outlives moves between rooms."""
        raw = self.dice("uuid").randbytes(16).hex().upper()
        return self.uuid or "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))

    @property
    def arrived_at(self) -> float:
        """When they were first seen, be it in the waiting room."""
        return min([self.joined_at, *(wait.start for wait in self.waits[:1])])

    def waiting(self, now: float) -> bool:
        """Whether they are in the waiting room now."""
        return not self.gone(now) and any(wait.covers(now) for wait in self.waits)

    def entered(self, now: float) -> bool:
        """Whether they have come in by now, from the waiting room or without it."""
        return self.joined_at <= now and not any(wait.covers(self.joined_at) for wait in self.waits)

    def present(self, now: float) -> bool:
        """Whether they are in the meeting now."""
        return self.entered(now) and not self.gone(now) and not self.waiting(now)

    def gone(self, now: float) -> bool:
        """Whether they have left by now."""
        return self.left_at is not None and self.left_at <= now

    def dice(self, *more: object) -> Random:
        """The same throws for the same seed, person and reason, in every process."""
        return Random("|".join([self.seed, self.user_id, *map(str, more)]))

    def minutes(self, until: float) -> Sequence[int]:
        """The minutes of which there can be a row: from the first full one to the one they left in."""
        end = until if self.left_at is None else min(until, self.left_at)
        all_of_them = range(math.ceil(self.joined_at / MINUTE) * MINUTE, math.ceil(end), MINUTE)
        if not self.waits:
            return all_of_them
        return [minute for minute in all_of_them if not any(wait.touches(minute) for wait in self.waits)]

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
        if minute not in self._rows:
            while len(self._rows) >= _KEPT_ROWS:
                del self._rows[min(self._rows)]
            self._rows[minute] = self._row(minute)
        return {**self._rows[minute]}

    def _row(self, minute: int) -> dict[str, Any]:
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
        self._rows.clear()

    def fine_from(self, minute: int) -> None:
        """Take back every wish from this minute on."""
        cut = [replace(c, end=minute if c.end is None else min(c.end, minute)) for c in self.changes]
        self.changes = [change for change in cut if change.end is not None and change.start < change.end]
        self._rows.clear()


def digest(*parts: object) -> bytes:
    """The same bytes for the same parts, in every process."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()


def account_of(seed: int, email: str) -> str:
    """The account user id behind an e-mail address; nobody's is empty."""
    return base64.urlsafe_b64encode(digest(seed, "account", email)[:16]).decode().rstrip("=") if email else ""


def first_minute(start: float | None, now: float) -> int:
    """The minute a wish begins with: the one it is now, unless one is named."""
    return minute_of(now if start is None else start)
