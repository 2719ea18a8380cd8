"""Zoom's JSON becomes samples: pure, field by field, and nothing in it can stop us.

Zoom marks every field optional, so what can not be read spoils itself only. An empty text means that
nothing is sent or received: it is missing, never zero.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from rules import metrics
from rules.model import Meeting, Sample, Sight, minute_of

_FACTS = (
    "device",
    "network_type",
    "connection_type",
    "version",
    "location",
    "data_center",
    "ip_address",
    "os",
)
_ROLES = ("host", "attendee", "panelist")
_LONGEST = 256
_YEARS = range(2000, 2200)
_FIELDS: Mapping[str, tuple[metrics.Metric, ...]] = {
    stream: tuple(metric for metric in metrics.CATALOGUE.values() if metric.stream == stream)
    for stream in dict.fromkeys(metric.stream for metric in metrics.CATALOGUE.values())
}


def sight(raw: object, *, session: str | None = None) -> Sight:
    """What one answer tells of one session; `session` is its id when the answer itself has none."""
    person = _object(raw)
    rows = person.get("user_qos")
    read = [_row(row) for row in rows] if isinstance(rows, list) else []
    seen = _person(person, session or "")
    samples = [row.sample(seen.session) for row in read if row.minute is not None]
    return replace(
        seen,
        samples=tuple(sorted(samples, key=lambda sample: sample.minute)),
        spoiled=sum(row.spoiled for row in read) + (rows is not None and not isinstance(rows, list)),
    )


def bulk(raw: object) -> tuple[Sight, ...]:
    """The people of a page of figures, each as `sight`; nobody can be asked after who has no id."""
    return tuple(seen for row in _rows(raw, "participants") if (seen := sight(row)).session)


def listing(raw: object) -> tuple[Sight, ...]:
    """The joins in a list of participants: who, since when, waiting or gone; no figures are in it."""
    return tuple(seen for row in _rows(raw, "participants") if (seen := _person(_object(row))).session)


def running(raw: object) -> tuple[Meeting, ...]:
    """The runs in a list of meetings or webinars."""
    return tuple(found for row in _rows(raw, "meetings", "webinars") if (found := meeting(row)).uuid)


def meeting(raw: object) -> Meeting:
    """One run of a meeting; without a `uuid` it says nothing."""
    told = _object(raw)
    count = told.get("participants")
    return Meeting(
        uuid=_text(told.get("uuid")),
        number=_text(told.get("id")).replace(" ", "").replace("-", ""),
        topic=_text(told.get("topic")),
        host=_text(told.get("host")),
        host_email=_text(told.get("email")),
        started_at=moment(told.get("start_time")),
        ended_at=moment(told.get("end_time")),
        participants=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
        audio_quality=_text(told.get("audio_quality")).casefold(),
    )


def moment(raw: object) -> datetime | None:
    """A moment as Zoom writes it, `2026-11-23T10:04:00Z`; without an offset it is UTC. One far from today is none."""
    text = raw.strip() if isinstance(raw, str) else ""
    if len(text) < len("2026-11-23T10:04"):  # a bare date is no moment
        return None
    try:
        found = datetime.fromisoformat(text)
        return of_our_time((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def of_our_time(moment: datetime) -> datetime | None:
    """The moment, unless it lies so far away that nothing could be reckoned from it."""
    return moment if moment.year in _YEARS else None


def _person(person: Mapping[str, Any], session: str = "") -> Sight:
    """What is told of a session beside its figures."""
    role = _text(person.get("role")).casefold()
    return Sight(
        session=_text(person.get("user_id")) or session,
        name=_text(person.get("user_name")),
        email=_text(person.get("email")),
        zoom_user=_text(person.get("participant_user_id")) or _text(person.get("id")),
        facts={name: told for name in _FACTS if (told := _text(person.get(name)))},
        joined_at=moment(person.get("join_time")),
        left_at=moment(person.get("leave_time")),
        leave_reason=_text(person.get("leave_reason")),
        role=role if role in _ROLES else "",
        waiting=_text(person.get("status")).casefold() == "in_waiting_room",
        uuid=_text(person.get("participant_uuid")),
    )


@dataclass(slots=True)
class _Row:
    """One `user_qos` row while it is read."""

    minute: int | None
    values: dict[str, float] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    spoiled: int = 0

    def sample(self, session: str) -> Sample:
        assert self.minute is not None
        return Sample(session, self.minute, self.values, frozenset(self.blank))


def _row(raw: object) -> _Row:
    """A row: `date_time` and its streams. Without a readable date nobody can place it: spoiled whole."""
    told = _object(raw)
    at = moment(told.get("date_time"))
    if at is None:
        return _Row(None, spoiled=1)
    row = _Row(minute_of(at))
    for stream, fields in _FIELDS.items():
        if told.get(stream) is not None:
            _stream(row, stream, fields, told[stream])
    for stream in ("audio_input", "audio_output"):
        _score(row.values, stream)
    return row


def _stream(row: _Row, stream: str, fields: tuple[metrics.Metric, ...], raw: object) -> None:
    """One stream of a row: blank when all that Zoom says of it is empty."""
    if not isinstance(raw, dict):
        row.spoiled += 1
        return
    told = [metric for metric in fields if metric.field in raw]
    missing = 0
    for metric in told:
        try:
            value = metrics.parse(metric.name, raw[metric.field])
        except ValueError:
            row.spoiled += 1
            continue
        if value is None or not math.isfinite(value):
            missing += 1
        else:
            row.values[metric.name] = value
    if told and missing == len(told) and stream in metrics.STREAMS:
        row.blank.add(stream)


def _score(values: dict[str, float], stream: str) -> None:
    """The estimated score of an audio stream, when all that it is made of is there."""
    parts = [values.get(f"{stream}.{name}") for name in ("latency", "jitter", "avg_loss")]
    if None not in parts:
        latency_ms, jitter_ms, loss_pct = (part for part in parts if part is not None)
        values[f"{stream}.mos"] = metrics.mos(latency_ms, jitter_ms, loss_pct)


def _rows(raw: object, *names: str) -> tuple[object, ...]:
    """The rows as the client answers them, or in Zoom's whole answer under one of these names."""
    if isinstance(raw, dict):
        raw = next((raw[name] for name in names if name in raw), ())
    return tuple(raw) if isinstance(raw, list | tuple) else ()


def _object(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _text(raw: object) -> str:
    """Foreign text, or a whole number as text: one line, of a bearable length, that UTF-8 can carry."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw) if abs(raw) < 10**30 else ""
    if not isinstance(raw, str):
        return ""
    line = raw[: 4 * _LONGEST].encode("utf-8", "replace").decode()
    line = "".join(letter if letter.isprintable() else " " for letter in line)
    return " ".join(line.split())[:_LONGEST]
