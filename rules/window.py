"""Rings: the last minutes of one rule for one seat, moved by whole minutes so that a hole stays a hole.

Marks of one minute only ever add up, so the rows of a seat's several sessions may come in any order: a minute is
bad when any row was bad, clear when some row was clear and none was not, idle when every row was idle. Beside them a
ring keeps what was judged after each minute, so that a late row is judged from its own minute on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from rules.expression import compile_rule_text
from rules.model import Outcome, Ring, Rule, Sample, Severity, Span

WIDTH = 60
_ALL = (1 << WIDTH) - 1

_WORST_FIRST: tuple[Outcome, ...] = ("bad", "fine", "unknown", "idle")

Clear = Literal["clear", "unclear", "unknown"]


@dataclass(frozen=True, slots=True)
class Marks:
    """What one row says of one rule."""

    warning: Outcome | None
    critical: Outcome | None
    clear: Clear

    @property
    def outcome(self) -> Outcome:
        """The worst that a level says, as it is counted."""
        told = (self.warning, self.critical)
        return next((outcome for outcome in _WORST_FIRST if outcome in told), "unknown")

    @property
    def idle(self) -> bool:
        """Nothing is being sent on any stream that the levels name."""
        told = [level for level in (self.warning, self.critical) if level is not None]
        return bool(told) and all(level == "idle" for level in told)


def read(rule: Rule, sample: Sample) -> Marks:
    """Judge one row by one rule."""
    warning = compile_rule_text(rule.warning).outcome(sample) if rule.warning else None
    critical = compile_rule_text(rule.critical).outcome(sample) if rule.critical else None
    return Marks(warning, critical, _clear(rule, sample, warning, critical))


def _clear(rule: Rule, sample: Sample, *levels: Outcome | None) -> Clear:
    if rule.clear:
        holds = compile_rule_text(rule.clear).holds(sample)
        return "unknown" if holds is None else "clear" if holds else "unclear"
    told = [level for level in levels if level is not None]
    if "bad" in told:
        return "unclear"
    return "clear" if told and all(level == "fine" for level in told) else "unknown"


def empty(revision: int, standing: Severity | None = None) -> Ring:
    """A ring without minutes; a breach that stands has always stood, as far as it knows."""
    return Ring(revision, warned=_ALL * (standing == "warning"), raised=_ALL * (standing == "critical"))


def aged(ring: Ring, minutes: int) -> Ring:
    """The ring `minutes` later; the minutes between hold nothing, and what stood goes on standing."""
    if minutes <= 0:
        return ring
    if minutes >= WIDTH:
        return empty(ring.revision, stood(ring, 0))
    between = (1 << minutes) - 1
    return Ring(
        ring.revision,
        warning_bad=(ring.warning_bad << minutes) & _ALL,
        critical_bad=(ring.critical_bad << minutes) & _ALL,
        clear=(ring.clear << minutes) & _ALL,
        unclear=(ring.unclear << minutes) & _ALL,
        idle=(ring.idle << minutes) & _ALL,
        warned=(ring.warned << minutes) & _ALL | between * (ring.warned & 1),
        raised=(ring.raised << minutes) & _ALL | between * (ring.raised & 1),
        over=(ring.over << minutes) & _ALL,
        cut=(ring.cut << minutes) & _ALL,
    )


def is_judged(ring: Ring, ago: int) -> bool:
    """Whether a row of that minute still counts: it is not older than the ring, nor than what cut a breach off."""
    return 0 <= ago < WIDTH - 1 and not ring.cut & ((1 << (ago + 1)) - 1)


def marked(ring: Ring, ago: int, marks: Iterable[Marks]) -> Ring:
    """Add what rows say of the minute `ago` minutes before the newest."""
    if not is_judged(ring, ago):
        return ring
    bit = 1 << ago
    warning, critical, clear = ring.warning_bad, ring.critical_bad, ring.clear
    unclear, idle = ring.unclear, ring.idle
    for mark in marks:
        warning |= bit * (mark.warning == "bad")
        critical |= bit * (mark.critical == "bad")
        clear |= bit * (mark.clear == "clear" and not mark.idle)
        unclear |= bit * (mark.clear == "unclear" and not mark.idle)
        idle |= bit * mark.idle
    stands = (ring.warned, ring.raised, ring.over, ring.cut)
    return Ring(ring.revision, warning, critical, clear, unclear, idle, *stands)  # replace() takes twice as long


def stood(ring: Ring, ago: int) -> Severity | None:
    """How the breach stood after that minute."""
    return "critical" if ring.raised >> ago & 1 else "warning" if ring.warned >> ago & 1 else None


def judged(ring: Ring, ago: int, standing: Severity | None, *, ended: bool) -> Ring:
    """The ring with what came of that minute; what came of later ones is open again."""
    later = ~((1 << (ago + 1)) - 1)
    bit = 1 << ago
    warned = ring.warned & later | bit * (standing == "warning")
    raised = ring.raised & later | bit * (standing == "critical")
    over = ring.over & later | bit * ended
    if (warned, raised, over) == (ring.warned, ring.raised, ring.over):
        return ring
    return replace(ring, warned=warned, raised=raised, over=over)


def cut(ring: Ring) -> Ring:
    """The ring of a breach that time, a departure or the meeting's end has ended: nothing up to now counts."""
    return Ring(ring.revision, cut=1)


def as_of(ring: Ring, ago: int) -> Ring:
    """The ring as it was at that minute, without what an earlier end has spent."""
    ends = (ring.over | ring.cut) >> ago
    if not (ago or ends):
        return ring
    keep = _unspent(ends)
    return Ring(
        ring.revision,
        warning_bad=ring.warning_bad >> ago & keep,
        critical_bad=ring.critical_bad >> ago & keep,
        clear=ring.clear >> ago & keep,
        unclear=ring.unclear >> ago & keep,
        idle=ring.idle >> ago & keep,
    )


def _unspent(ends: int) -> int:
    """The minutes after the last end."""
    return (ends & -ends) - 1 if ends else _ALL


def level(ring: Ring, rule: Rule) -> Severity | None:
    """The severest level that the last minutes reach."""
    if rule.critical and count(ring.critical_bad, rule.critical_for) >= rule.critical_for.need:
        return "critical"
    if rule.warning and count(bad(ring), rule.warning_for) >= rule.warning_for.need:
        return "warning"
    return None


def is_clear(ring: Ring, rule: Rule) -> bool:
    """Enough of the last minutes were clear, the newest among them."""
    clear = clear_minutes(ring)
    return bool(clear & 1) and count(clear, rule.clear_for) >= rule.clear_for.need


def is_below_critical(ring: Ring, rule: Rule) -> bool:
    """For as long as it takes to clear, minutes with figures were not critical."""
    known = (bad(ring) | ring.clear | ring.unclear) & ~ring.critical_bad
    return bool(known & 1) and count(known, rule.clear_for) >= rule.clear_for.need


def is_idle(ring: Ring) -> bool:
    """The newest minute has rows, and in all of them nothing was being sent."""
    return bool(ring.idle & ~(bad(ring) | ring.clear | ring.unclear) & 1)


def is_known(ring: Ring) -> bool:
    """The newest minute has a row that says something."""
    return bool((bad(ring) | ring.clear | ring.unclear) & 1)


def has_row(ring: Ring) -> bool:
    """The newest minute has a row that says something, if only that nothing was sent."""
    return is_known(ring) or bool(ring.idle & 1)


def idle_for(ring: Ring) -> int | None:
    """How many minutes ago the silence began that still lasts; None when figures came last, or nothing at all."""
    known = bad(ring) | ring.clear | ring.unclear
    silent = ring.idle & (known & -known) - 1 if known else ring.idle
    return silent.bit_length() - 1 if silent else None


def bad(ring: Ring) -> int:
    """The minutes that were bad at any level, and are not spent."""
    return (ring.warning_bad | ring.critical_bad) & _unspent(ring.over | ring.cut)


def clear_minutes(ring: Ring) -> int:
    """The minutes that were clear and nothing else."""
    return ring.clear & ~ring.unclear & ~(ring.warning_bad | ring.critical_bad) & _unspent(ring.over | ring.cut)


def count(mask: int, span: Span) -> int:
    """How many of the last `span.of` minutes are marked."""
    return (mask & ((1 << span.of) - 1)).bit_count()


def first(mask: int, span: Span) -> int:
    """How many minutes ago the earliest marked minute of the span was."""
    return max(0, (mask & ((1 << span.of) - 1)).bit_length() - 1)


def run(mask: int) -> int:
    """How many minutes in a row, up to the newest, are marked."""
    return (~mask & (mask + 1)).bit_length() - 1
