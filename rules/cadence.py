"""When a meeting is next looked at. Pure: the same answer from every scheduler and worker."""

import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rules import window
from rules.lifecycle import Wish
from rules.model import Seat, Watch
from rules.watching import is_bound

_LONGEST_BACK_OFF = 5  #: periods
_AFTER_END = (2, 5, 15)
_WITHOUT_WINDOW = timedelta(minutes=15)


def next_look(instance: str, now: datetime, period_s: float) -> datetime:
    """The next moment of the meeting's own phase: whole periods apart, never "now + period".

    The phase is a hash of the instance, so meetings spread over the period and stay there after an outage.
    """
    period_ms = max(1, round(period_s * 1000))
    phase = zlib.crc32(instance.encode()) % period_ms
    now_ms = round(now.timestamp() * 1000)
    return datetime.fromtimestamp((now_ms - phase) // period_ms * period_ms / 1000 + (phase + period_ms) / 1000, UTC)


def after_failure(instance: str, now: datetime, period_s: float, failures: int) -> datetime:
    """As `next_look`, further away with each failure in a row."""
    waits = min(2 ** max(0, failures - 1), _LONGEST_BACK_OFF) - 1
    return next_look(instance, now + timedelta(seconds=waits * period_s), period_s)


def is_urgent(seat: Seat, wishes: Iterable[Wish]) -> bool:
    """Somebody with an open alert, or with a bad minute that may become one: looked at before all others."""
    if seat.alert and seat.alert.open:
        return True
    rules = {rule.id: rule for wish in wishes for rule in wish.rules}
    return any(
        window.count(window.bad(ring), max(rules[id].warning_for, rules[id].critical_for, key=lambda span: span.of))
        for id, ring in seat.rings.items()
        if id in rules
    )


def ask_again(watches: Iterable[Watch], now: datetime) -> datetime | None:
    """When a number whose meeting is not live is asked again; None when nobody waits for it any more.

    Inside a window after 1, 2, then 5 minutes; every 15 minutes without one; a window that is still to come at its
    start.
    """
    moments = [moment for watch in watches if (moment := _ask_again(watch, now)) is not None]
    return min(moments, default=None)


def opens_next(watches: Iterable[Watch], now: datetime) -> datetime | None:
    """When the next window of a number opens that is live already, for somebody not seen yet."""
    waiting = [watch for watch in watches if not (watch.paused or is_bound(watch))]
    return min((w.starts_at for w in waiting if w.starts_at and w.starts_at > now), default=None)


def after_end(ended_at: datetime, now: datetime) -> datetime | None:
    """When a run that seems to be over is asked for once more, 2, 5 and 15 minutes later: Zoom may have stumbled."""
    moments = [ended_at + timedelta(minutes=minutes) for minutes in _AFTER_END]
    return next((moment for moment in moments if moment > now), None)


def _ask_again(watch: Watch, now: datetime) -> datetime | None:
    if watch.paused or is_bound(watch) or (watch.ends_at and now >= watch.ends_at):
        return None
    if watch.starts_at is None and watch.ends_at is None:
        return now + _WITHOUT_WINDOW
    opened_at = max(watch.starts_at or watch.created_at, watch.created_at)
    if now < opened_at:
        return opened_at
    waited = now - opened_at
    minutes = 1 if waited < timedelta(minutes=1) else 2 if waited < timedelta(minutes=3) else 5
    return now + timedelta(minutes=minutes)
