"""The meetings and webinars there are, and the runs that each of them has had."""

import base64
import threading
from dataclasses import dataclass, field
from random import Random

from simulator.clock import Clock
from simulator.people import Person

KINDS = ("meeting", "webinar")


@dataclass
class Instance:
    """One run of a meeting or webinar."""

    uuid: str
    number: str
    topic: str
    started_at: float
    host: str = "Sam Host"
    host_email: str = "host@example.com"
    ended_at: float | None = None
    people: dict[str, Person] = field(default_factory=dict)
    kind: str = "meeting"

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
    page_token_s: float = 900.0
    """How long a next_page_token counts, by the simulator's clock."""
    oversize: str = "refuse"
    """A page_size above the most allowed: "refuse" it, or "clamp" it in silence."""
    quality: bool = True
    """Whether the account shows quality words (audio_quality …) in lists."""


class Runs:
    """A meeting is named by its number (the latest run) or by a run's UUID."""

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
        kind: str = "meeting",
    ) -> Instance:
        """A new run, from now or from `at`; an earlier run of this number that still goes on ends then."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}: there are {', '.join(KINDS)}")
        with self.lock:
            begun = self.clock.now() if at is None else at
            plain = str(number).replace(" ", "")
            if not plain.isdigit():
                raise ValueError(f"a meeting number has digits only, not {number!r}")
            for old in self.instances:
                if old.number == plain and old.live(begun):
                    old.ended_at = begun
            new = Instance(uuid or self.uuid(), plain, topic, begun, host, host_email, ends_at, kind=kind)
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
