"""Rings: the last minutes of one rule for one seat, moved by whole minutes so that a hole stays a hole.

Marks of one minute only ever add up, so the rows of a seat's several sessions may come in any order: a minute is
bad when any row was bad, clear when some row was clear and none was not, idle when every row was idle. Beside them a
ring keeps what was judged after each minute, so that a late row is judged from its own minute on.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rules.expression import compile_rule_text
from rules.model import Outcome, Ring, Rule, Sample, Severity, Span

WIDTH = 60
_ALL = (1 << WIDTH) - 1

_WORST_FIRST: tuple[Outcome, ...] = ("bad", "fine", "unknown", "idle")


@dataclass(frozen=True, slots=True)
class Marks:
    """What one row says of one rule: the worst that a level says, as it is counted, and what a ring keeps of it."""

    counted: str  #: "outcomes:bad"
    warning_bad: int
    critical_bad: int
    clear: int
    unclear: int
    idle: int  #: nothing is being sent on any stream that the levels name


def read(rule: Rule, sample: Sample) -> Marks:
    """Judge one row by one rule."""
    return _reader(rule.warning, rule.critical, rule.clear)(sample)


@lru_cache(maxsize=4096)
def _reader(warning: str | None, critical: str | None, clear: str | None) -> Callable[[Sample], Marks]:
    """A rule's levels as one function: looked up once a row, not each of them."""
    warns = compile_rule_text(warning).outcome if warning else None
    alarms = compile_rule_text(critical).outcome if critical else None
    holds = compile_rule_text(clear).holds if clear else None
    return lambda sample: _marks(
        warns(sample) if warns else None,
        alarms(sample) if alarms else None,
        holds(sample) if holds else None,
        holds is not None,
    )


@cache  # there are a hundred at most
def _marks(warning: Outcome | None, critical: Outcome | None, clears: bool | None, has_clear: bool) -> Marks:
    """What the levels say, and what the clear level says; without one, it is clear where all levels are fine."""
    told = [level for level in (warning, critical) if level is not None]
    idle = bool(told) and all(level == "idle" for level in told)
    if not has_clear:
        clears = False if "bad" in told else True if told and all(level == "fine" for level in told) else None
    return Marks(
        f"outcomes:{next((outcome for outcome in _WORST_FIRST if outcome in told), 'unknown')}",
        warning == "bad",
        critical == "bad",
        clears is True and not idle,
        clears is False and not idle,
        idle,
    )


def empty(revision: int, standing: Severity | None = None) -> Ring:
    """A ring without minutes; a breach that stands has always stood, as far as it knows."""
    return Ring(revision, warned=_ALL * (standing == "warning"), raised=_ALL * (standing == "critical"))


def moved(ring: Ring, minutes: int, ago: int, marks: Iterable[Marks]) -> Ring:
    """The ring `minutes` later, with what rows say of the minute `ago` minutes before the newest.

    The minutes between hold nothing, and what stood goes on standing.
    """
    if minutes >= WIDTH:
        ring, minutes = empty(ring.revision, stood(ring, 0)), 0
    elif not (minutes or is_judged(ring, ago)):
        return ring
    bit, between = 1 << ago, (1 << minutes) - 1
    warning, critical = ring.warning_bad << minutes, ring.critical_bad << minutes
    clear, unclear, idle = ring.clear << minutes, ring.unclear << minutes, ring.idle << minutes
    for mark in marks:
        warning |= bit * mark.warning_bad
        critical |= bit * mark.critical_bad
        clear |= bit * mark.clear
        unclear |= bit * mark.unclear
        idle |= bit * mark.idle
    return Ring(  # replace() takes twice as long
        ring.revision,
        warning & _ALL,
        critical & _ALL,
        clear & _ALL,
        unclear & _ALL,
        idle & _ALL,
        (ring.warned << minutes) & _ALL | between * (ring.warned & 1),
        (ring.raised << minutes) & _ALL | between * (ring.raised & 1),
        (ring.over << minutes) & _ALL,
        (ring.cut << minutes) & _ALL,
    )


def is_calm(ring: Ring) -> bool:
    """No minute of it was bad and nothing stood in any: there is nothing to judge."""
    return not (ring.warning_bad or ring.critical_bad or ring.warned or ring.raised or ring.over)


def is_judged(ring: Ring, ago: int) -> bool:
    """Whether a row of that minute still counts: it is not older than the ring, nor than what cut a breach off."""
    return 0 <= ago < WIDTH - 1 and not ring.cut & ((1 << (ago + 1)) - 1)


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
