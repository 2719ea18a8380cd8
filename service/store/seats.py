"""Seats: what is known of every subject of an instance, and the one door through which it changes.

A commit compares the version of each subject with the one that was loaded, and writes it whole or not at
all: state, rows, the reader's alert, debts. Losing the race is an answer, not an error.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.model import MeetingRecord, Plan, Roster, Round, Seat
from service.store import keys
from service.store.clock import Clock, moment
from service.store.codec import decode
from service.store.commit import MEETING, ROSTER, Chunk, Terms
from service.store.errors import StoreError
from service.store.leases import Claim
from service.store.link import Link, word
from service.store.room import Room

CHUNK = 50
LANE_DELAY_S = 0.3  #: real seconds in which news comes together, so that it travels together; a whole round needs none
SWEEP_GRACE_S = 7 * 86_400  #: a closed alert outlives its time, so that the sweep can still read its lists off it
_VERSION_LENGTH = 12
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is known of an instance, each subject with its version."""

    seats: dict[str, tuple[str, Seat]]
    record: tuple[str, MeetingRecord]
    roster: tuple[str, Roster]


class Seats:
    """The subjects of every instance, by instance id ("service" for our own)."""

    def __init__(self, link: Link, clock: Clock, room: Room, keep_samples_s: int, keep_alerts_s: int) -> None:
        self._link, self._clock, self._room = link, clock, room
        self._keep = (keep_samples_s, keep_alerts_s + SWEEP_GRACE_S)

    def load(self, instance: str, only: Collection[str] | None = None) -> dict[str, tuple[str, Seat]]:
        """Every seat of an instance, or `only` these, with the version to hand back when it is committed."""
        key = keys.seats(instance)
        return _seats(self._link.hash(key) if only is None else self._link.fields(key, sorted(only)))

    def whole(self, instance: str) -> Subjects:
        """Everything that is known of an instance, in one reading."""
        found = self._link.hash(keys.seats(instance))
        return Subjects(_seats(found), _record(found.get(MEETING)), _roster(found.get(ROSTER)))

    def subject(self, instance: str, subject: str) -> tuple[str, Seat] | None:
        """One seat of an instance, with its version."""
        blob = self._link.field(keys.seats(instance), subject)
        return None if blob is None else (_version(blob), decode(Seat, blob[_VERSION_LENGTH:]))

    def record(self, instance: str) -> tuple[str, MeetingRecord]:
        """What is known of the meeting itself, and its version; ("", a new record) when nothing is."""
        return _record(self._link.field(keys.seats(instance), MEETING))

    def records(self, instances: Sequence[str]) -> dict[str, MeetingRecord]:
        """What is known of several meetings, in one question."""
        found = self._link.together([("HGET", keys.seats(instance), MEETING) for instance in instances])
        return {instance: _record(blob)[1] for instance, blob in zip(instances, found, strict=True)}

    def roster(self, instance: str) -> tuple[str, Roster]:
        """Who is in the meeting, as far as we know, and the version of that."""
        return _roster(self._link.field(keys.seats(instance), ROSTER))

    def change_roster(
        self, instance: str, edit: Callable[[Roster], Roster], known: tuple[str, Roster] | None = None
    ) -> Roster:
        """Change who is in the meeting; again when somebody else did meanwhile, so `edit` may run several times.

        What session sits in which seat is written here before anybody decides about that seat, and never
        changes: so a look and a push make the same seats of the same people. `known`: as it was read a moment ago;
        what others wrote since is read when there is something to write.
        """
        for _ in range(_TRIES):
            version, before = known or self.roster(instance)
            known = None
            after = edit(before)
            if after == before:
                return before
            chunk = Chunk(instance, self._terms())
            chunk.put(ROSTER, version, after)
            if not self._link.run("seat_commit", chunk.keys(), chunk.args()):
                return after
        raise StoreError(f"the roster of {instance} is being changed by others all the time: try again")

    def commit(
        self,
        instance: str,
        plans: Sequence[Plan],
        *,
        record: tuple[str, MeetingRecord] | None = None,
        round: Round | None = None,
        claim: Claim | None = None,
        next_at: datetime | None = None,
    ) -> frozenset[str]:
        """Write the plans; answers the subjects that were refused: load and decide those again.

        The last chunk carries the meeting's record ("meeting" in the answer when refused), the round, and
        the next look under the claim, which ends here. Without `next_at` the claimed member leaves `due`.
        What a round owes goes as soon as all of it is written.
        """
        refused: set[str] = set()
        lanes = {debt.lane for plan in plans for debt in plan.debts}
        for start in range(0, max(len(plans), 1), CHUNK):
            chunk = Chunk(instance, self._terms())
            for plan in plans[start : start + CHUNK]:
                chunk.add(plan)
            if start + CHUNK >= len(plans):
                chunk.close(record, round, claim, next_at)
                if round is not None and not refused:
                    chunk.hasten(lanes)
            refused.update(word(subject) for subject in self._link.run("seat_commit", chunk.keys(), chunk.args()))
        return frozenset(refused)

    def round(self, instance: str) -> Round | None:
        """The last look at an instance, summed up."""
        held = self._link.hash(keys.round_of(instance))
        if not held:
            return None
        figures = {name: int(held[name]) for name in ("watched", "fine", "bad", "no_figures")}
        later = {name: int(held[name]) for name in ("calls", "period_s") if name in held}
        return Round(**figures, **later, at=moment(int(held["at"])), urgent=held.get("urgent") == b"1")

    def _terms(self) -> Terms:
        now_ms = self._clock.now_ms()
        return Terms(now_ms, now_ms + self._clock.real(LANE_DELAY_S), *self._keep, has_room=not self._room.is_tight())


def _seats(found: Mapping[str, bytes]) -> dict[str, tuple[str, Seat]]:
    return {
        subject: (_version(blob), decode(Seat, blob[_VERSION_LENGTH:]))
        for subject, blob in found.items()
        if subject not in (MEETING, ROSTER)
    }


def _record(blob: bytes | None) -> tuple[str, MeetingRecord]:
    return ("", MeetingRecord()) if blob is None else (_version(blob), decode(MeetingRecord, blob[_VERSION_LENGTH:]))


def _roster(blob: bytes | None) -> tuple[str, Roster]:
    return ("", Roster()) if blob is None else (_version(blob), decode(Roster, blob[_VERSION_LENGTH:]))


def _version(blob: bytes) -> str:
    return blob[:_VERSION_LENGTH].decode()
