"""The kinds of field that several shapes share, each with its pattern, its bounds and its sentence."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from service.api.errors import did_you_mean
from service.api.words import PATTERNS

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
RULE_ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
PATTERNS[ID_PATTERN] = "must be 1 to 64 letters, digits, '.', '_' or '-', first a letter or a digit"
PATTERNS[RULE_ID_PATTERN] = "must be 1 to 40 small letters, digits and '-', and not begin with '-'"
PATTERNS[PRINTABLE] = "must be one line of text, without control characters"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?")


def _moment(given: Any) -> datetime:
    """A text that says its offset, as UTC; pydantic alone would take "1700000000" for a moment."""
    if not isinstance(given, str) or not (found := _MOMENT.fullmatch(given)):
        raise ValueError("must be a moment such as 2026-11-23T10:00:00+01:00")
    if found[3] is None:
        raise ValueError("needs an offset: 2026-11-23T10:00:00+01:00, or Z for UTC")
    try:
        return datetime.fromisoformat(given.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no moment of the calendar") from None


def _flag(given: Any) -> Any:
    """A flag in a query: 1 or 0, true or false."""
    flags = {"1": True, "true": True, "0": False, "false": False}
    if not isinstance(given, str) or given not in flags:
        raise ValueError("must be true or false")
    return flags[given]


def _digits(given: Any) -> Any:
    if not isinstance(given, str) or not re.fullmatch(r"\d{1,9}", given):
        raise ValueError("must be a whole number")
    return given


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads a folder tree


def _zone(name: str) -> str:
    if name not in _zones():
        near = did_you_mean(name, _zones())
        raise ValueError("is no time zone" + (near or "; a name such as Europe/Berlin is one"))
    return name


Id = Annotated[str, Field(pattern=ID_PATTERN)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Zone = Annotated[str, Field(max_length=64, json_schema_extra={"format": "timezone"}), AfterValidator(_zone)]
Flag = Annotated[
    bool,
    BeforeValidator(_flag),
    WithJsonSchema({"type": "string", "enum": ["1", "0", "true", "false"]}),
]
#: a whole number in a query; Field stands before the validator, else the schema loses its bounds
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_digits)]


def words(longest: int, shortest: int = 0) -> Any:
    """One line of text, bounded."""
    return Field(min_length=shortest, max_length=longest, pattern=PRINTABLE)
