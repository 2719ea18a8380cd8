"""Polls and pushes of the same figures decide the same, however they are split, repeated and mixed.

For a seat of one session every transition is the same. For a seat of several, whose rows overtake one another, the
breaches that stand open at the end are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.lifecycle import Seen
from rules.model import ChangeKind, Sample, Sight, Span
from tests.rules.builders import IDLE, MISSING, START, Story, Told, a_row, a_rule, a_wish

FINE, SO_SO, BAD, WORSE = 0, 3, 6, 14
LONGEST = 14  #: minutes: a row may come later than all the others of them
_TOLD = st.sampled_from([FINE, FINE, SO_SO, BAD, BAD, WORSE, WORSE, IDLE, MISSING, None])
_STEADY = st.tuples(_TOLD, st.integers(1, 4)).map(lambda run: [run[0]] * run[1])  # trouble comes in stretches

_SILENCE = {"no_data_for_s": 10**9}  # silence is told by the clock, not by minutes
RULES = (
    a_rule(**_SILENCE),
    a_rule(
        id="burst", warning=None, critical="audio_input.avg_loss > 10%", clear=None, critical_for=Span(1, 1), **_SILENCE
    ),
    a_rule(id="wave", critical=None, clear=None, warning_for=Span(2, 4), clear_for=Span(2, 3), **_SILENCE),
)


@dataclass(frozen=True)
class Delivery:
    """One look or push: of each session the rows from one to before another."""

    rows: dict[str, tuple[int, int]]


def _histories(sessions: int) -> st.SearchStrategy[dict[str, list[Told]]]:
    minutes = st.lists(_STEADY, min_size=1, max_size=6).map(
        lambda runs: [told for run in runs for told in run][:LONGEST]
    )
    names = [str(7 + nth) for nth in range(sessions)]
    return st.fixed_dictionaries(dict.fromkeys(names, minutes))


@st.composite
def _deliveries(draw: st.DrawFn, rows: dict[str, Sequence[Sample]]) -> list[Delivery]:
    """Every row at least once, each session's in order: single minutes, windows that overlap, everything at once."""
    done = dict.fromkeys(rows, 0)
    told = []
    while any(done[session] < len(rows[session]) for session in rows):
        waiting = [session for session in rows if done[session] < len(rows[session])]
        some = draw(st.lists(st.sampled_from(waiting), min_size=1, unique=True))  # one is a push, several a poll
        windows = {}
        for session in some:
            end = min(len(rows[session]), done[session] + draw(st.integers(1, 8)))
            windows[session] = (max(0, done[session] - draw(st.integers(0, 4))), end)
            done[session] = end
        told.append(Delivery(windows))
    return told


def _played(rows: dict[str, list[Sample]], deliveries: Sequence[Delivery]) -> Story:
    """What becomes of a seat whose sessions were all there from the start."""
    story = Story(a_wish(*RULES))
    story.look(Seen(tuple(Sight(session, name="Dr Rao") for session in rows)), at=0)
    for delivery in deliveries:
        sights = tuple(
            Sight(session, name="Dr Rao", samples=tuple(rows[session][start:end]))
            for session, (start, end) in delivery.rows.items()
        )
        story.look(Seen(sights), at=LONGEST + 1)
    return story


def _rows(history: dict[str, list[Told]]) -> dict[str, list[Sample]]:
    return {
        session: [a_row(minute, what, session) for minute, what in enumerate(told) if what is not None]
        for session, told in history.items()
    }


def _in_time(rows: dict[str, list[Sample]]) -> Story:
    """What one look a minute decides, at which every session tells of the minute before."""
    story = Story(a_wish(*RULES))
    story.look(Seen(tuple(Sight(session, name="Dr Rao") for session in rows)), at=0)
    first = START.timestamp() // 60
    for minute in range(LONGEST):
        told = {session: [row for row in rows[session] if row.minute == first + minute] for session in rows}
        sights = tuple(Sight(session, name="Dr Rao", samples=tuple(told[session])) for session in rows)
        story.look(Seen(sights), at=minute + 1)
    return story


def _transitions(story: Story) -> list[tuple]:
    """What figures changed: a reminder comes by the clock, and so later where figures came late."""
    told = [entry for entry in story.entries if entry.kind in get_args(ChangeKind)]
    return [(entry.kind, entry.minute, entry.severity, entry.held, entry.sentence) for entry in told]


def _open(story: Story) -> set[tuple]:
    known = story.seat.alert.breaches if story.seat.alert else ()
    return {(breach.rule, breach.severity, breach.hold) for breach in known if breach.ending is None}


@settings(max_examples=100, deadline=timedelta(seconds=5))
@given(history=_histories(1), data=st.data())
def test_one_session_goes_through_the_same_transitions_however_it_is_told(history: dict, data: st.DataObject) -> None:
    rows = _rows(history)
    deliveries = data.draw(_deliveries(rows))

    assert _transitions(_played(rows, deliveries)) == _transitions(_in_time(rows))


@settings(max_examples=300, deadline=timedelta(seconds=5))
@given(history=_histories(2) | _histories(3), data=st.data())
def test_several_sessions_end_with_the_same_breaches_however_they_are_told(history: dict, data: st.DataObject) -> None:
    rows = _rows(history)
    deliveries = data.draw(_deliveries(rows))

    assert _open(_played(rows, deliveries)) == _open(_in_time(rows))
