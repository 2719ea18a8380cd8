"""Webhooks as Zoom shapes them (zoom.md §4): the envelope, the meeting in it, and the person."""

from typing import Any

from simulator import reports
from simulator.clock import stamp
from simulator.happenings import Happening
from simulator.people import BREAKOUT, Person, account_of
from simulator.runs import Instance

Json = dict[str, Any]
_TYPES = {"meeting": 2, "webinar": 5}
SCHEDULED_MINUTES = 60
ISSUES = (
    "Unstable audio quality",
    "Unstable video quality",
    "Poor screen share quality",
    "High CPU usage",
    "Call reconnection problems",
)


def envelope(event: str, at: float, account_id: str, thing: Json) -> Json:
    """What every webhook but the challenge looks like."""
    return {"event": event, "payload": {"account_id": account_id, "object": thing}, "event_ts": int(at * 1000)}


def number(run: Instance, ids: str) -> str | int:
    """The meeting's number, which Zoom's own samples show both as a text and as a number."""
    return int(run.number) if ids == "number" else run.number


def meeting(run: Instance, seed: int, ids: str) -> Json:
    """The run in a webhook. Its duration is the one it was scheduled for."""
    return {
        "id": number(run, ids),
        "uuid": run.uuid,
        "host_id": account_of(seed, run.host_email),
        "topic": run.topic,
        "type": _TYPES[run.kind],
        "start_time": stamp(run.started_at),
        "timezone": "UTC",
        "duration": SCHEDULED_MINUTES,
    }


def thing(happening: Happening, seed: int, ids: str) -> Json:
    """The `object` of a happening's webhook."""
    run, person = happening.run, happening.person
    made = {**meeting(run, seed, ids), **happening.more}
    if happening.name == "ended":
        made["end_time"] = stamp(happening.at)
    if person is None:
        return made
    if "breakout" in happening.name:
        made["breakout_room_uuid"] = person.room_id
    return {**made, "participant": _participant(happening, person, run)}


def who(person: Person) -> Json:
    """Somebody in a webhook: no role, no device; what is not theirs to see is empty."""
    shown = {
        **reports.identity(person),
        "participant_uuid": person.participant_uuid,
        "participant_user_id": person.account_id,
        "registrant_id": person.registrant_id,
        "customer_key": person.customer_key,
    }
    shown |= {"phone_number": "12025550142"} if "phone" in person.traits else {}
    return reports.blanked(shown, person)


def _participant(happening: Happening, person: Person, run: Instance) -> Json:
    made, name, moment = who(person), happening.name, stamp(happening.at)
    if "breakout" in name:
        made["parent_user_id"] = person.parent_id
    if name.startswith("participant_joined") and "waiting" not in name:
        return {**made, "join_time": moment}
    if name.startswith("participant_left") and "waiting" not in name:
        return {**made, "leave_time": moment, "leave_reason": _reason(person, run, by_end=happening.by_end)}
    return {**made, "date_time": moment}


def _reason(person: Person, run: Instance, *, by_end: bool) -> str:
    """Why they left, as webhooks say it: the sentence of lists stands behind "Reason:" unless it names them."""
    name = reports.blanked({"user_name": person.name}, person)["user_name"]
    left = f"{name} left the {run.kind}.".strip()
    if by_end:
        return f"{left}<br>Reason: Host ended the {run.kind}."
    words = BREAKOUT if person.leave_reason == BREAKOUT else reports.leave_words(person, run.kind)
    return words if words == left or "got disconnected" in words else f"{left}<br>Reason: {words}"
