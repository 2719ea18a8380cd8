"""Our processes in their places: each is started with a point to die at or without, and again when it is dead."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.plant import Plant

ROLES: Mapping[str, Sequence[str]] = {
    "web": ("web", "--host", "127.0.0.1"),
    "scheduler": ("scheduler",),
    "poll": ("worker", "--queue", "poll"),
    "deliver": ("worker", "--queue", "deliver"),
}
POINTS: Mapping[str, Sequence[str]] = {
    "web": ("kept", "woken"),
    "scheduler": ("taken", "handed", "chore"),
    "poll": ("claimed", "polled", "decided", "committed"),
    "deliver": ("leased", "posted", "recorded"),
}
CHILD_DIED = "was sent SIGKILL"  #: what gunicorn says when the process that serves died
ENDS_S = 60.0  #: real seconds in which whoever is asked to end does so
ANY = "any moment"  #: killed from outside, wherever it was


@dataclass
class Place:
    """One process and, when it dies, the next one."""

    role: str
    number: int
    environ: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    die_at: str = ""
    shot: str = ""  #: what is to be counted of it when it is dead
    deaths: int = 0  #: of web's child

    @property
    def name(self) -> str:
        """As its log is called."""
        return f"{self.role}-{self.number}"


@dataclass
class Crew:
    """All places, and how their processes have died."""

    plant: Plant
    dice: Random
    places: list[Place] = field(default_factory=list)
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)  #: ended without being killed
    armed: bool = False
    latest: int = 6  #: whoever has a point to die at passes it so often at most
    rounds: int = 1000  #: how often each point of a role is dealt
    _halted: set[int] = field(default_factory=set)
    _decks: dict[str, list[str]] = field(default_factory=dict)

    def add(self, role: str, many: int, **environ: str) -> None:
        """Start so many of a role."""
        for _ in range(many):
            place = Place(role, sum(1 for each in self.places if each.role == role) + 1, environ)
            self.places.append(place)
            self.start(place)

    def start(self, place: Place) -> None:
        """Start a place's process; while the crew is armed, it will die at a point of its role."""
        point = self._draw(place.role) if self.armed else ""
        place.die_at, place.shot = point, ""
        most = min(self.latest, 3) if place.role == "web" or point in ("claimed", "chore") else self.latest
        deadly = {"QOSWATCH_DIE_AT": f"{point}:{self.dice.randint(1, most)}"} if point else {}
        place.process = self.plant.start(*ROLES[place.role], log=place.name, **{**place.environ, **deadly})

    def of(self, role: str) -> list[Place]:
        """The places of a role."""
        return [place for place in self.places if place.role == role]

    def pids(self, *roles: str) -> set[int]:
        """Who is alive."""
        alive = (place.process for place in self.places if place.role in roles)
        return {process.pid for process in alive if process is not None and process.poll() is None} - self._halted

    def arm(self) -> None:
        """Kill everybody; whoever is started from now on has a point to die at."""
        self.armed = True
        for place in self.places:
            self.shoot(place)
        self.look()

    def disarm(self) -> None:
        """Whoever is started from now on lives; whoever has a point to die at is replaced."""
        self.armed = False
        for place in self.places:
            if place.die_at:
                self.shoot(place)
        self.look()

    def halt(self, place: Place) -> None:
        """A process stands still, with its children, as when its machine is suspended."""
        assert place.process is not None
        self._halted.add(place.process.pid)
        os.killpg(place.process.pid, signal.SIGSTOP)

    def go_on(self, place: Place, *, ending: bool = False) -> None:
        """It goes on where it was; `ending`: until what it has in hand is done, and that is waited for."""
        assert place.process is not None
        if ending:
            os.killpg(place.process.pid, signal.SIGTERM)
        os.killpg(place.process.pid, signal.SIGCONT)
        self._halted.discard(place.process.pid)
        if ending:
            place.process.wait(ENDS_S)

    def _look_at_web(self) -> None:
        """What serves is a child of web's process, which would go on dying at the same point."""
        for place in self.of("web"):
            deaths = self.log(place).count(CHILD_DIED)
            if deaths > place.deaths:
                self.shoot(place, place.die_at)
            place.deaths = deaths

    def shoot(self, place: Place, why: str = ANY) -> None:
        """Kill a process at this moment, wherever it is; web with its children."""
        process = place.process
        if process is not None and process.poll() is None:
            place.shot = why
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def look(self) -> list[Place]:
        """Start again whoever is dead; answers who was."""
        self._look_at_web()
        dead = [place for place in self.places if place.process is not None and place.process.poll() is not None]
        for place in dead:
            assert place.process is not None
            code = place.process.returncode
            if code == -signal.SIGKILL:
                self.kills[place.role, place.shot or place.die_at] += 1
                if place.shot == ANY and place.die_at:  # it never came to its point: another will
                    self._decks[place.role].append(place.die_at)
            else:
                self.failed.append(f"{place.name} ended by itself with {code}")
            self.start(place)
        return dead

    def unreached(self) -> list[str]:
        """The points at which nobody was killed."""
        return [f"{role} {point}" for role, points in POINTS.items() for point in points if not self.kills[role, point]]

    def log(self, place: Place) -> str:
        """What the processes of a place have said."""
        return Path(self.plant.folder, f"{place.name}.log").read_text(errors="replace")

    def _draw(self, role: str) -> str:
        """Every point of a role comes once before any comes again, in an order of chance; "" when all are dealt."""
        if role not in self._decks:
            points = POINTS[role]
            self._decks[role] = [p for _ in range(self.rounds) for p in self.dice.sample(points, len(points))]
        return self._decks[role].pop() if self._decks[role] else ""
