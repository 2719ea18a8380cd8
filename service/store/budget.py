"""The calls that Zoom still allows the account: a rate for each label, one count a day, and the pace of our looks.

It fails closed: when Redis does not answer, nothing is known to be left, and no call is made. The rate runs
in real time, whatever the clock says; the day is the clock's, in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.pacing import Pace
from service.store import keys
from service.store.clock import Clock, ms
from service.store.link import Link
from service.store.plans import Label, Plan, Purpose, Rate

_LIFE_S = 48 * 3600
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to one wish to call. `wait_ms` is in real time; `left_today` counts after it, for its purpose."""

    ok: bool
    wait_ms: int
    left_today: int


@dataclass(frozen=True, slots=True)
class Spent:
    """A day's calls, for readers."""

    today: int
    a_day: int
    others: int = 0  #: of today's, as far as Zoom told: what other apps of the account made
    reserve: int = 0  #: the last calls of the day, which figures leave to discovery

    @property
    def ours(self) -> int:
        """What we made ourselves."""
        return max(0, self.today - self.others)

    @property
    def left(self) -> int:
        """What may still be spent today, for whatever purpose."""
        return max(0, self.a_day - self.today)

    @property
    def left_for_figures(self) -> int:
        """What may still be spent on figures."""
        return max(0, self.left - self.reserve)


@dataclass(frozen=True, slots=True)
class Measured:
    """What Zoom's live answers showed of late; None: nothing yet."""

    reach_min: int | None = None  #: for how many minutes back they hold rows
    age_s: int | None = None  #: how old the newest row is on arrival, since its minute began


class Budget:
    """One account's calls."""

    def __init__(self, link: Link, clock: Clock, account: str, plan: Plan) -> None:
        self._link, self._clock, self._account, self.plan = link, clock, account, plan

    def take(self, label: Label, purpose: Purpose = "discovery") -> Taken:
        """Take one call, or hear how long to wait. Raises StoreUnavailable: then make no call.

        Figures leave the last part of the day to discovery: who is there, and what is over, is known to the end.
        """
        rate = self._rate(label)
        gap_ms = 1000 / rate.per_s
        daily = -1 if label == "light" else max(0, self.plan.a_day - self._kept_from(purpose))
        ok, wait_ms, left = self._link.run(
            "budget_take",
            self._keys(label),
            (self._clock.machine_ms(), f"{gap_ms:.3f}", f"{gap_ms * (rate.burst - 1):.3f}", daily, _LIFE_S),
        )
        wait_ms = self._rest_of_day_ms() if wait_ms == -1 else wait_ms
        return Taken(bool(ok), wait_ms, self.spent().left if left == -1 else left)

    def correct(self, label: Label, daily: bool, until: datetime | None = None) -> None:
        """Zoom refused a call: hold the label until then (a second from now), and if `daily` the whole day.

        A day that Zoom calls spent before we have spent it was spent by other apps.
        """
        now_ms, real_now_ms = self._clock.now_ms(), self._clock.machine_ms()
        wait_s = self._clock.real_seconds(max(0, ms(until) - now_ms)) if until else _PAUSE_S
        daily = daily and label != "light"
        held: tuple[Label, ...] = ("heavy", "intensive") if daily else (label,)
        for name in held:
            until_ms = real_now_ms + (round(wait_s * 1000) if until or not daily else 0)
            self._correct(name, until_ms + self._burst_ms(name), self.plan.a_day if daily else 0)

    def hear(self, left_today: int) -> None:
        """Zoom says how many calls the account has left today: when we thought there were more, others made them."""
        self._correct("heavy", 0, max(0, self.plan.a_day - left_today))

    def spent(self) -> Spent:
        """What has gone today."""
        return self._spent(self._day())

    def awaited(self) -> int:
        """What other apps will probably spend in the rest of the day, as they did in that part of the day before.

        Zoom tells of them only when the day is spent, too late to save: so the day before is learnt from.
        """
        now = self._clock.now()
        yesterday = self._spent(f"{now - timedelta(days=1):%Y-%m-%d}").others
        gone = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
        return max(0, round(yesterday * (1 - gone)))

    def free(self) -> int:
        """Calls for figures that we may count on today: without the reserve, and without what others will take."""
        return max(0, self.spent().left_for_figures - self.awaited())

    def put_pace(self, pace: Pace) -> None:
        """How far looks are stretched from now on, until the day is over."""
        key = self._key(f"{self._day()}:pace")
        fields = ("calm", pace.calm, "urgent", pace.urgent, "beyond", int(pace.beyond))
        self._link.together([("HSET", key, *fields), ("EXPIRE", key, _LIFE_S)])

    def pace(self) -> Pace:
        """How far looks are stretched now. A new day begins without a stretch: its calls are all there."""
        held = self._link.hash(self._key(f"{self._day()}:pace"))
        return Pace(int(held["calm"]), int(held["urgent"]), held["beyond"] == b"1") if held else Pace()

    def measured(self, *, reach_min: int | None = None, age_s: float | None = None) -> None:
        """Note what one look's answers showed: the most minutes from the first to the last row of any one answer, and
        how long ago the minute of the newest row began.

        Kept by the hour, of reaches the greatest: the answer about somebody who has just come holds few rows and says
        nothing of what Zoom keeps, so only the longest tells.
        """
        key = self._key(f"{self._clock.now():%Y-%m-%dT%H}:measured")
        notes: list[tuple[str | float, ...]] = []
        if reach_min is not None:
            notes.append(("ZADD", key, "GT", reach_min, "reach"))
        if age_s is not None:
            notes += [("ZINCRBY", key, round(age_s), "age"), ("ZINCRBY", key, 1, "ages")]
        if notes:
            self._link.together([*notes, ("EXPIRE", key, _LIFE_S)])

    def measures(self) -> Measured:
        """What was measured in this hour and the last.

        The reach is the smaller of the two hours' greatest, where both had figures: what Zoom no longer keeps in this
        hour must not be counted on because it did in the last. A reach that is told too short costs freshness, never
        a minute.
        """
        now = self._clock.now()
        hours = [self._hour(now - timedelta(hours=back)) for back in (0, 1)]
        ages, times = sum(hour.get("age", 0) for hour in hours), sum(hour.get("ages", 0) for hour in hours)
        reaches = [hour["reach"] for hour in hours if "reach" in hour]
        return Measured(min(reaches, default=None), round(ages / times) if times else None)

    def _hour(self, moment: datetime) -> dict[str, int]:
        key = self._key(f"{moment:%Y-%m-%dT%H}:measured")
        return dict(self._link.span(key, "-inf", "+inf", 0, 9, newest=False))

    def _spent(self, day: str) -> Spent:
        count, others = self._link.many([self._key(day), self._key(f"{day}:others")])
        return Spent(int(count or 0), self.plan.a_day, int(others or 0), self.plan.reserve)

    def _correct(self, label: Label, until_ms: int, least: int) -> None:
        marks = (*self._keys(label), self._key(f"{self._day()}:others"))
        self._link.run("budget_correct", marks, (until_ms, least, _LIFE_S))

    def _kept_from(self, purpose: Purpose) -> int:
        return self.plan.reserve if purpose == "qos" else 0

    def _rate(self, label: Label) -> Rate:
        rates: Mapping[Label, Rate] = {
            "heavy": self.plan.heavy,
            "intensive": self.plan.intensive,
            "light": self.plan.light,
        }
        return rates[label]

    def _burst_ms(self, label: Label) -> int:
        rate = self._rate(label)
        return round(1000 / rate.per_s * (rate.burst - 1))

    def _keys(self, label: Label) -> tuple[str, str]:
        return self._key(label), self._key(self._day())

    def _key(self, what: str) -> str:
        return keys.budget(self._account, what)

    def _day(self) -> str:
        return f"{self._clock.now():%Y-%m-%d}"

    def _rest_of_day_ms(self) -> int:
        now = self._clock.now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return round(self._clock.real_seconds(ms(midnight) - ms(now)) * 1000)
