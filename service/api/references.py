"""Names that one resource gives of another's things: whether they exist, and where to look when they do not."""

from collections.abc import Collection

from service.api.errors import Fault, did_you_mean, shown

_PATHS = {
    "channel": "/v1/channels",
    "person": "/v1/people",
    "policy": "/v1/policies",
    "schedule": "/v1/schedules",
}


def unknown(kind: str, name: str, known: Collection[str], place: str) -> list[Fault]:
    """What is wrong with a name that somebody gave: nothing, or that there is no such thing."""
    if name in known:
        return []
    hint = did_you_mean(name, known) or ("" if known else f"; register one: PUT {_PATHS[kind]}/<id>")
    return [Fault(f"there is no {kind} {shown(name)}{hint}", place)]
