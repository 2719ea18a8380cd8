"""/v1/watches: register a watch, see how it stands, pause it, take it away."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import Field

from rules.model import Instance, Rule, Sample, Seat, Watch, moment_of
from rules.watching import concerns, rule_ids
from service.api import forecast
from service.api.bodies import Answer, Query
from service.api.errors import NotFound
from service.api.fields import Limit
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.registry import channel_faults, everything, refuse, rule_faults
from service.api.watch_body import WatchBody
from service.api.watch_view import (
    PersonName,
    WatchAnswer,
    WatchSummary,
    person_of,
    seat_of,
    sentence_of,
    state_of,
)
from service.store import Store, keys

PATH = "/v1/watches"


class SamplesQuery(Query):
    """How many minutes of each person."""

    limit: Limit = 60
    participant_id: Annotated[str, Field(max_length=20)] | None = None


class SampleAnswer(Answer):
    """One participant-minute, in the units of the metric catalogue; `blank` streams carried nothing."""

    participant_id: str
    at: datetime
    values: Mapping[str, float]
    blank: tuple[str, ...]


class Watches:
    """Watches, one resource."""

    tag = "watches"

    def __init__(self, store: Store, *, period_s: int, new_id: Callable[[str], str]) -> None:
        self._store, self._period_s, self._new_id = store, period_s, new_id
        self._shelf = store.documents.watches

    @op("GET", PATH, scope="read", answers={200: Page[WatchSummary]})
    def list(self, query: PageQuery) -> Page[WatchSummary]:
        """List watches, newest first"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        now = self._store.clock.now()
        return Page(items=[_summary(watch, self._run(watch), now) for watch in items], next_cursor=cursor)

    @op("POST", PATH, scope="write", answers={201: WatchAnswer})
    def create(self, body: WatchBody) -> Reply:
        """Register a watch under an id of our making"""
        return self._put(self._new_id("w_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="write", answers={200: WatchAnswer, 201: WatchAnswer})
    def put(self, id: str, body: WatchBody) -> Reply:
        """Register a watch under an id of yours, or replace it"""
        return self._put(id, body, self._shelf.get(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: WatchAnswer})
    def get(self, id: str) -> WatchAnswer:
        """See how a watch stands, person by person"""
        return self._answer(self._known(id))

    @op("DELETE", f"{PATH}/{{id}}", scope="write", answers={204: None})
    def delete(self, id: str) -> None:
        """Delete a watch

        An alert that no other watch hears closes as "no longer watched".
        """
        if not self._shelf.delete(id):
            raise NotFound("watch", id)

    @op("POST", f"{PATH}/{{id}}/pause", scope="write", answers={200: WatchAnswer})
    def pause(self, id: str) -> WatchAnswer:
        """Stop watching until it is resumed"""
        return self._paused(id, True)

    @op("POST", f"{PATH}/{{id}}/resume", scope="write", answers={200: WatchAnswer})
    def resume(self, id: str) -> WatchAnswer:
        """Watch again, from now on"""
        return self._paused(id, False)

    @op("GET", f"{PATH}/{{id}}/samples", scope="read", answers={200: Page[SampleAnswer]})
    def samples(self, id: str, query: SamplesQuery) -> Page[SampleAnswer]:
        """Read the last minutes of each person, newest first"""
        watch = self._known(id)
        if (run := self._run(watch)) is None:
            return Page(items=[], next_cursor=None)
        people = [who.value for who in watch.who if query.participant_id in (None, who.value)]
        rows = [row for person in people for row in self._store.samples.recent(run.id, person, query.limit)]
        rows.sort(key=lambda row: row.minute, reverse=True)
        return Page(items=[_sample(row) for row in rows], next_cursor=None)

    def _put(self, id: str, body: WatchBody, before: Watch | None) -> Reply:
        faults = rule_faults(body.rules, everything(self._store.documents.rules))
        known = (channel.id for channel in everything(self._store.documents.channels))
        refuse([*faults, *channel_faults(body.notify, known)])
        kept = self._shelf.put(body.watch(id, now=self._store.clock.now(), before=before))
        status = 200 if before else 201
        return Reply(self._answer(kept), status, {} if before else {"Location": f"{PATH}/{id}"})

    def _paused(self, id: str, paused: bool) -> WatchAnswer:
        watch = self._known(id)
        if watch.paused != paused:
            watch = self._shelf.put(replace(watch, paused=paused))
        return self._answer(watch)

    def _known(self, id: str) -> Watch:
        watch = self._shelf.get(id)
        if watch is None:
            raise NotFound("watch", id)
        return watch

    def _run(self, watch: Watch) -> Instance | None:
        """The run that a watch is about, once it was seen: participant ids mean nothing elsewhere."""
        run = watch.bound or (None if watch.meeting.isdecimal() else keys.instance_id(watch.meeting))
        return self._store.instances.get(run) if run else None

    def _live_run(self, watch: Watch, now: datetime) -> Instance | None:
        """The run that is on under the watched number, where nobody watched was seen yet."""
        runs = (self._store.instances.get(id) for id in self._store.instances.live())
        return next((r for r in runs if r and r.number == watch.meeting and concerns(watch, r.id, now)), None)

    def _answer(self, watch: Watch) -> WatchAnswer:
        now = self._store.clock.now()
        run = self._run(watch) or self._live_run(watch, now)
        seats: Mapping[str, tuple[str, Seat]] = self._store.seats.load(run.id) if run else {}
        people = [person_of(who.value, seat_of(who.value, seats), now) for who in watch.who]
        return WatchAnswer(
            **dict(_summary(watch, run, now)),
            people=tuple(people),
            cost=forecast.cost(watch, self._period_s),
            delay=self._delay(watch),
        )

    def _delay(self, watch: Watch) -> forecast.Delay | None:
        names = rule_ids(watch)
        known: Mapping[str, Rule] = self._store.documents.rules.get_many(names)
        return forecast.delay(names, known, self._period_s)


def _summary(watch: Watch, run: Instance | None, now: datetime) -> WatchSummary:
    state = state_of(watch, run, now)
    return WatchSummary(
        id=watch.id,
        revision=watch.revision,
        meeting=watch.meeting,
        who=tuple(PersonName(participant_id=who.value) for who in watch.who),
        kind=watch.kind,
        rules=watch.rules,
        notify=watch.notify,
        starts_at=watch.starts_at,
        ends_at=watch.ends_at,
        hard_stop=watch.hard_stop,
        labels=dict(watch.labels),
        created_at=watch.created_at,
        bound=watch.bound,
        state=state,
        says=sentence_of(watch, run, state),
    )


def _sample(row: Sample) -> SampleAnswer:
    return SampleAnswer(
        participant_id=row.session,
        at=moment_of(row.minute),
        values=dict(row.values),
        blank=tuple(sorted(row.blank)),
    )
