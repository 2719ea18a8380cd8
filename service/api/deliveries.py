"""/v1/deliveries: what was posted, what is owed, what died; each attempt with its answer. And once more."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from service.api.bodies import Answer
from service.api.channels import standing
from service.api.errors import Conflict, NotFound
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

    def __init__(self, store: Store, *, wake: Callable[[], object]) -> None:
        self._lanes, self._documents, self._wake = store.lanes, store.documents, wake

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
        return _answer(self._known(id))

    @op("POST", f"{PATH}/{{id}}/redeliver", scope="write", answers={202: DeliveryAnswer}, problems=(409,))
    def redeliver(self, id: str) -> DeliveryAnswer:
        """Post a dead delivery once more, as the same and under the same id

        Whoever got it after all can tell by `X-Qoswatch-Delivery` that it is a repeat.
        """
        delivery = self._known(id)
        channel = delivery.channel
        if self._documents.channel(channel) is None:
            raise Conflict(f"channel {channel} is gone, so {id} has nowhere to go; PUT /v1/channels/{channel} first")
        if not self._lanes.redeliver(id):
            raise Conflict(_refusal(self._known(id)))
        self._wake()
        answer, (state, reason) = _answer(self._known(id)), standing(self._lanes.gate(channel))
        if state == "ok":
            return answer
        beside = f"But {channel} is {state}: {reason}."
        return answer.model_copy(update={"says": f"{answer.says} {beside}"})

    def _known(self, id: str) -> Delivery:
        delivery = self._lanes.delivery(id)
        if delivery is None:
            raise NotFound("delivery", id)
        return delivery


def _answer(delivery: Delivery) -> DeliveryAnswer:
    attempts = tuple(AttemptAnswer(**_attempt(each)) for each in delivery.attempts)
    return DeliveryAnswer(**_summary(delivery), attempts=attempts)


def _refusal(delivery: Delivery) -> str:
    """Why it is not owed again."""
    match delivery.state:
        case "accepted":
            return f"{delivery.channel} has accepted {delivery.id} already: once more would tell it twice"
        case "owed" | "leased":
            return f"{delivery.id} is on its way to {delivery.channel} already"
        case "dead" if not delivery.attempts:
            return f"{delivery.id} was given up before it was posted: what it was to tell stood no longer"
        case "dead":
            return f"another post of the same conversation must reach {delivery.channel} first: try again in a minute"


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
