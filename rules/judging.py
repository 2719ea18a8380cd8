"""One rule over the minutes of one seat. A row that comes late is judged as if it had come in time.

The sessions of a seat bring their rows each in its own pace. Whatever comes late may change what was judged of all
minutes since, so these are judged anew: what stands at the end is the same in whichever order rows came.
"""

from collections.abc import Iterable
from dataclasses import replace

from rules import breaches, window
from rules.model import Breach, Ring, Rule, Sample


def judged(
    known: Breach | None, ring: Ring, rule: Rule, newest: int, minute: int, rows: Iterable[Sample], *, first: bool
) -> tuple[Breach | None, Ring]:
    """The breach after the newest minute, with all minutes from `minute` on judged anew, and the ring that tells so.

    `known` is the rule's breach in the alert, standing or over; None comes back where nothing is to be told.
    `first`: the minute is newer than all that were judged.
    """
    standing = known if known and known.ending is None else None
    if first and standing is None and window.is_calm(ring):
        return None, ring
    rows, ago = tuple(rows), newest - minute
    if standing and standing.no_figures:
        return breaches.judged(standing, ring, rule, newest, rows), window.judged(ring, 0, None, ended=True)
    if not window.is_judged(ring, ago):
        return standing, ring
    breach, last = standing, None
    if not first:
        breach = _as_it_stood(known, ring, rule, newest, ago + 1)
        ring = window.judged(ring, ago, None, ended=False)
    for back in range(ago, -1, -1):
        then = window.as_of(ring, back)
        if back == ago or window.has_row(then):
            breach = breaches.judged(breach, then, rule, newest - back, rows if back == ago else ())
        ended = breach if breach and breach.ending else None
        breach, last = _standing(breach), ended or last
        ring = window.judged(ring, back, breach.severity if breach else None, ended=ended is not None)
    return breach or (last or standing if standing else None), ring


def _standing(breach: Breach | None) -> Breach | None:
    return breach if breach and breach.ending is None else None


def _as_it_stood(known: Breach | None, ring: Ring, rule: Rule, newest: int, ago: int) -> Breach | None:
    """The breach after an earlier minute, as far as the ring and what we still hold of it tell."""
    severity = window.stood(ring, ago)
    if severity is None:
        return None
    breach = known or breaches.stood(rule, severity, newest - ago)
    breach = replace(breach, severity=severity, ending=None, ended_minute=None)
    if breach.hold not in (None, "idle"):
        return breach
    silence = window.idle_for(window.as_of(ring, ago))
    if silence is None:
        return replace(breach, hold=None)
    return replace(breach, hold="idle", hold_minute=newest - ago - silence)
