"""Once a minute: do the day's calls last at the pace of our looks? When they do not, calm meetings wait first."""

from datetime import datetime

import structlog

from rules import pacing
from rules.budgeting import every
from rules.model import Trouble
from rules.pacing import Pace
from rules.words import duration
from service.store.budget import Spent
from workers.runtime import Runtime

SUBJECT = "service.budget"
EASE = 0.95  #: looks come sooner again only when the calls last with some to spare, or the pace would swing
log = structlog.get_logger()


def set_pace(runtime: Runtime) -> Pace:
    """Work out how far looks must be stretched from now on, and keep it for every process."""
    store = runtime.store
    now, was, free = store.clock.now(), store.budget.pace(), store.budget.free()
    found = _found(runtime, free, now)
    if found.calm < was.calm or found.urgent < was.urgent:
        eased = _found(runtime, int(free * EASE), now)
        found = was if (eased.calm, eased.urgent) > (was.calm, was.urgent) else eased
    if found != was:
        log.warning("pace of looks changed", calm=found.calm, urgent=found.urgent, beyond=found.beyond, free=free)
        store.budget.put_pace(found)
    return found


def next_look(runtime: Runtime, pace: Pace, instance: str, now: datetime, period_s: float, *, urgent: bool) -> datetime:
    """When a meeting that wishes to be looked at so often is: later when calls are scarce, never past the reset."""
    stretch = pace.of(urgent) * runtime.settings.qoswatch_poll_seconds / period_s
    return pacing.next_look(instance, now, period_s, max(1.0, stretch))


def trouble(runtime: Runtime, notify: tuple[str, ...]) -> Trouble | None:
    """The warning that looks are stretched, while they are; blindness for want of calls is worse, and told instead."""
    store = runtime.store
    pace, spent, now = store.budget.pace(), store.budget.spent(), store.clock.now()
    if not pace.is_stretched or not spent.left_for_figures:
        return None
    period_s = runtime.settings.qoswatch_poll_seconds
    lasts = (
        pacing.projected(store.loads.all(now), pace, now=now, resets_at=pacing.next_reset(now), period_s=period_s)
        <= store.budget.free()
    )
    return Trouble(
        SUBJECT,
        "warning",
        says="Zoom budget is short",
        because=f"{effect(pace, period_s)}. {used(spent, now)}. {_outlook(pace, lasts=lasts)}",
        hint=_hint(spent),
        since_at=now,
        notify=notify,
        facts={
            "label": "Looked at",
            "names": f"calm meetings every {every(pace.calm * period_s)}, "
            f"those in trouble every {every(pace.urgent * period_s)}",
            "then": "I work it out anew every minute and say when every meeting is looked at every round again.",
            "well": "Zoom budget lasts again",
            "lasted": "short",
        },
    )


def _found(runtime: Runtime, free: int, now: datetime) -> Pace:
    store = runtime.store
    return pacing.pace(
        store.loads.all(now),
        left=free,
        now=now,
        resets_at=pacing.next_reset(now),
        period_s=runtime.settings.qoswatch_poll_seconds,
        reach_min=store.budget.measures().reach_min or pacing.UNKNOWN_REACH_MIN,
    )


def effect(pace: Pace, period_s: float) -> str:
    """ "Checks now every 3 min instead of 1; alerts up to 2 min later"."""
    slow, wished = every(pace.calm * period_s), every(period_s)
    late = duration(pacing.delay_s(pace, period_s))
    return f"Checks now every {slow} instead of every {wished}; alerts up to {late} later"


def used(spent: Spent, now: datetime) -> str:
    """ "48,000 of 60,000 used by 14:10 UTC, 70 % of it by other apps"."""
    told = f"{spent.today:,} of {spent.a_day:,} calls used by {now:%H:%M} UTC"
    share = round(100 * spent.others / spent.today) if spent.today else 0
    return f"{told}, {share} % of it by other apps" if share else told


def _outlook(pace: Pace, *, lasts: bool) -> str:
    lost = " Minutes between two checks may be lost." if pace.beyond else ""
    if lasts:
        return f"At this pace it lasts to the reset (00:00 UTC).{lost}"
    return f"Even so it does not last to the reset (00:00 UTC).{lost}"


def _hint(spent: Spent) -> str:
    if spent.others > spent.ours:
        return "See which other apps of the account ask Zoom; if there are none, ZOOM_PLAN says too much."
    return "Watch fewer people, give watches an end, or ask Zoom for more calls: qoswatch plan counts it."
