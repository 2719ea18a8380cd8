"""Figures that come in pieces (QSS) become samples: one session's minute, folded by the worst value of each metric.

Folding the same piece twice changes nothing, and pieces may come in any order. A minute is complete when something
of a later one came for that session, or 75 seconds after it began.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rules.intake import AHEAD
from rules.metrics import METRICS
from rules.model import Sample, minute_of, moment_of

COMPLETE = timedelta(seconds=75)
MOST_MINUTES = 90  #: of one session, in pieces: an outage of Zoom's, told afterwards
_LESS_IS_WORSE = frozenset({"kbps", "fps", "p", "dBm"})


@dataclass(frozen=True, slots=True)
class Fed:
    """What events have told of one session's figures and is not decided yet."""

    at: datetime | None = None  #: how fresh its newest figures are
    done: int = 0  #: the newest minute that was decided: what comes of it now comes late
    pieces: Mapping[int, Sample] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)  #: device, network_type, …
    spoiled: int = 0


def less_is_worse(metric: str) -> bool:
    """Whether a lower figure is the worse one: bit rate, frames, size of picture, signal, score; not loss or delay."""
    return METRICS[metric].unit in _LESS_IS_WORSE or metric.endswith(".mos")


def folded(one: Sample, other: Sample) -> Sample:
    """Two tellings of one minute as one. A stream is blank when nobody told a figure of it."""
    values = dict(one.values)
    for name, value in other.values.items():
        worst = min if less_is_worse(name) else max
        values[name] = worst(values.get(name, value), value)
    told = {name.partition(".")[0] for name in values}
    return replace(one, values=values, blank=(one.blank | other.blank) - told)


def fed(before: Fed, samples: Iterable[Sample], came_at: datetime) -> tuple[Fed, Counter[str]]:
    """With what one event told; counted are the pieces that came too late, or of a minute ahead of our clock."""
    pieces, counts, at = dict(before.pieces), Counter[str](), before.at
    for sample in samples:
        if sample.minute > minute_of(came_at + AHEAD):
            counts["future"] += 1
            continue
        fresh_at = min(came_at, moment_of(sample.minute + 1))
        at = max(at, fresh_at) if at else fresh_at
        if sample.minute <= before.done:
            counts["late"] += 1
            continue
        pieces[sample.minute] = folded(pieces.get(sample.minute, sample), sample)
    return replace(before, at=at, pieces=dict(sorted(pieces.items())[-MOST_MINUTES:])), counts


def complete(session: Fed, now: datetime) -> tuple[Sample, ...]:
    """The minutes that nothing more is awaited of, oldest first."""
    newest = max(session.pieces, default=0)
    return tuple(
        sample
        for minute, sample in sorted(session.pieces.items())
        if minute < newest or now >= moment_of(minute) + COMPLETE
    )


def complete_at(session: Fed) -> datetime | None:
    """When the next minute of it is complete; in the past where one is already. None: no minute is open."""
    if not session.pieces:
        return None
    first = min(session.pieces)
    return moment_of(first) if len(session.pieces) > 1 else moment_of(first) + COMPLETE


def without(session: Fed, decided: Iterable[Sample]) -> Fed:
    """After these minutes were decided: they are done, and so is what was told beside them."""
    minutes = {sample.minute for sample in decided}
    left = {minute: sample for minute, sample in session.pieces.items() if minute not in minutes}
    return replace(session, done=max([session.done, *minutes]), pieces=left, facts={}, spoiled=0)
