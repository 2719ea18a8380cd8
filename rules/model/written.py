"""What is written: debts, notes, and the plan of one decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rules.model.alerts import Entry, Seat
from rules.model.registered import Policy
from rules.model.seen import Sample
from rules.model.terms import Severity
from rules.model.views import AlertView


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with qoswatch itself, as one audit finds it. `facts` are for the message."""

    subject: str  #: "service.zoom", "service.channel.<id>", "service.budget"
    severity: Severity
    says: str
    because: str
    hint: str
    since_at: datetime
    notify: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    policy: Policy | None = None  #: that the operator chose for service alerts


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence owed once, to nobody's alert."""

    id: str
    kind: Literal["test", "roll_call", "hand_over", "silence"]
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Debt:
    """A lane owes the news of a subject (an alert or a note) up to `seq`."""

    channel: str
    lane: str  #: "<channel>:<instance>" in chat, "<channel>:<alert>" elsewhere, "<channel>:service" for notes
    subject: str  #: the alert or note id
    seq: int


@dataclass(frozen=True, slots=True)
class AlertWrite:
    """One alert that a decision changed, as it is written: the view, and the new part of its timeline."""

    view: AlertView
    entries: tuple[Entry, ...]  #: new since the seat was loaded; empty when only figures moved
    fresh: bool  #: opened by this decision: it enters the indexes
    next_at: datetime | None = None  #: when time alone changes it


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one decision about one subject writes, in one commit.

    One commit may end one alert and open the next (rows of half an hour at once), so `alerts` is plural.
    """

    subject: str  #: field of the seats hash: a seat id
    was: str  #: the version that was loaded; "" when the subject is new
    seat: Seat
    samples: tuple[Sample, ...] = ()
    alerts: tuple[AlertWrite, ...] = ()
    debts: tuple[Debt, ...] = ()
