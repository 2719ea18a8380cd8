"""Small plays for the pretend Zoom: who is in which meeting, and what goes wrong when."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator import plays
from simulator.clock import MINUTE, minute_of
from simulator.stage import NUMBER, TOPIC, Cast, opened

if TYPE_CHECKING:
    from simulator.server import Simulator

__all__ = ["NUMBER", "SCENARIOS", "TOPIC", "Cast", "play"]


def calm(sim: "Simulator") -> Cast:
    """Nothing happens."""
    return opened("calm", sim)


def storm(sim: "Simulator") -> Cast:
    """From the second minute on, for ten minutes, everybody's sound jitters both ways."""
    cast = opened("storm", sim)
    start = minute_of(sim.clock.now()) + MINUTE
    for who in cast.people.values():
        for stream in ("audio_input", "audio_output"):
            wild = {"jitter": [60, 130, 210, 260, 240], "avg_loss": [1, 4, 7, 9, 8]}
            sim.world.figures(cast.uuid, who, stream, wild, start=start, minutes=10)
    return cast


def one_way_loss(sim: "Simulator") -> Cast:
    """What the star sends breaks up for ten minutes; what they hear stays fine."""
    cast = opened("one-way-loss", sim)
    start = minute_of(sim.clock.now()) + MINUTE
    loss = {"avg_loss": [6, 12, 14], "jitter": [25, 40, 45]}
    sim.world.figures(cast.uuid, cast.star_id, "audio_input", loss, start=start, minutes=10)
    return cast


def meeting_ends(sim: "Simulator") -> Cast:
    """The star's sound breaks and the meeting ends while it does, in the eighth minute."""
    start = minute_of(sim.clock.now()) + MINUTE
    cast = opened("meeting-ends", sim, ends_at=start + 7 * MINUTE)
    sim.world.figures(cast.uuid, cast.star_id, "audio_input", {"avg_loss": [6, 12, 14]}, start=start)
    return cast


def zoom_down(sim: "Simulator") -> Cast:
    """A calm meeting; from the second minute Zoom answers nothing but errors for ten minutes."""
    cast = opened("zoom-down", sim)
    sim.faults.add("503", in_s=MINUTE, for_s=10 * MINUTE)
    return cast


def demo(sim: "Simulator") -> Cast:
    """Calm; after four minutes the star's sent audio breaks for six, over weak Wi-Fi; then all is fine."""
    cast = opened("demo", sim)
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
    "rejoin": plays.rejoin,
    "drop-out": plays.drop_out,
    "waiting-room": plays.waiting_room,
    "lecture": plays.lecture,
    "six-meetings": plays.six_meetings,
}


def play(name: str, sim: "Simulator") -> Cast:
    """Put a scenario on, from now. Raises ValueError when there is none of that name."""
    if name not in SCENARIOS:
        raise ValueError(f"unknown scenario {name!r}: there are {', '.join(SCENARIOS)}")
    cast = SCENARIOS[name](sim)
    sim.casts.append(cast)
    return cast
