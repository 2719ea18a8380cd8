"""What a silence keeps from being told: of an alert as it stands, and of people who are watched."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules import silencing
from rules.model import AlertView, Instance, Severity, Silence, Watch
from rules.silencing import Thing
from rules.watching import rule_ids

_SEVERITIES: tuple[Severity, ...] = ("warning", "critical")


@dataclass(frozen=True, slots=True)
class Caught:
    """The part of an alert that a silence covers: broken rules, and the watches that hear nothing of them."""

    rules: tuple[str, ...]
    watches: tuple[str, ...]
    whole: bool  #: nothing that is bad now is left to tell


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person who is watched in a run."""

    seat: str
    name: str
    aliases: tuple[str, ...] = ()


def of_alert(
    silence: Silence, alert: AlertView, watches: Mapping[str, Watch], aliases: tuple[str, ...] = ()
) -> Caught | None:
    """What it covers of what is bad in an alert; None: nothing. `watches`: those that hear the alert, by id."""
    things = [
        Thing(
            watch.id,
            watch.labels,
            alert.meeting,
            alert.uuid,
            alert.subject,
            alert.who,
            aliases,
            breach.rule,
            breach.severity,
        )
        for watch in (watches[view.id] for view in alert.watches if view.id in watches)
        for breach in alert.breaches
        if breach.state != "over" and not breach.muted and breach.rule in rule_ids(watch)
    ]
    covered = [thing for thing in things if silencing.fits(silence, thing)]
    if not covered:
        return None
    rules = tuple(dict.fromkeys(thing.rule for thing in covered))
    return Caught(rules, tuple(dict.fromkeys(thing.watch for thing in covered)), len(covered) == len(things))


def of_person(silence: Silence, watch: Watch, run: Instance, who: Somebody) -> bool:
    """Whether it would cover anything that a watch might hear of somebody."""
    if not silencing.may_fit(silence, watch, run.number, run.uuid):
        return False
    return any(
        silencing.fits(
            silence,
            Thing(watch.id, watch.labels, run.number, run.uuid, who.seat, who.name, who.aliases, rule, severity),
        )
        for rule in rule_ids(watch)
        for severity in _SEVERITIES
    )
