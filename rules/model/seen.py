"""What is seen of meetings and of the people in them, and what is kept of a meeting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rules.model.terms import MeetingKind


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


class Unread(Protocol):
    """A row that an answer tells of and nobody has read yet: of five that Zoom tells, four were taken before."""

    @property
    def minute(self) -> int:
        """The minute that it is of."""

    def read(self, session: str) -> tuple[Sample, int]:
        """It as a sample of a session, and how many of its fields could not be read."""

    def mark(self) -> int:
        """A checksum of its media as they are written, for much less than reading it costs."""


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
    unread: tuple[Unread, ...] = ()  #: rows beside `samples`

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes that it has figures of, oldest first."""
        return tuple(sorted([*(row.minute for row in self.samples), *(row.minute for row in self.unread)]))


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
