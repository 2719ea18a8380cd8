"""What the meetings that are on ask of the budget, as the last look at each told."""

from collections.abc import Sequence
from datetime import datetime

from rules import budgeting, watching
from rules.model import Instance, Watch
from rules.pacing import Load
from service.store.documents import Documents
from service.store.instances import Instances
from service.store.seats import Seats


class Loads:
    """The load of every meeting that is on."""

    def __init__(self, instances: Instances, seats: Seats, documents: Documents, period_s: int) -> None:
        self._instances, self._seats, self._documents, self._period_s = instances, seats, documents, period_s

    def all(self, now: datetime) -> tuple[Load, ...]:
        """Each meeting that is on, and watched now."""
        runs = [self._instances.get(id) for id in sorted(self._instances.live())]
        found = (self._of(run, now) for run in runs if run and run.ended_at is None)
        return tuple(load for load in found if load is not None)

    def _of(self, run: Instance, now: datetime) -> Load | None:
        """Nobody has looked yet: by what its watches say."""
        known = self._documents.watches_of(run.number, run.uuid)
        watches = [watch for watch in known if watching.concerns(watch, run, now)]
        round = self._seats.round(run.id)
        if round is not None:
            every = max(1.0, round.period_s / self._period_s)
            return Load(run.id, round.calls, round.urgent, until_of(watches, now), every=every)
        if not watches:
            return None
        calls = budgeting.calls_a_look(who for watch in watches for who in watch.who)
        return Load(run.id, calls, until=until_of(watches, now))


def until_of(watches: Sequence[Watch], now: datetime) -> datetime | None:
    """When the last of these watches ends; None: one has no end, or watches on beyond it."""
    ends = [watch.ends_at for watch in watches if watch.ends_at and watch.ends_at > now]
    return max(ends) if ends and len(ends) == len(watches) else None
