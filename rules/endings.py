"""The last sentence of an alert: each end in the words of its own truth, and only `fine` says fine."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from rules import takewords
from rules.case import Case, Sentence, figure, joined, noun, stream, went_silent, worst
from rules.dropwords import back
from rules.model import Ending
from rules.words import TOPIC, WHO, duration

_STALE = timedelta(minutes=3)  # figures come a minute or two late; older ones do not show the end


def closing(case: Case) -> Sentence:
    """Five different truths and a few more, never one word."""
    return _ENDINGS[case.ending](case, case.clock.at(_ended_at(case)))


def unsaid(case: Case) -> Sentence:
    """An alert that was over before its first message could be sent."""
    breach = case.last
    when = case.clock.span(breach.since_at, _ended_at(case))
    if breach is case.drop:
        return Sentence(f"{WHO} dropped out before I could tell you: {when}{_AND_THEN[case.ending]}")
    whose = f"{WHO}'s {noun(breach) or 'figures'}"
    recovered = " and recovered" if case.ending == "fine" else ""
    told = f"{joined(when, worst(breach))}{_AND_THEN[case.ending]}"
    return Sentence(f"Broke{recovered} before I could tell you: {told}. {whose}")


def _fine(case: Case, at: str) -> Sentence:
    breach = case.last
    lasted = duration((_ended_at(case) - breach.since_at).total_seconds())
    peak = f"{worst(breach)} at {case.clock.at(breach.worst_at)}" if breach.worst_at else ""
    good = _GOOD.get(stream(breach.operand), "nothing bad of {who}").replace("{who}", WHO)
    if "latency" in breach.operand:
        good = f"no long delay for {WHO}"
    told = f"Fine again: {good} since {at}. {joined(f'Bad for {lasted}', peak)}"
    if had := takewords.had(case):
        told += f". {had}"
    return Sentence(told, spare="Nothing to do", named=False)


def _left(case: Case, at: str) -> Sentence:
    value_now = f" ({figure(case.last)})" if figure(case.last) else ""
    return Sentence(f"Closed, not fixed: {WHO} left at {at} while still bad{value_now}", named=False)


def _meeting_over(case: Case, at: str) -> Sentence:
    breach = case.last
    at = case.clock.at(case.alert.meeting_ended_at) if case.alert.meeting_ended_at else at
    end = f"{WHO} was {_was(case)} to the end"
    if breach.value_at and _ended_at(case) - breach.value_at > _STALE:
        end = f"{WHO} was bad when last seen, {case.clock.at(breach.value_at)}"
    return Sentence(f"Closed: {TOPIC} ended {at}; {end}", named=False)


def _stopped(case: Case, at: str) -> Sentence:
    return Sentence(f"Closed, not known if fixed: {went_silent(case.last, at)}", named=False)


def _no_figures(case: Case, at: str) -> Sentence:
    return Sentence(f"Closed, not known if fixed: no figures of {WHO} since {at}", named=False)


def _rule_changed(case: Case, at: str) -> Sentence:
    core = f"Closed: rule {case.last.rule} was changed or removed while {WHO} was still {_was(case)}"
    return Sentence(core, named=False)


def _unwatched(case: Case, at: str) -> Sentence:
    return Sentence(f"Closed: no longer watched; {WHO} was still {_was(case)}", named=False)


def _figures_back(case: Case, at: str) -> Sentence:
    return Sentence(f"Closed: figures of {WHO} come again since {at}", named=False)


def _resolved(case: Case, at: str) -> Sentence:
    return takewords.closed(case)


def _back(case: Case, at: str) -> Sentence:
    return back(case)


def _did_not_return(case: Case, at: str) -> Sentence:
    gone = duration((_ended_at(case) - case.last.since_at).total_seconds())
    return Sentence(f"Closed: {WHO} did not come back for {gone}, gone since {case.clock.at(case.last.since_at)}")


def _was(case: Case) -> str:
    """What was wrong while it stood."""
    return "gone" if case.last is case.drop else "bad"


def _ended_at(case: Case) -> datetime:
    return case.last.ended_at or case.alert.closed_at or case.clock.now


_ENDINGS: Mapping[Ending, Callable[[Case, str], Sentence]] = {
    "fine": _fine,
    "left": _left,
    "meeting_over": _meeting_over,
    "stopped_sending": _stopped,
    "no_figures": _no_figures,
    "rule_changed": _rule_changed,
    "unwatched": _unwatched,
    "figures_back": _figures_back,
    "back": _back,
    "did_not_return": _did_not_return,
    "resolved": _resolved,
}
_AND_THEN: Mapping[Ending, str] = {
    "fine": "",
    "left": ", then left",
    "meeting_over": ", then the meeting ended",
    "stopped_sending": ", then stopped sending",
    "no_figures": ", then no figures",
    "rule_changed": ", then its rule changed",
    "unwatched": ", then no longer watched",
    "figures_back": "",
    "back": ", then came back",
    "did_not_return": ", did not come back",
    "resolved": ", then closed by a person",
}
_GOOD = {
    "audio_input": "others hear {who} well",
    "audio_output": "{who} hears the others well",
    "video_input": "others see {who} well",
    "video_output": "{who} sees the others well",
    "as_input": "what {who} shares arrives well",
    "as_output": "{who} sees the shared screen well",
}
