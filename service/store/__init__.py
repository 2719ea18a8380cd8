"""The store: everything that lives in Redis, behind one typed door."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

import redis

from rules.duty import Duty
from rules.model import Round
from service.store import connect, keys
from service.store import duty as duties
from service.store.alerts import Alerts
from service.store.apikeys import ApiKey, ApiKeys, Scope, Use
from service.store.budget import Budget, Spent, Taken
from service.store.clock import Clock
from service.store.deliveries import Attempt, Delivery
from service.store.documents import Documents
from service.store.errors import CursorError, StoreError, StoreUnavailable
from service.store.feed import Feed
from service.store.haste import Haste
from service.store.health import Figures, Health
from service.store.instances import Instances
from service.store.intake import Intake
from service.store.lanes import Lanes, Sending, Turn
from service.store.leases import Claim, Leases
from service.store.link import Link
from service.store.loads import Loads
from service.store.plans import PLANS, Label, Plan, Purpose, plan_of
from service.store.room import Room
from service.store.samples import Samples
from service.store.sealing import Sealing, Seals
from service.store.seats import Seats
from service.store.tokens import Tokens
from service.store.vault import Vault

__all__ = [
    "ApiKey",
    "Attempt",
    "Claim",
    "CursorError",
    "Delivery",
    "Figures",
    "Label",
    "Purpose",
    "Scope",
    "Seals",
    "Sending",
    "Spent",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Taken",
    "Turn",
    "Use",
    "keys",
]

_DAY_S = 86_400


class Wishes(Protocol):
    """What we need of the settings."""

    @property
    def redis_url(self) -> str | None: ...
    @property
    def secret_keys(self) -> list[str]: ...
    @property
    def zoom_account_id(self) -> str | None: ...
    @property
    def zoom_plan(self) -> str: ...
    @property
    def zoom_heavy_per_second(self) -> float | None: ...
    @property
    def zoom_intensive_per_minute(self) -> float | None: ...
    @property
    def zoom_calls_per_day(self) -> int | None: ...
    @property
    def qoswatch_poll_seconds(self) -> int: ...
    @property
    def qoswatch_keep_samples_s(self) -> int: ...
    @property
    def qoswatch_keep_alerts_s(self) -> int: ...
    @property
    def qoswatch_test_clock(self) -> str | None: ...


class Store:
    """Everything we keep, by what it is."""

    def __init__(
        self,
        client: redis.Redis,
        *,
        secret_keys: Sequence[str],
        test_clock: str | None = None,
        account: str = "",
        plan: Plan | str = "business",
        poll_s: int = 60,
        keep_samples_s: int = 7 * _DAY_S,
        keep_alerts_s: int = 90 * _DAY_S,
        warnings: tuple[str, ...] = (),
        hasty: bool = False,
    ) -> None:
        """`hasty`: while Redis hangs, fail at once rather than late."""
        link = self._link = Link(client, Haste() if hasty else None)
        self.redis = client  #: for the queues, which share the connections
        vault, owner = Vault(secret_keys), hashlib.sha256(account.encode()).hexdigest()[:12]
        self.warnings = warnings  #: sentences about this Redis, to be said once at the start
        self.clock = clock = Clock(link, test_clock)
        self.due = Leases(link, clock, keys.due())
        self.chores = Leases(link, clock, keys.chores())
        self.drains = Leases(link, clock, keys.drains())
        self.steps = Leases(link, clock, keys.steps())
        self.intake = Intake(link, clock)
        self.feed = Feed(link, clock)
        self.instances = Instances(link)
        self.room = room = Room(link)
        self.seats = Seats(link, clock, room, keep_samples_s, keep_alerts_s)
        self.alerts = Alerts(link, clock, keep_alerts_s)
        self.samples = Samples(link)
        self.lanes = Lanes(link, clock, keep_alerts_s)
        self.documents = Documents(link, clock, vault, room)
        self.keys_ = ApiKeys(link, clock)
        self.budget = Budget(link, clock, owner, PLANS[plan] if isinstance(plan, str) else plan)
        self.loads = Loads(self.instances, self.seats, self.documents, poll_s)
        self.tokens = Tokens(link, clock, vault, owner)
        self.sealing = Sealing((self.documents.channels, self.documents.people), self.tokens)
        self.health = Health(link, clock, room, self.due, self.lanes, self.instances, poll_s, self.steps, self.alerts)

    @classmethod
    def connect(cls, settings: Wishes, *, hasty: bool = False) -> "Store":
        """The store that the settings describe. Raises StoreError when its Redis must not be used."""
        if not settings.redis_url:
            raise StoreError("REDIS_URL is unset: `qoswatch up` starts a Redis of its own, else name one")
        client = connect.client(settings.redis_url, connect.HASTY_S if hasty else connect.ANSWER_S)
        try:
            warnings = connect.examined(client)
        except StoreError:
            client.close()
            raise
        return cls(
            client,
            secret_keys=settings.secret_keys,
            test_clock=settings.qoswatch_test_clock,
            account=settings.zoom_account_id or "",
            plan=plan_of(
                settings.zoom_plan,
                heavy_per_s=settings.zoom_heavy_per_second,
                intensive_per_min=settings.zoom_intensive_per_minute,
                a_day=settings.zoom_calls_per_day,
            ),
            poll_s=settings.qoswatch_poll_seconds,
            keep_samples_s=settings.qoswatch_keep_samples_s,
            keep_alerts_s=settings.qoswatch_keep_alerts_s,
            warnings=warnings,
            hasty=hasty,
        )

    def duty(self) -> Duty:
        """Who can be reached now, for whoever decides."""
        return duties.duty(self.documents, self.lanes, self.clock.now())

    def round(self, instance: str) -> Round | None:
        """The last look at an instance, summed up."""
        return self.seats.round(instance)

    def ping(self) -> None:
        """Raises StoreUnavailable when Redis does not answer."""
        self._link.do("PING")

    def sweep(self) -> int:
        """Take away what is older than it is kept: hourly."""
        return self.alerts.sweep() + self.lanes.sweep()

    def close(self) -> None:
        """Give back every connection."""
        self._link.close()
