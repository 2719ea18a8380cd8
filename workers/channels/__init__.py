"""One file per kind of destination: how a message looks there, and what its answers mean.

A new kind: copy the nearest file and its test, and add its line here.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from rules.message import Message
from rules.model import ChannelKind
from workers.channels import slack, teams
from workers.channels.answers import Verdict


class Vendor(Protocol):
    """What each file of this folder gives."""

    def render(self, message: Message) -> dict[str, Any]: ...
    def judge(self, status: int, text: str) -> Verdict: ...


_VENDORS: Mapping[ChannelKind, Vendor] = {"slack": slack, "teams": teams}


def render(kind: ChannelKind, message: Message) -> dict[str, Any]:
    """The body of the post."""
    return _VENDORS[kind].render(message)


def judge(kind: ChannelKind, status: int, text: str) -> Verdict:
    """What the destination's answer means."""
    return _VENDORS[kind].judge(status, text)
