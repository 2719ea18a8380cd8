"""Signed links in messages: one action on one alert, or on all of a lane, for a while. Pure: keys and moments come in.

A token is URL-safe base64 of a MAC of 16 bytes and of what it signs: a letter for the action, four bytes for the end
(Unix seconds), then alert, channel and subject of the lane, which are ids and hold no "\\0".
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Action = Literal["take", "snooze", "mute", "false_alarm", "show"]

LIFE = timedelta(hours=24)
SNOOZE = timedelta(minutes=15)
TEST_NOTE = "nt_"  #: how the id of a note begins; a link to one is a link of a test message
#: What can be done to every alert of a lane at once.
TO_ALL: frozenset[Action] = frozenset({"take", "snooze", "show"})

_LETTERS: Mapping[Action, bytes] = {"take": b"t", "snooze": b"s", "mute": b"m", "false_alarm": b"f", "show": b"o"}
_ACTIONS: Mapping[bytes, Action] = {letter: action for action, letter in _LETTERS.items()}
_MAC = 16
_SHORTEST = _MAC + 1 + 4 + 2
_LONGEST = 400  #: characters of a token that is looked at
_AS_ALERT = ""  #: stands for the subject of a lane that is the alert itself


@dataclass(frozen=True, slots=True)
class Link:
    """What a link may do, and until when, which is for the caller to judge. `alert` "": every alert of the lane."""

    action: Action
    alert: str
    lane: str  #: "<channel>:<subject>": the conversation in which it was given
    expires_at: datetime

    @property
    def channel(self) -> str:
        """The channel in which it was given."""
        return self.lane.partition(":")[0]

    @property
    def subject(self) -> str:
        """What the lane talks about: an instance, an alert, "service"."""
        return self.lane.partition(":")[2]


def link_key(secret: str) -> bytes:
    """The key that signs links, of a secret that also seals what lies in Redis: one purpose, one key."""
    return hmac.digest(secret.encode(), b"qoswatch link v1", "sha256")


def sign(key: bytes, link: Link) -> str:
    """The link as it stands in an address. Raises ValueError where it could not be read again."""
    if not _is_sound(link):
        raise ValueError(f"no such link can be given: {link}")
    signed = _packed(link)
    return _text(_mac(key, signed) + signed)


def read(keys: Iterable[bytes], token: str) -> Link | None:
    """The link that a token stands for; None: none of these keys signed it, or a letter of it is another."""
    raw = _bytes(token)
    if raw is None:
        return None
    mac, signed = raw[:_MAC], raw[_MAC:]
    matches = [hmac.compare_digest(mac, _mac(key, signed)) for key in keys]
    return _unpacked(signed) if any(matches) else None


def mark(token: str) -> str:
    """The short name under which an alert remembers that a link acted."""
    return hashlib.sha256(b"qoswatch used link\0" + token.encode()).hexdigest()[:12]


def form_token(key: bytes, token: str, nonce: str) -> str:
    """What the form of a link's page sends back: only who read that page, with its cookie, knows it."""
    signed = f"form\0{token}\0{nonce}".encode("utf-8", "surrogatepass")
    return _text(hmac.digest(key, signed, "sha256")[:_MAC])


def is_form_token(keys: Iterable[bytes], token: str, nonce: str, given: str) -> bool:
    """Whether a form came from a page of ours, compared in constant time."""
    told = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(told, form_token(key, token, nonce).encode()) for key in keys)


def _is_sound(link: Link) -> bool:
    whole = link.alert or link.action in TO_ALL
    texts = (link.alert, link.channel, link.subject)
    return bool(whole and link.channel and link.subject and not any("\0" in text for text in texts))


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, b"link\0" + signed, "sha256")[:_MAC]


def _packed(link: Link) -> bytes:
    until = int(link.expires_at.timestamp()).to_bytes(4, "big")
    subject = _AS_ALERT if link.subject == link.alert else link.subject
    return _LETTERS[link.action] + until + "\0".join((link.alert, link.channel, subject)).encode()


def _unpacked(signed: bytes) -> Link | None:
    """What we signed once. A later release may know other actions: those are no links here."""
    action, parts = _ACTIONS.get(signed[:1]), signed[5:].decode().split("\0")
    if action is None or len(parts) != 3:
        return None
    alert, channel, subject = parts
    ends_at = datetime.fromtimestamp(int.from_bytes(signed[1:5], "big"), UTC)
    return Link(action, alert, f"{channel}:{subject or alert}", ends_at)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(token: str) -> bytes | None:
    """The bytes of a token, which has one spelling: what only decodes to the same is another text."""
    if not token.isascii() or len(token) > _LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) >= _SHORTEST and _text(raw) == token else None
