"""What all looks of a batch have in common: read again each second, and not at each meeting."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.duty import Duty
from rules.model import Rule, Silence
from rules.pacing import Pace
from service.store import Store
from workers import hears

FRESH_S = 1.0  #: real seconds; a batch begins with its own, so that what was written before it counts in it


@dataclass(frozen=True, slots=True)
class Common:
    """One reading."""

    at: float
    duty: Duty
    silences: tuple[Silence, ...]  #: all, also those that are over or to come
    pace: Pace
    heard_at: datetime | None  #: when a webhook came
    live: frozenset[str]
    rules: dict[str, Rule] = field(default_factory=dict)  #: those that were wanted so far

    def hearing(self, now: datetime) -> bool:
        """Whether joins and leaves are told by events."""
        return hears.lately(self.heard_at, now)


class Shelf:
    """The reading of this second, for every thread of a batch."""

    def __init__(self, store: Store) -> None:
        self._store, self._reading = store, threading.Lock()
        self._read: Common | None = None

    def now(self) -> Common:
        """What stands there now, or did less than a second ago."""
        with self._reading:
            if self._read is None or time.monotonic() - self._read.at > FRESH_S:
                self._read = read(self._store)
            return self._read

    def knowing(self, channels: Iterable[str], policies: Iterable[str]) -> Common:
        """The same; read anew where a watch names what is younger: an alert in the wrong lane would stay there."""
        common = self.now()
        if all(map(common.duty.kind, channels)) and all(id in common.duty.policies for id in policies):
            return common
        with self._reading:
            self._read = read(self._store)
            return self._read

    def rules(self, ids: Iterable[str]) -> Mapping[str, Rule]:
        """Those of these rules that are there."""
        common = self.now()
        wanted = sorted(ids)
        if missing := [id for id in wanted if id not in common.rules]:
            common.rules.update(self._store.documents.rules.get_many(missing))
        return {id: common.rules[id] for id in wanted if id in common.rules}


def read(store: Store) -> Common:
    """Everything, as it stands now."""
    return Common(
        time.monotonic(),
        store.duty(),
        tuple(store.documents.silences.all()),
        store.budget.pace(),
        store.intake.heard_at(),
        store.instances.live(),
    )
