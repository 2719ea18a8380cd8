"""QSS: every minute of every person pushed as an event, with the figures that the REST row of it has."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from simulator import quality, reports
from simulator.clock import MINUTE, minute_of, stamp
from simulator.happenings import Happening
from simulator.people import Person
from simulator.runs import Instance

Json = dict[str, Any]
NAMES = ("participant_qos", "participant_data")
_SCORES = (
    ("audio_quality", "audio_input"),
    ("video_quality", "video_input"),
    ("as_quality", "as_input"),
)


def between(runs: Iterable[Instance], since: float, now: float, *, per_minute: int, delay_s: float) -> list[Happening]:
    """The events of the time after `since` until now, oldest first; `nth` is the moment they speak of."""
    fresh = [run for run in runs if run.ended_at is None or run.ended_at + 2 * MINUTE + delay_s >= since]
    seats = [(run, person) for run in fresh for person in run.people.values()]
    each = (one for run, person in seats for one in _of_person(run, person, now, since, per_minute, delay_s))
    return sorted((one for one in each if since < one.at <= now), key=lambda one: one.at)


def _of_person(
    run: Instance, person: Person, now: float, since: float, per_minute: int, delay_s: float
) -> Iterator[Happening]:
    part = MINUTE / per_minute
    end = now if run.ended_at is None else min(now, run.ended_at)
    minutes = [minute for minute in person.minutes(end) if minute + 2 * MINUTE + delay_s >= since]
    if minutes and minutes[0] - person.joined_at < MINUTE:
        yield Happening(minutes[0] + MINUTE + delay_s, "participant_data", run, person)
    for minute in minutes:
        for nth in range(per_minute):
            at = minute + (nth + 1) * part + delay_s
            yield Happening(at, "participant_qos", run, person, int(minute + nth * part))


def thing(happening: Happening, number: str | int, *, person_key: str = "user_id", scale: float = 1.0) -> Json:
    """The `object` of an event; `scale` makes its figures differ from those of the REST row."""
    run, person = happening.run, happening.person
    assert person is not None
    shown = reports.blanked({"participant_user_id": person.account_id, "email": person.email}, person)
    made: Json = {person_key: person.user_id, **shown}
    if happening.name == "participant_data":
        made = {"participant_id": person.user_id, **shown, "data": _data(person)}
    else:
        made["qos"] = _qos(person, happening.nth, scale)
    return {"uuid": run.uuid, "id": number, "participant": made}


def _data(person: Person) -> list[Json]:
    if "old" in person.traits:
        return []
    machine = {name: reports.machine(person)[name] for name in ("device", "location", "version", "ip_address")}
    item = {**machine, **reports.lines(person)}
    item.pop("full_data_center")
    return [{"date_time": stamp(person.joined_at), **reports.blanked(item, person)}]


def _qos(person: Person, moment: int, scale: float) -> list[Json]:
    row, at = person.row(minute_of(moment)), stamp(moment)
    streams = [name for name in row if name != "date_time"]
    listed = [{"date_time": at, "type": name, "details": _scaled(row[name], scale)} for name in streams]
    for name, stream in _SCORES:
        score = quality.score(row.get(stream, {}))
        if score is not None:
            details = {"quality": quality.word(score), "quality_score": f"{score:.2f}"}
            listed.append({"date_time": at, "type": name, "details": details})
    return listed


def _scaled(block: Json, scale: float) -> Json:
    """The same block, or one whose figures differ by a factor; picture sizes and signal strengths stay."""
    if scale == 1.0:
        return block
    return {name: _times(value, scale) if name != "resolution" else value for name, value in block.items()}


def _times(value: Any, scale: float) -> Any:
    if not isinstance(value, str):
        return value
    return re.sub(r"^\d+(\.\d+)?", lambda found: f"{float(found.group()) * scale:.2f}".rstrip("0").rstrip("."), value)
