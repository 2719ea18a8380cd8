"""What is kept of a meeting itself, as one look changes it: seen, blind, filled afterwards."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from rules.model import MeetingRecord, Plan, Unseen, minute_of
from workers.asking import LIST, Answer
from workers.zoom import ZoomError


def saw(
    record: MeetingRecord, answer: Answer, plans: Iterable[Plan], now: datetime, *, seen: bool = True
) -> MeetingRecord:
    """The record after a seen round; after a blind one, what of the gap Zoom has told us now. Not `seen`: a new one."""
    if not seen:
        return MeetingRecord()
    unseen = {session: _unseen(record, session, error, now) for session, error in answer.failed.items()}
    if LIST in record.unseen and answer.listed is None:  # it was not asked for again
        unseen.setdefault(LIST, record.unseen[LIST])
    told = replace(
        record,
        rounds=record.rounds + 1,
        failures=0,
        not_live_at=None,
        blind_since=None,
        blind_kind="",
        blind_reason="",
        unseen=unseen,
    )
    if record.blind_since is None:
        return told
    gap = range(minute_of(record.blind_since), minute_of(now))
    filled = {sample.minute for plan in plans for sample in plan.samples} & set(gap)
    return replace(
        told,
        blind_from=record.blind_since,
        sees_since=now,
        filled_min=len(filled),
        missed_min=len(gap) - len(filled),
    )


def went_blind(record: MeetingRecord, error: ZoomError, now: datetime) -> MeetingRecord:
    """The record after one more blind round: since when, and in which words."""
    return replace(
        record,
        blind_since=record.blind_since or now,
        blind_kind=error.kind,
        blind_reason=error.words,
        failures=record.failures + 1,
    )


def _unseen(record: MeetingRecord, session: str, error: ZoomError, now: datetime) -> Unseen:
    known = record.unseen.get(session)
    return Unseen(known.since if known else now, error.kind, error.words)
