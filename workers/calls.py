"""One question to Zoom about a meeting, counted by what it is for and what came of it."""

from collections import Counter

from rules.model import Instance, Meeting
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError
from workers.zoom.urls import ZoomKind


def ask_meeting(runtime: Runtime, holding: Holding, meeting: str, kind: ZoomKind = "meeting") -> Meeting:
    """Ask for a meeting by number or UUID, counted. Raises ZoomError."""
    try:
        found = runtime.zoom.meeting(meeting, kind=kind, before=holding.keep)
    except ZoomError as error:
        holding.counts += counted("discovery", error.kind)
        raise
    holding.counts += counted("discovery", "ok")
    return found


def kind_of(instance: Instance) -> ZoomKind:
    """The path that an instance is asked for on."""
    return "webinar" if instance.kind == "webinar" else "meeting"


def counted(purpose: str, result: str, n: int = 1) -> Counter[str]:
    """Calls by their purpose ("qos", "discovery") and their result ("ok", or the kind of an error)."""
    return Counter({f"zoom_calls:{result}": n, f"calls:{purpose}": n})
