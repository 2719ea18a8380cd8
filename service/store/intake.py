"""What Zoom pushes, kept as it came until a drainer has dealt with it; and whether anything comes at all.

Every entry is a signed body. It is taken away only after all that it changes is committed, so a drainer that dies
leaves it to the next one; whoever deals with it a second time changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.store import keys
from service.store.clock import Clock, moment, ms
from service.store.link import Link, word

MOST = 100_000  #: entries that may wait: at 83 events a second, twenty minutes without a drainer
SKEW = timedelta(seconds=10)  #: between Zoom's clock and ours, and between a webhook and its being dealt with


@dataclass(frozen=True, slots=True)
class Pushed:
    """One webhook as it came: its place in the stream, its moment, its bytes."""

    id: str
    at: datetime
    body: bytes


class Intake:
    """The stream of webhooks."""

    def __init__(self, link: Link, clock: Clock, most: int = MOST) -> None:
        self._link, self._clock, self._most = link, clock, most

    def add(self, body: bytes) -> int:
        """Keep a verified webhook; answers how many wait now. 0: too many wait, it was not kept."""
        found = (keys.intake(), keys.heard(), keys.counters())
        return int(self._link.run("intake_add", found, (body, self._clock.now_ms(), self._most)))

    def first(self, n: int) -> list[Pushed]:
        """The `n` entries that wait longest."""
        found = self._link.do("XRANGE", keys.intake(), "-", "+", "COUNT", n)
        return [_pushed(word(id), fields) for id, fields in found]

    def done(self, entries: Sequence[Pushed]) -> None:
        """Everything that these change is committed."""
        if entries:
            self._link.do("XDEL", keys.intake(), *(entry.id for entry in entries))

    def waiting(self) -> int:
        """How many wait."""
        return int(self._link.do("XLEN", keys.intake()))

    def heard_at(self) -> datetime | None:
        """When the last verified webhook came; None: none ever did."""
        return self._moment("at")

    def missed_at(self) -> datetime | None:
        """When the first thing happened that no webhook told, with none at all since; None: they come."""
        missed_at, heard_at = self._moment("missed"), self.heard_at()
        return missed_at if missed_at and heard_at and missed_at > heard_at else None

    def miss(self, at: datetime) -> None:
        """Something happened at `at` that a webhook should have told. The first such moment stays."""
        heard_at = self.heard_at()
        if heard_at is not None and at - heard_at > SKEW and self.missed_at() is None:
            self._link.do("HSET", keys.heard(), "missed", ms(at))

    def _moment(self, name: str) -> datetime | None:
        held = self._link.field(keys.heard(), name)
        return None if held is None else moment(int(held))


def _pushed(id: str, fields: Mapping[bytes, bytes]) -> Pushed:
    return Pushed(id, moment(int(fields[b"t"])), fields[b"b"])
