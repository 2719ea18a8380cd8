"""Who can be reached now: what every decision is told of channels, people and schedules."""

from datetime import datetime

from rules.duty import Duty, ways_to
from rules.gate import Gate
from service.store.documents import Documents
from service.store.lanes import Lanes


def duty(documents: Documents, lanes: Lanes, now: datetime) -> Duty:
    """All of it, read at once; no secret is opened."""
    kinds = {channel.id: channel.kind for channel in documents.channels.unopened()}
    people = documents.people.unopened()
    made = [way for person in people for way in ways_to(person)]
    gates = lanes.gates([*kinds, *made])
    return Duty(
        kinds=kinds,
        broken=frozenset(id for id, gate in gates.items() if _is_broken(gate, now)),
        people={person.id: person for person in people},
        schedules={schedule.id: schedule for schedule in documents.schedules.unopened()},
        covers=tuple(documents.covers.unopened()),
        policies={policy.id: policy for policy in documents.policies.unopened()},
    )


def _is_broken(gate: Gate, now: datetime) -> bool:
    """One whose next trial is due is told again, or a policy that leaves it out would never learn that it is well."""
    return bool(gate.broken) and (gate.not_before is None or gate.not_before > now)
