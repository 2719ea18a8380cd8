"""Zoom's webhooks become events: pure, field by field, and nothing in them can stop us.

Figures that are pushed (QSS) are laid out as the rows of the API and read by the same parser, so that both intakes
mean the same by the same text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rules.hearing import KINDS, Event, Kind
from rules.metrics import CATALOGUE
from rules.model import Sight
from workers.zoom import payloads

_STREAMS = frozenset(metric.stream for metric in CATALOGUE.values())
_REASON = "Reason:"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why nothing can be made of a webhook: "unknown", "unreadable", "nobody"."""

    why: str


def event(body: bytes, came_at: datetime) -> Event | Unreadable:
    """One webhook as it came."""
    try:
        told = _object(json.loads(body))
    except (ValueError, RecursionError):
        return Unreadable("unreadable")
    name = told.get("event")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(name, str):
        return Unreadable("unknown")
    thing = _object(_object(told.get("payload")).get("object"))
    meeting = payloads.meeting(thing)
    if not meeting.uuid:
        return Unreadable("unreadable")
    raw = _object(thing.get("participant"))
    heard = Event(
        kind,
        meeting,
        webinar=name.startswith("webinar."),
        at=_moment_of(kind, thing, raw) or _stamped(told.get("event_ts")) or came_at,
        came_at=came_at,
        person=_person(kind, raw),
        host_id=payloads.meeting({"host": thing.get("host_id")}).host,
    )
    return Unreadable("nobody") if raw and heard.person is None else heard


def _person(kind: Kind, raw: Mapping[str, Any]) -> Sight | None:
    """Whom it is about; None where nobody can be told from others."""
    named = {**raw, "user_id": raw.get("user_id") or raw.get("participant_id")}
    sight = payloads.sight({**named, "user_qos": _rows(raw.get("qos"))} if kind == "figures" else named)
    if kind == "machine":
        sight = replace(sight, facts=_machine(raw.get("data")))
    return replace(sight, leave_reason=_reason(sight.leave_reason)) if sight.session else None


def _rows(qos: object) -> list[dict[str, Any]]:
    """A flat list of {date_time, type, details} as rows of the API; types that we know no figure of are left out."""
    listed = [_object(item) for item in qos] if isinstance(qos, list) else []
    return [
        {"date_time": item.get("date_time"), kind: item.get("details")}
        for item in listed
        if isinstance(kind := item.get("type"), str) and kind in _STREAMS
    ]


def _machine(data: object) -> Mapping[str, str]:
    """What a list of a session's machines tells, the last word standing."""
    listed = data if isinstance(data, list) else []
    return {name: told for item in listed for name, told in payloads.sight(item).facts.items()}


def _moment_of(kind: Kind, thing: Mapping[str, Any], person: Mapping[str, Any]) -> datetime | None:
    """When it happened, in the words of the event itself."""
    names = {"started": "start_time", "ended": "end_time"}
    if kind in names:
        return payloads.moment(thing.get(names[kind]))
    known = {"joined": "join_time", "left": "leave_time"}
    return payloads.moment(person.get(known.get(kind, "date_time"))) or payloads.moment(person.get("date_time"))


def _stamped(raw: object) -> datetime | None:
    """`event_ts`: milliseconds since 1970."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        return payloads.of_our_time(datetime.fromtimestamp(raw / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _reason(text: str) -> str:
    """Why somebody left: "Ana left the meeting.<br>Reason: Network connection error." is the last three words."""
    _, told, words = text.partition(_REASON)
    return words.strip() if told else text


def _object(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}
