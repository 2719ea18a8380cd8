"""Small plays for the pretend Zoom: who is in which meeting, and what goes wrong when."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from simulator.clock import MINUTE, minute_of

if TYPE_CHECKING:
    from simulator.server import Simulator


@dataclass(frozen=True, slots=True)
class Cast:
    """What a scenario has put on: the meeting, its people by name, and the one to watch."""

    scenario: str
    number: str
    uuid: str
    topic: str
    people: dict[str, str]
    star: str

    @property
    def star_id(self) -> str:
        """The participant id of the one to watch."""
        return self.people[self.star]

    def as_json(self) -> dict[str, Any]:
        """As the control API tells it."""
        return {**asdict(self), "star_id": self.star_id}


NUMBER = "97763643886"
TOPIC = "Spring Town Hall"
_STAR = "Dr Rao"
_PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    _STAR: ("rao@example.com", ("wifi",)),
    "Ana Lima": ("ana@example.com", ("wifi",)),
    "Kim Lim": ("", ("external",)),
    "Jo Park": ("jo@example.com", ("viewing",)),
    "Room 4.12": ("", ("room",)),
}
# Some minutes lie behind when the play begins, so that the first look already finds figures.
_BEFORE = 5 * MINUTE


def _open(name: str, sim: "Simulator", *, ends_at: float | None = None) -> Cast:
    begun = minute_of(sim.clock.now()) - _BEFORE
    run = sim.world.start(NUMBER, TOPIC, at=begun, ends_at=ends_at)
    people = {
        who: sim.world.join(run.uuid, who, email=email, traits=traits, at=begun).user_id
        for who, (email, traits) in _PEOPLE.items()
    }
    return Cast(name, run.number, run.uuid, run.topic, people, _STAR)


def calm(sim: "Simulator") -> Cast:
    """Nothing happens."""
    return _open("calm", sim)


def storm(sim: "Simulator") -> Cast:
    """From the second minute on, for ten minutes, everybody's sound jitters both ways."""
    cast = _open("storm", sim)
    start = minute_of(sim.clock.now()) + MINUTE
    for who in cast.people.values():
        for stream in ("audio_input", "audio_output"):
            wild = {"jitter": [60, 130, 210, 260, 240], "avg_loss": [1, 4, 7, 9, 8]}
            sim.world.figures(cast.uuid, who, stream, wild, start=start, minutes=10)
    return cast


def one_way_loss(sim: "Simulator") -> Cast:
    """What the star sends breaks up for ten minutes; what they hear stays fine."""
    cast = _open("one-way-loss", sim)
    start = minute_of(sim.clock.now()) + MINUTE
    loss = {"avg_loss": [6, 12, 14], "jitter": [25, 40, 45]}
    sim.world.figures(cast.uuid, cast.star_id, "audio_input", loss, start=start, minutes=10)
    return cast


def meeting_ends(sim: "Simulator") -> Cast:
    """The star's sound breaks and the meeting ends while it does, in the eighth minute."""
    start = minute_of(sim.clock.now()) + MINUTE
    cast = _open("meeting-ends", sim, ends_at=start + 7 * MINUTE)
    sim.world.figures(cast.uuid, cast.star_id, "audio_input", {"avg_loss": [6, 12, 14]}, start=start)
    return cast


def zoom_down(sim: "Simulator") -> Cast:
    """A calm meeting; from the second minute Zoom answers nothing but errors for ten minutes."""
    cast = _open("zoom-down", sim)
    sim.faults.add("503", in_s=MINUTE, for_s=10 * MINUTE)
    return cast


def demo(sim: "Simulator") -> Cast:
    """Calm; after four minutes the star's sent audio breaks for six, over weak Wi-Fi; then all is fine."""
    cast = _open("demo", sim)
    start = minute_of(sim.clock.now()) + 4 * MINUTE
    loss = {"avg_loss": [6, 12, 14, 14, 13, 14], "jitter": [18, 31, 42, 38, 35, 40]}
    sim.world.figures(cast.uuid, cast.star_id, "audio_input", loss, start=start, minutes=6)
    weak = {"avg_rssi": [-74, -79]}
    sim.world.figures(cast.uuid, cast.star_id, "wifi_rssi", weak, start=start, minutes=6)
    return cast


SCENARIOS: dict[str, Callable[["Simulator"], Cast]] = {
    "calm": calm,
    "storm": storm,
    "one-way-loss": one_way_loss,
    "meeting-ends": meeting_ends,
    "zoom-down": zoom_down,
    "demo": demo,
}


def play(name: str, sim: "Simulator") -> Cast:
    """Put a scenario on, from now. Raises ValueError when there is none of that name."""
    if name not in SCENARIOS:
        raise ValueError(f"unknown scenario {name!r}: there are {', '.join(SCENARIOS)}")
    cast = SCENARIOS[name](sim)
    sim.casts.append(cast)
    return cast
