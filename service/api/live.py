"""/v1/live: the meetings that are on now, who is watched in them, their last figures. From what we hold: no call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.metrics import STREAMS
from rules.model import AlertState, Instance, MeetingRecord, Round, Sample, Severity, moment_of
from rules.presence import Presence, stands
from rules.watching import concerns
from service.api.bodies import Answer, Query
from service.api.fields import Limit
from service.api.layer import op
from service.api.runs import live_runs, not_seen
from service.api.watch_people import MOST_PEOPLE
from service.api.watch_view import HERE, Person, alert_of, person_of, unseen
from service.store import Store

PATH = "/v1/live"


class LiveQuery(Query):
    """How many meetings, those that began last first."""

    limit: Limit = 50


class StreamFigures(Answer):
    """One media stream in that minute."""

    loss_pct: float | None
    jitter_ms: float | None
    latency_ms: float | None


class FiguresAnswer(Answer):
    """The newest minute of a person. `*_input` is what they send; `blank` streams carried nothing."""

    at: datetime
    streams: Mapping[str, StreamFigures]
    blank: tuple[str, ...]
    cpu_pct: float | None
    wifi_dbm: float | None


class LivePerson(Person):
    """A watched person, as they are now."""

    watches: tuple[str, ...]
    severity: Severity | None
    figures: FiguresAnswer | None


class LiveRound(Answer):
    """The last look that saw something."""

    at: datetime
    watched: int
    fine: int
    bad: int
    no_figures: int


class LiveMeeting(Answer):
    """A meeting that is on, with the people watched in it (500 at most).

    `blind_since`: we do not see it since then, and nothing is decided about anybody.
    """

    instance: str
    uuid: str
    meeting: str
    topic: str
    started_at: datetime | None
    round: LiveRound | None
    blind_since: datetime | None
    blind_reason: str | None
    people: tuple[LivePerson, ...]
    says: str


class LiveAnswer(Answer):
    """What is on. `meetings` counts all of them, also those beyond `limit`."""

    items: tuple[LiveMeeting, ...]
    meetings: int
    says: str


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody who is watched in a run, or an entry that means nobody there; and by which watches."""

    presence: Presence
    alert: AlertState | None
    watches: tuple[str, ...]


class Live:
    """What is on, one resource."""

    tag = "live"

    def __init__(self, store: Store) -> None:
        self._store = store

    @op("GET", PATH, scope="read", answers={200: LiveAnswer})
    def list(self, query: LiveQuery) -> LiveAnswer:
        """See what is on: meetings, the people watched in them, their last figures"""
        runs, now = live_runs(self._store), self._store.clock.now()
        items = tuple(self._meeting(run, now) for run in runs[: query.limit])
        return LiveAnswer(items=items, meetings=len(runs), says=_sentence(items, len(runs)))

    def _meeting(self, run: Instance, now: datetime) -> LiveMeeting:
        record = self._store.seats.record(run.id)[1]
        watched = watched_in(self._store, run, now)[:MOST_PEOPLE]
        people = [unseen(self._person(run, each), record.blind_since) for each in watched]
        return LiveMeeting(
            instance=run.id,
            uuid=run.uuid,
            meeting=run.number,
            topic=run.topic,
            started_at=run.started_at,
            round=_round(self._store.round(run.id)),
            blind_since=record.blind_since,
            blind_reason=(record.blind_reason or None) if record.blind_since else None,
            people=tuple(people),
            says=_meeting_sentence(record, people),
        )

    def _person(self, run: Instance, watched: Watched) -> LivePerson:
        presence, alert = watched.presence, watched.alert
        newest = self._store.samples.recent(run.id, presence.session, 1) if presence.session else ()
        return LivePerson(
            **dict(person_of(presence, alert)),
            watches=watched.watches,
            severity=alert.severity if alert else None,
            figures=figures_of(newest[0]) if newest else None,
        )


def watched_in(store: Store, run: Instance, now: datetime) -> tuple[Watched, ...]:
    """Everybody who is watched in a run, once each, and whoever is named and not found there."""
    people = store.seats.roster(run.id)[1].people
    seats = {id: seat for id, (_, seat) in store.seats.load(run.id).items()}
    found: dict[tuple[str, ...], Watched] = {}
    for watch in store.documents.watches_of(run.number, run.uuid):
        for each in stands(watch, run.id, people, seats, now) if concerns(watch, run, now) else ():
            key = (each.seat,) if each.seat else (each.who.kind, each.who.value.casefold())
            known = found.get(key) or Watched(each, alert_of(seats.get(each.seat or "")), ())
            found[key] = replace(known, watches=tuple(dict.fromkeys([*known.watches, watch.id])))
    return tuple(found.values())


def figures_of(row: Sample) -> FiguresAnswer:
    """A row as people read it; a stream that was not told of is left out."""
    told = {stream: _stream(row, stream) for stream in STREAMS if any(name.startswith(stream) for name in row.values)}
    return FiguresAnswer(
        at=moment_of(row.minute),
        streams=told,
        blank=tuple(stream for stream in STREAMS if stream in row.blank),
        cpu_pct=_value(row, "cpu_usage.system_max_cpu_usage"),
        wifi_dbm=_value(row, "wifi_rssi.avg_rssi"),
    )


def _stream(row: Sample, stream: str) -> StreamFigures:
    return StreamFigures(
        loss_pct=_value(row, f"{stream}.avg_loss"),
        jitter_ms=_value(row, f"{stream}.jitter"),
        latency_ms=_value(row, f"{stream}.latency"),
    )


def _value(row: Sample, name: str) -> float | None:
    value = row.values.get(name)
    return None if value is None else round(value, 2)  # kept as half floats: 0.3 comes back as 0.30005


def _round(round: Round | None) -> LiveRound | None:
    if round is None:
        return None
    return LiveRound(**{name: getattr(round, name) for name in LiveRound.model_fields})


def _meeting_sentence(record: MeetingRecord, people: Sequence[LivePerson]) -> str:
    if blind := not_seen(record):
        return blind
    here = sum(1 for person in people if person.state in HERE)
    bad = sum(1 for person in people if person.alert)
    wrong = f"{_count(bad, 'alert is open', 'alerts are open')}" if bad else "nothing is wrong"
    return f"{here} of {_count(len(people), 'watched person is', 'watched people are')} here; {wrong}."


def _sentence(items: tuple[LiveMeeting, ...], meetings: int) -> str:
    if not meetings:
        return "No watched meeting is on."
    people = sum(len(each.people) for each in items)
    bad = sum(1 for each in items for person in each.people if person.alert)
    blind = sum(1 for each in items if each.blind_since)
    on = f"{_count(meetings, 'watched meeting is', 'watched meetings are')} on"
    shown = f" ({len(items)} shown)" if len(items) < meetings else ""
    unseen = f"; {blind} not seen" if blind else ""
    return f"{on}{shown}: {_count(people, 'person', 'people')}, {_count(bad, 'open alert', 'open alerts')}{unseen}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
