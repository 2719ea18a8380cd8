"""Who is the same person: sessions of one meeting, seated. And who is meant: entries of a watch, matched.

A session joins a seat that shares its Zoom user, e-mail or participant_uuid; by name only where nothing else could be
meant. Seats never merge and are never renamed: a seat is called after its first session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from rules.acquaintance import Acquaintances
from rules.model import Listed, Sight, Who

NAMES_KEPT = 5
TAKEN_BACK = timedelta(minutes=2)

People = Mapping[str, Listed]  #: by session


def seated(
    known: People, sights: Iterable[Sight], instance: str, now: datetime, *, complete: bool, listed: bool = False
) -> dict[str, Listed]:
    """Everybody after a list (`listed`) or other answers; `complete`: whoever is not among them has left."""
    people = dict(known)
    told = sorted(sights, key=lambda sight: (sight.joined_at or now, sight.session))
    known_by = Acquaintances(people) if any(sight.session not in people for sight in told) else None
    for sight in told:
        before = people.get(sight.session)
        seat = before.seat if before else known_by and known_by.seat_of(sight, now)
        seat = seat or f"{instance}.{sight.session}"
        people[sight.session] = _known(sight, seat, before, listed=listed, now=now)
        if known_by:
            known_by.met(sight.session)
    here = {sight.session for sight in told}
    for session, known_as in people.items():
        if complete and session not in here and known_as.left_at is None and not _just_came(known_as, now):
            people[session] = replace(known_as, left_at=now)
    return people


def present(people: People) -> dict[str, Listed]:
    """The sessions in the meeting now: neither gone nor in the waiting room."""
    return {session: listed for session, listed in people.items() if listed.left_at is None and not listed.waiting}


def sessions_of(people: People) -> dict[str, tuple[str, ...]]:
    """Each seat with its sessions, in the order in which they joined."""
    seats: dict[str, tuple[str, ...]] = {}
    for session, listed in people.items():
        seats[listed.seat] = (*seats.get(listed.seat, ()), session)
    return seats


def is_meant(who: Who, session: str, listed: Listed) -> bool:
    """Whether an entry of a watch means this session; what a person claimed goes before what Zoom tells."""
    value = who.value.casefold()
    if who.kind not in ("role", "everyone") and any(claim.casefold() == value for claim in listed.claimed):
        return True
    match who.kind:
        case "participant_id":
            return who.value == session
        case "zoom_user":
            return bool(listed.zoom_user) and who.value == listed.zoom_user
        case "email":
            return bool(listed.email) and value == listed.email.casefold()
        case "name":
            return any(fnmatchcase(name.casefold(), value) for name in (listed.name, *listed.aka) if name)
        case "role":
            return value == listed.role
        case "everyone":
            return True


def meant(entries: Iterable[Who], people: People) -> frozenset[str]:
    """The seats that entries of a watch mean. One matching session is enough: a seat is one person.

    Who is named by an id, a user or an address is looked up: hundreds of entries and hundreds of people are many pairs.
    """
    wanted = tuple(entries)
    ids = {who.value for who in wanted if who.kind == "participant_id"}
    users = {who.value for who in wanted if who.kind == "zoom_user"}
    emails = {who.value.casefold() for who in wanted if who.kind == "email"}
    rest = [who for who in wanted if who.kind in ("name", "role", "everyone")]
    return frozenset(
        listed.seat
        for session, listed in people.items()
        if session in ids
        or (listed.zoom_user and listed.zoom_user in users)
        or (listed.email and listed.email.casefold() in emails)
        or any(is_meant(who, session, listed) for who in (wanted if listed.claimed else rest))
    )


def _just_came(listed: Listed, now: datetime) -> bool:
    """A list may be behind: that somebody is not in it yet says nothing."""
    return listed.joined_at is not None and now - listed.joined_at < TAKEN_BACK


def _known(sight: Sight, seat: str, before: Listed | None, *, listed: bool, now: datetime) -> Listed:
    """What is known of a session now; what a later answer leaves blank stays as it was.

    Who was only missing from a list may be there again. Who left, by Zoom's own word, comes back as another session:
    only a list that is minutes younger than that word takes it back.
    """
    old = before or Listed(seat)
    gone = bool(old.leave_reason and old.left_at) and not (listed and old.left_at and now - old.left_at > TAKEN_BACK)
    renamed = bool(sight.name and old.name) and sight.name != old.name
    return replace(
        old,
        name=sight.name or old.name,
        aka=tuple(dict.fromkeys((*old.aka, old.name)))[-NAMES_KEPT:] if renamed else old.aka,
        email=sight.email or old.email,
        zoom_user=sight.zoom_user or old.zoom_user,
        role=sight.role or old.role,
        waiting=sight.waiting,
        joined_at=sight.joined_at or old.joined_at,
        left_at=sight.left_at or (old.left_at if gone else None),
        leave_reason=sight.leave_reason or (old.leave_reason if gone or sight.left_at else ""),
        uuid=sight.uuid or old.uuid,
    )
