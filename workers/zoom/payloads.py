"""Zoom's JSON becomes samples: pure, field by field, and nothing in it can stop us.

Zoom marks every field optional, so what can not be read spoils itself only. An empty text means that
nothing is sent or received: it is missing, never zero.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from rules import metrics
from rules.model import Meeting, Sample, Sight, Unread, minute_of

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
_SCORED = ("latency", "jitter", "avg_loss")
_LONGEST = 256
_YEARS = range(2000, 2200)
_Fields = Sequence[tuple[str, str, metrics.Texts]]  #: the name of each field, that of its metric, what its texts say
_FIELDS: Mapping[str, _Fields] = {
    stream: [
        (metric.field, metric.name, metrics.TEXTS[metric.unit])
        for metric in metrics.CATALOGUE.values()
        if metric.stream == stream
    ]
    for stream in dict.fromkeys(metric.stream for metric in metrics.CATALOGUE.values())
}
_UNTOLD = object()


def sight(raw: object, *, session: str | None = None) -> Sight:
    """What one answer tells of one session; `session` is its id when the answer itself has none."""
    return read(glance(raw, session=session))


def glance(raw: object, *, session: str | None = None) -> Sight:
    """As `sight`, but its rows are told by their minutes, for whoever wants to read some of them."""
    person = _object(raw)
    rows = person.get("user_qos")
    minutes = [(_minute(told.get("date_time")), told) for told in map(_object, rows)] if isinstance(rows, list) else []
    unread = [_Row(minute, told) for minute, told in minutes if minute is not None]
    unread.sort(key=attrgetter("minute"))
    spoiled = len(minutes) - len(unread) + (rows is not None and not isinstance(rows, list))
    return _person(person, session or "", tuple(unread), spoiled)


def read(seen: Sight) -> Sight:
    """The sight with all its rows read, and the estimated score of audio beside what Zoom tells."""
    rows = [row.read(seen.session) for row in seen.unread]
    spoiled = seen.spoiled + sum(spoiled for _, spoiled in rows)
    return replace(seen, samples=(*seen.samples, *(_scored(sample) for sample, _ in rows)), spoiled=spoiled, unread=())


def bulk(raw: object) -> tuple[Sight, ...]:
    """The people of a page of figures, each as `glance`; nobody can be asked after who has no id."""
    return tuple(seen for row in _rows(raw, "participants") if (seen := glance(row)).session)


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


@lru_cache(maxsize=4096)  # everybody's rows bear the same few moments
def _minute_of(text: str) -> int | None:
    at = moment(text)
    return None if at is None else minute_of(at)


def _minute(raw: object) -> int | None:
    return _minute_of(raw[:_LONGEST]) if isinstance(raw, str) else None


def _person(person: Mapping[str, Any], session: str = "", unread: tuple[Unread, ...] = (), spoiled: int = 0) -> Sight:
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
        unread=unread,
        spoiled=spoiled,
    )


@dataclass(slots=True)
class _Row:
    """One `user_qos` row."""

    minute: int
    told: Mapping[str, Any]

    def read(self, session: str) -> tuple[Sample, int]:
        """Its streams as a sample, and how many fields of it could not be read."""
        values: dict[str, float] = {}
        blank, spoiled = set(), 0
        for stream, fields in _FIELDS.items():
            block = self.told.get(stream)
            if isinstance(block, dict):
                told, missing, unreadable = _stream(values, fields, block)
                spoiled += unreadable
                if told and missing == told and stream in metrics.STREAMS:
                    blank.add(stream)
            else:
                spoiled += block is not None
        return Sample(session, self.minute, values, frozenset(blank)), spoiled

    def mark(self) -> int:
        """A checksum of its media's texts."""
        told: list[Any] = []
        for stream in metrics.STREAMS:
            block = self.told.get(stream)
            if isinstance(block, dict):
                told += block.values()
        try:
            written = "|".join(told)
        except TypeError:  # not all of it is text
            written = "|".join(text for text in told if isinstance(text, str))
        return zlib.crc32(written.encode("utf-8", "replace"))


def _stream(values: dict[str, float], fields: _Fields, block: Mapping[str, Any]) -> tuple[int, int, int]:
    """One stream of a row: how many fields are told, are empty, can not be read. All that is told empty is blank."""
    told = missing = spoiled = 0
    for name, metric, texts in fields:
        raw = block.get(name, _UNTOLD)
        if raw is _UNTOLD:
            continue
        told += 1
        try:
            value = texts[raw] if raw.__class__ is str else metrics.number(texts.unit, raw)
        except ValueError:
            spoiled += 1
            continue
        if value is None:
            missing += 1
        else:
            values[metric] = value
    return told, missing, spoiled


def _scored(sample: Sample) -> Sample:
    """With the score of each audio stream, when all that it is made of is there."""
    scores = {}
    for stream in ("audio_input", "audio_output"):
        parts = [value for name in _SCORED if (value := sample.values.get(f"{stream}.{name}")) is not None]
        if len(parts) == len(_SCORED):
            scores[f"{stream}.mos"] = metrics.mos(*parts)
    return replace(sample, values={**sample.values, **scores})


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
    if len(raw) <= _LONGEST and raw.isascii() and raw.isprintable():  # most of it is
        return " ".join(raw.split())
    line = raw[: 4 * _LONGEST].encode("utf-8", "replace").decode()
    line = "".join(letter if letter.isprintable() else " " for letter in line)
    return " ".join(line.split())[:_LONGEST]
