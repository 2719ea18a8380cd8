"""Which watches concern a meeting now, and what each asks of the people in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from rules.documents import sets
from rules.lifecycle import Wish
from rules.model import Rule, Watch


def concerns(watch: Watch, instance: str, now: datetime) -> bool:
    """Whether a watch is meant for this run of its meeting, at this moment.

    A watch of participant ids belongs to the first run in which one of them was seen: Zoom gives the numbers anew
    in every run. Its end is soft: what it has begun to watch, it watches to the end, unless `hard_stop` is set.
    """
    if watch.paused or watch.bound not in (None, instance):
        return False
    if watch.starts_at and now < watch.starts_at:
        return False
    over = watch.ends_at is not None and now >= watch.ends_at
    return not over or (watch.bound == instance and not watch.hard_stop)


def rule_ids(watch: Watch) -> tuple[str, ...]:
    """The rules of a watch by id, its sets unfolded, each once."""
    stock = sets()
    return tuple(dict.fromkeys(rule for name in watch.rules for rule in stock.get(name, (name,))))


def wishes(watches: Iterable[Watch], rules: Mapping[str, Rule]) -> dict[str, tuple[Wish, ...]]:
    """What is asked of each watched session. A watch without rules looks for nothing."""
    asked: dict[str, tuple[Wish, ...]] = {}
    for watch in watches:
        own = tuple(rules[rule] for rule in rule_ids(watch) if rule in rules)
        for who in watch.who if own else ():
            asked[who.value] = (*asked.get(who.value, ()), Wish(watch.id, own, watch.notify))
    return asked
