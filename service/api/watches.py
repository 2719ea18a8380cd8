"""/v1/watches: register a watch, see how it stands, claim people, look now, pause it, take it away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import Field

from rules.model import Instance, Rule, Sample, Watch, moment_of
from rules.watching import ANY, rule_ids
from service.api import forecast, watch_people
from service.api.bodies import Answer, Query
from service.api.errors import Conflict, NotFound
from service.api.fields import Limit
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.references import unknown
from service.api.registry import channel_faults, everything, refuse, rule_faults
from service.api.runs import Runs
from service.api.watch_body import ClaimBody, WatchBody
from service.api.watch_view import WatchAnswer, WatchSummary, entry_of, sentence_of, state_of
from service.store import Store, keys

PATH = "/v1/watches"
EVERY_S = 10  #: real seconds between two looks at one meeting that people ask for


class SamplesQuery(Query):
    """How many minutes of each session."""

    limit: Limit = 60
    participant_id: Annotated[str, Field(max_length=20)] | None = None


class SampleAnswer(Answer):
    """One participant-minute, in the units of the metric catalogue; `blank` streams carried nothing."""

    instance: str
    participant_id: str
    at: datetime
    values: Mapping[str, float]
    blank: tuple[str, ...]


class PollAnswer(Answer):
    """The runs that are looked at out of turn."""

    instances: tuple[str, ...]
    says: str


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
        runs = Runs(self._store)
        about = [(watch, runs.of(watch)) for watch in items]
        runs.read_ahead(about)
        return Page(items=[_summary(watch, of, runs) for watch, of in about], next_cursor=cursor)

    @op("POST", PATH, scope="write", answers={201: WatchAnswer}, problems=(507,))
    def create(self, body: WatchBody) -> Reply:
        """Register a watch under an id of our making"""
        return self._put(self._new_id("w_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="write", answers={200: WatchAnswer, 201: WatchAnswer}, problems=(507,))
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

    @op("POST", f"{PATH}/{{id}}/bind", scope="write", answers={200: WatchAnswer}, problems=(409,))
    def bind(self, id: str, body: ClaimBody) -> WatchAnswer:
        """Claim a guest: say which entry of the watch somebody in the meeting is

        They are looked at now, and count as that entry to the end of the meeting, also after a rejoin.
        """
        watch = self._known(id)
        watch_people.claim(self._store, Runs(self._store), watch, body.participant_id, body.entry)
        return self._answer(watch)

    @op("POST", f"{PATH}/{{id}}/poll", scope="write", answers={202: PollAnswer}, problems=(409,))
    def poll(self, id: str) -> PollAnswer:
        """Look at the meetings of a watch now, within the budget and at most every 10 seconds"""
        watch, runs = self._known(id), Runs(self._store)
        if watch.paused:
            raise Conflict(f"watch {id} is paused: resume it first")
        live = {run.id for run in runs.live}
        on = [run for run in runs.of(watch) if run.id in live]
        if not on:
            raise Conflict(self._nothing_on(watch))
        if not self._store.budget.spent().left_for_figures:
            raise Conflict("the day's Zoom calls are used up: nothing can be looked at before midnight UTC")
        hastened = [run for run in on if self._store.due.hasten(run.id, EVERY_S)]
        return PollAnswer(instances=tuple(run.id for run in hastened), says=_looking(on, hastened))

    @op("GET", f"{PATH}/{{id}}/samples", scope="read", answers={200: Page[SampleAnswer]})
    def samples(self, id: str, query: SamplesQuery) -> Page[SampleAnswer]:
        """Read the last minutes of each session, newest first, 5,000 in all"""
        watch, runs = self._known(id), Runs(self._store)
        found = [(run, row) for run in runs.of(watch) for row in self._rows(watch, run, runs, query)]
        found.sort(key=lambda each: each[1].minute, reverse=True)
        return Page(items=[_sample(run, row) for run, row in found[: watch_people.MOST_ROWS]], next_cursor=None)

    def _rows(self, watch: Watch, run: Instance, runs: Runs, query: SamplesQuery) -> Sequence[Sample]:
        people = watch_people.sessions(watch, run, runs)
        wanted = [session for session in people if query.participant_id in (None, session)]
        each = min(query.limit, -(-watch_people.MOST_ROWS // max(1, len(wanted))))
        return watch_people.rows(self._store, run, wanted, each)

    def _put(self, id: str, body: WatchBody, before: Watch | None) -> Reply:
        now, documents = self._store.clock.now(), self._store.documents
        faults = rule_faults(body.rules, everything(documents.rules))
        faults += channel_faults(body.notify, documents.channels.ids())
        if body.policy is not None:
            faults += unknown("policy", body.policy, documents.policies.ids(), "/policy")
        refuse([*body.faults(now=now, before=before), *faults])
        kept = self._shelf.put(body.watch(id, now=now, before=before))
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

    def _answer(self, watch: Watch) -> WatchAnswer:
        runs = Runs(self._store)
        of = runs.of(watch)
        plate = forecast.Plate.of(self._store)
        cost = watch_people.cost_of(watch, of, runs, plate, self._period_s)
        return WatchAnswer(
            **dict(_summary(watch, of, runs)),
            people=watch_people.people_of(watch, of, runs),
            cost=cost,
            delay=self._delay(watch, cost.interval_s, plate.age_s),
        )

    def _nothing_on(self, watch: Watch) -> str:
        """Why nothing can be looked at, and when Zoom is asked next."""
        member = watch.meeting if watch.meeting == ANY else keys.instance_id(watch.meeting)
        at = self._store.due.when(keys.number_member(watch.meeting) if watch.meeting.isdecimal() else member)
        what = "nobody of this watch is in a live meeting" if watch.meeting == ANY else f"{watch.meeting} is not live"
        then = f"the next check is at {max(at, self._store.clock.now()):%H:%M} UTC" if at else "nobody waits for it"
        return f"{what}, so there is nothing to look at; {then}"

    def _delay(self, watch: Watch, interval_s: int, age_s: int | None) -> forecast.Delay | None:
        names = rule_ids(watch)
        known: Mapping[str, Rule] = self._store.documents.rules.get_many(names)
        return forecast.delay(names, known, interval_s, age_s)


def _summary(watch: Watch, of: Sequence[Instance], runs: Runs) -> WatchSummary:
    state = state_of(watch, of, runs.now)
    found = watch.bound is not None or any(runs.meant(watch, run) for run in of)
    return WatchSummary(
        id=watch.id,
        revision=watch.revision,
        meeting=watch.meeting,
        who=tuple(entry_of(who) for who in watch.who),
        kind=watch.kind,
        rules=watch.rules,
        notify=watch.notify,
        policy=watch.policy or None,
        starts_at=watch.starts_at,
        ends_at=watch.ends_at,
        hard_stop=watch.hard_stop,
        labels=dict(watch.labels),
        created_at=watch.created_at,
        bound=watch.bound,
        state=state,
        says=sentence_of(watch, of, state, found=found, blind=runs.blindness(watch, of)),
    )


def _looking(on: Sequence[Instance], hastened: Sequence[Instance]) -> str:
    named = ", ".join(run.topic or f"meeting {run.number or run.uuid}" for run in (hastened or on)[:5])
    more = f" and {len(hastened or on) - 5} more" if len(hastened or on) > 5 else ""
    if hastened:
        return f"Looking at {named}{more} now."
    return f"{named}{more} was asked for less than {EVERY_S} seconds ago: that look is the newest there is."


def _sample(run: Instance, row: Sample) -> SampleAnswer:
    return SampleAnswer(
        instance=run.id,
        participant_id=row.session,
        at=moment_of(row.minute),
        values=dict(row.values),
        blank=tuple(sorted(row.blank)),
    )
