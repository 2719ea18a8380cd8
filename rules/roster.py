"""Who is the same person: sessions of one meeting, seated. And who is meant: entries of a watch, matched.

A session joins a seat that shares its Zoom user or e-mail; by name only where nothing else could be meant. Seats
never merge and are never renamed: a seat is called after its first session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from rules.model import Listed, Sight, Who

SAME_NAME_WITHIN = timedelta(minutes=10)

Roster = Mapping[str, Listed]


def seated(
    known: Roster, people: Iterable[Sight], instance: str, now: datetime, *, complete: bool
) -> dict[str, Listed]:
    """The roster after a listing or some events; `complete`: whoever is not in it has left."""
    roster = dict(known)
    told = sorted(people, key=lambda sight: (sight.joined_at or now, sight.session))
    for sight in told:
        before = roster.get(sight.session)
        seat = before.seat if before else _seat_of(sight, roster, now) or f"{instance}.{sight.session}"
        roster[sight.session] = _listed(sight, seat, before)
    here = {sight.session for sight in told}
    for session, listed in roster.items():
        if complete and session not in here and listed.left_at is None:
            roster[session] = replace(listed, left_at=now)
    return roster


def present(roster: Roster) -> dict[str, Listed]:
    """The sessions in the meeting now: neither gone nor in the waiting room."""
    return {session: listed for session, listed in roster.items() if listed.left_at is None and not listed.waiting}


def sessions_of(roster: Roster) -> dict[str, tuple[str, ...]]:
    """Each seat with its sessions, in the order in which they joined."""
    seats: dict[str, tuple[str, ...]] = {}
    for session, listed in roster.items():
        seats[listed.seat] = (*seats.get(listed.seat, ()), session)
    return seats


def is_meant(who: Who, session: str, listed: Listed) -> bool:
    """Whether an entry of a watch means this session."""
    value = who.value.casefold()
    match who.kind:
        case "participant_id":
            return who.value == session
        case "zoom_user":
            return bool(listed.zoom_user) and who.value == listed.zoom_user
        case "email":
            return bool(listed.email) and value == listed.email.casefold()
        case "name":
            return bool(listed.name) and fnmatchcase(listed.name.casefold(), value)
        case "role":
            return value == listed.role
        case "everyone":
            return True


def meant(entries: Iterable[Who], roster: Roster) -> frozenset[str]:
    """The seats that entries of a watch mean. One matching session is enough: a seat is one person."""
    wanted = tuple(entries)
    matching = (
        listed.seat for session, listed in roster.items() if any(is_meant(who, session, listed) for who in wanted)
    )
    return frozenset(matching)


def _seat_of(sight: Sight, roster: Roster, now: datetime) -> str | None:
    """The seat that a new session joins, if it is somebody's whom we know."""
    for listed in roster.values():
        same_user = bool(sight.zoom_user) and sight.zoom_user == listed.zoom_user
        if same_user or (sight.email and sight.email.casefold() == listed.email.casefold()):
            return listed.seat
    return _seat_by_name(sight, roster, now)


def _seat_by_name(sight: Sight, roster: Roster, now: datetime) -> str | None:
    """The one seat of that name, if everybody in it left a short while ago."""
    name = sight.name.strip().casefold()
    bearing = {listed.seat for listed in roster.values() if name and listed.name.strip().casefold() == name}
    if len(bearing) != 1:
        return None
    (seat,) = bearing
    left = [listed.left_at for listed in roster.values() if listed.seat == seat]
    ended = [moment for moment in left if moment is not None]
    joined_at = sight.joined_at or now
    if len(ended) < len(left):
        return None
    return seat if timedelta(0) <= joined_at - max(ended) < SAME_NAME_WITHIN else None


def _listed(sight: Sight, seat: str, before: Listed | None) -> Listed:
    """What is known of a session now; what a later answer leaves blank stays as it was."""
    old = before or Listed(seat)
    return Listed(
        seat=seat,
        name=sight.name or old.name,
        email=sight.email or old.email,
        zoom_user=sight.zoom_user or old.zoom_user,
        role=sight.role or old.role,
        waiting=sight.waiting,
        joined_at=sight.joined_at or old.joined_at,
        left_at=sight.left_at,
        leave_reason=sight.leave_reason or old.leave_reason,
    )
