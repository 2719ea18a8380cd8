"""A meeting number that waits to go live: one call turns it into an instance, which is then looked at."""

from collections.abc import Iterable, Sequence

import structlog

from rules import cadence, watching
from rules.model import Instance, Meeting, MeetingKind, MeetingRecord, Watch
from service.store import keys
from workers.calls import ask_meeting
from workers.holding import Holding
from workers.records import went_blind
from workers.runtime import Runtime
from workers.zoom import ZoomError
from workers.zoom.urls import ZoomKind

_OTHER_KIND = ("not_live", "no_participant", "refused")  #: what Zoom says of a webinar that is asked for as a meeting
#: What says that the app may not see a kind at all: where webinars are meant only by the way, there are none.
CLOSED = ("scope", "plan", "dashboard")
log = structlog.get_logger()


def resolve(runtime: Runtime, holding: Holding) -> None:
    """Ask Zoom whether the number is live; arm its instance, or ask again later."""
    store, number = runtime.store, holding.claim.member[1:]
    now = store.clock.now()
    watches = _waiting(runtime, number)
    wanting = [watch for watch in watches if watching.concerns(watch, None, now)]
    if not wanting:
        _sees(runtime, holding)
        store.due.done(holding.claim, cadence.ask_again(watches, now))
        return
    try:
        meeting, kind = find(runtime, holding, number, [watch.kind for watch in wanting])
    except ZoomError as error:
        _not_now(runtime, holding, error)
        return
    _sees(runtime, holding)
    instance = arm(runtime, meeting, number, kind)
    log.info("meeting is live", instance=instance.id, number=number, topic=instance.topic)
    store.due.done(holding.claim, cadence.opens_next(watches, now))


def find(runtime: Runtime, holding: Holding, meeting: str, wanted: Iterable[MeetingKind]) -> tuple[Meeting, ZoomKind]:
    """The live run of a number or UUID and what it is: a meeting, else a webinar, where both are meant.

    Raises:
        ZoomError: "not_live" when none of them is, else what the first of them was refused for.
    """
    wanted = frozenset(wanted)
    kinds = _kinds(wanted)
    errors = []
    for kind in kinds:
        try:
            return ask_meeting(runtime, holding, meeting, kind), kind
        except ZoomError as error:
            errors.append(error)
            if error.kind not in _OTHER_KIND:
                break
    passed_over = (*_OTHER_KIND, *(CLOSED if "webinar" not in wanted else ()))
    raise next((error for error in (errors[0], *errors) if error.kind not in passed_over), errors[0])


def arm(runtime: Runtime, meeting: Meeting, number: str, kind: ZoomKind = "meeting") -> Instance:
    """Keep a live meeting and make it due at once."""
    now = runtime.store.clock.now()
    instance = Instance(
        id=keys.instance_id(meeting.uuid),
        uuid=meeting.uuid,
        number=number,
        topic=meeting.topic,
        kind=kind,
        started_at=meeting.started_at or now,
    )
    runtime.store.instances.put(instance)
    runtime.store.due.arm(instance.id, now)
    return instance


def _kinds(wanted: Iterable[MeetingKind]) -> Sequence[ZoomKind]:
    named = set(wanted)
    kinds: tuple[ZoomKind, ...] = ("meeting", "webinar")
    return [kind for kind in kinds if kind in named or "auto" in named]


def _waiting(runtime: Runtime, number: str) -> list[Watch]:
    """The watches on the number itself; who follows people through any meeting waits for none."""
    return [watch for watch in runtime.store.documents.watches_of(number, "") if watch.meeting == number]


def _not_now(runtime: Runtime, holding: Holding, error: ZoomError) -> None:
    """Not live: ask again by the windows of those who wait. Any other trouble is blindness, and asked again soon."""
    store, now, member = runtime.store, runtime.store.clock.now(), holding.claim.member
    if error.kind in ("not_live", "too_old"):
        _sees(runtime, holding)
        store.due.done(holding.claim, cadence.ask_again(_waiting(runtime, member[1:]), now))
        return
    version, record = store.seats.record(member)
    again_at = cadence.next_look(member, now, runtime.settings.qoswatch_poll_seconds)
    store.seats.commit(
        member, (), record=(version, went_blind(record, error, now)), claim=holding.claim, next_at=again_at
    )
    store.health.count("rounds:blind")
    log.warning("meeting could not be asked for", member=member, kind=error.kind, words=error.words)


def _sees(runtime: Runtime, holding: Holding) -> None:
    """Zoom answers, or nobody asks any more: what was blind is not."""
    version, record = runtime.store.seats.record(holding.claim.member)
    if record.blind_since is not None:
        runtime.store.seats.commit(holding.claim.member, (), record=(version, MeetingRecord()))
