"""The closed sets of words that every room speaks, and the two ways of telling a moment.

Moments (`*_at`) are aware UTC datetimes. A `minute` is a whole number: Unix seconds // 60, floored,
the minute that Zoom's figures belong to. Numbers carry the unit of the metric catalogue (rules/metrics.py).
"""

from datetime import UTC, datetime
from typing import Literal

Severity = Literal["warning", "critical"]
Outcome = Literal["bad", "fine", "unknown", "idle"]
NoData = Literal["keep", "alert", "close"]
MeetingKind = Literal["auto", "meeting", "webinar"]
ChannelKind = Literal["slack", "teams", "pagerduty", "webhook", "email"]
#: How much a channel may be told: everything; nothing but the watched person; no names at all.
Privacy = Literal["full", "watched", "ids"]
Region = Literal["us", "eu"]
WhoKind = Literal["participant_id", "zoom_user", "email", "name", "role", "everyone"]
TargetKind = Literal["channel", "person", "schedule"]

#: The one rule that is built in: it has no level, and breaks when somebody's connection does (rules/dropping.py).
DROPPED = "dropped"

#: Why a breach holds: it is bad as far as anyone knows, but nothing can be said of it now.
Hold = Literal["idle", "no_data", "away"]

#: How a breach ended, or that a person closed its alert. Only `fine` may ever be told as "fine again".
Ending = Literal[
    "fine", "left", "meeting_over", "stopped_sending", "no_figures", "rule_changed", "unwatched", "figures_back",
    "back", "did_not_return", "resolved",
]  # fmt: skip

#: How figures change an alert. `also`: one more rule of an open alert broke. `gone`: one of several ended.
ChangeKind = Literal["fire", "reopened", "worse", "also", "better", "gone", "held", "resumed", "closed"]

#: The same, and what time and people do to it. `unsilenced`: a silence ended and it is still bad. `escalated`,
#: `reminder`: told again, to those whom the entry `tells`.
TransitionKind = Literal[
    ChangeKind, "silenced", "unsilenced", "escalated", "reminder", "taken", "untaken", "snoozed", "unsnoozed"
]

#: What people do to an alert.
ActKind = Literal["acknowledge", "unacknowledge", "snooze", "resolve"]


def minute_of(moment: datetime) -> int:
    """The minute that a moment belongs to."""
    return int(moment.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    """The moment at which a minute starts."""
    return datetime.fromtimestamp(minute * 60, UTC)
