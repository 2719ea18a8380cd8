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
from workers.discover import discover
from workers.holding import LEASE_S, Holding, Stale
from workers.look import look
from workers.records import went_blind
from workers.resolve import resolve
from workers.runtime import Runtime
from workers.zoom import ZoomError

STOP_S = 45  #: real seconds: what has not been started by then is given back
MEETINGS_AT_ONCE = 8
CALLS_AT_ONCE = 16
log = structlog.get_logger()


def poll(runtime: Runtime, batch: Sequence[Sequence[str]]) -> int:
    """Look at every meeting of the batch that is still ours; answer how many were looked at."""
    begun = time.monotonic()
    claims = [Claim(member, token) for member, token in batch]
    ours = [claim for claim in claims if runtime.store.due.renew(claim, LEASE_S)]
    runtime.mark("claimed")
    with ThreadPoolExecutor(MEETINGS_AT_ONCE) as meetings, ThreadPoolExecutor(CALLS_AT_ONCE) as calls:
        return sum(meetings.map(partial(_one, runtime, calls, begun), ours))


def _one(runtime: Runtime, calls: ThreadPoolExecutor, begun: float, claim: Claim) -> bool:
    """Look at one meeting, renewed when the batch began; whatever goes wrong with it stays with it."""
    now = runtime.store.clock.now()
    if time.monotonic() > begun + STOP_S:
        runtime.store.due.give_back(claim)
        return False
    holding = Holding(runtime, claim, begun)
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
    return True


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
