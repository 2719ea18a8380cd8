"""Deals with what Zoom pushes: one drainer at a time, batch by batch, each taken away when all it changes is committed.

An event is dealt with by what it means and never by whether it was seen before, so a drainer may die anywhere: the
next one reads the batch again and changes nothing twice.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import structlog

from rules.hearing import Event
from service.store import Store, StoreUnavailable
from service.store.intake import Pushed
from service.store.leases import Claim
from workers import feeding, pushed
from workers.holding import Stale
from workers.runtime import Runtime
from workers.zoom import events

STREAM = "0"
LEASE_S = 20  #: real seconds, like all that bounds machines; one batch takes far less
STOP_S = 30
FAIR_S = 2  #: while looks wait in the same queue, no longer than this
BATCH = 500
log = structlog.get_logger()


def is_wanted(store: Store) -> bool:
    """Whether there is anything to drain, or a pushed minute to decide."""
    if store.intake.waiting():
        return True
    due_at = store.feed.due_at()
    return due_at is not None and due_at <= store.clock.now()


def drain(runtime: Runtime) -> int:
    """Deal with what was pushed, as long as nobody else does; answer how many events that were."""
    store = runtime.store
    claim = store.drains.take(STREAM, LEASE_S)
    if claim is None:
        return 0
    try:
        dealt = _drained(runtime, claim)
    except Stale:
        log.info("claim was lost", member=claim.member)
        return 0
    finally:
        store.drains.done(claim, None)
    if is_wanted(store):  # a drainer that failed is called again by the scheduler, a second later
        runtime.queues.drain()
    return dealt


def _drained(runtime: Runtime, claim: Claim) -> int:
    store, begun, dealt = runtime.store, time.monotonic(), 0
    while time.monotonic() - begun < STOP_S and store.drains.renew(claim, LEASE_S):
        decided = feeding.decide_complete(runtime, claim)
        batch = store.intake.first(BATCH)
        runtime.mark("claimed")
        _deal_with(runtime, claim, batch)
        store.intake.done(batch)
        dealt += len(batch)
        if not batch and not decided:
            break
        if time.monotonic() - begun > FAIR_S and runtime.queues.length("poll"):
            break
    return dealt


def _deal_with(runtime: Runtime, claim: Claim, batch: Sequence[Pushed]) -> None:
    """One batch, meeting by meeting. What goes wrong with one stays with it: looks make up for it."""
    counts, meetings = _read(batch)
    for uuid, told in meetings.items():
        try:
            counts += pushed.hear(runtime, claim, told)
        except (Stale, StoreUnavailable):
            raise
        except Exception as error:
            counts["hooks:failed"] += len(told)
            log.error("events were not dealt with", meeting=uuid, error=type(error).__name__, exc_info=True)
    runtime.store.health.count_all(counts)


def _read(batch: Sequence[Pushed]) -> tuple[Counter[str], Mapping[str, list[Event]]]:
    """The events of a batch by meeting, in the order in which they happened, and what was counted."""
    counts = Counter[str]()
    meetings: dict[str, list[Event]] = defaultdict(list)
    for entry in batch:
        told = events.event(entry.body, entry.at)
        if isinstance(told, events.Unreadable):
            counts[f"hooks:{told.why}"] += 1
        else:
            counts[f"events:{told.kind}"] += 1
            meetings[told.meeting.uuid].append(told)
    return counts, {uuid: sorted(told, key=lambda event: event.at) for uuid, told in meetings.items()}
