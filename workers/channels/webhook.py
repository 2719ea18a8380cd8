"""A message as JSON for a program of one's own, signed so that it can tell that it is from us.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`webhook-id` is the delivery's: a repeat bears it again. Each attempt has its own timestamp and signature.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, get_args

from rules.message import Message, OwnKind
from workers.channels import text
from workers.channels.answers import Verdict, by_status
from workers.channels.vendor import Body, Parcel

TOTAL = 20_000  #: bytes; the specification asks for less
_PAST = {
    "fire": "fired",
    "worse": "worsened",
    "also": "extended",
    "reminder": "reminded",
    "closed_bad": "closed",
    "broke_and_recovered": "recovered",
    "back": "returned",
    "better": "improved",
}


def render(parcel: Parcel) -> Body:
    """The event: its type, the moment of the attempt, and the message in parts; too many lines are cut."""
    message = parcel.message
    sizes = (len(message.lines), 60, 30, 10, 0) if message.lines else (0,)
    bodies = (_body(parcel, lines) for lines in sizes)
    return next((body for body in bodies if _size(body) < TOTAL), _least(parcel))


def judge(status: int, answer: str) -> Verdict:
    """What an answer means: any 2xx is accepted, a redirect is not followed."""
    return by_status(status)


def headers(parcel: Parcel, raw: bytes) -> Mapping[str, str]:
    """The channel's own headers, and the signature over the very bytes that go out."""
    stamp = str(int(parcel.now.timestamp()))
    key = base64.b64decode(parcel.channel.secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{parcel.delivery_id}.{stamp}.".encode() + raw, hashlib.sha256).digest()
    return {
        **parcel.channel.headers,
        "webhook-id": parcel.delivery_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _body(parcel: Parcel, lines: int) -> Body:
    message = parcel.message
    data: dict[str, Any] = _core(message) | {
        "header": message.header,
        "place": message.place,
        "details": text.details(message),
        "facts": [_fact(field.name, field.text, field.link) for field in text.fields(message)],
        "lines": text.lines(message, lines),
        "actions": [{"name": each.name, "url": each.url} for each in message.actions],
        "context": [*message.context],
    }
    return {"type": _type(message), "timestamp": _moment(parcel), "data": data}


def _least(parcel: Parcel) -> Body:
    return {"type": _type(parcel.message), "timestamp": _moment(parcel), "data": _core(parcel.message)}


def _core(message: Message) -> dict[str, Any]:
    return {
        "alert": message.alert or None,
        "severity": message.severity,
        "says": message.first,
        "test": message.test,
    }


def _fact(name: str, said: str, link: str) -> dict[str, str]:
    return {"name": name, "text": said, **({"link": link} if link else {})}


def _type(message: Message) -> str:
    """ "alert.fired", "service.blind", "note.roll_call"."""
    if message.kind in get_args(OwnKind):
        return f"service.{message.kind}"
    return f"alert.{_PAST.get(message.kind, message.kind)}" if message.alert else f"note.{message.kind}"


def _moment(parcel: Parcel) -> str:
    return parcel.now.isoformat(timespec="milliseconds")


def _size(body: Body) -> int:
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
