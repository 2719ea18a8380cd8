"""One batch of due meetings: claimed, looked at side by side, given back in time."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import structlog

from rules import cadence
from rules.watching import ANY
from service.store import StoreError
from service.store.leases import Claim
from workers.common import Shelf
from workers.discover import discover
from workers.holding import LEASE_S, Holding, Stale
from workers.look import look
from workers.records import went_blind
from workers.resolve import resolve
from workers.runtime import Runtime
from workers.zoom import ZoomError

STOP_S = 45  #: real seconds: what has not been started by then is given back
SLOW_S = 0.45  #: an answer may take so long without a call that the pace allows being left unmade
AT_ONCE = (8, 48)  #: calls: the fewest, however slow the pace; the most, since more threads only wait for each other
log = structlog.get_logger()


def poll(runtime: Runtime, batch: Sequence[Sequence[str]]) -> int:
    """Look at every meeting of the batch that is still ours; answer how many were looked at."""
    begun = time.monotonic()
    claims = [Claim(member, token) for member, token in batch]
    ours = [claim for claim in claims if runtime.store.due.renew(claim, LEASE_S)]
    runtime.mark("claimed")
    shelf = Shelf(runtime.store)
    most = calls_at_once(runtime.store.budget.plan.heavy.per_s)
    with ThreadPoolExecutor(most // 2) as meetings, ThreadPoolExecutor(most) as calls:
        return sum(meetings.map(partial(_one, runtime, shelf, calls, begun), ours))


def calls_at_once(per_s: float) -> int:
    """How many calls are under way at once, where so many may begin in a second: 16 on Zoom's Business plan."""
    fewest, most = AT_ONCE
    return max(fewest, min(most, round(per_s * SLOW_S)))


def _one(runtime: Runtime, shelf: Shelf, calls: ThreadPoolExecutor, begun: float, claim: Claim) -> bool:
    """Look at one meeting, renewed when the batch began; whatever goes wrong with it stays with it."""
    now = runtime.store.clock.now()
    if time.monotonic() > begun + STOP_S:
        runtime.store.due.give_back(claim)
        return False
    holding = Holding(runtime, claim, shelf, begun)
    try:
        if claim.member == ANY:
            discover(runtime, holding)
        elif claim.member.startswith("n"):
            resolve(runtime, holding)
        else:
            look(runtime, holding, calls)
    except Stale:
        log.info("claim was lost", member=claim.member)
        return False
    except Exception as error:
        again_at = cadence.after_failure(claim.member, now, runtime.settings.qoswatch_poll_seconds, 2)
        runtime.store.due.done(claim, again_at)
        _own_fault(runtime, claim, now)
        log.error("look failed", member=claim.member, error=type(error).__name__, exc_info=True)
        return False
    finally:
        _count(runtime, holding)
    return True


def _count(runtime: Runtime, holding: Holding) -> None:
    """Once a look: what /metrics shows. The look itself is done by then, and due again."""
    try:
        runtime.store.health.count_all(holding.counts)
    except StoreError as error:
        log.warning("counts of a look were lost", member=holding.claim.member, error=str(error))


def _own_fault(runtime: Runtime, claim: Claim, now: datetime) -> None:
    """A look that raised left its meeting unseen: that is blindness too, and is told like any other."""
    store = runtime.store
    fault = ZoomError(
        "garbage", "qoswatch itself failed at this meeting: its log has a line 'look failed' with the cause."
    )
    try:
        version, record = store.seats.record(claim.member)
        store.seats.commit(claim.member, (), record=(version, went_blind(record, fault, now)))
        store.health.count("rounds:failed")
    except StoreError as error:
        log.error("fault could not be kept", member=claim.member, error=str(error))
