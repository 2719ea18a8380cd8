"""The stage of a play: who is on it, and the meeting that most plays begin with."""

from dataclasses import asdict, dataclass, replace
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
    others: tuple["Cast", ...] = ()
    """Further meetings of the same play."""

    @property
    def star_id(self) -> str:
        """The participant id of the one to watch."""
        return self.people[self.star]

    def with_people(self, more: dict[str, str]) -> "Cast":
        """The same with more people."""
        return replace(self, people={**self.people, **more})

    def as_json(self) -> dict[str, Any]:
        """As the control API tells it."""
        others = [other.as_json() for other in self.others]
        return {**asdict(self), "star_id": self.star_id, "others": others}


NUMBER = "97763643886"
TOPIC = "Spring Town Hall"
STAR = "Dr Rao"
_PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    STAR: ("rao@example.com", ("wifi",)),
    "Ana Lima": ("ana@example.com", ("wifi",)),
    "Kim Lim": ("", ("external",)),
    "Jo Park": ("jo@example.com", ("viewing",)),
    "Room 4.12": ("", ("room",)),
}
#: Some minutes lie behind when the play begins, so that the first look already finds figures.
BEFORE_S = 5 * MINUTE


def opened(name: str, sim: "Simulator", *, ends_at: float | None = None) -> Cast:
    """The town hall, five minutes old, with its five people."""
    begun = minute_of(sim.clock.now()) - BEFORE_S
    run = sim.world.start(NUMBER, TOPIC, at=begun, ends_at=ends_at)
    people = {
        who: sim.world.join(run.uuid, who, email=email, traits=traits, at=begun).user_id
        for who, (email, traits) in _PEOPLE.items()
    }
    return Cast(name, run.number, run.uuid, run.topic, people, STAR)
