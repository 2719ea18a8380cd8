"""The calls of one look: everybody who is watched, and the meeting itself when its people are not found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rules.model import Instance, Meeting, Sight
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError, payloads


@dataclass(frozen=True, slots=True)
class Answer:
    """What Zoom said. `missing`: not in the meeting, which is live. `trouble`: why nobody could be seen at all."""

    sights: dict[str, Sight] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    meeting: Meeting | None = None
    not_live: bool = False
    trouble: ZoomError | None = None
    asked: int = 0
    failed: Mapping[str, ZoomError] = field(default_factory=dict)  #: of whom Zoom told nothing, while it told of others


_ABSENT = ("no_participant", "not_live")


def ask(
    runtime: Runtime,
    holding: Holding,
    calls: ThreadPoolExecutor,
    instance: Instance,
    sessions: Sequence[str],
    *,
    doubtful: bool,
    blind_before: int,
) -> Answer:
    """Ask for each session. A 404 may mean the person or the whole meeting, so it asks the meeting.

    `doubtful`: no figures have come for a while, so the meeting is asked in any case. `blind_before`: how
    many looks in a row were blind; after one, a single call finds out whether this one need be, each time another's.
    """

    def one(session: str) -> Sight | ZoomError:
        holding.keep()
        try:
            raw = runtime.zoom.participant_qos(instance.uuid, session)
        except ZoomError as error:
            return error
        return _as_asked(payloads.sight(raw, session=session), session)

    told = {session: one(session) for session in _probe(sessions, blind_before)}
    if not any(isinstance(each, ZoomError) and each.kind not in _ABSENT for each in told.values()):
        rest = [session for session in sessions if session not in told]
        told |= dict(zip(rest, calls.map(one, rest), strict=True))
    runtime.store.health.count_all(Counter(f"zoom_calls:{_result(each)}" for each in told.values()))
    sights = {session: sight for session, sight in told.items() if isinstance(sight, Sight)}
    errors = {session: error for session, error in told.items() if isinstance(error, ZoomError)}
    absent = frozenset(session for session, error in errors.items() if error.kind in _ABSENT)
    failed = {session: error for session, error in errors.items() if session not in absent}
    if failed and not sights and not absent:
        return Answer(trouble=next(iter(failed.values())))
    answer = Answer(sights, asked=len(sessions), failed=failed)
    if sights and not absent and not doubtful:
        return answer
    return _with_meeting(runtime, holding, instance, answer, absent)


def _probe(sessions: Sequence[str], blind_before: int) -> Sequence[str]:
    """The one to ask first after a blind look; another each time, since one person's answer may be spoilt for good."""
    if not (blind_before and sessions):
        return ()
    first = blind_before % len(sessions)
    return sessions[first : first + 1]


def _as_asked(sight: Sight, session: str) -> Sight:
    """The sight under the id that was asked for, whatever id the answer bears."""
    if sight.session == session:
        return sight
    samples = tuple(replace(sample, session=session) for sample in sight.samples)
    return replace(sight, session=session, samples=samples)


def _result(told: Sight | ZoomError) -> str:
    return told.kind if isinstance(told, ZoomError) else "ok"


def _with_meeting(
    runtime: Runtime, holding: Holding, instance: Instance, answer: Answer, absent: frozenset[str]
) -> Answer:
    try:
        meeting = ask_meeting(runtime, holding, instance.uuid)
    except ZoomError as error:
        if error.kind in _ABSENT:
            return Answer(not_live=True)
        return answer if answer.sights else Answer(trouble=error)
    return replace(answer, missing=absent, meeting=meeting)


def ask_meeting(runtime: Runtime, holding: Holding, meeting: str) -> Meeting:
    """Ask for a meeting by number or UUID, counted. Raises ZoomError."""
    holding.keep()
    result = "ok"
    try:
        return runtime.zoom.meeting(meeting)
    except ZoomError as error:
        result = error.kind
        raise
    finally:
        runtime.store.health.count(f"zoom_calls:{result}")
