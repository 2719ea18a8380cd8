"""What is said of somebody who dropped out: that they are gone, how they were before, and how they are back."""

from rules.case import Case, Sentence, figure, says
from rules.closures import COMPARE
from rules.expression import value
from rules.model import BreachView, Round, minute_of
from rules.words import TOPIC, WHO, clean, cut, duration, quantity


def dropped(case: Case) -> Sentence:
    """ "Dr Rao dropped out of Spring Town Hall at 10:49 (network error), not back after 90 s."."""
    breach = case.drop or case.main
    notice, (reason, _, rest) = says(case.alert, breach), clean(breach.because).partition(", ")
    place = f"{'of' if notice.endswith(' out') else 'in'} {TOPIC} at {case.clock.at(breach.since_at)}"
    told = ", ".join(part for part in (f"{case.severity.upper()}: {notice} {place} ({reason})", rest) if part)
    return Sentence(told, spare=_was(case), named=False)


def back(case: Case) -> Sentence:
    """ "Dr Rao is back (10:52, phone). Gone 3 min." and how they are now, as far as figures tell."""
    breach = case.drop or case.last
    back_at = breach.ended_at or case.clock.now
    device = cut(clean(case.alert.facts.get("device", "")), 20)
    when = ", ".join(part for part in (case.clock.at(back_at), "phone" if device == "Phone" else device) if part)
    gone = duration((back_at - breach.since_at).total_seconds())
    return Sentence(f"{WHO} is back ({when}). Gone {gone}", _now(case, breach), named=False)


def awaited(case: Case) -> str:
    """Whether they are back, as far as we looked, and how they were before."""
    at = f"Not back at {case.clock.at(case.alert.read_at)}" if case.alert.read_at else ""
    return " ".join(f"{part}." for part in (at, _was(case)) if part)


def who_else(look: Round) -> str:
    """How the others are; who is gone is not among those whom a round counts."""
    if look.bad:
        return f"{look.bad} of the {look.watched} others watched {'is' if look.bad == 1 else 'are'} bad."
    if not look.watched:
        return "Nobody else is watched."
    unknown = f", {look.no_figures} without figures" if look.no_figures else ""
    return f"Only {WHO}. {look.fine} other watched {'person' if look.fine == 1 else 'people'} fine{unknown}."


def before(case: Case) -> BreachView | None:
    """What was bad when they dropped out."""
    gone = case.drop
    if gone is None:
        return None
    others = (b for b in case.alert.breaches if b is not gone and b.value is not None)
    return next((b for b in others if b.ended_at is None or b.ended_at >= gone.since_at), None)


def _was(case: Case) -> str:
    breach = before(case)
    if breach is None:
        return ""
    verb = "losing" if "loss" in breach.operand else "at"
    return f"Was {verb} {figure(breach)} before"


def _now(case: Case, gone: BreachView) -> str:
    """How they are since they are back; nothing is fine before a figure says so."""
    since = minute_of(gone.ended_at or case.clock.now)
    rows = [row for row in case.samples if row.minute >= since]
    others = [breach for breach in case.bad if breach is not gone]
    if not rows:
        return "No figures yet"
    if others:
        state = "Better so far" if others[0].state == "recovering" else "Still bad"
        return f"{state}: {says(case.alert, others[0])}"
    newest = max(rows, key=lambda row: row.minute)
    told = ((b, value(b.operand, newest)) for b in case.alert.breaches if b.operand)
    bad = (quantity(now, b.unit, b.threshold) for b, now in told if now is not None and COMPARE[b.op](now, b.threshold))
    worst = next(bad, "")
    return f"Now {worst}, not fine yet" if worst else "Now fine so far"
