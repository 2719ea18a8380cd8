"""Where somebody is: in the meeting, missed once, or away since when. Known of each session, and of the seat.

Lists, single answers and events tell who left and who waits. Figures tell of their own minutes only: those of
minutes before somebody left bring nobody back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rules.model import Seat, Session, Sight, minute_of

MISSED_TWICE = timedelta(seconds=60)


def moved(session: Session, sight: Sight, now: datetime) -> Session:
    """A session after a sight of it. One in the waiting room is out, and nobody's line broke."""
    if sight.left_at:
        return replace(session, left_at=sight.left_at, leave_reason=sight.leave_reason or session.leave_reason)
    if sight.waiting:
        return replace(session, left_at=session.left_at or now, leave_reason="")
    if not (session.left_at or session.leave_reason) or (session.left_at and _is_older(sight, session.left_at)):
        return session
    return replace(session, left_at=None, leave_reason="")


def placed(seat: Seat, sights: Sequence[Sight], now: datetime, *, missing: bool) -> Seat:
    """A seat after what was told of its sessions; of those not told of, what is known of them stays."""
    if missing:
        missed_at = seat.missed_at or now
        twice = now - missed_at >= MISSED_TWICE
        return replace(seat, missed_at=missed_at, away_at=seat.away_at or (missed_at if twice else None))
    if all(seat.away_at and _is_older(sight, seat.away_at) for sight in sights):
        return seat
    left = [session.left_at for session in seat.sessions if session.left_at]
    if len(left) == len(seat.sessions):
        return replace(seat, missed_at=None, away_at=min(now, max(left)))
    came = seat.here_at is None or seat.away_at is not None
    if not came and seat.missed_at is None:
        return seat
    return replace(seat, missed_at=None, away_at=None, here_at=now if came else seat.here_at)


def _is_older(sight: Sight, moment: datetime) -> bool:
    """Whether a sight tells nothing but figures of minutes up to a moment."""
    told = sight.minutes
    return bool(told) and not (sight.left_at or sight.waiting) and told[-1] <= minute_of(moment)
