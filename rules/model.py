"""The frozen values every room speaks.

Moments (`*_at`) are aware UTC datetimes. A `minute` is a whole number: Unix seconds // 60, floored,
the minute that Zoom's figures belong to. Numbers carry the unit of the metric catalogue (rules/metrics.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Severity = Literal["warning", "critical"]
Outcome = Literal["bad", "fine", "unknown", "idle"]
NoData = Literal["keep", "alert", "close"]
MeetingKind = Literal["auto", "meeting", "webinar"]
ChannelKind = Literal["slack", "teams"]
WhoKind = Literal["participant_id", "zoom_user", "email", "name", "role", "everyone"]

#: The one rule that is built in: it has no level, and breaks when somebody's connection does (rules/dropping.py).
DROPPED = "dropped"

#: Why a breach holds: it is bad as far as anyone knows, but nothing can be said of it now.
Hold = Literal["idle", "no_data", "away"]

#: How a breach ended. Only `fine` may ever be told as "fine again".
Ending = Literal[
    "fine", "left", "meeting_over", "stopped_sending", "no_figures", "rule_changed", "unwatched", "figures_back",
    "back", "did_not_return",
]  # fmt: skip

#: What changed in an alert. `also`: one more rule of an open alert broke. `gone`: one of several ended.
TransitionKind = Literal["fire", "reopened", "worse", "also", "better", "gone", "held", "resumed", "closed"]


@dataclass(frozen=True, slots=True)
class Span:
    """`need` of `of` minutes: "3 of 5"."""

    need: int
    of: int

    def __str__(self) -> str:
        return f"{self.need} of {self.of}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A threshold rule: levels, how many of how many minutes, when it clears, what it means, what to do."""

    id: str
    revision: int
    says: str
    hint: str = ""
    warning: str | None = None
    critical: str | None = None
    clear: str | None = None
    warning_for: Span = Span(3, 5)
    critical_for: Span = Span(3, 5)
    clear_for: Span = Span(2, 2)
    no_data: NoData = "keep"
    no_data_for_s: int = 300
    runbook_url: str | None = None
    stock: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """One entry of a watch's `who`: which key names the person, and its value."""

    kind: WhoKind
    value: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A registered wish: who, in which meeting, under which rules, telling whom."""

    id: str
    revision: int
    meeting: str  #: a meeting number (digits only), a UUID, or "any", as normalised when it was registered
    who: tuple[Who, ...]
    rules: tuple[str, ...]  #: names of rules and of stock sets, as given
    notify: tuple[str, ...]  #: channel ids
    created_at: datetime
    kind: MeetingKind = "auto"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hard_stop: bool = False
    paused: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    bound: str | None = None  #: the instance in which it was first seen; participant ids mean nothing elsewhere


@dataclass(frozen=True, slots=True)
class Channel:
    """One destination. `url` is secret: sealed at rest, never shown."""

    id: str
    revision: int
    kind: ChannelKind
    url: str
    created_at: datetime
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Sample:
    """One participant-minute of QoS, in numbers.

    `values` maps "STREAM.METRIC" to a number in the catalogue's unit; a name that is not there is missing.
    `blank` holds the streams that Zoom sent with nothing in them: nothing is being sent or received there.
    """

    session: str
    minute: int
    values: Mapping[str, float]
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """What one answer of Zoom told of one session."""

    session: str
    name: str = ""
    email: str = ""
    zoom_user: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)  #: device, network_type, version, location, data_center, …
    joined_at: datetime | None = None
    left_at: datetime | None = None
    leave_reason: str = ""
    samples: tuple[Sample, ...] = ()
    spoiled: int = 0  #: fields that could not be read
    role: str = ""  #: "host", "attendee", "panelist", or "" where Zoom does not say
    waiting: bool = False  #: in the waiting room
    uuid: str = ""  #: Zoom's participant_uuid: the same in every room of the meeting


@dataclass(frozen=True, slots=True)
class Meeting:
    """What Zoom tells of one run of a meeting."""

    uuid: str
    number: str
    topic: str = ""
    host: str = ""
    host_email: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    participants: int | None = None
    audio_quality: str = ""  #: "good", "fair", "poor", "bad", or "" where the account does not show it


@dataclass(frozen=True, slots=True)
class Instance:
    """One run of a meeting as we keep it. `id` is a short hash of the UUID; all state lives under it."""

    id: str
    uuid: str
    number: str
    topic: str = ""
    kind: MeetingKind = "meeting"
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
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
    ending: Ending | None = None
    ended_minute: int | None = None
    clears_for: Span = Span(2, 2)


@dataclass(frozen=True, slots=True)
class WatchView:
    """How one watch sees an alert: the worst of the breaches of its own rules, and whom it tells."""

    id: str
    severity: Severity | None
    notify: tuple[str, ...]
    rules: tuple[str, ...] = ()  #: the broken rules that are its own, still bad
    held: bool = False  #: it has broken rules, and nothing can be said of any of them now


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
class Listed:
    """One session as the roster knows it, and the seat that it belongs to."""

    seat: str
    name: str = ""
    email: str = ""
    zoom_user: str = ""
    role: str = ""
    waiting: bool = False
    joined_at: datetime | None = None
    left_at: datetime | None = None
    leave_reason: str = ""
    uuid: str = ""
    aka: tuple[str, ...] = ()  #: names that they had before
    claimed: tuple[str, ...] = ()  #: the entries of watches that people say this session is: "*kline*"


@dataclass(frozen=True, slots=True)
class Roster:
    """The `roster` subject of an instance: every session of it that we know, and how fresh that is."""

    people: Mapping[str, Listed] = field(default_factory=dict)  #: by session
    listed_at: datetime | None = None  #: when a list was last read
    whole: bool = True  #: it told of everybody
    order: tuple[str, ...] = ()  #: sessions by their place in the last pass over the bulk figures
    faceless: tuple[str, ...] = ()  #: sessions that a list shows and of whom Zoom has no figures
    ended_at: datetime | None = None  #: an `ended` event says so; one look confirms it
    called: tuple[str, ...] = ()  #: the watches that had their roll-call


@dataclass(frozen=True, slots=True)
class Unseen:
    """Somebody watched of whom Zoom tells nothing, while it tells of others: since when, and why."""

    since: datetime
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """The `meeting` subject of an instance: what is true of the meeting and of nobody in it."""

    blind_since: datetime | None = None
    blind_kind: str = ""
    blind_reason: str = ""  #: in words that a Zoom administrator acts on
    not_live_at: datetime | None = None  #: the first of the two answers that end a meeting
    rounds: int = 0
    failures: int = 0  #: blind rounds in a row; after one, a look starts with a single call
    blind_from: datetime | None = None  #: the last blindness that is over, from …
    sees_since: datetime | None = None  #: … to
    filled_min: int = 0  #: minutes of it that Zoom told afterwards
    missed_min: int = 0  #: minutes of it that nobody will ever know
    unseen: Mapping[str, Unseen] = field(default_factory=dict)  #: by session


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


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence owed once, to nobody's alert."""

    id: str
    kind: Literal["test", "roll_call"]
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Debt:
    """A lane owes the news of a subject (an alert or a note) up to `seq`."""

    channel: str
    lane: str  #: "<channel>:<instance>" in chat, "<channel>:service" for notes
    subject: str  #: the alert or note id
    seq: int


@dataclass(frozen=True, slots=True)
class AlertWrite:
    """One alert that a decision changed, as it is written: the view, and the new part of its timeline."""

    view: AlertView
    entries: tuple[Entry, ...]  #: new since the seat was loaded; empty when only figures moved
    fresh: bool  #: opened by this decision: it enters the indexes


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


def minute_of(moment: datetime) -> int:
    """The minute that a moment belongs to."""
    return int(moment.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    """The moment at which a minute starts."""
    return datetime.fromtimestamp(minute * 60, UTC)
