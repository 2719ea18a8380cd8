"""Many people in many meetings who break by seed, each told of in a chat and by a webhook."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import gmtime, strftime
from typing import NamedTuple

from tests.bench import breaks
from tests.bench.breaks import MINUTE
from tests.chaos.yard import BASE, Yard

APART = 22  #: minutes from one bad time of somebody to the next: each is an alert of its own
FIRST = 97_700_000_000
ONE_HOOK = 20
SEEN_STEPS = 40


class Trouble(NamedTuple):
    """Somebody was heard breaking up from a minute of the day on; names are those of one person only."""

    name: str
    since: str


def hour(moment: float) -> str:
    """As messages write it."""
    return strftime("%H:%M", gmtime(moment))


@dataclass(frozen=True)
class Meeting:
    """One meeting with its own chat and its own webhook."""

    number: str
    uuid: str
    people: dict[str, str]  #: session → name

    @property
    def chat(self) -> str:
        """Its destination in the inbox."""
        return f"T1/B1/m{self.number}"

    @property
    def parts(self) -> list[list[str]]:
        """Its sessions, as many together as one webhook can tell of in time: it gets one post a second."""
        sessions = list(self.people)
        return [sessions[at : at + ONE_HOOK] for at in range(0, len(sessions), ONE_HOOK)]


@dataclass
class Crowd:
    """Everybody, and when they are bad."""

    yard: Yard
    meetings: list[Meeting] = field(default_factory=list)
    ends_at: float = 0.0

    def gather(self, meetings: int, people: int) -> None:
        """Meetings that have been on for ten minutes."""
        world, begun = self.yard.simulator.world, BASE - 600
        for at in range(meetings):
            run = world.start(str(FIRST + at), topic=f"Meeting {at}", at=begun)
            names = [f"P{at:02}{place:02}" for place in range(people)]
            joined = {world.join(run.uuid, name, at=begun).user_id: name for name in names}
            self.meetings.append(Meeting(run.number, run.uuid, joined))

    def register(self, some: Sequence[Meeting]) -> None:
        """A chat for each meeting, and a webhook and a watch for each of its parts."""
        sim, ask = self.yard.simulator, self.yard.ask
        for meeting in some:
            chat = f"chat-{meeting.number}"
            ask("PUT", f"/v1/channels/{chat}", {"kind": "slack", "url": sim.slack_url(meeting.chat)})
            for place, part in enumerate(meeting.parts):
                hook, who = f"m{meeting.number}-{place}", [{"participant_id": session} for session in part]
                ask("PUT", f"/v1/channels/{hook}", {"kind": "webhook", "url": sim.hook_url(hook)})
                watch = {"meeting": meeting.number, "who": who, "rules": ["speaker"], "notify": [chat, hook]}
                ask("PUT", f"/v1/watches/{hook}", watch)

    def be_seen(self) -> None:
        """Let time pass until everybody was seen once: from then on no minute of theirs may be missed."""
        wanted = sum(len(meeting.people) for meeting in self.meetings)
        for _ in range(SEEN_STEPS):
            self.yard.step()
            store = self.yard.store
            if sum(len(store.seats.load(run)) for run in store.instances.live()) == wanted:
                return
        raise TimeoutError("not everybody in the meetings was found")

    def schedule(self, dice: Random, start: float, times: int, within: int = APART) -> None:
        """Everybody breaks up `times` times, `APART` minutes apart, first in one of the minutes `within`."""
        world = self.yard.simulator.world
        for meeting in self.meetings:
            for session in meeting.people:
                first = dice.randrange(within)
                for time in range(times):
                    begin = start + (first + time * APART) * MINUTE
                    minutes = dice.randint(3, 6)
                    loss = {"avg_loss": dice.randint(12, 40)}
                    world.figures(meeting.uuid, session, "audio_input", loss, start=begin, minutes=minutes)
                    self.ends_at = max(self.ends_at, begin + minutes * MINUTE)

    def expected(self) -> set[Trouble]:
        """What Zoom's own figures say, gone through by a plain loop."""
        sim, last = self.yard.simulator, int(self.yard.simulator.clock.now() // MINUTE) * MINUTE
        return {
            Trouble(meeting.people[found.session], hour(found.since))
            for meeting in self.meetings
            for found in breaks.all_found(sim, {meeting.uuid: list(meeting.people)}, BASE, last)
        }
