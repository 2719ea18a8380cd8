"""What a watch costs in Zoom calls, and how soon it can tell: both said before the first alert."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules import budgeting, pacing
from rules.model import Rule, Watch
from rules.pacing import Load
from service.api.bodies import Answer
from service.store import Store

_DAY_S = 86_400
_DROPS_AFTER = 1  # the built-in rule counts no minutes: 90 seconds are one and the next look
_WAITING_S = 900  # without a window, a meeting that is not live is asked again every 15 minutes
_WINDOW_S = 300  # inside its window, every 5


class Cost(Answer):
    """Zoom calls, at most: people whom several watches name are asked for once.

    `interval_s`: how often its meeting can be looked at beside everything else; `fits`: that is as often as wished.
    """

    calls_a_live_hour: int
    calls_a_day: int
    interval_s: int
    fits: bool
    says: str


class Delay(Answer):
    """How many minutes after the trouble starts somebody is told."""

    from_minutes: int
    to_minutes: int
    says: str


@dataclass(frozen=True, slots=True)
class Plate:
    """What the account has to spend now, and who else eats of it. Read it once for a request: `Plate.of(store)`."""

    now: datetime
    free: int  #: calls for figures that may be counted on today
    a_day: int  #: of a whole day, without the reserve
    loads: Sequence[Load]
    looked: Mapping[str, datetime]  #: instance → when its last look counted its calls
    reach_min: int
    age_s: int | None

    @classmethod
    def of(cls, store: Store) -> "Plate":
        """As it is."""
        now, measured, plan = store.clock.now(), store.budget.measures(), store.budget.plan
        loads = store.loads.all(now)
        rounds = ((load.instance, store.round(load.instance)) for load in loads)
        return cls(
            now=now,
            free=store.budget.free(),
            a_day=max(0, plan.a_day - plan.reserve),
            loads=loads,
            looked={instance: round.at for instance, round in rounds if round},
            reach_min=measured.reach_min or pacing.UNKNOWN_REACH_MIN,
            age_s=measured.age_s,
        )


def cost(
    watch: Watch,
    period_s: int,
    plate: Plate | None = None,
    *,
    run: str | None = None,
    people: int | None = None,
    size: int | None = None,
) -> Cost:
    """What a watch asks for, and what it gets of the plate; without a plate, as if it were alone.

    `run`: the instance that is on, where there is one; `people`: how many there the watch means; `size`: how many
    there are. Not known: people named by an id or an address are one call each, others are taken for half a crowd.
    """
    calls = budgeting.calls_a_look(watch.who, people, size)
    hourly = calls * 3600 // period_s
    live_s = min(_DAY_S, _window_s(watch) or _DAY_S)
    waiting = _DAY_S // (_WINDOW_S if watch.starts_at else _WAITING_S)
    daily = max(hourly * live_s // 3600, waiting)
    interval_s = period_s * _stretch(watch, calls, period_s, plate, run) if plate else period_s
    says = (
        f"{hourly:,} calls an hour while the meeting is on, at most {daily:,} a day; {waiting:,} a day while it is not."
    )
    fits = interval_s <= period_s
    return Cost(
        calls_a_live_hour=hourly,
        calls_a_day=daily,
        interval_s=interval_s,
        fits=fits,
        says=says if fits else f"{says} {_short(interval_s, period_s)}",
    )


def _short(interval_s: int, period_s: int) -> str:
    looks = f"it will be looked at every {budgeting.every(interval_s)} instead of every {budgeting.every(period_s)}"
    return f"The day's Zoom calls do not last for that: {looks}."


def _stretch(watch: Watch, calls: int, period_s: int, plate: Plate, run: str | None) -> int:
    """By how many periods a calm meeting is stretched with this watch: today, or on the day on which it starts."""
    starts_at = watch.starts_at if watch.starts_at and watch.starts_at > plate.now else None
    resets_at = pacing.next_reset(plate.now)
    if starts_at and starts_at >= resets_at:  # another day, with all its calls
        now, free, loads = starts_at, plate.a_day, [Load("", calls, until=watch.ends_at)]
    else:
        now, free, loads = plate.now, plate.free, _together(watch, calls, plate, run, starts_at)
    resets_at = pacing.next_reset(now)
    found = pacing.pace(loads, left=free, now=now, resets_at=resets_at, period_s=period_s, reach_min=plate.reach_min)
    return found.calm


def _together(watch: Watch, calls: int, plate: Plate, run: str | None, starts_at: datetime | None) -> list[Load]:
    """Everything that is on, and this watch: within its run's calls where a look has counted it, else beside them."""
    until = watch.ends_at if watch.ends_at and watch.ends_at > plate.now else None
    loads = {load.instance: load for load in plate.loads}
    known = loads.get(run or "")
    if known is None:
        loads[""] = Load("", calls, until=until, since=starts_at)
    elif watch.created_at > plate.looked.get(known.instance, watch.created_at):
        last = max(known.until, until) if known.until and until else None
        loads[known.instance] = replace(known, calls=known.calls + calls, until=last)
    return list(loads.values())


def _window_s(watch: Watch) -> int | None:
    if watch.starts_at and watch.ends_at and watch.hard_stop:
        return max(60, int((watch.ends_at - watch.starts_at).total_seconds()))
    return None


def delay(
    rule_ids: Iterable[str], known: Mapping[str, Rule], period_s: int, age_s: float | None = None
) -> Delay | None:
    """From the quickest level to the slowest first level: N minutes, a row's age, and up to one interval.

    `period_s`: the interval that it gets (`Cost.interval_s`); `age_s`: of the newest row on arrival, once measured.
    """
    rules = [known[id] for id in rule_ids if id in known]
    if not rules:
        return None
    first, _ = budgeting.after(min(min(_needs(rule)) for rule in rules), period_s, age_s)
    _, last = budgeting.after(max(_needs(rule)[0] for rule in rules), period_s, age_s)
    says = f"Tells you {first} to {last} minutes after the trouble starts, by rule."
    return Delay(from_minutes=first, to_minutes=last, says=says)


def _needs(rule: Rule) -> list[int]:
    levels = ((rule.warning, rule.warning_for), (rule.critical, rule.critical_for))
    return [span.need for level, span in levels if level] or [_DROPS_AFTER]
