"""/v1/budget: the Zoom calls of the day: spent, left, at which pace, until when that lasts; what a load would cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from rules import budgeting, pacing
from rules.budgeting import Allowed, Described
from rules.pacing import Load, Pace
from rules.words import duration
from service.api.bodies import Answer, Body
from service.api.layer import op
from service.store import Store
from service.store.budget import Spent
from service.store.plans import PLANS, Plan

PATH = "/v1/budget"
LARGEST = 100_000


class StretchAnswer(Answer):
    """By how many periods looks are stretched; 1 is every round. `beyond`: minutes may be lost between two looks."""

    calm: int
    urgent: int
    beyond: bool


class SavedAnswer(Answer):
    """What asking well has saved since counting began, against one call a person watched and minute."""

    person_minutes: int
    qos_calls: int
    discovery_calls: int
    calls_saved: int


class BudgetAnswer(Answer):
    """The day's calls; a day is UTC's.

    `others` is what other apps of the account spent, as far as Zoom told; `reserve` is kept for finding meetings and
    people. `calls_a_minute` is what the meetings that are on cost as they are looked at now. At that pace calls for
    figures last to `would_last_until`, which is `resets_at` at the latest. `delay_s`: so much later an alert may come
    because looks are stretched. `gaps` counts minutes that Zoom no longer told when we asked, since counting began.
    """

    spent: int
    left: int
    a_day: int
    ours: int
    others: int
    reserve: int
    resets_at: datetime
    calls_a_minute: float
    would_last_until: datetime
    stretch: StretchAnswer
    delay_s: int
    saved: SavedAnswer
    gaps: int
    says: str


def _whole(given: Any) -> Any:
    """JSON has one kind of number: 50.0 is 50."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


class LoadBody(Body):
    """So many meetings at once, so many people in each, so many of them watched, for so many hours of a day."""

    needed: ClassVar = {
        "meetings": "how many meetings at once?",
        "size": "how many people are in each meeting?",
        "watched": "how many people are watched in each meeting?",
        "hours": "for how many hours of a day?",
    }
    meetings: Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_whole)]
    size: Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_whole)]
    watched: Annotated[int, Field(ge=0, le=LARGEST), BeforeValidator(_whole)]
    hours: Annotated[float, Field(ge=0.1, le=24)]
    plan: Literal["business", "pro"] | None = None


class DelayAnswer(Answer):
    """How many minutes after the trouble starts a rule with that `for` tells."""

    span: str
    from_minutes: int
    to_minutes: int


class WouldFit(Answer):
    """What would fit at the wished period: so many watched in each meeting, or so many such meetings."""

    watched: int
    meetings: int


class PlanAnswer(Answer):
    """What a load costs and gets. Calls are those for figures; `discovery_calls_a_day` stands beside them."""

    calls_a_minute: float
    calls_a_day: int
    discovery_calls_a_day: int
    a_day: int
    fits: bool
    interval_s: int
    delays: tuple[DelayAnswer, ...]
    would_fit: WouldFit
    says: str


class Budget:
    """The account's calls, one resource."""

    tag = "budget"

    def __init__(self, store: Store, *, period_s: int) -> None:
        self._store, self._period_s = store, period_s

    @op("GET", PATH, scope="read", answers={200: BudgetAnswer})
    def get(self) -> BudgetAnswer:
        """See what is spent and left of the day's Zoom calls, and how far they go"""
        now, spent, pace = self._store.clock.now(), self._store.budget.spent(), self._store.budget.pace()
        loads: Sequence[Load] = self._store.loads.all(now)
        asked, resets_at = pacing.calls_a_minute(loads, pace, self._period_s), pacing.next_reset(now)
        lasts_until = lasting(spent.left_for_figures, asked, now, resets_at)
        counted = self._store.health.counters()
        return BudgetAnswer(
            spent=spent.today,
            left=spent.left,
            a_day=spent.a_day,
            ours=spent.ours,
            others=spent.others,
            reserve=spent.reserve,
            resets_at=resets_at,
            calls_a_minute=round(asked, 1),
            would_last_until=lasts_until,
            stretch=StretchAnswer(calm=pace.calm, urgent=pace.urgent, beyond=pace.beyond),
            delay_s=pacing.delay_s(pace, self._period_s),
            saved=saved(counted),
            gaps=counted.get("gap", 0),
            says=sentence(spent, asked, lasts_until, resets_at) + stretched(pace, self._period_s),
        )

    @op("POST", f"{PATH}/plan", scope="read", answers={200: PlanAnswer})
    def plan(self, body: LoadBody) -> PlanAnswer:
        """See what a load would cost, how often it could be looked at, and what would fit

        `plan` asks of another Zoom plan than ours. More watched than there are people means everybody.
        """
        plan: Plan = PLANS[body.plan] if body.plan else self._store.budget.plan
        load, allowed = Described(body.meetings, body.size, min(body.watched, body.size), body.hours), allowed_by(plan)
        told = budgeting.outlook(load, allowed, period_s=self._period_s, age_s=self._store.budget.measures().age_s)
        return PlanAnswer(
            calls_a_minute=round(told.calls_a_minute, 1),
            calls_a_day=told.calls_a_day,
            discovery_calls_a_day=told.discovery_a_day,
            a_day=plan.a_day,
            fits=told.fits,
            interval_s=told.interval_s,
            delays=tuple(
                DelayAnswer(span=str(each.span), from_minutes=each.from_minutes, to_minutes=each.to_minutes)
                for each in told.delays
            ),
            would_fit=WouldFit(watched=told.most_watched, meetings=told.most_meetings),
            says=budgeting.sentence(load, told, self._period_s),
        )


def allowed_by(plan: Plan) -> Allowed:
    """What a plan lets figures cost."""
    return Allowed(plan.a_day, plan.reserve, plan.heavy.per_s)


def saved(counted: Mapping[str, int]) -> SavedAnswer:
    """Against one call a person and minute."""
    minutes, qos = counted.get("person_minutes", 0), counted.get("calls:qos", 0)
    return SavedAnswer(
        person_minutes=minutes,
        qos_calls=qos,
        discovery_calls=counted.get("calls:discovery", 0),
        calls_saved=max(0, minutes - qos),
    )


def lasting(left: int, pace: float, now: datetime, resets_at: datetime) -> datetime:
    """Until when what is left lasts at so many calls a minute."""
    minutes = (resets_at - now) / timedelta(minutes=1)
    if left >= pace * minutes:
        return resets_at
    return (now + timedelta(minutes=left / pace)).replace(microsecond=0)


def sentence(spent: Spent, pace: float, lasts_until: datetime, resets_at: datetime) -> str:
    """One sentence on the budget."""
    share = round(100 * spent.others / spent.today) if spent.today else 0
    others = f" ({share} % of them by other apps)" if share else ""
    used = f"{spent.today:,} of {spent.a_day:,} Zoom calls are used{others}"
    reset = f"the reset ({resets_at:%H:%M} UTC)"
    if not spent.left:
        return f"{used}: nothing can be asked of Zoom until {reset}."
    if not spent.left_for_figures:
        return f"{used}: the rest is kept to find meetings and people, no figures can be asked for until {reset}."
    if not pace:
        return f"{used}; no watched meeting is on."
    at_pace = f"{used}; at this pace ({pace:,.0f} a minute)"
    if lasts_until < resets_at:
        return f"{at_pace} the rest lasts until {lasts_until:%H:%M} UTC, not to {reset}: watch less."
    return f"{at_pace} the rest lasts to {reset}."


def stretched(pace: Pace, period_s: int) -> str:
    """What the pace means for looks and alerts; nothing while every round is looked at."""
    if not pace.is_stretched:
        return ""
    late = duration(pacing.delay_s(pace, period_s))
    lost = "; minutes between two looks may be lost" if pace.beyond else ""
    calm, urgent = (budgeting.every(each * period_s) for each in (pace.calm, pace.urgent))
    looks = f"calm meetings are looked at every {calm}, those in trouble every {urgent}"
    return f" To make it last {looks}: alerts up to {late} later{lost}."
