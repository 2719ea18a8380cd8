"""Who dropped out: the built-in breach of somebody whose connection broke and who is not back in time.

It opens 90 seconds after they left with Zoom's network words, outlasts the grace for coming back, is never held,
and ends when they are back, when the meeting is over, or after half an hour.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rules.breaches import ended
from rules.model import DROPPED, Breach, Rule, Seat, Session, Sight, minute_of

AFTER = timedelta(seconds=90)
GIVES_UP = timedelta(minutes=30)
BEFORE_FIRST_SEEN = timedelta(minutes=5)  #: who left longer before we first saw them is history
WORDS = ("network connection error", "got disconnected")
BECAUSE = f"network error, not back after {AFTER.seconds} s"


def opens_at(seat: Seat) -> datetime | None:
    """When the breach of somebody who is away opens; None where no connection broke, or before our time."""
    if seat.away_at is None or not _is_cut_off(seat.sessions):
        return None
    if seat.first_seen_at and seat.away_at < seat.first_seen_at - BEFORE_FIRST_SEEN:
        return None
    return seat.away_at + AFTER


def opened(seat: Seat, rule: Rule, now: datetime) -> Breach | None:
    """The breach, if its time has come and nobody has given up waiting."""
    moment = opens_at(seat)
    if moment is None or seat.away_at is None or not moment <= now < seat.away_at + GIVES_UP:
        return None
    return Breach(
        DROPPED,
        rule.revision,
        "critical",
        since_minute=minute_of(seat.away_at),
        fired_minute=minute_of(moment),
        because=BECAUSE,
        operand="",
        says=rule.says,
        hint=rule.hint,
        runbook_url=rule.runbook_url,
    )


def placed(breach: Breach, seat: Seat, sights: Iterable[Sight], now: datetime) -> Breach:
    """The breach where its person is: back, gone for good, or still awaited."""
    if seat.away_at is None:
        return ended(breach, "back", max(breach.since_minute, minute_of(_back_at(breach, sights, now))))
    if now - seat.away_at >= GIVES_UP:
        return ended(breach, "did_not_return", minute_of(seat.away_at + GIVES_UP))
    return breach


def _is_cut_off(sessions: Iterable[Session]) -> bool:
    """Whether the last session ended in Zoom's network words; its events wrap a sentence around them."""
    last = max(sessions, key=lambda session: session.left_at or datetime.max.replace(tzinfo=UTC), default=None)
    told = last.leave_reason.casefold() if last and last.left_at else ""
    return any(words in told for words in WORDS)


def _back_at(breach: Breach, sights: Iterable[Sight], now: datetime) -> datetime:
    """When they joined again, where that is told; else when we found them."""
    joined = (sight.joined_at for sight in sights if sight.joined_at and not (sight.left_at or sight.waiting))
    return min((moment for moment in joined if breach.since_minute < minute_of(moment) and moment <= now), default=now)
