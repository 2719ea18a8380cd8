"""The right to post in a lane, as lane_claim.lua hands it out, and what the lane remembers of its posts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rules.gate import Gate
from service.store.clock import moment
from service.store.codec import decode_maybe
from service.store.link import word

Pairs = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """A post that went out, or was about to, and what it tells: (subject, seq) each."""

    id: str
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to post in a lane once. `sending`: this very set must go first, its fate is unknown."""

    lane: str
    channel: str
    subject: str  #: what the lane talks about: an instance, an alert, "service"
    token: str
    owed: Mapping[str, int]
    told: Mapping[str, int]
    sending: Sending | None
    attempt: int  #: posts begun since something was last accepted or given up
    posts: int = 0  #: alert posts that it has made in a row
    last_at: datetime | None = None  #: when the last of those was accepted
    put_off: datetime | None = None  #: until when its news could wait, where it was put off since
    gate: Gate = field(default_factory=Gate)  #: of its channel, which posts in no other lane meanwhile


def turn_of(
    lane: bytes,
    channel: bytes,
    token: bytes,
    attempt: bytes,
    sending: bytes,
    owed: list[Any],
    told: list[Any],
    *memory: bytes,
) -> Turn:
    """One of the script's answers."""
    name, to = word(lane), word(channel)
    posts, last_at, put_off, gate = memory
    return Turn(
        lane=name,
        channel=to,
        subject=name.removeprefix(f"{to}:"),
        token=word(token),
        owed=_seqs(owed),
        told=_seqs(told),
        sending=_sending(json.loads(sending)) if sending else None,
        attempt=int(attempt),
        posts=int(posts),
        last_at=_moment_or_none(last_at),
        put_off=_moment_or_none(put_off),
        gate=decode_maybe(Gate, gate or None) or Gate(),
    )


def _sending(raw: Mapping[str, Any]) -> Sending:
    return Sending(raw["id"], tuple((subject, int(seq)) for subject, seq in raw["pairs"]))


def _seqs(flat: Sequence[Any]) -> dict[str, int]:
    return {word(subject): int(seq) for subject, seq in zip(flat[::2], flat[1::2], strict=True)}


def _moment_or_none(raw: bytes) -> datetime | None:
    return moment(int(raw)) if raw else None
