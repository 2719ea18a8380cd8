"""The first sentence of every message: what listeners notice, who, where, and whether it is still on."""

from collections.abc import Callable, Mapping

from rules import takewords
from rules.case import Case, Sentence, figure, joined, says, stream, went_silent
from rules.dropwords import back, dropped
from rules.endings import closing, unsaid
from rules.expression import value
from rules.model import BreachView, minute_of
from rules.news import NewsKind
from rules.words import WHO, duration, quantity


def sentence(kind: NewsKind, case: Case) -> Sentence:
    """The first sentence of a kind of news."""
    return _SENTENCES[kind](case)


def held(case: Case) -> str:
    """Why nothing can be told now."""
    breach = case.main
    at = case.clock.at(breach.hold_at or case.alert.data_at or breach.since_at)
    if breach.hold == "idle":
        return f"{went_silent(breach, at)}{_GUESS.get(stream(breach.operand), '')}"
    return f"{WHO} is gone since {at}" if breach.hold == "away" else f"no figures of {WHO} since {at}"


def _fire(case: Case) -> Sentence:
    return Sentence(f"{case.severity.upper()}: {says(case.alert, case.main)}", takewords.holder(case))


def _worse(case: Case) -> Sentence:
    was = _was(case, case.main)
    before = f" (was {was})" if was and was != figure(case.main) else ""
    return Sentence(f"{case.severity.upper()} now: {_says_now(case, case.main)}{before}", spare=takewords.warned(case))


def _also(case: Case) -> Sentence:
    return Sentence(f"{case.newest.severity.upper()}, also: {says(case.alert, case.newest)}")


def _better(case: Case) -> Sentence:
    return Sentence(f"{case.severity.upper()} now (was critical): {_says_now(case, case.main)}")


def _reopened(case: Case) -> Sentence:
    after = f" after {duration((case.main.since_at - case.over_at).total_seconds())}" if case.over_at else ""
    return Sentence(f"{case.severity.upper()}. Bad again{after}: {_says_now(case, case.main)}")


def _held(case: Case) -> Sentence:
    paused = "; paging paused" if case.policed and case.alert.taken is None else ""
    return Sentence(f"On hold: {held(case)}", f"Cannot tell if fixed{paused}", named=False)


def _resumed(case: Case) -> Sentence:
    sends = stream(case.main.operand).endswith("_input")
    back = f"{WHO} sends again" if sends else f"figures of {WHO} again"
    state = "better so far" if case.main.state == "recovering" else "still bad"
    return Sentence(f"Off hold: {joined(back, state, figure(case.main))}", named=False)


def _says_now(case: Case, breach: BreachView) -> str:
    return joined(says(case.alert, breach), figure(breach))


def _was(case: Case, breach: BreachView) -> str:
    """The value in the first bad minute, where we still hold that minute."""
    since = [row for row in case.samples if row.minute == minute_of(breach.since_at)]
    then = value(breach.operand, since[0]) if since and breach.operand else None
    return "" if then is None else quantity(then, breach.unit, breach.threshold)


_SENTENCES: Mapping[NewsKind, Callable[[Case], Sentence]] = {
    "fire": _fire,
    "worse": _worse,
    "dropped": dropped,
    "escalated": takewords.escalated,
    "flapping": takewords.flapping,
    "also": _also,
    "reminder": takewords.reminder,
    "reopened": _reopened,
    "resolved": closing,
    "closed_bad": closing,
    "broke_and_recovered": unsaid,
    "back": back,
    "better": _better,
    "taken": takewords.taken,
    "untaken": takewords.untaken,
    "snoozed": takewords.snoozed,
    "held": _held,
    "resumed": _resumed,
}
_GUESS = {"audio_input": " (muted?)", "video_input": " (camera off?)"}
