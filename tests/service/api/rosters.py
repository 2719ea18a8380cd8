"""A meeting that is on, with people in it, as looks and events leave it in the store."""

from dataclasses import replace
from typing import Any

from rules.model import Instance, Listed, Roster
from service.store import keys

NUMBER, UUID = "97763643886", "4444AAAiAAAAAiAiAiiAii=="


def live(store: Any, number: str = NUMBER, uuid: str = UUID, topic: str = "Spring Town Hall") -> Instance:
    """A run that began now."""
    run = Instance(keys.instance_id(uuid), uuid, number, topic, started_at=store.clock.now())
    store.instances.put(run)
    return run


def listed(store: Any, run: Instance, **people: Any) -> None:
    """Sessions of the run, each in a seat of its own: listed(store, run, s7={"name": "Dr Rao"})."""
    now = store.clock.now()
    made = {
        session[1:]: Listed(**{"seat": f"{run.id}.{session[1:]}", "joined_at": now, **told})
        for session, told in people.items()
    }
    store.seats.change_roster(run.id, lambda roster: replace(roster, people={**roster.people, **made}))


def roster_of(store: Any, run: Instance) -> Roster:
    return store.seats.roster(run.id)[1]
