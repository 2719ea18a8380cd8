"""/v1/deliveries: what was posted, what is owed, what died; each attempt with its answer."""

from datetime import datetime
from typing import Any, Literal

from service.api.bodies import Answer
from service.api.errors import NotFound
from service.api.fields import Id
from service.api.layer import op
from service.api.pages import Page, PageQuery
from service.store import Store
from service.store.deliveries import Delivery

PATH = "/v1/deliveries"
State = Literal["owed", "leased", "accepted", "dead"]


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    state: State | None = None
    channel: Id | None = None
    alert: Id | None = None


class AttemptAnswer(Answer):
    """One post: `answer` is the first kB of what came back, redacted."""

    at: datetime
    outcome: Literal["accepted", "refused", "unknown", "dead"]
    status: int | None
    latency_ms: int
    answer: str


class DeliverySummary(Answer):
    """A delivery in a list."""

    id: str
    channel: str
    state: State
    alerts: tuple[str, ...]
    tries: int
    created_at: datetime
    updated_at: datetime
    says: str


class DeliveryAnswer(DeliverySummary):
    """A delivery with its attempts, oldest first."""

    attempts: tuple[AttemptAnswer, ...]


class Deliveries:
    """Deliveries, one resource."""

    tag = "deliveries"

    def __init__(self, store: Store) -> None:
        self._lanes = store.lanes

    @op("GET", PATH, scope="read", answers={200: Page[DeliverySummary]})
    def list(self, query: DeliveriesQuery) -> Page[DeliverySummary]:
        """List deliveries, newest first"""
        items, cursor = self._lanes.deliveries(
            state=query.state,
            channel=query.channel,
            alert=query.alert,
            limit=query.limit,
            cursor=query.cursor,
        )
        return Page(items=[DeliverySummary(**_summary(each)) for each in items], next_cursor=cursor)

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: DeliveryAnswer})
    def get(self, id: str) -> DeliveryAnswer:
        """Read a delivery with its attempts"""
        delivery = self._lanes.delivery(id)
        if delivery is None:
            raise NotFound("delivery", id)
        attempts = tuple(AttemptAnswer(**_attempt(each)) for each in delivery.attempts)
        return DeliveryAnswer(**_summary(delivery), attempts=attempts)


def _attempt(attempt: object) -> dict[str, Any]:
    return {name: getattr(attempt, name) for name in AttemptAnswer.model_fields}


def _summary(delivery: Delivery) -> dict[str, Any]:
    same = ("id", "channel", "state", "alerts", "created_at", "updated_at")
    kept = {name: getattr(delivery, name) for name in same}
    return {**kept, "tries": len(delivery.attempts), "says": _sentence(delivery)}


def _sentence(delivery: Delivery) -> str:
    tries = len(delivery.attempts)
    times = "once" if tries == 1 else f"{tries} times"
    match delivery.state:
        case "accepted":
            return f"{delivery.channel} accepted it; posted {times}."
        case "dead":
            return f"Given up: {delivery.channel} refused it for good; posted {times}."
        case "leased":
            return f"Being posted to {delivery.channel} now."
        case _:
            return f"Owed to {delivery.channel}; posted {times} so far." if tries else f"Owed to {delivery.channel}."
