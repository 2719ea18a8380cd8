"""Which Zoom call is which: its path, the budget it spends, the scope it needs.

A call that comes later (lists, bulk QoS, webinars) is one more entry of CALLS and one more function.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

Label = Literal["heavy", "intensive", "light"]
When = Literal["live", "past", "pastOne"]


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of question to Zoom. `scopes`: the granular one first, then that of older apps."""

    path: str
    label: Label
    scopes: tuple[str, ...]
    of_person: bool = False  #: it names a participant


#: https://developers.zoom.us/docs/api/rate-limits/ labels them
CALLS: Mapping[str, Call] = {
    "meeting": Call(
        "/metrics/meetings/{meeting}",
        "heavy",
        ("dashboard:read:meeting:admin", "dashboard_meetings:read:admin"),
    ),
    "participant_qos": Call(
        "/metrics/meetings/{meeting}/participants/{participant}/qos",
        "heavy",
        ("dashboard:read:meeting_participant_qos:admin", "dashboard_meetings:read:admin"),
        of_person=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One call made out to one meeting and, where it has one, one person. `path` is encoded."""

    call: Call
    path: str
    meeting: str
    participant: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def meeting(meeting_id: str, when: When) -> Question:
    """The question for one meeting: a number means its latest run, a UUID one run."""
    return _question("meeting", meeting_id, when)


def participant_qos(meeting_id: str, participant_id: str, when: When) -> Question:
    """The question for one person's figures. `participant_id` is Zoom's `user_id` of one join."""
    return _question("participant_qos", meeting_id, when, participant_id)


def encoded(meeting_id: str) -> str:
    """A meeting in a path: a UUID that begins with `/` or holds `//` is encoded twice.

    https://developers.zoom.us/docs/api/using-zoom-apis/#meeting-id-and-uuid
    """
    once = quote(meeting_id, safe="")
    return quote(once, safe="") if meeting_id.startswith("/") or "//" in meeting_id else once


def _question(name: str, meeting_id: str, when: When, participant: str = "") -> Question:
    call = CALLS[name]
    path = call.path.format(meeting=encoded(meeting_id), participant=quote(participant, safe=""))
    return Question(call, path, meeting_id, participant, {"type": when})
