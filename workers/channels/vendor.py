"""What the file of a destination gives, and what it is given: one message on its way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from rules.message import Message
from rules.model import Channel
from workers.channels.answers import Answer, Verdict

Body = dict[str, Any]


class SendSettings(Protocol):
    """What sending needs of the settings."""

    @property
    def qoswatch_https_proxy(self) -> str | None: ...
    @property
    def qoswatch_ca_file(self) -> Path | None: ...
    @property
    def qoswatch_allow_private_targets(self) -> bool: ...
    @property
    def smtp_url(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message, the channel that it goes to, the id that a repeat bears again, and the moment of this attempt."""

    message: Message
    channel: Channel
    delivery_id: str
    now: datetime


def _url(channel: Channel) -> str:
    return channel.url


def _no_headers(parcel: Parcel, raw: bytes) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Vendor:
    """One kind of destination. Most need no more than how a message looks there and what an answer means.

    `render` is pure; None: there is nothing to say of this there. `headers` may sign the very bytes that go out.
    `send` is for what is no HTTP; it raises nothing.
    """

    render: Callable[[Parcel], Body | None]
    judge: Callable[[int, str], Verdict]
    address: Callable[[Channel], str] = _url
    headers: Callable[[Parcel, bytes], Mapping[str, str]] = _no_headers
    send: Callable[[SendSettings, Parcel, Body], Answer] | None = None
