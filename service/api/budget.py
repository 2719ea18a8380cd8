"""/v1/budget: the Zoom calls of the day: spent, left, at which pace, and until when that lasts."""

from datetime import datetime, timedelta

from service.api.bodies import Answer
from service.api.layer import op
from service.api.live import live_runs, watched_in
from service.store import Store
from service.store.budget import Spent

PATH = "/v1/budget"


class BudgetAnswer(Answer):
    """The day's calls; a day is UTC's.

    `calls_a_minute` is what the meetings that are on ask for, a call a watched person and period. At that pace calls
    last to `would_last_until`, which is `resets_at` at the latest. `gaps` counts minutes that Zoom no longer told when
    we asked, since counting began.
    """

    spent: int
    left: int
    a_day: int
    resets_at: datetime
    calls_a_minute: float
    would_last_until: datetime
    gaps: int
    says: str


class Budget:
    """The account's calls, one resource."""

    tag = "budget"

    def __init__(self, store: Store, *, period_s: int) -> None:
        self._store, self._period_s = store, period_s

    @op("GET", PATH, scope="read", answers={200: BudgetAnswer})
    def get(self) -> BudgetAnswer:
        """See what is spent and left of the day's Zoom calls"""
        now, spent = self._store.clock.now(), self._store.budget.spent()
        pace, resets_at = self._pace(now), next_day(now)
        lasts_until = lasting(spent.left, pace, now, resets_at)
        return BudgetAnswer(
            spent=spent.today,
            left=spent.left,
            a_day=spent.a_day,
            resets_at=resets_at,
            calls_a_minute=round(pace, 1),
            would_last_until=lasts_until,
            gaps=self._store.health.counters().get("gap", 0),
            says=sentence(spent, pace, lasts_until, resets_at),
        )

    def _pace(self, now: datetime) -> float:
        """Calls a minute: everybody watched and here, once a period. Nobody has looked yet: everybody watched."""
        asked = 0
        for run in live_runs(self._store):
            round = self._store.round(run.id)
            asked += round.watched if round else len(watched_in(self._store, run, now))
        return asked * 60 / self._period_s


def next_day(now: datetime) -> datetime:
    """When Zoom counts anew: the next midnight in UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def lasting(left: int, pace: float, now: datetime, resets_at: datetime) -> datetime:
    """Until when what is left lasts at so many calls a minute."""
    minutes = (resets_at - now) / timedelta(minutes=1)
    if left >= pace * minutes:
        return resets_at
    return (now + timedelta(minutes=left / pace)).replace(microsecond=0)


def sentence(spent: Spent, pace: float, lasts_until: datetime, resets_at: datetime) -> str:
    """One sentence on the budget."""
    used = f"{spent.today:,} of {spent.a_day:,} Zoom calls are used"
    reset = f"the reset ({resets_at:%H:%M} UTC)"
    if not spent.left:
        return f"{used}: nothing can be asked of Zoom until {reset}."
    if not pace:
        return f"{used}; no watched meeting is on."
    at_pace = f"{used}; at this pace ({pace:,.0f} a minute)"
    if lasts_until < resets_at:
        return f"{at_pace} the rest lasts until {lasts_until:%H:%M} UTC, not to {reset}: watch less."
    return f"{at_pace} the rest lasts to {reset}."
