"""How each person whom a watch names stands in a run: there, gone, not found; each with a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rules import watching
from rules.model import Listed, Seat, Watch, Who, WhoKind
from rules.roster import People, is_meant, present
from rules.watching import ONE as ONE

State = Literal["watching", "not_here", "left", "hidden", "no_figures"]

NO_FIGURES = timedelta(minutes=5)
#: Entries that name one person; the others mean whoever there is.

_NOBODY: Mapping[WhoKind, str] = {
    "participant_id": "Nobody was seen under this id yet.",
    "zoom_user": "Nobody here is signed in as this user yet.",
    "email": "Nobody here has this e-mail address yet.",
    "name": "Nobody here has this name yet.",
}
_ELSEWHERE = "This id belongs to another run: Zoom numbers people anew in each."
_VEILS: Mapping[WhoKind, str] = {
    "name": "names are hidden on this account",
    "email": "Zoom shows nobody's e-mail address here",
    "zoom_user": "Zoom shows nobody's user here",
}


@dataclass(frozen=True, slots=True)
class Presence:
    """One entry of a watch and one seat that it means; without a seat it means nobody.

    `session` is the one to show figures of. `ambiguous`: several people here fit the entry, and all are watched.
    """

    who: Who
    seat: str | None
    session: str | None
    name: str
    state: State
    says: str
    ambiguous: bool = False

    @property
    def here(self) -> bool:
        """In the meeting now."""
        return self.state in ("watching", "no_figures")


def stands(
    watch: Watch, instance: str, people: People, seats: Mapping[str, Seat], now: datetime
) -> tuple[Presence, ...]:
    """Everybody whom a watch means in this run, entry by entry, and the entries that mean nobody."""
    rooms = _by_seat(_with_seated(people, seats))
    own = watching.entries(watch, instance)
    return tuple(
        each
        for who in watch.who
        for each in (_entry(who, rooms, seats, now) if who in own else (_nobody(who, "not_here", _ELSEWHERE),))
    )


def veil(kind: WhoKind, people: People) -> str:
    """Why nobody can be found by what an entry of this kind names; "" when there is no such reason.

    One blank is no reason: Zoom tells neither user nor address of outsiders. Two people and all of them blank is one.
    """
    told = [any(_told(kind, listed) for listed in room.values()) for room in _by_seat(present(people)).values()]
    return _VEILS.get(kind, "") if len(told) > 1 and not any(told) else ""


def nameless(people: People) -> int:
    """How many people are here whose name Zoom hides: it asks everybody for one, so a blank is never their own."""
    rooms = _by_seat(present(people)).values()
    return sum(1 for room in rooms if not any(listed.name or listed.claimed for listed in room.values()))


def _with_seated(people: People, seats: Mapping[str, Seat]) -> dict[str, Listed]:
    """Everybody listed, and the sessions that only a seat knows."""
    unlisted = {
        session.id: Listed(seat.id, seat.name, left_at=session.left_at, leave_reason=session.leave_reason)
        for seat in seats.values()
        for session in seat.sessions
        if session.id not in people
    }
    return {**people, **unlisted}


def _by_seat(people: People) -> dict[str, dict[str, Listed]]:
    rooms: dict[str, dict[str, Listed]] = {}
    for session, listed in people.items():
        rooms.setdefault(listed.seat, {})[session] = listed
    return rooms


def _entry(
    who: Who, rooms: Mapping[str, dict[str, Listed]], seats: Mapping[str, Seat], now: datetime
) -> Iterable[Presence]:
    fits = {id: room for id, room in rooms.items() if any(is_meant(who, *each) for each in room.items())}
    if not fits:
        return (_missing(who, rooms),) if who.kind in ONE else ()
    several = sum(1 for room in fits.values() if present(room)) if who.kind in ONE else 1
    return (_seated(who, room, seats.get(id), several, now) for id, room in fits.items())


def _seated(who: Who, room: dict[str, Listed], seat: Seat | None, several: int, now: datetime) -> Presence:
    """Somebody who is meant. `several`: how many people here fit the entry."""
    here = present(room)
    session = who.value if who.value in here else list(here or room)[-1]
    name = (seat.name if seat else "") or next((listed.name for listed in room.values() if listed.name), "")
    state, says = _standing(name or f"Participant {session}", room, seat, now)
    ambiguous = bool(here) and several > 1
    beside = f" {several} people here fit {who.value}: all are watched." if ambiguous else ""
    return Presence(who, room[session].seat, session, name, state, says + beside, ambiguous)


def _standing(name: str, room: dict[str, Listed], seat: Seat | None, now: datetime) -> tuple[State, str]:
    here = present(room)
    if not here:
        return _out(name, room)
    away_at = seat.away_at if seat else None
    if away_at and not any(listed.joined_at and listed.joined_at > away_at for listed in here.values()):
        return "not_here", f"{name} is not in the meeting since {away_at:%H:%M} UTC."
    since = _figures_since(here, seat)
    if since is None or now - since > NO_FIGURES:
        return "no_figures", f"{name} is there, but Zoom gives no figures."
    if seat and seat.alert and seat.alert.open:
        return "watching", f"{name} is watched; alert {seat.alert.id} is open."
    if seat is None or seat.row_at is None:
        return "watching", f"{name} is there; no figures came yet."
    return "watching", f"{name} is watched; nothing is wrong."


def _out(name: str, room: dict[str, Listed]) -> tuple[State, str]:
    """Somebody who waits to be let in, or has left."""
    left = [(listed.left_at, listed.leave_reason) for listed in room.values() if listed.left_at]
    if len(left) < len(room):
        return "not_here", f"{name} is in the waiting room."
    left_at, reason = max(left)
    why = f" ({reason})" if reason else ""
    return "left", f"{name} left at {left_at:%H:%M} UTC{why}."


def _figures_since(here: People, seat: Seat | None) -> datetime | None:
    """When the last figures came; while there were none, since when they are awaited."""
    moments = [moment for moment in (seat.row_at, seat.here_at) if moment] if seat else []
    if seat and (moments or seat.first_seen_at):
        return max(moments, default=seat.first_seen_at)
    return max((listed.joined_at for listed in here.values() if listed.joined_at), default=None)


def _missing(who: Who, rooms: Mapping[str, dict[str, Listed]]) -> Presence:
    people = {session: listed for room in rooms.values() for session, listed in room.items()}
    reason = veil(who.kind, people)
    if reason:
        says = f"{reason[:1].upper()}{reason[1:]}: nobody can be found by it. Bind them, or watch by participant id."
        return _nobody(who, "hidden", says)
    unnamed = nameless(people) if who.kind == "name" else 0
    if unnamed:
        whose = "the name of 1 person" if unnamed == 1 else f"the names of {unnamed} people"
        return _nobody(who, "hidden", f"Not found, but Zoom hides {whose} here: bind whoever is meant.")
    return _nobody(who, "not_here", _NOBODY[who.kind])


def _nobody(who: Who, state: State, says: str) -> Presence:
    return Presence(who, None, None, "", state, says)


def _told(kind: WhoKind, listed: Listed) -> str:
    """What Zoom tells of a session, of the kind that an entry names."""
    return {"name": listed.name, "email": listed.email, "zoom_user": listed.zoom_user}.get(kind, listed.seat)
