"""Signs of life: the figures of /readyz and of the dead man's switch, and what workers counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.store import keys
from service.store.alerts import Alerts
from service.store.clock import Clock, ms
from service.store.instances import Instances
from service.store.lanes import Lanes
from service.store.leases import Leases
from service.store.link import Link, word
from service.store.room import UNBOUNDED, Memory, Room

ALIVE_S = 60  #: real seconds after its last beat in which a process counts as alive
LANE_LATE_S = 60
STEP_LATE_S = 60
_LOOKED_AT_MAX = 200
_FORGET_S = 86_400


@dataclass(frozen=True, slots=True)
class Figures:
    """What tells whether we do our work. Ages are in real seconds; None: it never happened."""

    tick_age_s: float | None
    overdue_meetings: int  #: meetings that wait for more than two periods
    overdue_lanes: int  #: lanes that could have spoken a minute ago
    unarmed_meetings: int = 0  #: live and watched meetings that nothing will look at
    overdue_steps: int = 0  #: open alerts whose next step or reminder is late, or will never come
    workers: Mapping[str, int] = field(default_factory=dict)  #: role → processes that are alive
    memory: Memory = UNBOUNDED


@dataclass(frozen=True, slots=True)
class Waiting:
    """What stands in our own queues, due by now or later."""

    armed: int  #: meetings that will be looked at, and numbers that wait to go live
    lanes: int  #: lanes that owe something


class Health:
    """How the processes on this Redis are."""

    def __init__(
        self,
        link: Link,
        clock: Clock,
        room: Room,
        due: Leases,
        lanes: Lanes,
        instances: Instances,
        poll_s: int,
        steps: Leases,
        alerts: Alerts,
    ) -> None:
        self._link, self._clock, self._room, self._poll_s = link, clock, room, poll_s
        self._due, self._lanes, self._instances = due, lanes, instances
        self._steps, self._alerts = steps, alerts

    def beat(self, role: str, pid: int, host: str) -> None:
        """A process lives."""
        self._link.do("HSET", keys.beats(), f"{role}|{host}|{pid}", self._clock.machine_ms())

    def gone(self, role: str, pid: int, host: str) -> None:
        """A process ended in good order."""
        self._link.do("HDEL", keys.beats(), f"{role}|{host}|{pid}")

    def tick(self, now: datetime | None = None) -> None:
        """The scheduler went round."""
        self._link.do("HSET", keys.tick(), "at", ms(now or self._clock.now()))

    def figures(self, now: datetime) -> Figures:
        """How it all stands."""
        ticked = self._link.field(keys.tick(), "at")
        return Figures(
            tick_age_s=None if ticked is None else self._clock.real_seconds(ms(now) - int(ticked)),
            overdue_meetings=self._due.overdue(2 * self._poll_s),
            overdue_lanes=self._lanes.overdue(LANE_LATE_S),
            unarmed_meetings=len(self._instances.live() - self._due.members()),
            overdue_steps=self._overdue_steps(),
            workers=self._alive(),
            memory=self._room.memory(),
        )

    def waiting(self) -> Waiting:
        """How much there is to look at and to tell, due by now or later."""
        armed, lanes = self._link.together([("ZCARD", keys.due()), ("ZCARD", keys.lanes())])
        return Waiting(int(armed), int(lanes))

    def alive(self, role: str) -> int:
        """How many processes of a role live."""
        return self._alive().get(role, 0)

    def count(self, name: str, n: int = 1) -> None:
        """Count something that /metrics shows."""
        self._link.do("HINCRBY", keys.counters(), name, n)

    def count_all(self, counts: Mapping[str, int]) -> None:
        """Count several things at once."""
        if counts:
            self._link.together([("HINCRBY", keys.counters(), name, n) for name, n in counts.items()])

    def counters(self) -> dict[str, int]:
        """All that was counted."""
        return {name: int(n) for name, n in self._link.hash(keys.counters()).items()}

    def _overdue_steps(self) -> int:
        """Steps that are late, and open alerts that wait for a moment at which nothing will look at them."""
        armed = self._steps.members()
        known = [word(id) for id in self._link.do("ZRANGE", keys.alerts_open(), 0, -1)]
        unarmed = self._alerts.get_many([id for id in known if id not in armed][:_LOOKED_AT_MAX])
        lost = sum(1 for alert in unarmed.values() if alert.state == "open" and alert.next_at is not None)
        return self._steps.overdue(self._clock.real(STEP_LATE_S) / 1000) + lost

    def _alive(self) -> dict[str, int]:
        now_ms = self._clock.machine_ms()
        beats = {name: (now_ms - int(at)) / 1000 for name, at in self._link.hash(keys.beats()).items()}
        if dead := [name for name, age_s in beats.items() if age_s > _FORGET_S]:
            self._link.do("HDEL", keys.beats(), *dead)
        return dict(Counter(name.split("|", 1)[0] for name, age_s in beats.items() if age_s <= ALIVE_S))
