"""Which runs of meetings a watch is about now, and who is known to be in them; read once for one answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from rules.model import Instance, Listed, MeetingRecord, Seat, Watch
from rules.roster import meant
from rules.watching import ANY, concerns, entries, is_bound
from service.store import Store, keys

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def live_runs(store: Store) -> tuple[Instance, ...]:
    """The runs that are on, those that began last first."""
    runs = [run for id in store.instances.live() if (run := store.instances.get(id)) and run.ended_at is None]
    return tuple(sorted(runs, key=lambda run: (run.started_at or _EARLIEST, run.id), reverse=True))


class Runs:
    """What is on at one moment."""

    def __init__(self, store: Store) -> None:
        self._store, self.now = store, store.clock.now()
        self._people: dict[str, Mapping[str, Listed]] = {}
        self._records: dict[str, MeetingRecord] = {}

    @cached_property
    def live(self) -> tuple[Instance, ...]:
        """The runs that are on, those that began last first."""
        return live_runs(self._store)

    def people(self, run: Instance) -> Mapping[str, Listed]:
        """Every session of a run that we know."""
        if run.id not in self._people:
            self._people[run.id] = self._store.seats.roster(run.id)[1].people
        return self._people[run.id]

    def seats(self, run: Instance) -> dict[str, Seat]:
        """What is known of everybody watched in a run, by seat."""
        return {id: seat for id, (_, seat) in self._store.seats.load(run.id).items()}

    def blind_since(self, run: Instance) -> datetime | None:
        """Since when nobody in a run can be seen."""
        return self._store.seats.record(run.id)[1].blind_since if run.ended_at is None else None

    def blindness(self, watch: Watch, of: Sequence[Instance]) -> str:
        """Since when, and why, none of the runs of a watch can be seen, or none be found; "" when that is not so."""
        told = [not_seen(self._record(id)) for id in _looked_at(watch, of)]
        return told[0] if all(told) else ""

    def read_ahead(self, about: Iterable[tuple[Watch, Sequence[Instance]]]) -> None:
        """Read at once what `blindness` will ask of several watches."""
        ids = dict.fromkeys(id for watch, of in about for id in _looked_at(watch, of))
        self._records |= self._store.seats.records(list(ids))

    def _record(self, id: str) -> MeetingRecord:
        if id not in self._records:
            self._records[id] = self._store.seats.record(id)[1]
        return self._records[id]

    def meant(self, watch: Watch, run: Instance) -> frozenset[str]:
        """The seats that a watch means in a run."""
        return meant(entries(watch, run.id), self.people(run))

    def of(self, watch: Watch) -> tuple[Instance, ...]:
        """The runs that a watch is about.

        Ids of participants belong to the run in which they were seen. Who watches a number is about the run of it
        that is on; who watches any meeting, about each in which somebody is meant.
        """
        if (known := _one_run(watch)) is not None:
            run = self._store.instances.get(known)
            return (run,) if run else ()
        on = self.open_to(watch)
        return tuple(run for run in on if self.meant(watch, run)) if watch.meeting == ANY else on[:1]

    def open_to(self, watch: Watch) -> tuple[Instance, ...]:
        """The runs that are on and in which its people may be, also while it is paused."""
        awake = replace(watch, paused=False)
        on = (run for run in self.live if concerns(awake, run, self.now))
        return tuple(run for run in on if watch.meeting in (ANY, run.number, run.uuid))


def _looked_at(watch: Watch, of: Sequence[Instance]) -> list[str]:
    """Where it is remembered whether those of a watch can be seen: their runs, or the search for one."""
    return [run.id for run in of if run.ended_at is None] or [ANY if watch.meeting == ANY else f"n{watch.meeting}"]


def is_of_one_run(watch: Watch) -> bool:
    """Whether a watch is about one run for good: it names it, or ids that mean somebody there alone."""
    return _one_run(watch) is not None


def _one_run(watch: Watch) -> str | None:
    if is_bound(watch):
        return watch.bound
    return None if watch.meeting == ANY or watch.meeting.isdecimal() else keys.instance_id(watch.meeting)


def not_seen(record: MeetingRecord) -> str:
    """Since when, and why, a meeting can not be seen; "" when it is."""
    if record.blind_since is None:
        return ""
    return f"Not seen since {record.blind_since:%H:%M} UTC{f': {record.blind_reason}' if record.blind_reason else '.'}"
