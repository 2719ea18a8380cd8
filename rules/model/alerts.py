"""Seats, the breaches on them, and the decision part of an alert: the blob that is compared and written whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.model.registered import Policy, Span
from rules.model.terms import Ending, Hold, Severity, TransitionKind


@dataclass(
    slots=True
)  # as good as frozen: every row makes one for each rule, and freezing makes that five times as slow
class Ring:
    """The last minutes of one rule for one seat, as bit masks; bit 0 is the seat's newest minute.

    Marks only ever add up, so the rows of one minute may come in any order: `unclear` says that some row of it told
    something and was not clear. A minute with no mark is unknown.
    """

    revision: int
    warning_bad: int = 0
    critical_bad: int = 0
    clear: int = 0
    unclear: int = 0
    idle: int = 0
    warned: int = 0  #: the minutes after which the breach stood as a warning, …
    raised: int = 0  #: … and those after which it was critical
    over: int = 0  #: the minutes in which a breach ended: what was before them is spent
    cut: int = 0  #: the same, where no minute ended it; what comes late from before is not judged


@dataclass(frozen=True, slots=True)
class Peak:
    """The worst value of a breach's own metric, and its minute."""

    value: float
    minute: int


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken on one seat. Pending is read off the ring; only what a ring cannot tell is kept here."""

    rule: str
    revision: int
    severity: Severity
    since_minute: int  #: the first bad minute
    fired_minute: int
    because: str  #: the sentence of its last firing or worsening
    operand: str  #: the metric that broke it, as written: "audio_input.avg_loss", "max(audio_*.latency)"
    op: str = ">"
    threshold: float = 0.0
    unit: str = ""
    value: float | None = None  #: in its newest minute that had one
    value_minute: int = 0
    peak: Peak | None = None
    hold: Hold | None = None
    hold_minute: int = 0
    no_figures: bool = False  #: opened by `no_data: alert`
    says: str = ""  #: "others hear {who} breaking up", of the rule that it broke
    hint: str = ""
    runbook_url: str | None = None
    muted: Severity | None = None  #: a person resolved it at this severity: it is silent until it is clear or worse
    ending: Ending | None = None
    ended_minute: int | None = None
    clears_for: Span = Span(2, 2)


@dataclass(frozen=True, slots=True)
class WatchView:
    """How one watch sees an alert: the worst of the breaches of its own rules, and whom it tells.

    What a silence covers is left out of `severity` and `rules`; `silenced` names the silences that did so.
    """

    id: str
    severity: Severity | None
    notify: tuple[str, ...]  #: its channels, and those that its policy's run has reached
    rules: tuple[str, ...] = ()  #: the broken rules that are its own, still bad
    held: bool = False  #: it has broken rules, and nothing can be said of any of them now
    policy: str = ""
    silenced: tuple[str, ...] = ()
    named: bool = True  #: it names this person; False: only by role, or as one of everybody


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody did something to an alert: took it, resolved it."""

    by: str
    at: datetime
    comment: str = ""
    reason: str = ""  #: "false_alarm"


@dataclass(frozen=True, slots=True)
class Snooze:
    """Somebody wants to hear nothing of an alert until then."""

    by: str
    at: datetime
    until: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who is called, and how each chat calls them."""

    name: str
    slack_user: str = ""
    teams_upn: str = ""


@dataclass(frozen=True, slots=True)
class Calling:
    """One step of a policy, taken or to come: when, which of how many, and who is called by it."""

    at: datetime
    step: int
    of: int
    names: tuple[Mention, ...] = ()
    channels: tuple[str, ...] = ()
    pages: bool = False  #: it calls a person, and does not only tell a channel
    since: datetime | None = None  #: when its run began: nobody took it since then


@dataclass(frozen=True, slots=True)
class Run:
    """A policy at work on one alert, frozen as it was when the run began. Who is on call is asked at each step."""

    policy: Policy
    severity: Severity  #: of the worst breach of the watches that name the policy
    started_at: datetime
    last_at: datetime  #: when its last step was taken; at first, when it started
    done: int = 0  #: steps passed, over all repeats
    last: tuple[str, ...] = ()  #: the channels that the last step told
    reached: tuple[str, ...] = ()  #: every channel that a step told
    labels: Mapping[str, str] = field(default_factory=dict)  #: of the watches that name the policy
    called: tuple[Calling, ...] = ()  #: the steps taken, the newest last, at most ten


@dataclass(frozen=True, slots=True)
class AlertState:
    """The decision part of an alert, inside its subject's blob. It lists its watches, also those that went."""

    id: str
    seq: int
    opened_at: datetime
    opened_minute: int
    open: bool
    severity: Severity
    held: bool = False
    closed_at: datetime | None = None
    closed_minute: int | None = None
    ending: Ending | None = None
    breaches: tuple[Breach, ...] = ()  #: open ones first, then those that ended in this alert
    watches: tuple[WatchView, ...] = ()
    taken: Taken | None = None
    was_taken: Taken | None = None  #: who had it as a warning, before it turned critical
    snooze: Snooze | None = None
    resolved: Taken | None = None  #: who closed it, until it opens again
    runs: tuple[Run, ...] = ()  #: one for each policy
    opened: tuple[int, ...] = ()  #: the minutes of the last twenty in which it opened, or opened again
    reminded: int = 0  #: reminders given since somebody or nobody has it
    remind_at: datetime | None = None
    used: tuple[str, ...] = ()  #: the links that were followed and acted, the newest last, at most twenty
    next_at: datetime | None = None  #: when time alone changes it: a step, a reminder, the end of a snooze


@dataclass(frozen=True, slots=True)
class Session:
    """One join. `recent` holds (minute, checksum) of the rows taken or counted, newest last, at most 64."""

    id: str
    first_minute: int  #: rows before it are not ours to judge: five minutes before it was first seen
    watermark: int = 0
    left_at: datetime | None = None  #: out of the meeting since then: gone, or put into the waiting room
    leave_reason: str = ""
    recent: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """One person in one instance, with all their sessions: the unit of state, of commit and of an alert."""

    id: str  #: "<instance>.<first session id>", never renamed
    instance: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    sessions: tuple[Session, ...] = ()
    rings: Mapping[str, Ring] = field(default_factory=dict)
    newest: int = 0  #: the newest minute judged; bit 0 of every ring
    first_seen_at: datetime | None = None
    row_at: datetime | None = None  #: when the last new row came, by our clock
    here_at: datetime | None = None  #: when they were last found to have come, by our clock
    away_at: datetime | None = None
    missed_at: datetime | None = None  #: the first of two "not here" answers
    alert: AlertState | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One transition of an alert as its timeline keeps it, with the state that it led to."""

    seq: int
    kind: TransitionKind
    minute: int
    at: datetime
    sentence: str
    open: bool
    severity: Severity
    held: bool
    watches: tuple[WatchView, ...] = ()  #: what each watch saw after it
    tells: tuple[str, ...] = ()  #: channels that are told of this very entry, whatever they have heard
    call: Calling | None = None  #: of a step
    by: str = ""  #: who did it
    comment: str = ""
    taken_by: str = ""  #: who has it after this entry
    snoozed_until: datetime | None = None
    flapping: bool = False
