"""Rows kept for people (sparklines, history), never read to decide: one small packed field a minute.

    packed := version(1 byte) blank streams(1 byte, a bit each) n(1 byte) presence(n bytes, a bit a metric)
              half floats, one for each metric that is there, in the order of the catalogue

A half float keeps three digits, which is more than people read. Metrics are only ever added at the end of
the catalogue, so older rows stay readable; `mos` is computed and not kept.
"""

import struct
from collections.abc import Sequence

from rules.metrics import CATALOGUE, STREAMS
from rules.model import Sample
from service.store import keys
from service.store.errors import StoreError
from service.store.link import Entries, Link

Session = tuple[str, str]  #: instance, session

_VERSION = 1
_NAMES = tuple(CATALOGUE)
_BITS = tuple((1 << place, name) for place, name in enumerate(_NAMES))
_PRESENCE_BYTES = (len(_NAMES) + 7) // 8
_HALF_MAX = 65504.0  # the greatest half float: a bitrate above 65 Mbps is kept as that
_HEAD = 3


def packed(sample: Sample) -> bytes:
    """A row as it is kept."""
    blank = sum(1 << place for place, stream in enumerate(STREAMS) if stream in sample.blank)
    presence, told = 0, list[float]()
    for bit, name in _BITS:
        value = sample.values.get(name)
        if value is not None:
            presence |= bit
            told.append(value)
    return bytes((_VERSION, blank, _PRESENCE_BYTES)) + presence.to_bytes(_PRESENCE_BYTES, "little") + _halves(told)


def _halves(told: list[float]) -> bytes:
    try:
        return struct.pack(f"<{len(told)}e", *told)
    except OverflowError:  # rare enough to look at each only then
        return struct.pack(f"<{len(told)}e", *(max(-_HALF_MAX, min(_HALF_MAX, value)) for value in told))


def unpacked(blob: bytes, session: str, minute: int) -> Sample:
    """The row again. Raises StoreError when a newer qoswatch packed it."""
    if not blob or blob[0] != _VERSION:
        raise StoreError(f"a stored sample has version {blob[:1].hex()!r}: it was written by a newer qoswatch")
    start = _HEAD + blob[2]
    presence = int.from_bytes(blob[_HEAD:start], "little")
    present = [place for place in range(presence.bit_length()) if presence >> place & 1]
    halves = struct.unpack(f"<{len(present)}e", blob[start:])
    values = {_NAMES[place]: half for place, half in zip(present, halves, strict=True) if place < len(_NAMES)}
    return Sample(session, minute, values, frozenset(s for place, s in enumerate(STREAMS) if blob[1] >> place & 1))


class Samples:
    """The kept rows of every session; written by the commit."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def recent(self, instance: str, session: str, n: int) -> tuple[Sample, ...]:
        """The last `n` rows of a session, oldest first."""
        return self.of_many([(instance, session)], n)[instance, session]

    def of_many(self, sessions: Sequence[Session], n: int) -> dict[Session, tuple[Sample, ...]]:
        """The last `n` rows of each of several sessions (instance, session), oldest first."""
        found = self._link.newest_entries([keys.samples(*each) for each in sessions], n)
        return {each: _rows(each[1], entries) for each, entries in zip(sessions, found, strict=True)}


def _rows(session: str, entries: Entries) -> tuple[Sample, ...]:
    rows = (unpacked(fields[b"s"], session, int(entry.split("-")[0]) // 60_000) for entry, fields in entries)
    return tuple(reversed(list(rows)))
