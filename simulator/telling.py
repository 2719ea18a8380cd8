"""Turns what happens in the world into the webhooks that Zoom would send of it, each exactly once."""

from dataclasses import dataclass
from typing import Any

from simulator import events, happenings, qss
from simulator.happenings import Happening
from simulator.runs import Instance, Runs

Json = dict[str, Any]


@dataclass
class PushKnobs:
    """How this Zoom pushes where the real one is not known for sure, or has add-ons."""

    ids: str = "string"
    """Or "number": Zoom's samples show meeting numbers both ways."""
    silent: bool = False
    """Nothing is sent, and what happens meanwhile never will be: a subscription that died."""
    qss: bool = False
    """The paid add-on: participant_data once, participant_qos each minute."""
    qss_per_minute: int = 1
    qss_delay_s: float = 0.0
    qss_scale: float = 1.0
    """Figures are so many times those of the REST row."""
    qss_person: str = "user_id"
    """Or "participant_id": what participant_qos calls the session id."""
    timeout_s: float = 3.0
    """Real seconds that an answer may take."""


@dataclass(frozen=True, slots=True)
class News:
    """One webhook before it is a letter; `role` is that of whom it is about."""

    event: str
    at: float
    body: Json
    role: str = ""


class Telling:
    """Remembers what was told of a world."""

    def __init__(self, world: Runs, account_id: str) -> None:
        self._world, self._account_id = world, account_id
        self.knobs = PushKnobs()
        self._told: set[tuple[str, str, str, int]] = set()
        self._qss_until = 0.0

    def begin(self, now: float, since: float | None) -> None:
        """What lies before `since` (or before now, and now itself) will not be told."""
        with self._world.lock:
            past = happenings.until(self._world.instances, now)
        self._told = {each.key for each in past if since is None or each.at < since}
        self._qss_until = now if since is None else since

    def news(self, now: float) -> list[News]:
        """What has happened by now and was not told, oldest first; from here on it counts as told."""
        with self._world.lock:
            runs = [run for run in self._world.instances if (run.uuid, "", "ended", 0) not in self._told]
            new = [each for each in happenings.until(runs, now) if each.key not in self._told]
            self._told |= {each.key for each in new}
            # A minute's figures go before what happens at its end, so that nobody's come after they left.
            minutes = self._qss(self._world.instances, self._qss_until, now) if self.knobs.qss else []
            self._qss_until = now
            return [self._news(each) for each in sorted(minutes + new, key=lambda each: each.at)]

    def minutes(self, count: int, now: float) -> list[News]:
        """The newest participant_qos events there could have been by now in live meetings, oldest first."""
        with self._world.lock:
            runs = [run for run in self._world.instances if run.live(now)]
            all_of_them = [each for each in self._qss(runs, 0.0, now) if each.name == "participant_qos"]
            return [self._news(each) for each in all_of_them[-count:]]

    def alert(self, meeting: str | int, issues: tuple[str, ...], at: float) -> News:
        """meeting.alert or webinar.alert."""
        run = self._world.get(meeting)
        thing = events.meeting(run, self._world.seed, self.knobs.ids)
        return self.made(f"{run.kind}.alert", at, {**thing, "issues": [*issues] or [events.ISSUES[0]]})

    def made(self, event: str, at: float, thing: Json, role: str = "") -> News:
        """An object in its envelope."""
        return News(event, at, events.envelope(event, at, self._account_id, thing), role)

    def _qss(self, runs: list[Instance], since: float, now: float) -> list[Happening]:
        knobs = self.knobs
        return qss.between(runs, since, now, per_minute=knobs.qss_per_minute, delay_s=knobs.qss_delay_s)

    def _news(self, each: Happening) -> News:
        knobs, role = self.knobs, each.person.role if each.person else ""
        if each.name in qss.NAMES:
            number = events.number(each.run, knobs.ids)
            thing = qss.thing(each, number, person_key=knobs.qss_person, scale=knobs.qss_scale)
        else:
            thing = events.thing(each, self._world.seed, knobs.ids)
        return self.made(f"{each.run.kind}.{each.name}", each.at, thing, role)
