"""One file per kind of destination: how a message looks there, and what its answers mean.

A new kind: copy the nearest file and its test, and add its line here.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from rules.message import Message
from rules.model import Channel, ChannelKind
from workers.channels import email, pagerduty, slack, teams, webhook
from workers.channels.answers import Answer, Verdict
from workers.channels.vendor import Parcel, Vendor

if TYPE_CHECKING:
    from workers.channels.http import Sender


class Chat(Protocol):
    """What the file of a chat gives: there a message looks the same in every channel."""

    def render(self, message: Message) -> dict[str, Any]: ...
    def judge(self, status: int, text: str) -> Verdict: ...


def _chat(chat: Chat) -> Vendor:
    return Vendor(lambda parcel: chat.render(parcel.message), chat.judge)


_CHATS: Mapping[ChannelKind, Chat] = {"slack": slack, "teams": teams}
_VENDORS: Mapping[ChannelKind, Vendor] = {
    "slack": _chat(slack),
    "teams": _chat(teams),
    "pagerduty": Vendor(pagerduty.render, pagerduty.judge, address=pagerduty.address),
    "webhook": Vendor(webhook.render, webhook.judge, headers=webhook.headers),
    "email": Vendor(email.render, email.judge, send=email.send),
}


def render(kind: ChannelKind, message: Message) -> dict[str, Any]:
    """The body of a post to a chat."""
    return _CHATS[kind].render(message)


def judge(kind: ChannelKind, status: int, text: str) -> Verdict:
    """What the destination's answer means."""
    return _VENDORS[kind].judge(status, text)


def post(sender: "Sender", channel: Channel, message: Message, delivery_id: str, now: datetime) -> Answer | None:
    """Say a message once; None: this kind of destination has nothing to say for this kind of message."""
    vendor, parcel = _VENDORS[channel.kind], Parcel(message, channel, delivery_id, now)
    body = vendor.render(parcel)
    if body is None:
        return None
    if vendor.send:
        return vendor.send(sender.settings, parcel, body)
    return sender.post(
        vendor.address(channel),
        body,
        kind=channel.kind,
        headers={"X-Qoswatch-Delivery": delivery_id},
        sign=partial(vendor.headers, parcel),
        secrets=(channel.secret, *channel.headers.values()),
    )
