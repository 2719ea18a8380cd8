"""What a silence would catch now: open alerts, and people who are watched in meetings that are on."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from rules import caught
from rules.caught import Somebody
from rules.model import AlertView, Instance, Severity, Silence, Watch
from service.api.bodies import Answer
from service.api.live import Watched, watched_in
from service.api.runs import live_runs
from service.store import Store
from service.store.standing import open_alerts

MOST_SHOWN = 200


class CaughtAlert(Answer):
    """An open alert of which something would be silenced: these rules, for these watches. `whole`: all of it."""

    id: str
    who: str
    topic: str
    severity: Severity
    rules: tuple[str, ...]
    watches: tuple[str, ...]
    whole: bool


class CaughtPerson(Answer):
    """Somebody of whom these watches would not tell."""

    name: str
    participant_id: str | None
    seat: str
    meeting: str
    topic: str
    watches: tuple[str, ...]


class PreviewAnswer(Answer):
    """What would be silenced, 200 of each sort at most; `says` counts all of it."""

    alerts: tuple[CaughtAlert, ...]
    people: tuple[CaughtPerson, ...]
    says: str
    warnings: tuple[str, ...]


def preview(store: Store, silence: Silence, now: datetime, warnings: Sequence[str]) -> PreviewAnswer:
    """What a silence would catch, whenever it is meant to stand."""
    watches = {watch.id: watch for watch in store.documents.watches.all()}
    standing = list(open_alerts(store))
    alerts = [
        _alert(alert, found)
        for alert, aliases in standing
        if (found := caught.of_alert(silence, alert, watches, aliases))
    ]
    seen = list(_people(store, silence, watches, now))
    people = [person for person in seen if person.watches]
    return PreviewAnswer(
        alerts=tuple(islice(alerts, MOST_SHOWN)),
        people=tuple(islice(people, MOST_SHOWN)),
        says=_sentence(len(alerts), len(standing), len(people), len(seen)),
        warnings=tuple(warnings),
    )


def _alert(alert: AlertView, found: caught.Caught) -> CaughtAlert:
    return CaughtAlert(
        id=alert.id,
        who=alert.who,
        topic=alert.topic,
        severity=alert.severity,
        rules=found.rules,
        watches=found.watches,
        whole=found.whole,
    )


def _people(store: Store, silence: Silence, watches: Mapping[str, Watch], now: datetime) -> Iterator[CaughtPerson]:
    """Everybody who is watched now, each with the watches that would not tell of them."""
    for run in live_runs(store):
        aliases = _aliases(store, run)
        for each in watched_in(store, run, now):
            if each.presence.seat is not None and each.presence.state != "left":
                yield _person(silence, watches, run, each, each.presence.seat, aliases.get(each.presence.seat, ()))


def _person(
    silence: Silence, watches: Mapping[str, Watch], run: Instance, each: Watched, seat: str, aliases: tuple[str, ...]
) -> CaughtPerson:
    who = Somebody(seat, each.presence.name, aliases)
    known = [watches[id] for id in each.watches if id in watches]
    return CaughtPerson(
        name=each.presence.name,
        participant_id=each.presence.session,
        seat=seat,
        meeting=run.number,
        topic=run.topic,
        watches=tuple(watch.id for watch in known if caught.of_person(silence, watch, run, who)),
    )


def _aliases(store: Store, run: Instance) -> dict[str, tuple[str, ...]]:
    """The addresses and Zoom users of everybody in a run, by seat: as their seats have them, or will."""
    found = {id: set(seat.aliases) for id, (_, seat) in store.seats.load(run.id).items()}
    for listed in store.seats.roster(run.id)[1].people.values():
        found.setdefault(listed.seat, set()).update(filter(None, (listed.email, listed.zoom_user)))
    return {seat: tuple(sorted(aliases)) for seat, aliases in found.items()}


def _sentence(alerts: int, standing: int, people: int, seen: int) -> str:
    told = f"{alerts} of {_count(standing, 'open alert')}"
    whom = f"{people} of {_count(seen, 'person', 'people')} watched now"
    return f"Would silence {told}, and news of {whom}. Service alerts still come."


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
