"""A message as an event of PagerDuty's, and what its answers mean. All of an alert's events bear the alert's id.

Events v2: https://developer.pagerduty.com/docs/events-api-v2/overview/
PagerDuty itself drops an acknowledge or a resolve of what is not open there, so those go also where the trigger's
fate is unknown.
"""

from collections.abc import Mapping
from typing import Literal

from rules.destinations import events_url
from rules.message import KINDS, Message, MessageKind
from rules.model import Channel, Severity
from workers.channels import text
from workers.channels.answers import REFUSED, Verdict, by_status, by_words
from workers.channels.plain import clip
from workers.channels.vendor import Body, Parcel

Action = Literal["trigger", "acknowledge", "resolve"]

#: News that changes nothing for who was called, and notes about no alert.
_QUIET: frozenset[MessageKind] = frozenset(
    {"better", "held", "resumed", "snoozed", "reminder", "roll_call", "hand_over", "silence", "digest"}
)
_SUMMARY, _DETAIL = 1024, 2000
_SEVERITIES: Mapping[Severity | None, str] = {"critical": "critical", "warning": "warning", None: "info"}
_TEST = "A test. Nothing follows it: resolve it here."
_WRONG_KEY = "PagerDuty knows no such key; copy the Integration Key of an Events API v2 integration"
_BROKEN = {"routing_key": _WRONG_KEY, "routing key": _WRONG_KEY}


def render(parcel: Parcel) -> Body | None:
    """The event; None where it would change nothing for anybody."""
    message, action = parcel.message, _action(parcel.message)
    if action is None:
        return None
    about = f"qoswatch-test-{parcel.delivery_id}" if message.kind == "test" else message.alert
    event: Body = {"routing_key": parcel.channel.secret, "event_action": action, "dedup_key": about}
    if action == "trigger":
        links = [{"href": each.url, "text": each.name} for each in message.actions]
        event |= {"payload": _payload(parcel), "client": "qoswatch", **({"links": links} if links else {})}
    return event


def judge(status: int, answer: str) -> Verdict:
    """What an answer means: 202 is accepted, 400 is our event's fault unless it names the key."""
    return (by_words(_BROKEN, answer) if status == 400 else None) or (
        REFUSED if status == 429 or status >= 500 else by_status(status)
    )


def address(channel: Channel) -> str:
    """Where the events of an account go; a channel has an address of its own in tests only."""
    return channel.url or events_url(channel.region)


def _action(message: Message) -> Action | None:
    if message.kind == "test":
        return "trigger"
    if message.kind in _QUIET or not message.alert:
        return None
    if message.kind == "taken":
        return "acknowledge"
    if message.kind == "back":
        return None if message.severity else "resolve"
    return "resolve" if KINDS[message.kind].closing else "trigger"


def _payload(parcel: Parcel) -> Body:
    message = parcel.message
    details = {"note": _TEST} if message.kind == "test" else text.named(message)
    return {
        "summary": clip(message.first, _SUMMARY),
        "source": "qoswatch",
        "severity": _SEVERITIES[message.severity],
        "timestamp": parcel.now.isoformat(timespec="milliseconds"),
        "class": message.kind,
        "custom_details": {name: clip(said, _DETAIL) for name, said in details.items()},
    }
