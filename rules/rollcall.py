"""The roll-call: three minutes after a meeting went live, each watch says once whom it found.

Here stands when, and who is there of whom nobody asked; what it says is in rules/rollwords.py.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from rules import watching
from rules.model import Instance, Listed, Roster, Watch, Who
from rules.presence import ONE
from rules.roster import People, meant, present
from rules.words import clean

AFTER = timedelta(minutes=3)
FRESH = timedelta(seconds=90)  #: a list older than this when the roll-call is due does not know who came last
PATIENCE = timedelta(minutes=2)  #: so long a roll-call waits for a fresh list


def note_id(watch: str, instance: str) -> str:
    """The id of a watch's roll-call in a run: made again, it is the same note."""
    return "nt_" + hashlib.sha256(f"{watch} {instance}".encode()).hexdigest()[:20]


def due_at(watch: Watch, run: Instance, people: People) -> datetime | None:
    """Three minutes after the meeting went live or the watch began, whichever is later; None: not known yet."""
    joined = (listed.joined_at for listed in people.values() if listed.joined_at)
    live_at = run.started_at or min(joined, default=None)
    return None if live_at is None else max(live_at, watch.created_at, watch.starts_at or live_at) + AFTER


def due(watches: Iterable[Watch], run: Instance, roster: Roster, now: datetime) -> tuple[Watch, ...]:
    """The watches whose roll-call is made now."""
    return tuple(watch for watch in _uncalled(watches, run, roster, now) if _knows_enough(watch, run, roster, now))


def wants_list(watches: Iterable[Watch], run: Instance, roster: Roster, now: datetime) -> bool:
    """Whether a roll-call that is due waits for a list of everybody."""
    return any(not _knows_enough(watch, run, roster, now) for watch in _uncalled(watches, run, roster, now))


def unclaimed(watches: Iterable[Watch], instance: str, people: People) -> tuple[str, ...]:
    """The people here whom no watch names, outsiders first; "" for one whose name Zoom hides.

    `attendee` and `everyone` name nobody: whoever is not found may be any of those whom they mean.
    """
    entries = [who for watch in watches for who in watching.entries(watch, instance) if _names_somebody(who)]
    named = meant(entries, people)
    strangers: dict[str, Listed] = {}
    for listed in present(people).values():
        if listed.seat not in named and not (listed.seat in strangers and strangers[listed.seat].name):
            strangers[listed.seat] = listed
    ordered = sorted(strangers.values(), key=lambda listed: bool(listed.email or listed.zoom_user))
    return tuple(clean(listed.name) for listed in ordered)


def _uncalled(watches: Iterable[Watch], run: Instance, roster: Roster, now: datetime) -> Iterable[Watch]:
    for watch in watches:
        at = due_at(watch, run, roster.people)
        if watch.id not in roster.called and at is not None and now >= at and _belongs(watch, run, roster):
            yield watch


def _belongs(watch: Watch, run: Instance, roster: Roster) -> bool:
    """A watch on any meeting says nothing in those where nobody of it is."""
    if watch.meeting != watching.ANY:
        return True
    return bool(meant(watching.entries(watch, run.id), present(roster.people)))


def _knows_enough(watch: Watch, run: Instance, roster: Roster, now: datetime) -> bool:
    """The list is whole and fresh, or a newer one could add nobody, or none has come for too long."""
    at = due_at(watch, run, roster.people)
    if at is not None and now >= at + PATIENCE:
        return True
    if roster.listed_at is None or at is None:
        return False
    fresh = roster.whole and roster.listed_at >= at - FRESH
    if fresh or watch.meeting == watching.ANY:
        return True
    here = present(roster.people)
    return all(who.kind in ONE and meant((who,), here) for who in watching.entries(watch, run.id))


def _names_somebody(who: Who) -> bool:
    return who.kind in ONE or (who.kind == "role" and who.value != "attendee")
