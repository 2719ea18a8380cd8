"""Builders that state what matters, and leave the rest out of sight."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from rules import reminding, taking
from rules.duty import Duty
from rules.lifecycle import Decision, Seen, Wish, decide, empty_seat
from rules.model import (
    ActKind,
    AlertState,
    ChangeKind,
    Entry,
    Policy,
    Rule,
    Sample,
    Seat,
    Sight,
    Span,
    Step,
    Target,
    When,
    minute_of,
)

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE = minute_of(START)
IDLE = "idle"
MISSING = "missing"
NOBODY = Duty()

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
    return Rule(**{**given, **changes})


def a_row(minute: int, told: Told, session: str = "7") -> Sample:
    """The row of the minute `minute` after START."""
    if told == IDLE:
        return Sample(session, MINUTE + minute, {}, frozenset({"audio_input"}))
    if told == MISSING:
        return Sample(session, MINUTE + minute, {"audio_input.latency": 40.0})
    return Sample(session, MINUTE + minute, {"audio_input.avg_loss": float(told or 0)})


def a_wish(*rules: Rule, watch: str = "w1", notify: tuple[str, ...] = ("slack-av",), **more: object) -> Wish:
    backing = more.get("backing")
    policy = backing.id if isinstance(backing, Policy) else ""
    return Wish(watch, rules or (a_rule(),), notify, policy, **more)


def a_policy(*steps: Step, repeat: int = 0, id: str = "av") -> Policy:
    return Policy(id, 1, steps, START, repeat)


def a_step(after_s: int, *tell: str, **when: object) -> Step:
    """A step that tells channels, "person:ana" or "schedule:av"."""
    targets = tuple(Target(*each.split(":")) if ":" in each else Target("channel", each) for each in tell)
    return Step(after_s, targets, When(**when))


class Story:
    """One seat, looked at minute after minute; keeps every entry of its timeline."""

    def __init__(self, *wishes: Wish, duty: Duty = NOBODY) -> None:
        self.duty = duty
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
        self.decision = decide(self.seat, seen, self.wishes, now, self.duty)
        self.seat = self.decision.seat
        for _, entries in self.decision.changes:
            self.entries += entries
        return self

    def passes(self, at: float) -> "Story":
        """Time comes to that minute, and nobody looks."""
        assert self.seat.alert is not None
        state, entries = reminding.passed(self.seat.alert, self.duty, START + timedelta(minutes=at))
        return self._kept(state, entries)

    def does(self, kind: ActKind, at: float, by: str = "Ana Ruiz", **more: object) -> taking.Done:
        """Somebody acts on the alert."""
        assert self.seat.alert is not None
        act = taking.Act(kind, by, **more)
        done = taking.done(self.seat.alert, act, self.duty, START + timedelta(minutes=at))
        self._kept(done.state, done.entries)
        return done

    def _kept(self, state: AlertState, entries: Sequence[Entry]) -> "Story":
        self.seat = replace(self.seat, alert=state)
        self.entries += entries
        return self

    @property
    def alert(self) -> AlertState:
        assert self.seat.alert is not None
        return self.seat.alert

    @property
    def told(self) -> list[tuple[float, str, tuple[str, ...]]]:
        """What time and people did: minutes after START, kind, whom it tells."""
        own = [entry for entry in self.entries if entry.kind not in get_args(ChangeKind)]
        return [((entry.at - START).total_seconds() / 60, entry.kind, entry.tells) for entry in own]

    @property
    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.entries]
