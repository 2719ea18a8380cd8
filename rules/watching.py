"""Which watches concern a run of a meeting now, and what each asks of the people in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rules import roster, silencing
from rules.documents import sets
from rules.lifecycle import Wish
from rules.model import Instance, Policy, Rule, Silence, Watch, Who, WhoKind

NONE: Mapping[str, Policy] = {}
ONE: frozenset[WhoKind] = frozenset({"participant_id", "zoom_user", "email", "name"})  #: entries that name one person
ANY = "any"  #: the meeting of a watch that follows its people through every live meeting of the account


def concerns(watch: Watch, run: Instance | None, now: datetime) -> bool:
    """Whether a watch is meant for this run of its meeting, at this moment; None: it waits for one.

    A watch of participant ids belongs to the first run in which one of them was seen: Zoom gives the numbers anew
    in every run. Every other watch is meant for each run. An end is soft: what has begun to be watched is watched to
    the end of the meeting, unless `hard_stop` is set.
    """
    if watch.paused or (is_bound(watch) and watch.bound != (run.id if run else None)):
        return False
    if watch.starts_at and now < watch.starts_at:
        return False
    if watch.ends_at is None or now < watch.ends_at:
        return True
    return not watch.hard_stop and run is not None and _begun(watch, run)


def is_bound(watch: Watch) -> bool:
    """Whether a watch is tied to one run: all that it names are ids of that run."""
    return watch.bound is not None and all(who.kind == "participant_id" for who in watch.who)


def entries(watch: Watch, instance: str) -> tuple[Who, ...]:
    """Whom a watch names in this run: ids that belong to another run mean nobody here."""
    here = watch.bound in (None, instance)
    return tuple(who for who in watch.who if here or who.kind != "participant_id")


def rule_ids(watch: Watch) -> tuple[str, ...]:
    """The rules of a watch by id, its sets unfolded, each once."""
    stock = sets()
    return tuple(dict.fromkeys(rule for name in watch.rules for rule in stock.get(name, (name,))))


def wishes(
    watches: Iterable[Watch],
    rules: Mapping[str, Rule],
    run: Instance,
    people: roster.People,
    policies: Mapping[str, Policy] = NONE,
    silences: Sequence[Silence] = (),
) -> dict[str, tuple[Wish, ...]]:
    """What is asked of each watched seat. A watch without rules looks for nothing. `silences`: those at work."""
    asked: dict[str, tuple[Wish, ...]] = {}
    for watch in looking(watches, rules):
        meant = entries(watch, run.id)
        named = roster.meant([who for who in meant if who.kind in ONE and watch.meeting != ANY], people)
        wish = Wish(
            watch.id,
            tuple(rules[rule] for rule in rule_ids(watch) if rule in rules),
            watch.notify,
            watch.policy,
            policies.get(watch.policy),
            watch.labels,
            silences=tuple(each for each in silences if silencing.may_fit(each, watch, run.number, run.uuid)),
            meeting=run.number,
            uuid=run.uuid,
        )
        for seat in sorted(roster.meant(meant, people)):
            asked[seat] = (*asked.get(seat, ()), replace(wish, named=seat in named))
    return asked


def looking(watches: Iterable[Watch], rules: Mapping[str, Rule]) -> tuple[Watch, ...]:
    """The watches that have a rule at all."""
    return tuple(watch for watch in watches if any(rule in rules for rule in rule_ids(watch)))


def _begun(watch: Watch, run: Instance) -> bool:
    """Whether this run was being watched when the window ended."""
    if watch.bound is not None:
        return watch.bound == run.id
    if all(who.kind == "participant_id" for who in watch.who):
        return False
    return bool(watch.ends_at and run.started_at and run.started_at < watch.ends_at)
