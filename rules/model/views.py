"""Projections for readers: filled with names, in words, written with the seat and never read to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rules.model.alerts import Calling, Snooze, Taken, WatchView
from rules.model.terms import Ending, Hold, Severity


@dataclass(frozen=True, slots=True)
class BreachView:
    """A breach for readers: filled with names, in words, nothing to compute."""

    rule: str
    revision: int
    severity: Severity
    state: Literal["bad", "recovering", "over"]
    says: str  #: "others hear Dr Rao breaking up"
    because: str  #: "sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes"
    hint: str
    runbook_url: str | None
    operand: str
    op: str
    threshold: float
    unit: str
    value: float | None
    value_at: datetime | None
    worst: float | None
    worst_at: datetime | None
    since_at: datetime
    ended_at: datetime | None
    ending: Ending | None
    hold: Hold | None
    hold_at: datetime | None
    no_figures: bool = False
    muted: bool = False  #: a person resolved it


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert for readers (API, sender): a projection, written with the seat, never read to decide."""

    id: str
    seq: int
    subject: str
    instance: str
    meeting: str
    uuid: str
    topic: str
    who: str
    session: str  #: the session whose samples show it best
    state: Literal["open", "closed"]
    held: bool
    severity: Severity
    says: str  #: one sentence a person can read
    opened_at: datetime
    closed_at: datetime | None
    ending: Ending | None
    breaches: tuple[BreachView, ...]
    watches: tuple[WatchView, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    data_at: datetime | None = None  #: the newest minute judged
    read_at: datetime | None = None  #: when it was read from Zoom
    meeting_started_at: datetime | None = None
    meeting_ended_at: datetime | None = None
    taken_by: str | None = None
    snoozed_until: datetime | None = None
    taken: Taken | None = None
    was_taken: Taken | None = None
    snooze: Snooze | None = None
    resolved: Taken | None = None
    flapping: int = 0  #: how often it opened lately, once that is too often; 0: it is steady
    next_call: Calling | None = None  #: the step to come, if nobody takes it
    calls: tuple[Calling, ...] = ()  #: the steps taken, oldest first
    remind_at: datetime | None = None
    next_at: datetime | None = None  #: when time alone changes it
    silenced_by: tuple[str, ...] = ()  #: the silences that keep some of it from being told


@dataclass(frozen=True, slots=True)
class Round:
    """One look at a live meeting, summed up for messages and readers."""

    watched: int
    fine: int
    bad: int
    no_figures: int
    at: datetime
    calls: int = 0  #: QoS calls that it cost
    urgent: bool = False  #: somebody's breach is pending or open
    period_s: int = 60  #: until the next one
