"""The meetings, the runs they have had, and the people in each run; all of it by seed and clock."""

import base64
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from simulator.clock import MINUTE, Clock
from simulator.figures import SHORT, STREAMS, Change, Figure, blank, fields_of
from simulator.people import TRAITS, Person, first_minute

# Session ids start over in every run of a meeting, as a trap for whoever keeps them longer.
_FIRST_USER_ID, _USER_ID_STEP = 16778240, 1024


@dataclass
class Instance:
    """One run of a meeting."""

    uuid: str
    number: str
    topic: str
    started_at: float
    host: str = "Sam Host"
    host_email: str = "host@example.com"
    ended_at: float | None = None
    people: dict[str, Person] = field(default_factory=dict)

    def live(self, now: float) -> bool:
        """Whether it goes on now."""
        return self.started_at <= now and not self.over(now)

    def over(self, now: float) -> bool:
        """Whether it has ended by now."""
        return self.ended_at is not None and self.ended_at <= now


@dataclass
class Knobs:
    """How this Zoom behaves where the real one is not known for sure."""

    retention: int | None = 5
    """Minutes in a live answer; None: all of them."""
    row_delay_s: float = 0.0
    """A minute's row is there so long after the minute is over."""
    shuffle: bool = True
    unknown_participant: str = "404"
    """Or "empty": 200 with an empty user_qos."""
    past_lag_s: float = 0.0
    """So long after its end a meeting is neither live nor past."""


class World:
    """What there is to see. A meeting is named by its number (the latest run) or by a run's UUID."""

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self.clock, self.seed = clock, seed
        self.lock = threading.RLock()
        self.knobs = Knobs()
        self.instances: list[Instance] = []

    def start(
        self,
        number: str | int,
        topic: str = "Weekly call",
        *,
        uuid: str | None = None,
        at: float | None = None,
        ends_at: float | None = None,
        host: str = "Sam Host",
        host_email: str = "host@example.com",
    ) -> Instance:
        """A new run of a meeting, from now or from `at`; an earlier run that still goes on ends then."""
        with self.lock:
            begun = self.clock.now() if at is None else at
            plain = str(number).replace(" ", "")
            if not plain.isdigit():
                raise ValueError(f"a meeting number has digits only, not {number!r}")
            for old in self.instances:
                if old.number == plain and old.live(begun):
                    old.ended_at = begun
            new = Instance(uuid or self.uuid(), plain, topic, begun, host, host_email, ends_at)
            self.instances.append(new)
            return new

    def uuid(self, awkward: bool = False) -> str:
        """The next UUID of this seed; an awkward one begins with / and holds //."""
        raw = Random(f"{self.seed}|uuid|{len(self.instances)}").randbytes(16)
        plain = base64.b64encode(raw).decode()
        return f"/{plain[1:8]}//{plain[10:]}" if awkward else plain.lstrip("/").replace("//", "/x")

    def end(self, meeting: str | int, at: float | None = None) -> Instance:
        """The run is over, now or at `at`."""
        with self.lock:
            instance = self.get(meeting)
            instance.ended_at = self.clock.now() if at is None else at
            return instance

    def find(self, meeting: str | int, want: str = "live") -> Instance | None:
        """The run that a number or UUID means to someone who asks for live or for past ones."""
        with self.lock:
            now, name = self.clock.now(), str(meeting).replace(" ", "")
            for instance in self.instances:
                if instance.uuid == meeting:
                    return instance
            runs = [run for run in self.instances if run.number == name and run.started_at <= now]
            if want != "live":
                runs = [run for run in runs if run.over(now)]
            return max(reversed(runs), key=lambda run: run.started_at, default=None)

    def get(self, meeting: str | int) -> Instance:
        """As find; raises KeyError when there is none."""
        found = self.find(meeting)
        if found is None:
            raise KeyError(f"no meeting {meeting!r} here")
        return found

    def join(
        self,
        meeting: str | int,
        name: str = "Somebody",
        *,
        user_id: str | int | None = None,
        email: str = "",
        traits: Collection[str] = (),
        at: float | None = None,
    ) -> Person:
        """Somebody joins, now or at `at`, under a new session id."""
        odd = set(traits) - TRAITS
        if odd:
            raise ValueError(f"unknown traits {sorted(odd)}: there are {sorted(TRAITS)}")
        with self.lock:
            run = self.get(meeting)
            session = str(user_id or _FIRST_USER_ID + _USER_ID_STEP * len(run.people))
            joined = self.clock.now() if at is None else at
            seed = f"{self.seed}|{run.uuid}"
            run.people[session] = Person(session, name, joined, email, frozenset(traits), seed=seed)
            return run.people[session]

    def person(self, meeting: str | int, user_id: str | int) -> Person:
        """One session of a run. Raises KeyError."""
        return self.get(meeting).people[str(user_id)]

    def leave(self, meeting: str | int, user_id: str | int, *, at: float | None = None, reason: str = "") -> None:
        """They leave, now or at `at`."""
        with self.lock:
            person = self.person(meeting, user_id)
            person.left_at, person.leave_reason = (
                self.clock.now() if at is None else at,
                reason or "left the meeting",
            )

    def figures(
        self,
        meeting: str | int,
        user_id: str | int,
        stream: str,
        values: Mapping[str, Figure | Sequence[Figure]],
        *,
        start: float | None = None,
        minutes: int | None = None,
    ) -> None:
        """Set figures of a stream from this minute (or that of `start`) on, for good or for some minutes.

        `values` is like {"avg_loss": 14, "jitter": [5, 90, 120]}: a list is one value a minute.
        """
        _check(stream, values)
        with self.lock:
            begin = first_minute(start, self.clock.now())
            end = None if minutes is None else begin + minutes * MINUTE
            self.person(meeting, user_id).change(Change(stream, dict(values), begin, end))

    def mute(
        self,
        meeting: str | int,
        user_id: str | int,
        streams: Sequence[str] = ("audio_input",),
        *,
        start: float | None = None,
        minutes: int | None = None,
    ) -> None:
        """Nothing goes over these streams: their texts are empty."""
        for stream in streams:
            self.figures(meeting, user_id, stream, blank(stream), start=start, minutes=minutes)

    def fine(self, meeting: str | int, user_id: str | int, *, start: float | None = None) -> None:
        """From this minute on (or the one of `start`) all is ordinary again: unmuted, nothing asked for."""
        with self.lock:
            self.person(meeting, user_id).fine_from(first_minute(start, self.clock.now()))


def _check(stream: str, values: Mapping[str, object]) -> None:
    if stream not in STREAMS:
        raise ValueError(f"unknown stream {stream!r}: there are {', '.join(STREAMS)}")
    odd = {name for name in values if SHORT.get(name, name) not in fields_of(stream)}
    if odd:
        raise ValueError(f"{stream} has no {sorted(odd)}: it has {', '.join(fields_of(stream))}")
    if any(isinstance(value, list | tuple) and not value for value in values.values()):
        raise ValueError("a list of figures needs at least one")
