"""What a watch costs in Zoom calls, and how soon it can tell: both said before the first alert."""

from collections.abc import Iterable, Mapping

from rules.model import Rule, Watch
from service.api.bodies import Answer

_DAY_S = 86_400
_WAITING_S = 900  # without a window, a meeting that is not live is asked again every 15 minutes
_WINDOW_S = 300  # inside its window, every 5


class Cost(Answer):
    """Zoom calls, at most: people whom several watches name are asked for once."""

    calls_a_live_hour: int
    calls_a_day: int
    says: str


class Delay(Answer):
    """How many minutes after the trouble starts somebody is told."""

    from_minutes: int
    to_minutes: int
    says: str


def cost(watch: Watch, period_s: int) -> Cost:
    """One call a person and round while the meeting is on, few while it is not."""
    hourly = len(watch.who) * 3600 // period_s
    live_s = min(_DAY_S, _window_s(watch) or _DAY_S)
    waiting = _DAY_S // (_WINDOW_S if watch.starts_at else _WAITING_S)
    daily = max(hourly * live_s // 3600, waiting)
    says = f"{hourly:,} calls an hour while the meeting is on, at most {daily:,} a day"
    return Cost(calls_a_live_hour=hourly, calls_a_day=daily, says=f"{says}; {waiting:,} a day while it is not.")


def _window_s(watch: Watch) -> int | None:
    if watch.starts_at and watch.ends_at and watch.hard_stop:
        return max(60, int((watch.ends_at - watch.starts_at).total_seconds()))
    return None


def delay(rule_ids: Iterable[str], known: Mapping[str, Rule], period_s: int) -> Delay | None:
    """From the quickest level to the slowest first level: N minutes, a row's age, and up to one period."""
    rules = [known[id] for id in rule_ids if id in known]
    if not rules:
        return None
    first = min(min(_needs(rule)) for rule in rules) + 1
    last = max(_needs(rule)[0] for rule in rules) + 1 + -(-period_s // 60)
    says = f"Tells you {first} to {last} minutes after the trouble starts, by rule."
    return Delay(from_minutes=first, to_minutes=last, says=says)


def _needs(rule: Rule) -> list[int]:
    levels = ((rule.warning, rule.warning_for), (rule.critical, rule.critical_for))
    return [span.need for level, span in levels if level]
