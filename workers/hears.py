"""Whether webhooks reach us: what they tell need not be asked for."""

from datetime import datetime, timedelta

from workers.runtime import Runtime

LATELY = timedelta(minutes=10)


def joins(runtime: Runtime, now: datetime) -> bool:
    """Whether joins and leaves are told by events."""
    return lately(runtime.store.intake.heard_at(), now)


def lately(heard_at: datetime | None, now: datetime) -> bool:
    """Whether the last webhook is so fresh that events tell of joins and leaves."""
    return heard_at is not None and now - heard_at <= LATELY
