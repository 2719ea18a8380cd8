"""The calls that Zoom still allows the account: a pace for each rate label, and one count a day.

It fails closed: when Redis does not answer, nothing is known to be left, and no call is made. The pace runs
in real time, whatever the clock says; the day is the clock's, in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from service.store import keys
from service.store.clock import Clock, ms
from service.store.link import Link

Label = Literal["heavy", "intensive", "light"]

_LIFE_S = 48 * 3600
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """`per_s` calls a second on the whole, up to `burst` at once."""

    per_s: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a Zoom plan allows: a little below its word, since other apps and clocks take part."""

    heavy: Pace
    intensive: Pace
    light: Pace
    a_day: int  #: heavy and intensive together


#: https://developers.zoom.us/docs/api/rate-limits/ (business: 40/s, 20/min, 80/s; pro: 10/s, 10/min, 30/s)
PLANS: Mapping[str, Plan] = {
    "business": Plan(Pace(38, 4), Pace(20 / 60), Pace(76, 4), 60_000),
    "pro": Plan(Pace(9), Pace(10 / 60), Pace(28, 4), 30_000),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to one wish to call. `wait_ms` is in real time; `left_today` counts after this call."""

    ok: bool
    wait_ms: int
    left_today: int


@dataclass(frozen=True, slots=True)
class Spent:
    """The day's calls, for readers."""

    today: int
    a_day: int

    @property
    def left(self) -> int:
        """What may still be spent today."""
        return max(0, self.a_day - self.today)


class Budget:
    """One account's calls."""

    def __init__(self, link: Link, clock: Clock, account: str, plan: str) -> None:
        self._link, self._clock, self._account, self._plan = link, clock, account, PLANS[plan]

    def take(self, label: Label) -> Taken:
        """Take one call, or hear how long to wait. Raises StoreUnavailable: then make no call."""
        pace = self._pace(label)
        gap_ms = 1000 / pace.per_s
        daily = 0 if label == "light" else self._plan.a_day
        ok, wait_ms, left = self._link.run(
            "budget_take",
            self._keys(label),
            (self._clock.machine_ms(), f"{gap_ms:.3f}", f"{gap_ms * (pace.burst - 1):.3f}", daily, _LIFE_S),
        )
        wait_ms = self._rest_of_day_ms() if wait_ms == -1 else wait_ms
        return Taken(bool(ok), wait_ms, self.spent().left if left == -1 else left)

    def correct(self, label: Label, daily: bool, until: datetime | None = None) -> None:
        """Zoom refused a call: hold the label until then (a second from now), and if `daily` the whole day."""
        now_ms, real_now_ms = self._clock.now_ms(), self._clock.machine_ms()
        wait_s = self._clock.real_seconds(max(0, ms(until) - now_ms)) if until else _PAUSE_S
        daily = daily and label != "light"
        held: tuple[Label, ...] = ("heavy", "intensive") if daily else (label,)
        for name in held:
            until_ms = real_now_ms + (round(wait_s * 1000) if until or not daily else 0)
            self._link.run(
                "budget_correct",
                self._keys(name),
                (until_ms + self._burst_ms(name), self._plan.a_day if daily else 0, _LIFE_S),
            )

    def spent(self) -> Spent:
        """What has gone today."""
        return Spent(int(self._link.get(self._keys("heavy")[1]) or 0), self._plan.a_day)

    def _pace(self, label: Label) -> Pace:
        paces: Mapping[Label, Pace] = {
            "heavy": self._plan.heavy,
            "intensive": self._plan.intensive,
            "light": self._plan.light,
        }
        return paces[label]

    def _burst_ms(self, label: Label) -> int:
        pace = self._pace(label)
        return round(1000 / pace.per_s * (pace.burst - 1))

    def _keys(self, label: Label) -> tuple[str, str]:
        day = f"{self._clock.now():%Y-%m-%d}"
        return keys.budget(self._account, label), keys.budget(self._account, day)

    def _rest_of_day_ms(self) -> int:
        now = self._clock.now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return round(self._clock.real_seconds(ms(midnight) - ms(now)) * 1000)
