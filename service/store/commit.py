"""Plans as seat_commit.lua reads them: a little JSON that says where each opaque blob goes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.model import AlertWrite, Debt, MeetingRecord, Plan, Roster, Round, Sample
from service.store import keys
from service.store.clock import ms
from service.store.codec import encode
from service.store.leases import Claim
from service.store.samples import packed

TIMELINE_MAX = 200
MEETING = "meeting"  #: the subject that is the meeting itself
ROSTER = "roster"  #: the subject that knows who sits where in it

_PLAIN: Mapping[str, Sequence[object]] = {"samples": [], "debts": [], "alerts": []}


@dataclass(frozen=True, slots=True)
class Terms:
    """What every chunk of a commit is told: when its lanes are due, and how long things are kept."""

    now_ms: int
    lane_due_ms: int
    keep_samples_s: int
    keep_alerts_s: int
    has_room: bool = True  #: for rows that only people read


class Chunk:
    """What one run of the script is given."""

    def __init__(self, instance: str, terms: Terms) -> None:
        self._instance, self._now_ms, self._has_room = instance, terms.now_ms, terms.has_room
        self._blobs: list[bytes] = []
        self._seats: list[dict[str, Any]] = []
        self._plan: dict[str, Any] = {
            "lane_due": terms.lane_due_ms,
            "oldest": terms.now_ms - terms.keep_samples_s * 1000,
            "keep_samples": terms.keep_samples_s * 1000,
            "keep_alerts": terms.keep_alerts_s * 1000,
            "timeline_max": TIMELINE_MAX,
            "seats": self._seats,
        }

    def add(self, plan: Plan) -> None:
        """One subject's decision."""
        rows = sorted(plan.samples, key=lambda row: row.minute) if self._has_room else []
        seat = {
            "id": plan.subject,
            "was": plan.was,
            "blob": self._blob(encode(plan.seat)),
            "samples": [self._row(row) for row in rows],
            "debts": [debt_json(debt) for debt in plan.debts],
            "alerts": [self._alert(change) for change in plan.alerts],
        }
        self._seats.append(seat)

    def put(self, subject: str, was: str, what: MeetingRecord | Roster) -> None:
        """A subject that is nobody: no rows, no alert, no debts."""
        self._seats.append({"id": subject, "was": was, "blob": self._blob(encode(what)), **_PLAIN})

    def close(
        self, record: tuple[str, MeetingRecord] | None, round: Round | None, claim: Claim | None, at: datetime | None
    ) -> None:
        """What the last chunk alone brings: the meeting's record, the round, the next look."""
        if record is not None:
            self.put(MEETING, *record)
        if round is not None:
            self._plan["round"] = {"key": keys.round_of(self._instance), "fields": _round_fields(round)}
        if claim is not None:
            due = {} if at is None else {"next": ms(at)}
            self._plan["finish"] = {"member": claim.member, "token": claim.token, **due}

    def hasten(self, lanes: Iterable[str]) -> None:
        """The round is whole with this chunk: nothing of it needs to be waited for."""
        self._plan["ready"] = [{"lane": lane, "key": keys.lane(lane)} for lane in sorted(lanes)]

    def keys(self) -> Sequence[str]:
        """KEYS of the script."""
        return (
            keys.seats(self._instance),
            keys.due(),
            keys.claims(keys.due()),
            keys.lanes(),
            keys.claims(keys.lanes()),
            keys.alerts(),
            keys.alerts_open(),
            keys.alerts_closed(),
            keys.steps(),
            keys.claims(keys.steps()),
        )

    def args(self) -> Sequence[str | bytes | int]:
        """ARGV of the script."""
        return (self._now_ms, json.dumps(self._plan), *self._blobs)

    def _blob(self, blob: bytes) -> int:
        self._blobs.append(blob)
        return len(self._blobs) + 2  # ARGV counts from one, and two stand before the blobs

    def _row(self, row: Sample) -> dict[str, Any]:
        key = keys.samples(self._instance, row.session)
        return {"key": key, "id": f"{row.minute * 60_000}-0", "blob": self._blob(packed(row))}

    def _alert(self, change: AlertWrite) -> dict[str, Any]:
        # every list again each time, also when it is not fresh: a watch may have come since
        alert = change.view
        indexes = [keys.alerts_of_watch(watch.id) for watch in alert.watches]
        if alert.meeting:
            indexes.append(keys.alerts_of_meeting(alert.meeting))
        step = {"step": ms(change.next_at)} if change.next_at else {}
        closed = {"closed": ms(alert.closed_at) if alert.closed_at else self._now_ms}
        return {
            "id": alert.id,
            "key": keys.alert(alert.id),
            "doc": self._blob(encode(alert)),
            "timeline": keys.timeline(alert.id),
            "entries": [self._blob(encode(entry)) for entry in change.entries],
            "indexes": indexes,
            "opened": ms(alert.opened_at),
            **step,
            **(closed if alert.state == "closed" else {}),
        }


def debt_json(debt: Debt) -> dict[str, Any]:
    """A debt as part_owing.lua takes it."""
    return {
        "lane": debt.lane,
        "key": keys.lane(debt.lane),
        "owed": keys.owed(debt.lane),
        "told": keys.told(debt.lane),
        "channel": debt.channel,
        "subject": debt.subject,
        "seq": debt.seq,
    }


def _round_fields(round: Round) -> list[str]:
    figures = {name: getattr(round, name) for name in ("watched", "fine", "bad", "no_figures", "calls", "period_s")}
    fields = {**figures, "at": ms(round.at), "urgent": int(round.urgent)}
    return [str(part) for pair in fields.items() for part in pair]
