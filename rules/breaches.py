"""One rule on one seat, minute by minute: when it breaks, worsens, holds and ends.

A breach is pending while its ring fills, bad from its firing on, recovering while clear minutes gather, and over
with its ending. Everything but `no_data`, departures and edits is decided by minutes alone, so it does not matter
how often or how late we looked.
"""

from collections.abc import Iterable
from dataclasses import replace

from rules import window
from rules.english import exact
from rules.expression import Term, compile_rule_text, value, words
from rules.model import DROPPED, Breach, Ending, Hold, Peak, Ring, Rule, Sample, Severity, Span
from rules.words import quantity

IDLE_CLEAR = 5  #: minutes of silence after which a breach ends as "stopped sending"


def judged(breach: Breach | None, ring: Ring, rule: Rule, minute: int, rows: Iterable[Sample]) -> Breach | None:
    """The breach as it stands after the newest minute; None where there is none."""
    rows = tuple(rows)
    if breach is None:
        return _opened(ring, rule, minute, rows)
    if breach.no_figures:
        return ended(breach, "figures_back", minute)
    return _moved(_measured(breach, minute, rows), ring, rule, minute, rows)


def ended(breach: Breach, ending: Ending, minute: int) -> Breach:
    """The breach, over."""
    return replace(breach, ending=ending, ended_minute=minute, hold=None)


def held(breach: Breach, hold: Hold, minute: int) -> Breach:
    """The breach, on hold since a minute; a hold that stands is not replaced."""
    return breach if breach.hold else replace(breach, hold=hold, hold_minute=minute)


def away(breach: Breach, minute: int) -> Breach:
    """The breach of somebody who left: whatever else it was waiting for, it now waits for them."""
    return breach if breach.hold == "away" else replace(breach, hold="away", hold_minute=minute)


def without_figures(rule: Rule, minute: int) -> Breach:
    """The breach that `no_data: alert` opens: nothing comes at all."""
    return Breach(
        rule.id,
        rule.revision,
        "warning",
        since_minute=minute,
        fired_minute=minute,
        because=f"no figures for {rule.no_data_for_s // 60} minutes",
        operand="",
        no_figures=True,
        says="no figures of {who}",
        hint=rule.hint,
        runbook_url=rule.runbook_url,
    )


def edited(breach: Breach, rule: Rule, minute: int) -> Breach:
    """The breach under a new revision of its rule: judged by the new text, lowered or ended where a level went."""
    if breach.revision == rule.revision:
        return breach
    if rule.id == DROPPED:
        return replace(breach, revision=rule.revision, says=rule.says, hint=rule.hint, runbook_url=rule.runbook_url)
    lost = breach.severity if getattr(rule, breach.severity) is None else None
    breach = replace(breach, revision=rule.revision, says=rule.says, hint=rule.hint, runbook_url=rule.runbook_url)
    if breach.no_figures:
        return breach if rule.no_data == "alert" else ended(breach, "rule_changed", minute)
    if lost is None:
        return breach
    if lost == "critical" and rule.warning:
        return replace(breach, severity="warning", because=f"rule {rule.id} no longer has a critical level")
    return ended(breach, "rule_changed", minute)


def _opened(ring: Ring, rule: Rule, minute: int, rows: tuple[Sample, ...]) -> Breach | None:
    severity = window.level(ring, rule)
    if severity is None:
        return None
    mask, span = _mask(ring, rule, severity)
    term = _culprit(rule, severity, rows) or _first_term(rule, severity)
    measured = _measured(_fresh(rule, severity, minute - window.first(mask, span), minute, term), minute, rows)
    return replace(measured, because=_because(measured, ring, rule))


def stood(rule: Rule, severity: Severity, minute: int) -> Breach:
    """A breach of which nothing more is known than how it stood at a minute."""
    return _fresh(rule, severity, minute, minute, _first_term(rule, severity))


def _fresh(rule: Rule, severity: Severity, since_minute: int, minute: int, term: Term) -> Breach:
    return Breach(
        rule.id,
        rule.revision,
        severity,
        since_minute=since_minute,
        fired_minute=minute,
        because="",
        operand=term.operand,
        op=term.op,
        threshold=term.threshold,
        unit=term.unit,
        says=rule.says,
        hint=rule.hint,
        runbook_url=rule.runbook_url,
        clears_for=rule.clear_for,
    )


def _moved(breach: Breach, ring: Ring, rule: Rule, minute: int, rows: tuple[Sample, ...]) -> Breach:
    if breach.hold == "no_data":
        breach = replace(breach, hold=None)
    if window.is_idle(ring):
        if breach.hold == "idle" and minute - breach.hold_minute >= IDLE_CLEAR:
            return ended(breach, "stopped_sending", breach.hold_minute)
        return held(breach, "idle", minute)
    if breach.hold == "idle" and window.is_known(ring):
        breach = replace(breach, hold=None)
    if window.is_clear(ring, rule):
        return ended(breach, "fine", minute - window.run(window.clear_minutes(ring)) + 1)
    severity = window.level(ring, rule)
    if severity == "critical" and breach.severity == "warning":
        return _turned(breach, ring, rule, severity, minute, rows)
    eased = severity != "critical" and rule.warning is not None and window.is_below_critical(ring, rule)
    if breach.severity == "critical" and eased:
        return _turned(breach, ring, rule, "warning", minute, rows)
    return breach


def _turned(
    breach: Breach, ring: Ring, rule: Rule, severity: Severity, minute: int, rows: tuple[Sample, ...]
) -> Breach:
    """Up or down within one breach; going up, the metric that did it becomes the breach's own."""
    term = _culprit(rule, severity, rows)
    if term is not None and term.operand != breach.operand:
        breach = replace(breach, operand=term.operand, value=None, peak=None)
    if term is not None:
        breach = replace(breach, op=term.op, threshold=term.threshold, unit=term.unit)
    breach = _measured(replace(breach, severity=severity), minute, rows)
    return replace(breach, because=_because(breach, ring, rule))


def _mask(ring: Ring, rule: Rule, severity: Severity) -> tuple[int, Span]:
    if severity == "critical":
        return ring.critical_bad, rule.critical_for
    return window.bad(ring), rule.warning_for


def _culprit(rule: Rule, severity: Severity, rows: tuple[Sample, ...]) -> Term | None:
    text = rule.critical if severity == "critical" else rule.warning
    found = [compile_rule_text(text).culprit(row) for row in rows] if text else []
    return next((term for term in found if term is not None), None)


def _first_term(rule: Rule, severity: Severity) -> Term:
    text = rule.critical if severity == "critical" else rule.warning
    return compile_rule_text(text or "").terms[0]


def _measured(breach: Breach, minute: int, rows: tuple[Sample, ...]) -> Breach:
    """Keep the newest value of the breach's own metric, and the worst."""
    told = [(number, row.minute) for row in rows if (number := value(breach.operand, row)) is not None]
    if not told:
        return breach
    worse = min if breach.op.startswith("<") else max
    number, at = worse(told)
    peak = breach.peak
    if peak is None or worse(number, peak.value) != peak.value:
        peak = Peak(number, at)
    if at < breach.value_minute:
        return replace(breach, peak=peak)
    return replace(breach, value=number, value_minute=at, peak=peak)


def _because(breach: Breach, ring: Ring, rule: Rule) -> str:
    mask, span = _mask(ring, rule, breach.severity)
    side = "below" if breach.op.startswith("<") else "above"
    limit = exact(breach.threshold, breach.unit)
    newest = breach.value
    now = quantity(newest, breach.unit, breach.threshold) if newest is not None else "too much"
    minutes = f"{window.count(mask, span)} of {span.of} minutes" if span.of > 1 else "1 minute"
    return f"{words(breach.operand)} {now} (alarm {side} {limit}) in {minutes}"
