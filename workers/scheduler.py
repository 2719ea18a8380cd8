"""The pace: claim what is due, four times a second, and hand it to workers. Redis knows what is due; this only asks."""

import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, timedelta
from itertools import islice
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from service.settings import Settings
from service.store.leases import Claim
from workers import handovers, silences
from workers.audit import audit
from workers.drain import is_wanted
from workers.holding import LEASE_S
from workers.runtime import Runtime

TICK_S = 0.25  #: real seconds: half of it, on the average, is added to every delay
CHORE_LEASE_S = 60
BATCH = 50  #: meetings in one job
JOBS_PER_WORKER = 2  #: nothing is claimed while more than this wait for each worker: a lease must not run in a queue
log = structlog.get_logger()

#: name → what is done, how often (of the clock that people live by)
CHORES: dict[str, tuple[Callable[[Runtime], object], timedelta]] = {
    "audit": (audit, timedelta(minutes=1)),
    "hand-overs": (handovers.announce, timedelta(minutes=1)),
    "silences": (silences.notices, timedelta(minutes=1)),
    "sweep": (lambda runtime: runtime.store.sweep(), timedelta(hours=1)),
}


class Scheduler:
    """Claims due meetings for the poll workers and wakes senders. Several may run side by side."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        for chore in CHORES:
            runtime.store.chores.arm(chore, runtime.store.clock.now())

    def tick(self) -> int:
        """One round of the pace; answers how many meetings were handed out."""
        store = self.runtime.store
        store.health.tick(store.clock.now())
        claimed = self._hand_out()
        step = store.steps.first()
        if step is not None and step[1] <= store.clock.now():
            self.runtime.queues.escalate()
        first = store.lanes.first_due()
        if first is not None and first <= store.clock.now():
            self.runtime.queues.deliver()
        if is_wanted(store):
            self.runtime.queues.drain()
        self._chores()
        return claimed

    def _hand_out(self) -> int:
        """Claim due meetings, as long as no queue of jobs builds up in front of the workers."""
        store, queues = self.runtime.store, self.runtime.queues
        room = JOBS_PER_WORKER * max(1, store.health.alive("poll")) - queues.length("poll")
        if room <= 0:
            return 0
        claims = store.due.claim(room * BATCH, LEASE_S)
        if claims:
            self.runtime.mark("taken")
            queues.poll([[[claim.member, claim.token] for claim in batch] for batch in _batches(claims)])
            self.runtime.mark("handed")
        return len(claims)

    def _chores(self) -> None:
        """What one scheduler does for all of them, each at its time."""
        store = self.runtime.store
        for claim in store.chores.claim(len(CHORES), CHORE_LEASE_S):
            work, every = CHORES[claim.member]
            store.chores.done(claim, store.clock.now() + every)
            self.runtime.mark("chore")
            work(self.runtime)


def run(settings: Settings) -> int:
    """Tick until SIGTERM; the tick in hand is finished."""
    runtime = Runtime.build(settings)
    scheduler = Scheduler(runtime)
    beat = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    beat.add_job(_safe_tick, IntervalTrigger(seconds=TICK_S, timezone=UTC), args=[scheduler])

    def stop(*_: Any) -> None:
        beat.shutdown(wait=True)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        beat.start()
    finally:
        runtime.close()
    return 0


def _safe_tick(scheduler: Scheduler) -> None:
    """A tick that fails (Redis away, say) is logged; the next one comes in a second."""
    try:
        scheduler.tick()
    except Exception as error:
        log.error("tick failed", error=type(error).__name__, exc_info=True)


def _batches(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    left = iter(claims)
    while batch := list(islice(left, BATCH)):
        yield batch
