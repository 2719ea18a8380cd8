"""What people register: rules, watches, channels, and who is called when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.model.terms import ChannelKind, MeetingKind, NoData, Privacy, Region, Severity, TargetKind, WhoKind


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
    policy: str = ""  #: the id of an escalation policy
    kind: MeetingKind = "auto"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hard_stop: bool = False
    paused: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    bound: str | None = None  #: the instance in which it was first seen; participant ids mean nothing elsewhere


@dataclass(frozen=True, slots=True)
class Channel:
    """One destination. `url`, `secret` and what `headers` hold are secret: sealed at rest, never shown.

    A person's own PagerDuty key and e-mail are channels too, derived from the person: "ana~pagerduty", "ana~email".
    """

    id: str
    revision: int
    kind: ChannelKind
    url: str
    created_at: datetime
    timezone: str = "UTC"
    privacy: Privacy | None = None  #: None: full, and `watched` for people whom nobody named
    secret: str = ""  #: PagerDuty's routing key; what a webhook's posts are signed with
    headers: Mapping[str, str] = field(default_factory=dict)  #: sent with every post of a webhook
    region: Region = "us"  #: of a PagerDuty account
    to: tuple[str, ...] = ()  #: e-mail addresses
    quiet_hours: str = ""  #: "22:00-07:00", in `timezone`: what is not critical waits until they are over


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a step tells: a channel, a person, or whoever is on call by a schedule."""

    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True)
class When:
    """Under which circumstances a step is taken; what is empty asks for nothing."""

    severity: Severity | None = None  #: at least
    hours: tuple[str, ...] = ()  #: weekly windows in the policy's zone: "Mon-Fri 08:00-18:00"
    labels: Mapping[str, str] = field(default_factory=dict)  #: that a watch of the alert bears


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a policy: so long after the previous one, these are told."""

    after_s: int
    tell: tuple[Target, ...]
    when: When = When()


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is told when nobody takes an alert. All steps run once, and `repeat` times more."""

    id: str
    revision: int
    steps: tuple[Step, ...]
    created_at: datetime
    repeat: int = 0
    timezone: str = "UTC"  #: of the hours in its steps


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be called, and the ways to them. `pagerduty_key` is secret: sealed at rest, never shown."""

    id: str
    revision: int
    name: str
    created_at: datetime
    timezone: str = "UTC"
    slack_user: str = ""  #: "U02ANA"
    teams_upn: str = ""  #: "ana@example.org"
    pagerduty_key: str = ""
    pagerduty_region: Region = "us"
    email: str = ""
    channels: tuple[str, ...] = ()  #: channels that reach this person
    quiet_hours: str = ""  #: "22:00-07:00": only what is critical comes then


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is on call when. Turns change at `hand_off` by the clocks of `timezone`, summer and winter."""

    id: str
    revision: int
    timezone: str
    hand_off: str  #: "Mon 09:00"; "09:00" where turns last days
    rotation: tuple[str, ...]  #: people, in turn
    every: str  #: how long a turn lasts: "1w", "2w", "1d"
    created_at: datetime
    starts_at: datetime | None = None  #: the first person's first turn; None: the turn in which it was made
    hours: tuple[str, ...] = ()  #: weekly windows in which anybody is on call; none: always
    announce: tuple[str, ...] = ()  #: channels that hear of hand-overs


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody stands in: for one person of a schedule, or for whoever it is."""

    id: str
    revision: int
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    instead_of: str = ""  #: "": whoever is on call
    by: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """News that nobody is to be told for a while. It is recorded all the same. Every matcher must fit."""

    id: str
    revision: int
    matchers: Mapping[str, str]  #: watch, rule, meeting, person, label ("site=lyon"), severity, seat
    by: str
    comment: str
    starts_at: datetime
    created_at: datetime
    ends_at: datetime | None = None  #: None: for as long as the weekly windows stand
    weekly: tuple[str, ...] = ()  #: "Sun 02:00-05:00", in `timezone`
    timezone: str = "UTC"
    announced: tuple[str, ...] = ()  #: the notices that were given
