"""A channel as it comes in: each kind has fields of its own, and those of another kind are refused by name."""

import base64
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, field_validator

from rules import weekly
from rules.destinations import LENGTH, ChannelUrlError, check_url
from rules.mailing import ADDRESS
from rules.model import Channel, ChannelKind, Privacy, Region
from service.api.bodies import READ_ONLY, Body
from service.api.errors import Fault
from service.api.fields import Zone
from service.api.words import PATTERNS

ROUTING_KEY = r"^[A-Za-z0-9]{32}$"
SECRET = r"^whsec_([A-Za-z0-9+/]{4}){8,21}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
HEADER = r"^[A-Za-z0-9-]{1,64}$"
VALUE = r"^[!-~]([ -~]{0,998}[!-~])?$"
MAILBOX = f"^{ADDRESS}$"
PATTERNS[ROUTING_KEY] = "must be the Integration Key of an Events API v2 integration: 32 letters and digits"
PATTERNS[SECRET] = "must be 'whsec_' and 24 to 64 bytes in base64; leave it out and one is made"
PATTERNS[HEADER] = "must be the name of a header: letters, digits and '-'"
PATTERNS[VALUE] = "must be the value of a header: one line of printable ASCII"
PATTERNS[MAILBOX] = "must be one e-mail address, without a display name: av@example.org"

_SECRET_BYTES, _DAY_MIN = 32, 1440
_COMMON = ("kind", "timezone", "privacy", "quiet_hours")
#: kind → the fields that are its own, the one that it needs first
_OWN: Mapping[ChannelKind, Sequence[str]] = {
    "slack": ("url",),
    "teams": ("url",),
    "pagerduty": ("routing_key", "region"),
    "webhook": ("url", "secret", "headers"),
    "email": ("to",),
}
_RESERVED = re.compile(
    r"(?i)webhook-.*|x-qoswatch-.*|host|content-.*|transfer-encoding|connection|expect|accept-encoding|te|trailer|upgrade"
)


def _by_kind(schema: dict[str, Any]) -> None:
    """The published schema: one shape for each kind."""
    known = {
        name: {key: value for key, value in field.items() if key != "default" or value == "us"}
        for name, field in schema["properties"].items()
    }
    shapes = [
        {
            "type": "object",
            "title": kind,
            "properties": {name: known[name] for name in (*_COMMON, *own)} | {"kind": {"const": kind}},
            "required": ["kind", own[0]],
            "additionalProperties": False,
        }
        for kind, own in _OWN.items()
    ]
    about = schema.get("description", "")
    schema.clear()
    schema |= {"description": about, "oneOf": shapes}


def _quiet(given: str) -> str:
    """The window as it is usually written."""
    window = weekly.parse(given)
    if len(window.days) == len(weekly.DAYS) and window.end_min - window.start_min >= _DAY_MIN:
        raise ValueError("would be quiet for ever: name the hours in which what is not critical waits")
    return str(window)


class ChannelBody(Body):
    """A destination. Secrets are not kept when a channel is replaced: give them again."""

    model_config = ConfigDict(json_schema_extra=_by_kind)
    refusals: ClassVar = READ_ONLY

    kind: ChannelKind
    url: Annotated[str, Field(max_length=LENGTH, json_schema_extra={"format": "webhook-url", "writeOnly": True})] = ""
    routing_key: Annotated[
        str, Field(pattern=ROUTING_KEY, description="PagerDuty's.", json_schema_extra={"writeOnly": True})
    ] = ""
    region: Annotated[Region, Field(description="Of the PagerDuty account.")] = "us"
    secret: Annotated[
        str,
        Field(
            pattern=SECRET,
            description="What posts are signed with (Standard Webhooks). Left out: one is made and shown once.",
            json_schema_extra={"writeOnly": True},
        ),
    ] = ""
    headers: Annotated[
        dict[Annotated[str, Field(pattern=HEADER)], Annotated[str, Field(pattern=VALUE)]],
        Field(
            max_length=20,
            description="Sent with every post.",
            json_schema_extra={"writeOnly": True, "additionalProperties": False},
        ),
    ] = Field(default={})
    to: Annotated[tuple[Annotated[str, Field(pattern=MAILBOX)], ...], Field(min_length=1, max_length=20)] = ()
    timezone: Zone | None = Field(None, description="Left out: that of QOSWATCH_TZ.")
    privacy: Privacy | None = Field(
        None,
        description="How much is told: everything; nobody but the watched person; no names at all. Left out: full, and "
        "watched for people whom a watch does not name.",
    )
    quiet_hours: (
        Annotated[
            str,
            Field(max_length=40, json_schema_extra={"format": "week-window"}),
            AfterValidator(_quiet),
        ]
        | None
    ) = Field(
        None,
        description="What is not critical waits until they are over.",
        examples=["22:00-07:00", "Mon-Fri 18:00-08:00"],
    )

    @field_validator("kind", mode="before")
    @classmethod
    def _more_later(cls, given: Any) -> Any:
        if given == "slack_app":
            raise ValueError(f"'{given}' comes later; until then there are {', '.join(repr(kind) for kind in _OWN)}")
        return given


def faults(body: ChannelBody, allow_private: bool) -> Iterator[Fault]:
    """What a body says that its kind does not know, what it leaves out, and an address that can not be used."""
    own, given = set(_OWN[body.kind]), body.model_fields_set
    if body.kind == "pagerduty" and allow_private:
        own.add("url")  # a pretend PagerDuty, in tests
    needed = _OWN[body.kind][0]
    for name in sorted(given - own - {*_COMMON}):
        has = " and ".join(repr(each) for each in _OWN[body.kind])
        yield Fault(f"a channel of kind '{body.kind}' has no {name!r}: it has {has}", f"/{name}")
    if needed not in given:
        yield Fault(f"{needed!r} is required: a channel of kind '{body.kind}' has no other way", f"/{needed}")
    elif "url" in given & own:
        yield from _url_faults(body, allow_private)
    for name in body.headers:
        if _RESERVED.fullmatch(name):
            yield Fault(f"'{name}' is a header that we write ourselves", f"/headers/{name}")


def channel(id: str, body: ChannelBody, created_at: datetime, default_zone: str) -> Channel:
    """The channel as it is kept. A webhook without a secret gets one."""
    secret = body.routing_key or body.secret or (new_secret() if body.kind == "webhook" else "")
    return Channel(
        id,
        0,
        body.kind,
        body.url,
        created_at,
        body.timezone or default_zone,
        privacy=body.privacy,
        secret=secret,
        headers=dict(body.headers),
        region=body.region,
        to=tuple(dict.fromkeys(body.to)),
        quiet_hours=body.quiet_hours or "",
    )


def new_secret() -> str:
    """A secret to sign with, as Standard Webhooks writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def _url_faults(body: ChannelBody, allow_private: bool) -> Iterator[Fault]:
    try:
        check_url(body.kind, body.url, allow_private)
    except ChannelUrlError as error:
        yield Fault(str(error), "/url")
