"""Whether webhooks reach us: what they tell need not be asked for."""

from datetime import datetime, timedelta

from workers.runtime import Runtime

LATELY = timedelta(minutes=10)


def joins(runtime: Runtime, now: datetime) -> bool:
    """Whether joins and leaves are told by events."""
    heard_at = runtime.store.intake.heard_at()
    return heard_at is not None and now - heard_at <= LATELY
