"""What a Zoom plan lets one account ask, and what is left of it when somebody knows better.

https://developers.zoom.us/docs/api/rate-limits/
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Label = Literal["heavy", "intensive", "light"]
#: "qos" asks for figures; "discovery" for what is on and who is in it, without which no figure can be asked for.
Purpose = Literal["qos", "discovery"]

RESERVE = 0.05  #: of the day, which figures leave to discovery
_BELOW = 0.9  #: other apps and clocks take part, so a tenth stays free
_BURST = 4


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_s` calls a second on the whole, up to `burst` at once."""

    per_s: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What we ask at most."""

    heavy: Rate
    intensive: Rate
    light: Rate
    a_day: int  #: heavy and intensive together

    @property
    def reserve(self) -> int:
        """The last calls of the day, which are kept for discovery."""
        return reserve_of(self.a_day)


def reserve_of(a_day: int) -> int:
    """What figures leave of so many calls a day; one at least, so that the day's end is seen."""
    return max(1, round(a_day * RESERVE))


def _below(allowed: float) -> Rate:
    """A little below what Zoom allows a second, and never above it in any one second, the burst included."""
    per_s = allowed * _BELOW
    return Rate(per_s, _BURST if per_s + _BURST - 1 <= allowed else 1)


#: business: 40/s, 20/min, 80/s; pro: 10/s, 10/min, 30/s
PLANS: Mapping[str, Plan] = {
    "business": Plan(_below(40), Rate(20 / 60), _below(80), 60_000),
    "pro": Plan(_below(10), Rate(10 / 60), _below(30), 30_000),
}


def plan_of(
    name: str,
    *,
    heavy_per_s: float | None = None,
    intensive_per_min: float | None = None,
    a_day: int | None = None,
) -> Plan:
    """A plan by its name, and what an account has agreed otherwise."""
    plan = PLANS[name]
    return replace(
        plan,
        heavy=plan.heavy if heavy_per_s is None else _below(heavy_per_s),
        intensive=plan.intensive if intensive_per_min is None else Rate(intensive_per_min / 60),
        a_day=plan.a_day if a_day is None else a_day,
    )
