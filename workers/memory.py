"""Whether Redis has room: nearly full is a warning of its own, while what counts still goes on."""

from datetime import datetime

from rules import troubles
from rules.model import Trouble
from service.store.room import FULL, TIGHT
from workers.faults import audience
from workers.runtime import Runtime

SUBJECT = "service.memory"
EASED = 0.80  #: history is kept again below TIGHT, so what is used hovers there: the alert waits for real room


def trouble(runtime: Runtime, now: datetime) -> Trouble | None:
    """What is wrong with the memory of Redis, if anything."""
    memory = runtime.store.room.memory()
    if memory.share < EASED or (memory.share < TIGHT and not _stands(runtime)):
        return None
    return Trouble(
        SUBJECT,
        "critical" if memory.share >= FULL else "warning",
        says="Redis is nearly full",
        because=f"It uses {memory}",
        hint="Raise its maxmemory; or delete watches that nobody needs, shorten QOSWATCH_KEEP_SAMPLES.",
        since_at=now,
        notify=audience(runtime, runtime.store.documents.watches.all(), ()),
        facts={
            "label": "Left out",
            "names": "nothing new is registered, figures are not kept for later; alerts go on",
            "then": "When it is quite full everything stops. I look every minute and say when there is room again.",
            "well": "Redis has room again",
            "lasted": "nearly full",
        },
    )


def _stands(runtime: Runtime) -> bool:
    found = runtime.store.seats.subject(troubles.INSTANCE, SUBJECT)
    return found is not None and troubles.is_open(found[1])
