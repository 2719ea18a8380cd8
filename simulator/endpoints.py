"""The metrics paths of the pretend Zoom: what each costs, what its caller must be allowed, how long its pages are."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path, what it costs, and what its caller must be allowed."""

    pattern: re.Pattern[str]
    label: str
    scope: str
    types: tuple[str, ...]
    view: str = "one"
    """What it shows: "list", "one", "participants", "bulk" or "qos"."""
    kind: str = "meeting"
    pages: tuple[int, int] = (30, 300)
    """page_size unless named, and the greatest there is."""


_RUN, _PERSON = r"/(?P<meeting>[^/]+)", r"/(?P<person>[^/]+)"
# view → (path behind /metrics/meetings, label, scope, page sizes)
_VIEWS: dict[str, tuple[str, str, str, tuple[int, int]]] = {
    "list": ("", "intensive", "list_{}s", (30, 300)),
    "one": (_RUN, "heavy", "{}", (30, 300)),
    "participants": (_RUN + "/participants", "heavy", "list_{}_participants", (30, 300)),
    "bulk": (_RUN + "/participants/qos", "heavy", "list_{}_participants_qos", (1, 10)),
    "qos": (_RUN + "/participants" + _PERSON + "/qos", "heavy", "{}_participant_qos", (1, 1)),
}


def _endpoint(kind: str, view: str) -> Endpoint:
    path, label, scope, pages = _VIEWS[view]
    one_user = kind == "meeting" and view in ("list", "one", "participants")
    types = ("live", "past", "pastOne") if one_user else ("live", "past")
    pattern = re.compile(f"/v2/metrics/{kind}s{path}")
    return Endpoint(pattern, label, f"dashboard:read:{scope.format(kind)}:admin", types, view, kind, pages)


ENDPOINTS = tuple(_endpoint(kind, view) for kind in ("meeting", "webinar") for view in _VIEWS)
