"""Rules against figures that people write down: the lifecycle itself judges them, minute by minute.

Nothing of the deciding is done again here: a test sees what the service would have said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules import lifecycle, series
from rules.lifecycle import Seen, Wish
from rules.model import AlertState, Entry, Sight, minute_of
from rules.testcases import Expectation, RuleTest, State, Step
from rules.testfile import read

__all__ = ["Failure", "Past", "Result", "RuleTest", "play", "read", "run"]

START = datetime(2026, 1, 1, tzinfo=UTC)
_SESSION = "1"
_SHOWN = 12  #: minutes of a picture


@dataclass(frozen=True, slots=True)
class Past:
    """What came of a test's figures: the alert after each look, and every transition with its look."""

    alerts: tuple[AlertState | None, ...]
    entries: tuple[tuple[int, Entry], ...]

    def state(self, at: int) -> State:
        """What holds after the look of a minute."""
        alert = self.alerts[at]
        if alert is None or not alert.open:
            return "none"
        return "held" if alert.held else alert.severity

    def sentence(self, at: int) -> str:
        """The last transition's, up to that minute; "" before the first."""
        return next((entry.sentence for minute, entry in reversed(self.entries) if minute <= at), "")


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that did not come as expected. `picture` shows the minutes before it."""

    pointer: str
    sentence: str
    at: int | None = None
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One test and what failed in it."""

    test: RuleTest
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Whether all came as expected."""
        return not self.failures


def run(test: RuleTest) -> Result:
    """Play a test and compare."""
    past = play(test)
    failures = [failure for each in test.expect for failure in _missed(test, each, past)]
    return Result(test, (*failures, *_unlike(test, past)))


def play(test: RuleTest) -> Past:
    """Look once a minute, a minute after its row began, as the service does."""
    seat, wish = lifecycle.empty_seat("test", _SESSION), Wish("test", test.rules, ())
    alerts: list[AlertState | None] = []
    entries: list[tuple[int, Entry]] = []
    for minute in range(test.minutes):
        row = series.row(test.series, minute, at=minute_of(START) + minute, session=_SESSION)
        seen = Seen((Sight(_SESSION, samples=(row,) if row else ()),))
        decision = lifecycle.decide(seat, seen, [wish], START + timedelta(minutes=minute + 1))
        seat = decision.seat
        alerts.append(seat.alert)
        entries += [(minute, entry) for _, news in decision.changes for entry in news]
    return Past(tuple(alerts), tuple(entries))


def _missed(test: RuleTest, wanted: Expectation, past: Past) -> list[Failure]:
    """What is not as one expectation has it."""
    state, said = past.state(wanted.at), past.sentence(wanted.at)
    if state != wanted.state:
        reason = f": {said}" if said else ""
        sentence = f"expected {wanted.state} at minute {wanted.at}, got {state}{reason}"
    elif wanted.sentence is not None and wanted.sentence != said:
        sentence = f"at minute {wanted.at} expected the sentence\n    {wanted.sentence}\ngot\n    {said}"
    else:
        return []
    return [Failure(wanted.pointer, sentence, wanted.at, picture(test, wanted.at))]


def _unlike(test: RuleTest, past: Past) -> list[Failure]:
    """The first transition that is not as listed, and all that came, as it would be written."""
    if test.transitions is None:
        return []
    came = [Step(minute, entry.kind, entry.severity, entry.sentence) for minute, entry in past.entries]
    for nth in range(max(len(came), len(test.transitions))):
        wanted = test.transitions[nth] if nth < len(test.transitions) else None
        got = came[nth] if nth < len(came) else None
        if wanted is None or got is None or not _fits(wanted, got):
            sentence = f"expected {wanted or 'no more transitions'}, got {got or 'none'}; all that came:{_listed(came)}"
            at = got.at if got else wanted.at if wanted else 0
            return [Failure(f"{test.pointer}/transitions/{nth}", sentence, at, picture(test, at))]
    return []


def _fits(wanted: Step, got: Step) -> bool:
    return (
        (wanted.at, wanted.kind) == (got.at, got.kind)
        and wanted.severity in (None, got.severity)
        and wanted.sentence in (None, got.sentence)
    )


def _listed(steps: Sequence[Step]) -> str:
    return "".join(f"\n    {step}" for step in steps) or " nothing"


def picture(test: RuleTest, at: int) -> str:
    """The minutes up to `at` of every series, with a caret under the last."""
    first = max(0, at + 1 - _SHOWN)
    minutes = range(first, at + 1)
    told = [[*map(series.shown, values[first : at + 1])] for values in test.series.values()]
    lines = [[*map(str, minutes)], *(each + ["_"] * (len(minutes) - len(each)) for each in told)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(minutes))]
    label = max(map(len, ("minute", *test.series)))
    drawn = [
        f"{name:<{label}}  " + " ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True))
        for name, line in zip(("minute", *test.series), lines, strict=True)
    ]
    return "\n".join([*drawn, " " * (len(drawn[0]) - 1) + "^"])
