"""Who was, is and waits to be in a run, as Zoom lists them: one entry for every time somebody joined."""

from typing import Any

from simulator import quality, reports
from simulator.clock import stamp
from simulator.people import Person
from simulator.runs import Instance, Knobs

Json = dict[str, Any]


def listed(run: Instance, now: float) -> list[Person]:
    """Everybody with an entry by now, in the order they came."""
    return sorted((p for p in run.people.values() if p.arrived_at <= now), key=lambda person: person.arrived_at)


def entry(person: Person, run: Instance, now: float, knobs: Knobs, *, past: bool, registrants: bool) -> Json:
    """An item of GET …/participants. What other accounts and health accounts hide is empty, never left out."""
    made = {
        **reports.identity(person),
        **reports.machine(person),
        **reports.lines(person),
        "join_time": stamp(person.joined_at if person.entered(now) else person.arrived_at),
        "role": person.role,
        "customer_key": person.customer_key,
        "participant_uuid": person.participant_uuid,
        "participant_user_id": person.account_id,
        "recording": False,
        "share_application": False,
        "share_desktop": "sharing" in person.traits,
        "share_whiteboard": False,
        "from_sip_uri": "",
        "sip_uri": "",
    }
    if person.gone(now) or past:
        made["leave_time"] = stamp(reports.left_at(person, run, now))
        made["leave_reason"] = reports.leave_words(person, run.kind)
    made |= quality.words(person, now, knobs.row_delay_s) if knobs.quality and not past else {}
    made |= {"registrant_id": person.registrant_id} if registrants and past else {}
    return reports.blanked({**made, **_of_kind(person, run, now)}, person)


def _of_kind(person: Person, run: Instance, now: float) -> Json:
    """What only meetings have: a waiting room, breakout rooms, rooms full of people."""
    if run.kind == "webinar":
        return {}
    waits = person.waiting(now) or not person.entered(now)
    made: Json = {"status": "in_waiting_room" if waits else "in_meeting"}
    made |= {"bo_mtg_id": person.room_id} if person.room_id else {}
    return made | {"in_room_participants": 1 if "room" in person.traits else 0}
