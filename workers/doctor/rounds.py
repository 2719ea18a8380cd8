"""The list of checks, in the order in which people would ask, and one round of them in bounded time."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from service.settings import Settings
from service.store import Store, StoreError
from workers.doctor import destinations, hooks, house, seals, state, wire, wishes, zoom
from workers.doctor.findings import Check, Finding, Patient, fault
from workers.embedded import running_url
from workers.zoom import Zoom
from workers.zoom.needs import Alone

CHECK_S, WHOLE_S = 45.0, 120.0  #: real seconds for one check, and for all of them

CHECKS = (
    Check("redis", state.server),
    Check("processes", state.processes, needs_store=True),
    Check("heartbeat", house.heartbeat),
    Check("key", house.secret_key),
    Check("seals", seals.seals, needs_store=True),
    Check("trials", house.trials),
    Check("network", wire.way, slow="reaching Zoom"),
    Check("zoom", zoom.access, slow="asking Zoom for a meeting"),
    Check("figures", zoom.figures, slow="asking Zoom for somebody's figures"),
    Check("budget", zoom.budget, needs_store=True),
    Check("webhooks", hooks.webhooks, needs_store=True),
    Check("channels", destinations.channels, needs_store=True, slow="looking at the channels"),
    Check("watches", wishes.watches, needs_store=True, slow="looking at the watches"),
    Check("rules", wishes.rules, needs_store=True),
)

Found = tuple[str, Finding]  #: the check's name and what it found


@contextmanager
def patient(settings: Settings) -> Iterator[Patient]:
    """What there is to look at: the store of whoever runs here, or none; Zoom in any case."""
    store, trouble = _store(settings)
    try:
        with Zoom(settings, store or Alone()) as asked:
            yield Patient(settings, store, asked, trouble)
    finally:
        if store:
            store.close()


def look_over(
    whom: Patient, *, checks: Sequence[Check] = CHECKS, progress: Callable[[str], None] = lambda _: None
) -> Iterator[Found]:
    """Every finding as it comes. A check that hangs or fails is a finding, and the others go on."""
    end = time.monotonic() + WHOLE_S
    for check in checks:
        if check.needs_store and whom.store is None:
            continue
        if check.slow:
            progress(check.slow)
        for finding in _bounded(check, whom, min(CHECK_S, end - time.monotonic())):
            yield check.name, finding


def _store(settings: Settings) -> tuple[Store | None, str]:
    url = settings.redis_url or running_url(settings.qoswatch_data_dir)
    if url is None:
        return None, ""
    try:
        return Store.connect(settings.model_copy(update={"redis_url": url})), ""
    except StoreError as error:
        return None, str(error)


def _bounded(check: Check, whom: Patient, limit_s: float) -> list[Finding]:
    """A check in a thread of its own: one that hangs is left behind, and ends with us."""
    found: list[Finding] = []

    def look() -> None:
        try:
            found.extend(check.look(whom))
        except Exception as error:
            found.append(fault(f"this could not be looked at: {type(error).__name__}: {error}"))

    if limit_s <= 0:
        return [fault("there was no time left for this", "run it again; what is slow is told above")]
    thread = threading.Thread(target=look, name=check.name, daemon=True)
    thread.start()
    thread.join(limit_s)
    if thread.is_alive():
        return [fault(f"this was not done after {limit_s:.0f} s", "run it again; is the network slow?")]
    return found
