"""Alerts for readers: projections that the commit writes beside the seats; nothing is decided by them."""

from collections.abc import Callable, Iterable

from rules.model import AlertView, Entry
from service.store import keys, paging
from service.store.clock import Clock
from service.store.codec import decode, decode_maybe
from service.store.link import Command, Link

SWEEP_MAX = 500  #: alerts that one sweep takes away
CLOSED_MAX = 50_000  #: ~4 kB each


class Alerts:
    """Every alert that is open or kept."""

    def __init__(self, link: Link, clock: Clock, keep_s: int) -> None:
        self._link, self._clock, self._keep_s = link, clock, keep_s

    def get(self, id: str) -> AlertView | None:
        """One alert."""
        return decode_maybe(AlertView, self._link.get(keys.alert(id)))

    def get_many(self, ids: Iterable[str]) -> dict[str, AlertView]:
        """Those of the ids that are there."""
        wanted = list(ids)
        blobs = self._link.many([keys.alert(id) for id in wanted])
        return {id: decode(AlertView, blob) for id, blob in zip(wanted, blobs, strict=True) if blob is not None}

    def timeline(self, id: str) -> tuple[Entry, ...]:
        """An alert's transitions, oldest first."""
        return tuple(decode(Entry, blob) for blob in self._link.do("LRANGE", keys.timeline(id), 0, -1))

    def told(self, ids: Iterable[str]) -> dict[str, tuple[AlertView, tuple[Entry, ...]]]:
        """Those of the ids that are there, each with its timeline, all as of one moment."""
        wanted = list(ids)
        if not wanted:
            return {}
        lines: list[Command] = [("LRANGE", keys.timeline(id), 0, -1) for id in wanted]
        blobs, *found = self._link.together([("MGET", *map(keys.alert, wanted)), *lines])
        return {
            id: (decode(AlertView, blob), tuple(decode(Entry, entry) for entry in timeline))
            for id, blob, timeline in zip(wanted, blobs, found, strict=True)
            if blob is not None
        }

    def page(
        self,
        state: str | None = None,
        watch: str | None = None,
        meeting: str | None = None,
        severity: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[tuple[AlertView, ...], str | None]:
        """A page of alerts, newest first, and the cursor of the next. `meeting` is a number or a UUID."""
        wanted: list[Callable[[AlertView], bool]] = []
        if state:
            wanted.append(lambda alert: alert.state == state)
        if watch:
            wanted.append(lambda alert: any(view.id == watch for view in alert.watches))
        if meeting:
            wanted.append(lambda alert: meeting in (alert.meeting, alert.uuid))
        if severity:
            wanted.append(lambda alert: alert.severity == severity)
        return paging.page(
            self._link,
            _narrowest(state, watch, meeting),
            self.get_many,
            limit=limit,
            cursor=cursor,
            keep=lambda alert: all(fits(alert) for fits in wanted),
        )

    def sweep(self) -> int:
        """Take away alerts closed longer ago than they are kept, and the oldest above the cap."""
        index = keys.alerts_closed()
        over = max(0, int(self._link.do("ZCARD", index)) - CLOSED_MAX)
        oldest = self._link.span(index, "-inf", "+inf", 0, SWEEP_MAX, newest=False)
        limit = self._clock.now_ms() - self._keep_s * 1000
        ids = [id for place, (id, closed_ms) in enumerate(oldest) if place < over or closed_ms < limit]
        known = self.get_many(ids)
        for id in ids:
            self._link.together(_forgetting(id, known.get(id)))
        return len(ids)


def _forgetting(id: str, alert: AlertView | None) -> list[Command]:
    lists = [keys.alerts(), keys.alerts_open(), keys.alerts_closed()]
    if alert is not None:
        lists += [keys.alerts_of_watch(view.id) for view in alert.watches]
        lists.append(keys.alerts_of_meeting(alert.meeting))
    return [("DEL", keys.alert(id), keys.timeline(id)), *(("ZREM", index, id) for index in lists)]


def _narrowest(state: str | None, watch: str | None, meeting: str | None) -> str:
    if state == "open":
        return keys.alerts_open()
    if watch:
        return keys.alerts_of_watch(watch)
    if meeting and meeting.isdigit():  # a UUID has no list of its own: the documents are looked at
        return keys.alerts_of_meeting(meeting)
    return keys.alerts()
