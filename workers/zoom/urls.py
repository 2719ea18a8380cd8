"""Which Zoom call is which: its path, the budget it spends, the scope it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal
from urllib.parse import quote

Label = Literal["heavy", "intensive", "light"]
Purpose = Literal["qos", "discovery"]  #: figures leave the day's last calls to finding out who is there
When = Literal["live", "past", "pastOne"]
ZoomKind = Literal["meeting", "webinar"]  #: as Zoom's paths have it; rules.model's "auto" is ours

PEOPLE = "300"  #: the longest page of a list
FIGURES = "10"  #: the longest page of people with their figures; without a wish there is one on it


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of question to Zoom. `scopes`: the granular one first, then that of older apps."""

    path: str
    label: Label
    scopes: tuple[str, ...]
    kind: ZoomKind = "meeting"
    rows: str = ""  #: what its answer calls the list that it is
    of_person: bool = False  #: it names a participant
    purpose: Purpose = "discovery"


def _calls(kind: ZoomKind) -> dict[tuple[ZoomKind, str], Call]:
    """The calls of meetings, or their twins of webinars."""

    def call(tail: str, scope: str, label: Label = "heavy", rows: str = "") -> Call:
        scopes = (f"dashboard:read:{scope}:admin", f"dashboard_{kind}s:read:admin")
        purpose: Purpose = "qos" if tail.endswith("/qos") else "discovery"
        return Call(f"/metrics/{kind}s{tail}", label, scopes, kind, rows, "{participant}" in tail, purpose)

    people = "/{meeting}/participants"
    return {
        (kind, "meeting"): call("/{meeting}", kind),
        (kind, "participants"): call(people, f"list_{kind}_participants", rows="participants"),
        (kind, "qos_pages"): call(f"{people}/qos", f"list_{kind}_participants_qos", rows="participants"),
        (kind, "participant_qos"): call(people + "/{participant}/qos", f"{kind}_participant_qos"),
        (kind, "live"): call("", f"list_{kind}s", "intensive", f"{kind}s"),
    }


#: https://developers.zoom.us/docs/api/rate-limits/ labels them
CALLS: Mapping[tuple[ZoomKind, str], Call] = {**_calls("meeting"), **_calls("webinar")}


@dataclass(frozen=True, slots=True)
class Question:
    """One call made out to one meeting and, where it has one, one person. `path` is encoded."""

    call: Call
    path: str
    meeting: str
    participant: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def after(self, token: str) -> "Question":
        """The question for the page that this token leads to."""
        return replace(self, params={**self.params, "next_page_token": token})


def meeting(meeting_id: str, when: When, kind: ZoomKind = "meeting") -> Question:
    """The question for one meeting: a number means its latest run, a UUID one run."""
    return _question(CALLS[kind, "meeting"], meeting_id, type=when)


def participants(meeting_id: str, when: When, kind: ZoomKind = "meeting") -> Question:
    """The question for everybody who ever joined."""
    return _question(CALLS[kind, "participants"], meeting_id, type=when, page_size=PEOPLE)


def qos_pages(meeting_id: str, when: When, kind: ZoomKind = "meeting") -> Question:
    """The question for everybody's figures, ten people at a time."""
    return _question(CALLS[kind, "qos_pages"], meeting_id, type=when, page_size=FIGURES)


def participant_qos(meeting_id: str, participant_id: str, when: When, kind: ZoomKind = "meeting") -> Question:
    """The question for one person's figures. `participant_id` is Zoom's `user_id` of one join."""
    return _question(CALLS[kind, "participant_qos"], meeting_id, participant_id, type=when)


def live(today: date, kind: ZoomKind = "meeting") -> Question:
    """The question for what goes on now. It must name days: with yesterday, for what began before midnight UTC."""
    days = {"from": f"{today - timedelta(days=1)}", "to": f"{today}"}
    return _question(CALLS[kind, "live"], type="live", page_size=PEOPLE, **days)


def encoded(meeting_id: str) -> str:
    """A meeting in a path: a UUID that begins with `/` or holds `//` is encoded twice.

    https://developers.zoom.us/docs/api/using-zoom-apis/#meeting-id-and-uuid
    """
    once = quote(meeting_id, safe="")
    return quote(once, safe="") if meeting_id.startswith("/") or "//" in meeting_id else once


def _question(call: Call, meeting_id: str = "", participant: str = "", **params: str) -> Question:
    path = call.path.format(meeting=encoded(meeting_id), participant=quote(participant, safe=""))
    return Question(call, path, meeting_id, participant, params)
