"""Who is in a meeting, changed in one way by looks and by pushes: the roster first, then the seats."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from rules import hearing
from rules import roster as seating
from rules.model import Roster, Sight
from workers.runtime import Runtime


def changed(
    runtime: Runtime, instance: str, edit: Callable[[Roster], Roster], known: tuple[str, Roster] | None = None
) -> Roster:
    """Change a roster; `edit` may run several times. `known`: as it was read a moment ago. Raises StoreError."""
    return runtime.store.seats.change_roster(instance, edit, known)


def told(
    roster: Roster,
    instance: str,
    now: datetime,
    *,
    listed: Sequence[Sight] | None = None,
    complete: bool = False,
    sights: Iterable[Sight] = (),
    asked: seating.People,
) -> Roster:
    """The roster after an answer of Zoom: a list of everybody, and whoever showed figures.

    `asked`: who was in it when Zoom was asked, since when events may have told more.
    """
    people = roster.people
    if listed is not None:
        people = seating.seated(people, listed, instance, now, complete=complete, listed=True)
        people = hearing.newer(people, roster.people, asked, listed)
        roster = replace(roster, listed_at=now, whole=complete)
    return replace(roster, people=seating.seated(people, sights, instance, now, complete=False))
