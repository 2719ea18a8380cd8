"""What comes in when somebody acts on an alert: who does it, with which words, and for how long."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator
from pydantic.config import JsonDict

from service.api.alert_view import AlertAnswer
from service.api.bodies import Answer, Body
from service.api.errors import Fault, Refused
from service.api.fields import Moment, words
from service.api.identity import NAME_MAX, name_of

COMMENT_MAX = 200
LONGEST_SNOOZE = timedelta(hours=24)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_LENGTH: JsonDict = {"type": "string", "format": "rule-duration"}
_MOMENT: JsonDict = {"type": "string", "format": "date-time"}
#: `by` may be left out behind a proxy that gives names, which the document can not know
_WHO: JsonDict = {"required": ["by"], "properties": {"by": {"type": "string", "format": "person-name"}}}
_END: JsonDict = {
    "oneOf": [
        {"required": ["for"], "properties": {"for": _LENGTH, "until": {"type": "null"}}},
        {"required": ["until"], "properties": {"until": _MOMENT, "for": {"type": "null"}}},
    ]
}


class ActBody(Body):
    """Who acts, and why."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_WHO]})

    by: Annotated[str, words(NAME_MAX, 1), Field(json_schema_extra={"format": "person-name"})] | None = Field(
        None, description="Your name, as messages will show it. Behind QOSWATCH_USER_HEADER it may be left out."
    )
    comment: Annotated[str, words(COMMENT_MAX)] = ""

    def who(self, signed_on: str) -> str:
        """The name of who acts. Raises Refused where nobody gave one."""
        if name := name_of(self.by or "") or signed_on:
            return name
        raise Refused(Fault("who does this? Give a name: it is shown to everybody who hears of the alert", "/by"))


class SnoozeBody(ActBody):
    """A snooze ends: after `for`, or at `until`."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_WHO], **_END})

    for_: Annotated[str, Field(max_length=20, json_schema_extra={"format": "rule-duration"})] | None = Field(
        None, alias="for", examples=["15m"]
    )
    until: Moment | None = None

    @field_validator("for_")
    @classmethod
    def _is_duration(cls, given: str | None) -> str | None:
        if given is not None:
            _length(given)
        return given

    def end(self, now: datetime) -> datetime:
        """When it ends. Raises Refused when that is said not at all, twice, or badly."""
        if (self.for_ is None) == (self.until is None):
            raise Refused(Fault("until when? Give one of 'for' (\"15m\") and 'until' (a moment)", "/for"))
        place = "/for" if self.for_ is not None else "/until"
        end = self.until or now + _length(self.for_ or "")
        if end <= now:
            raise Refused(Fault(f"has passed: it is {now:%H:%M} UTC now", place))
        if end - now > LONGEST_SNOOZE:
            raise Refused(Fault("is too long: a snooze lasts at most 24 hours; a silence may last longer", place))
        return end


class ResolveBody(ActBody):
    """Closed by a person. `false_alarm`: there was nothing wrong, which is counted for the rule."""

    reason: Literal["false_alarm"] | None = None


class ActAnswer(Answer):
    """What is true now. `changed` is false where it was so already: that is a success, too."""

    changed: bool
    says: str
    alert: AlertAnswer


def _length(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,5})([smh]?)", text.strip())
    if found is None:
        raise ValueError("is no length of time: write it as 90s, 15m or 1h")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2] or "s"])
