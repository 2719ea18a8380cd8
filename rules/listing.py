"""When everybody in a meeting is listed anew: one call that tells who is there, who left and why.

A list is wanted when the meeting goes live, while somebody who is named is not found, while somebody may come back
under a new session, and every five minutes where new people can be meant. Join and leave events save the rest.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rules import dropping, rollcall, watching
from rules import roster as seating
from rules.lifecycle import REJOIN_GRACE
from rules.model import Instance, Roster, Seat, Watch, Who

EVERY = timedelta(minutes=5)
LOOKED_FOR = timedelta(minutes=3)  #: while somebody is not found, each round after a meeting or a watch began
_MANY = {"role", "name", "everyone"}


def is_due(
    roster: Roster,
    run: Instance,
    watches: Iterable[Watch],
    seats: Iterable[Seat],
    now: datetime,
    *,
    hearing: bool,
    stretch: int = 1,
) -> bool:
    """Whether the next look begins with a list. `hearing`: joins and leaves are told by events.

    `stretch`: by how many times calm meetings are looked at less often; they are listed less often, too.
    """
    watches, seats = tuple(watches), tuple(seats)
    if roster.listed_at is None or seeks(roster, run, watches, seats, now, hearing=hearing):
        return True
    if rollcall.wants_list(watches, run, roster, now):
        return True
    if now - roster.listed_at < EVERY * stretch:
        return False
    kinds = {who.kind for watch in watches for who in watching.entries(watch, run.id)}
    sought = any(_lost(watch, run, roster) for watch in watches) or any(seat.away_at for seat in seats)
    if hearing:  # an event may get lost, so that they are looked for now and then all the same
        return bool(kinds & _MANY) or (sought and now - roster.listed_at >= EVERY * 3)
    return bool(kinds & _MANY) or sought or kinds != {"participant_id"}


def seeks(
    roster: Roster,
    run: Instance,
    watches: Iterable[Watch],
    seats: Iterable[Seat],
    now: datetime,
    *,
    hearing: bool = False,
) -> bool:
    """Whether somebody watched may appear at any moment: not found yet, waiting to be let in, or just gone.

    `hearing`: an event would tell; only who may have dropped out is looked for once, before it is said of them.
    """
    watches = tuple(watches)
    if hearing:
        return any(_wants_proof(seat, roster, now) for seat in seats)
    if any(_may_return(seat, now) for seat in seats):
        return True
    if any(_is_new(watch, run, now) and _lost(watch, run, roster) for watch in watches):
        return True
    waiting = {session: listed for session, listed in roster.people.items() if listed.waiting and not listed.left_at}
    return any(seating.meant(watching.entries(watch, run.id), waiting) for watch in watches)


def _wants_proof(seat: Seat, roster: Roster, now: datetime) -> bool:
    """Whether a broken line is about to be a drop-out, and no list has shown since that they are not back."""
    moment = dropping.opens_at(seat)
    if moment is None or roster.listed_at is None:
        return False
    return now >= moment and roster.listed_at < moment and _may_return(seat, now)


def _may_return(seat: Seat, now: datetime) -> bool:
    """Somebody left a moment ago, or dropped out: they may be back under another session."""
    if seat.away_at is None:
        return False
    dropped = seat.alert is not None and any(b.rule == "dropped" and not b.ending for b in seat.alert.breaches)
    return dropped or now - seat.away_at <= REJOIN_GRACE


def _lost(watch: Watch, run: Instance, roster: Roster) -> bool:
    """Whether somebody whom the watch expects here was never seen."""
    return watch.meeting != watching.ANY and any(
        not _found(who, roster.people) for who in watching.entries(watch, run.id)
    )


def _found(who: Who, people: seating.People) -> bool:
    """Somebody is there, or was; of a role or of everybody there may be none."""
    if who.kind in ("role", "everyone"):
        return True
    return any(seating.is_meant(who, session, listed) for session, listed in people.items())


def _is_new(watch: Watch, run: Instance, now: datetime) -> bool:
    began_at = max(watch.created_at, run.started_at or watch.created_at)
    return now - began_at <= LOOKED_FOR
