"""Deliveries: one post each that pays a lane's debts, with its attempts, for people to read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.store import keys, paging
from service.store.clock import Clock, moment
from service.store.codec import decode
from service.store.link import Link

DeliveryState = Literal["owed", "leased", "accepted", "dead"]

ATTEMPTS_MAX = 20
SWEEP_GRACE_S = 7 * 86_400  #: what is kept outlives its time, so that the sweep can still read its lists off it
SWEEP_MAX = 5000  #: deliveries that one sweep takes off the lists
_STATES: Mapping[str, DeliveryState] = {
    "owed": "owed",
    "leased": "leased",
    "accepted": "accepted",
    "dead": "dead",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One post and what came of it. `answer` is redacted by the sender."""

    at: datetime
    status: int | None
    latency_ms: int
    answer: str
    outcome: Literal["accepted", "refused", "unknown", "dead"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post: owed, leased to a sender, accepted, or given up as dead. `alerts` holds notes as well."""

    id: str
    lane: str
    channel: str
    state: DeliveryState
    alerts: tuple[str, ...]
    attempts: tuple[Attempt, ...]  #: the last 20, oldest first
    created_at: datetime
    updated_at: datetime


class Deliveries:
    """Every delivery that is owed or kept."""

    def __init__(self, link: Link, clock: Clock, keep_s: int) -> None:
        self._link, self._clock, self._keep_s = link, clock, keep_s

    def delivery(self, id: str) -> Delivery | None:
        """One delivery."""
        held = self._link.hash(keys.delivery(id))
        return _delivery(id, held) if "lane" in held else None

    def deliveries(
        self,
        state: str | None = None,
        channel: str | None = None,
        alert: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[tuple[Delivery, ...], str | None]:
        """A page of deliveries, newest first, and the cursor of the next."""
        wanted: list[Callable[[Delivery], bool]] = []
        if state:
            wanted.append(lambda delivery: delivery.state == state)
        if channel:
            wanted.append(lambda delivery: delivery.channel == channel)
        if alert:
            wanted.append(lambda delivery: alert in delivery.alerts)
        return paging.page(
            self._link,
            _narrowest(state, channel),
            self._many,
            limit=limit,
            cursor=cursor,
            keep=lambda delivery: all(fits(delivery) for fits in wanted),
        )

    def sweep(self) -> int:
        """Take deliveries older than they are kept off the lists; their documents go by themselves."""
        limit = self._clock.now_ms() - self._keep_s * 1000
        old = self._link.span(keys.deliveries(), "-inf", str(limit), 0, SWEEP_MAX, newest=False)
        channels = {id: raw.decode() for id, _ in old if (raw := self._link.field(keys.delivery(id), "channel"))}
        for id, _ in old:
            lists = [keys.deliveries(), keys.deliveries("dead")]
            lists += [keys.deliveries(f"channel:{channels[id]}")] if id in channels else []
            self._link.together([("DEL", keys.delivery(id)), *(("ZREM", index, id) for index in lists)])
        return len(old)

    def _many(self, ids: list[str]) -> dict[str, Delivery]:
        found = {id: self.delivery(id) for id in ids}
        return {id: delivery for id, delivery in found.items() if delivery is not None}


def _narrowest(state: str | None, channel: str | None) -> str:
    if state == "dead":
        return keys.deliveries("dead")
    return keys.deliveries(f"channel:{channel}") if channel else keys.deliveries()


def _delivery(id: str, held: Mapping[str, bytes]) -> Delivery:
    tries = int(held["tries"])
    kept = (held.get(f"try:{n}") for n in range(max(1, tries - ATTEMPTS_MAX + 1), tries + 1))
    return Delivery(
        id=id,
        lane=held["lane"].decode(),
        channel=held["channel"].decode(),
        state=_STATES[held["state"].decode()],
        alerts=tuple(json.loads(held["alerts"])),
        attempts=tuple(decode(Attempt, blob) for blob in kept if blob is not None),
        created_at=moment(int(held["created_at"])),
        updated_at=moment(int(held["updated_at"])),
    )
