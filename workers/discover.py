"""Who follows people through any meeting: what is on in the whole account, found without a watch naming it."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from rules import cadence, listing, watching
from rules.model import Meeting, MeetingRecord, Watch
from rules.watching import ANY
from service.store import keys
from workers import hears, resolve, rosters
from workers.holding import Holding
from workers.records import went_blind
from workers.runtime import Runtime
from workers.zoom import ZoomError, payloads
from workers.zoom.paging import Rows
from workers.zoom.urls import ZoomKind

EVERY = timedelta(minutes=1)
CHECKED = timedelta(minutes=15)  #: between lists of everything while webhooks tell what begins
_FALLING = ("poor", "bad")
_KINDS: tuple[ZoomKind, ...] = ("meeting", "webinar")
log = structlog.get_logger()


def discover(runtime: Runtime, holding: Holding) -> None:
    """Find the meetings that are on, unless webhooks tell of them; each is then looked at as any other."""
    store, now = runtime.store, runtime.store.clock.now()
    watches = [watch for watch in store.documents.watches_of("", "") if watch.meeting == ANY]
    wanting = [watch for watch in watches if watching.concerns(watch, None, now)]
    if not wanting:
        store.due.done(holding.claim, cadence.opens_next(watches, now))
        return
    again_at = cadence.next_look(ANY, now, EVERY.total_seconds())
    known = store.seats.roster(ANY)[1]
    asking = tuple(sorted(f"{watch.id}:{watch.revision}" for watch in wanting))
    listed_at = known.listed_at if known.called == asking else None  # somebody new is followed
    if hears.joins(runtime, now) and listed_at and now - listed_at < CHECKED:
        store.due.done(holding.claim, again_at)
        return
    version, record = store.seats.record(ANY)
    try:
        for kind in _KINDS:
            if any(watch.kind in (kind, "auto") for watch in wanting):
                asked_for = any(watch.kind == kind for watch in wanting) or kind == "meeting"
                _found(runtime, kind, _listed(runtime, holding, kind, asked_for=asked_for), wanting, now)
    except ZoomError as error:
        store.seats.commit(
            ANY, (), record=(version, went_blind(record, error, now)), claim=holding.claim, next_at=again_at
        )
        store.health.count("rounds:blind")
        log.warning("account could not be listed", kind=error.kind, words=error.words)
        return
    rosters.changed(runtime, ANY, lambda roster: replace(roster, listed_at=now, called=asking))
    store.seats.commit(ANY, (), record=(version, MeetingRecord()), claim=holding.claim, next_at=again_at)


def _listed(runtime: Runtime, holding: Holding, kind: ZoomKind, *, asked_for: bool) -> Rows:
    """What is on of a kind. Where webinars are meant only by the way, an app that may not see them has none."""
    result = "ok"
    try:
        return runtime.zoom.live(kind=kind, before=holding.keep)
    except ZoomError as error:
        result = error.kind
        if not asked_for and result in resolve.CLOSED:
            return Rows()
        raise
    finally:
        runtime.store.health.count_all({f"zoom_calls:{result}": 1, "calls:discovery": 1})


def _found(runtime: Runtime, kind: ZoomKind, rows: Rows, watches: list[Watch], now: datetime) -> None:
    """New runs are looked at now, and again those that go badly or that somebody watched is the host of."""
    emails = {who.value.casefold() for watch in watches for who in watch.who if who.kind == "email"}
    for meeting in payloads.running(rows):
        known = runtime.store.instances.get(keys.instance_id(meeting.uuid))
        if known is None or known.ended_at is not None:
            resolve.arm(runtime, meeting, meeting.number, kind)
            continue
        told = _is_falling(runtime, meeting, known.id, now) or _is_new_to(runtime, meeting, known.id, emails)
        if told or _rests(runtime, known.id):
            runtime.store.due.arm(known.id, now)


def _rests(runtime: Runtime, id: str) -> bool:
    """A run that nobody watched for a while, so that nothing is to look at it."""
    return runtime.store.due.when(id) is None


def _is_falling(runtime: Runtime, meeting: Meeting, id: str, now: datetime) -> bool:
    """A run that Zoom itself calls bad and that waits for its look longer than a period: it goes first."""
    last = runtime.store.round(id)
    period = timedelta(seconds=runtime.settings.qoswatch_poll_seconds)
    return meeting.audio_quality in _FALLING and last is not None and last.watched > 0 and now - last.at >= period


def _is_new_to(runtime: Runtime, meeting: Meeting, id: str, emails: set[str]) -> bool:
    """A watched host of a run in which we have seen nobody of that address yet, nor listed it a moment ago."""
    if meeting.host_email.casefold() not in emails:
        return False
    roster = runtime.store.seats.roster(id)[1]
    if roster.listed_at and runtime.store.clock.now() - roster.listed_at < listing.EVERY:
        return False
    people = roster.people.values()
    return all(listed.email.casefold() != meeting.host_email.casefold() for listed in people)
