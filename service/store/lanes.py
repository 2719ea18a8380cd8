"""Lanes: ordered conversations that owe news. One sender at a time holds a lane, one lane at a time a channel.

A turn is claimed, begun (its id and set written down), posted, recorded. A post whose fate is unknown leaves
its set in the lane, so that the very same goes again before anything newer.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rules.gate import Gate
from rules.model import Debt, Note
from service.store import keys
from service.store.clock import Clock, ms
from service.store.codec import decode_maybe, encode
from service.store.commit import debt_json
from service.store.deliveries import ATTEMPTS_MAX, SWEEP_GRACE_S, Attempt, Deliveries
from service.store.leases import Claim, Leases
from service.store.link import Link
from service.store.turns import Pairs, turn_of
from service.store.turns import Sending as Sending
from service.store.turns import Turn as Turn

SPACING_S = 1.0  #: real seconds between two posts of one channel: what Slack asks of a webhook
ANSWER_MAX = 1000
NONE: Mapping[str, int] = {}
_LANE_LIFE_MS = 7 * 86_400_000
_NOTE_LIFE_S = 3 * 86_400
_LOOKED_AT_MAX = 500


class Lanes(Deliveries):
    """Every conversation that owes something, its channel's gate, and the record of its posts."""

    def __init__(self, link: Link, clock: Clock, keep_s: int) -> None:
        super().__init__(link, clock, keep_s)
        self._keep_ms = (keep_s + SWEEP_GRACE_S) * 1000
        self._leases = Leases(link, clock, keys.lanes())

    def owe(self, debt: Debt, note: Note, *, alone: bool = True) -> str:
        """A note is owed: note, debt and delivery in one. Answers the delivery's id, known before it is sent.

        Not `alone`: it may be told together with others, so its delivery is made with the post; answers "".
        """
        id = keys.delivery_id(debt.lane, [(debt.subject, debt.seq)]) if alone else ""
        self._link.run(
            "lane_owe",
            (*_SETS, keys.note(note.id), *_of_delivery(id, debt.channel)),
            (
                *(self._clock.now_ms(), json.dumps(debt_json(debt)), encode(note), _NOTE_LIFE_S),
                *(id, json.dumps([debt.subject]), self._keep_ms),
            ),
        )
        return id

    def note(self, id: str) -> Note | None:
        """A note that is owed or was told lately."""
        return decode_maybe(Note, self._link.get(keys.note(id)))

    def claim(self, n: int, lease_s: float, among: Iterable[str] | None = None) -> list[Turn]:
        """Up to `n` lanes that may post now: one a channel, gate open, a second after its last post.

        `among`: of these channels only.
        """
        channels = None if among is None else tuple(among)
        if channels == ():
            return []
        now_ms = self._clock.now_ms()
        turns = self._link.run(
            "lane_claim",
            (*_SETS, keys.fence(keys.lanes())),
            (
                *(now_ms, n, now_ms + self._clock.real(lease_s), self._clock.real(SPACING_S)),
                *(keys.lane(), keys.owed(), keys.told(), keys.gate(), _LOOKED_AT_MAX),
                *(channels or ()),
            ),
        )
        return [turn_of(*turn) for turn in turns]

    def renew(self, turn: Turn, lease_s: float) -> bool:
        """Hold on to a turn. False: somebody else has it by now, do not post."""
        return self._leases.renew(Claim(turn.lane, turn.token), lease_s)

    def begin(self, turn: Turn, delivery_id: str, pairs: Pairs) -> bool:
        """Write down what is about to be posted. False: somebody else has the lane, do not post."""
        sending, subjects = {"id": delivery_id, "pairs": pairs}, [subject for subject, _ in pairs]
        went = self._link.run(
            "lane_begin",
            (keys.claims(keys.lanes()), keys.lane(turn.lane), *_of_delivery(delivery_id, turn.channel)),
            (
                *(self._clock.now_ms(), turn.lane, turn.token, delivery_id, json.dumps(sending)),
                *(turn.channel, json.dumps(subjects), self._keep_ms, keys.delivery()),
            ),
        )
        return bool(went)

    def record(
        self,
        turn: Turn,
        attempt: Attempt,
        *,
        gate: Gate,
        lane_not_before: datetime | None = None,
        posts: int | None = None,
        spacing_s: float = SPACING_S,
        counts: Mapping[str, int] = NONE,
    ) -> bool:
        """What came of the post, the channel's gate and distance after it, and when this lane may speak again.

        `posts`: the post is the how-manieth in a row; None: it is no alert's, or was not accepted. `counts`: what
        /metrics shows of it.
        False: the token is stale, or nothing was begun; nothing is written.
        """
        kept, composed_of = encode(_shortened(attempt)), {} if turn.sending else turn.owed
        written = self._link.run(
            "lane_record",
            (*_SETS, *_of_lane(turn), keys.gate(turn.channel), keys.deliveries("dead"), keys.counters()),
            (
                *(self._clock.now_ms(), turn.lane, turn.token, attempt.outcome, kept, ATTEMPTS_MAX),
                *(_ms_or_blank(gate.not_before), encode(gate), _ms_or_blank(lane_not_before)),
                *(keys.delivery(), self._keep_ms, _LANE_LIFE_MS, turn.channel, keys.lane()),
                *("" if posts is None else posts, json.dumps(composed_of)),
                *(self._clock.real(spacing_s), self._clock.real(SPACING_S)),
                *(part for pair in counts.items() for part in pair),
            ),
        )
        return bool(written)

    def pass_over(self, turn: Turn, delivery_id: str) -> bool:
        """The destination has nothing to say of what was begun: it counts as told. False: the token is stale."""
        id, everything, its = _of_delivery(delivery_id, turn.channel)
        went = self._link.run(
            "lane_pass",
            (*_SETS, *_of_lane(turn), keys.gate(turn.channel), id, everything, its, keys.deliveries("dead")),
            (self._clock.now_ms(), turn.lane, turn.token, delivery_id, _LANE_LIFE_MS, turn.channel, keys.lane()),
        )
        return bool(went)

    def put_off(self, turn: Turn, until: datetime) -> bool:
        """End a turn whose news can wait; what comes to be owed meanwhile brings it forward. False: it is stale."""
        went = self._link.run(
            "lane_put_off",
            (*_SETS, keys.lane(turn.lane), keys.gate(turn.channel)),
            (self._clock.now_ms(), turn.lane, turn.token, ms(until), turn.channel, keys.lane()),
        )
        return bool(went)

    def drop(self, turn: Turn, subjects: Iterable[str]) -> bool:
        """Forget debts that no longer stand, unless they have grown since the turn was claimed.

        The turn goes on while something is owed, and ends when nothing is.
        """
        pairs = [(subject, turn.owed.get(subject, 0)) for subject in subjects]
        parts = [part for pair in pairs for part in (*pair, keys.delivery_id(turn.lane, [pair]))]
        return self._release(turn, "drop", parts)

    def release(self, turn: Turn) -> bool:
        """End a turn without a post; the lane stays due while it owes something."""
        return self._release(turn, "release", ())

    def redeliver(self, id: str) -> bool:
        """Owe a dead delivery again, under its own id. False: it is not dead, or its lane must repeat another first."""
        found = self.delivery(id)
        if found is None:
            return False
        went = self._link.run(
            "lane_redeliver",
            (*_SETS, keys.lane(found.lane), keys.delivery(id), keys.deliveries("dead")),
            (self._clock.now_ms(), found.lane, id, found.channel),
        )
        return bool(went)

    def first_due(self) -> datetime | None:
        """When the next lane is due."""
        first = self._leases.first()
        return first[1] if first else None

    def overdue(self, by_s: float) -> int:
        """How many lanes have been free to speak for more than `by_s` real seconds."""
        return self._leases.overdue(self._clock.real(by_s) / 1000)

    def owing(self, channel: str) -> frozenset[str]:
        """The alerts and notes that a channel has not accepted yet."""
        lanes = (lane for lane in self._leases.members() if lane.startswith(f"{channel}:"))
        return frozenset(subject for lane in lanes for subject in self._link.hash(keys.owed(lane)))

    def gate(self, channel: str) -> Gate:
        """What a channel's answers have taught us."""
        return decode_maybe(Gate, self._link.field(keys.gate(channel), "gate")) or Gate()

    def gates(self, channels: Sequence[str]) -> dict[str, Gate]:
        """The same of several, in one question."""
        blobs = self._link.together([("HGET", keys.gate(channel), "gate") for channel in channels]) if channels else []
        return {id: decode_maybe(Gate, blob) or Gate() for id, blob in zip(channels, blobs, strict=True)}

    def reset_gate(self, channel: str) -> None:
        """A channel was set anew: its lanes may try at once."""
        self._link.run("gate_reset", (keys.gate(channel), *_SETS), (self._clock.now_ms(), channel, keys.lane()))

    def _release(self, turn: Turn, verb: str, dropped: Sequence[str | int]) -> bool:
        args = (self._clock.now_ms(), turn.lane, turn.token, verb, _LANE_LIFE_MS, keys.delivery(), *dropped)
        return bool(self._link.run("lane_release", (*_SETS, *_of_lane(turn), keys.deliveries("dead")), args))


_SETS = (keys.lanes(), keys.claims(keys.lanes()))


def _of_delivery(id: str, channel: str) -> tuple[str, str, str]:
    return keys.delivery(id), keys.deliveries(), keys.deliveries(f"channel:{channel}")


def _of_lane(turn: Turn) -> tuple[str, str, str]:
    return keys.lane(turn.lane), keys.owed(turn.lane), keys.told(turn.lane)


def _shortened(attempt: Attempt) -> Attempt:
    answer = attempt.answer.encode()[:ANSWER_MAX].decode(errors="ignore")
    return Attempt(attempt.at, attempt.status, attempt.latency_ms, answer, attempt.outcome)


def _ms_or_blank(at: datetime | None) -> int | str:
    return "" if at is None else ms(at)
