"""Whether a cover can be: what people ask for in the API and at the command line is judged alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from rules.model import Cover

LONGEST = timedelta(days=92)
AHEAD = timedelta(days=366)
MOST = 200  #: covers of one schedule that are on or to come


def faults(starts_at: datetime, ends_at: datetime, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with the span of a cover: which end of it, and a sentence."""
    if ends_at <= now:
        yield "ends_at", f"is over already: it is {now:%Y-%m-%dT%H:%M:%SZ}"
    elif ends_at <= starts_at:
        yield "ends_at", "must be after its start"
    elif ends_at - starts_at > LONGEST:
        yield "ends_at", f"is more than {LONGEST.days} days after its start: change the rotation for that"
    if starts_at - now > AHEAD:
        yield "starts_at", "is more than a year ahead"


def taken_back(cover: Cover, now: datetime) -> Cover | None:
    """What is left of a cover that is taken back: one that is on ends now; None: nothing, it never came or is over."""
    return replace(cover, ends_at=now) if cover.starts_at < now < cover.ends_at else None
