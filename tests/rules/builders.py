"""Builders that state what matters, and leave the rest out of sight."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rules.lifecycle import Decision, Seen, Wish, decide, empty_seat
from rules.model import Entry, Rule, Sample, Seat, Sight, Span, minute_of

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE = minute_of(START)
IDLE = "idle"
MISSING = "missing"

Told = float | str | None  #: a loss in percent, IDLE, MISSING (a row without the metric), or None: no row at all


def a_rule(**changes: object) -> Rule:
    given = {
        "id": "audio-sent",
        "revision": 1,
        "says": "others hear {who} breaking up",
        "warning": "audio_input.avg_loss > 5%",
        "critical": "audio_input.avg_loss > 10%",
        "clear": "audio_input.avg_loss < 2%",
        "critical_for": Span(2, 3),
    }
    return Rule(**{**given, **changes})  # type: ignore[arg-type]


def a_row(minute: int, told: Told, session: str = "7") -> Sample:
    """The row of the minute `minute` after START."""
    if told == IDLE:
        return Sample(session, MINUTE + minute, {}, frozenset({"audio_input"}))
    if told == MISSING:
        return Sample(session, MINUTE + minute, {"audio_input.latency": 40.0})
    return Sample(session, MINUTE + minute, {"audio_input.avg_loss": float(told or 0)})


def a_wish(*rules: Rule, watch: str = "w1", notify: tuple[str, ...] = ("slack-av",)) -> Wish:
    return Wish(watch, rules or (a_rule(),), notify)


class Story:
    """One seat, looked at minute after minute; keeps every entry of its timeline."""

    def __init__(self, *wishes: Wish) -> None:
        self.wishes: Sequence[Wish] = wishes or (a_wish(),)
        self.seat: Seat = empty_seat("i", "7")
        self.entries: list[Entry] = []
        self.at = 0
        self.decision: Decision | None = None

    def minutes(self, *told: Told) -> "Story":
        """A row for each minute, looked at a minute after it began; None is a look that brings no row."""
        for what in told:
            rows = () if what is None else (a_row(self.at, what),)
            self.at += 1
            self.look(Seen((Sight("7", name="Dr Rao", samples=rows),)))
        return self

    def look(self, seen: Seen, at: float | None = None) -> "Story":
        """One look, `at` minutes after START."""
        now = START + timedelta(minutes=self.at if at is None else at)
        self.decision = decide(self.seat, seen, self.wishes, now)
        self.seat = self.decision.seat
        for _, entries in self.decision.changes:
            self.entries += entries
        return self

    @property
    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.entries]
