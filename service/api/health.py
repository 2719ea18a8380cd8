"""/livez and /readyz: this process is alive; the whole of it does its work."""

from typing import Literal

from service.api.bodies import Answer
from service.api.layer import Reply, op
from service.store import Store
from service.store.errors import StoreError
from service.store.health import Figures
from service.store.room import FULL

_TICK_S = 30  # the scheduler ticks four times a second; half a minute without is no hiccup


class LiveAnswer(Answer):
    """This process answers."""

    status: Literal["ok"]


class ReadyAnswer(Answer):
    """Whether meetings are watched and messages go out; `reasons` says what does not."""

    status: Literal["ok", "failing"]
    reasons: tuple[str, ...]
    tick_age_s: float | None
    overdue_meetings: int | None
    overdue_lanes: int | None
    unarmed_meetings: int | None
    overdue_steps: int | None
    memory_pct: float | None  #: of what Redis may use; null where it has no limit


class Health:
    """The two health routes."""

    tag = "health"

    def __init__(self, store: Store) -> None:
        self._store = store

    @op("GET", "/livez", scope=None, answers={200: LiveAnswer})
    def livez(self) -> LiveAnswer:
        """Say that this process is alive; asks nothing of Redis"""
        return LiveAnswer(status="ok")

    @op("GET", "/readyz", scope=None, answers={200: ReadyAnswer, 503: ReadyAnswer})
    def readyz(self) -> Reply:
        """Say whether all of it works: Redis, the scheduler's tick, nothing overdue, every live meeting armed"""
        try:
            figures = self._store.health.figures(self._store.clock.now())
        except StoreError:
            return _reply(["Redis does not answer"], None)
        return _reply(reasons(figures), figures)


def reasons(figures: Figures) -> list[str]:
    """What keeps us from being ready, each with a word on where to look."""
    found = []
    if figures.tick_age_s is None:
        found.append("no scheduler has ticked yet: is `qoswatch scheduler` running?")
    elif figures.tick_age_s > _TICK_S:
        found.append(f"no scheduler has ticked for {figures.tick_age_s:.0f} s: is `qoswatch scheduler` running?")
    if figures.overdue_meetings:
        found.append(f"{_count(figures.overdue_meetings, 'meeting')} overdue: is `qoswatch worker` running?")
    if figures.overdue_lanes:
        found.append(f"{_count(figures.overdue_lanes, 'conversation')} overdue: is `qoswatch worker` running?")
    if figures.unarmed_meetings:
        unarmed = _count(figures.unarmed_meetings, "live meeting")
        found.append(f"{unarmed} not armed: nothing is seen there until one of its watches is PUT again")
    if figures.overdue_steps:
        found.append(f"{_count(figures.overdue_steps, 'escalation step')} overdue: is `qoswatch worker` running?")
    if figures.memory.share >= FULL:
        found.append(f"Redis uses {figures.memory}: it refuses what we write, or soon will")
    return found


def _count(number: int, thing: str) -> str:
    return f"1 {thing} is" if number == 1 else f"{number} {thing}s are"


def _reply(found: list[str], figures: Figures | None) -> Reply:
    answer = ReadyAnswer(
        status="failing" if found else "ok",
        reasons=tuple(found),
        tick_age_s=figures.tick_age_s if figures else None,
        overdue_meetings=figures.overdue_meetings if figures else None,
        overdue_lanes=figures.overdue_lanes if figures else None,
        unarmed_meetings=figures.unarmed_meetings if figures else None,
        overdue_steps=figures.overdue_steps if figures else None,
        memory_pct=round(100 * figures.memory.share, 1) if figures and figures.memory.most else None,
    )
    return Reply(answer, 503 if found else 200)
