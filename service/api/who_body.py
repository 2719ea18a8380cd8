"""Whom a watch means, as it comes in: each entry by exactly one of six keys."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from rules.model import MeetingKind, Who, WhoKind
from rules.watching import ANY
from service.api.bodies import Body
from service.api.errors import Fault
from service.api.words import PATTERNS

WILD = 5  #: `*` and `?` in one name
KINDS: tuple[WhoKind, ...] = ("participant_id", "zoom_user", "email", "name", "role", "everyone")
DIGITS = r"^[0-9]{1,20}$"
_USER = r"^[A-Za-z0-9_.-]{1,64}$"
_EMAIL = r"^[^@*?\x00-\x20\x7f]+@[^@*?\x00-\x20\x7f]+$"
PATTERNS[DIGITS] = "must be the number that Zoom gives the person in this meeting (user_id), digits only"
PATTERNS[_USER] = "must be Zoom's id of a user (participant_user_id); an e-mail address goes under 'email'"
PATTERNS[_EMAIL] = "must be one e-mail address, as Zoom shows it; part of a name goes under 'name': \"*Kline*\""
_IN_EVERY_MEETING = {
    "participant_id": "a participant id means nothing outside its meeting",
    "role": "a role in every meeting of the account would be the whole account",
    "everyone": "everyone in every meeting would be the whole account",
}


def _glob(given: str) -> str:
    """A name as Zoom shows it, in which `*` stands for anything and `?` for one letter."""
    if not given.isprintable():
        raise ValueError("must be one line of text, without control characters")
    if re.search(r"[\[\]]", given):
        raise ValueError("'[' and ']' can not stand in it: write '?' in the place of each")
    if given.count("*") + given.count("?") > WILD:
        raise ValueError(f"can hold '*' and '?' at most {WILD} times")
    if not re.sub(r"[*?\s]", "", given):
        raise ValueError('would mean everyone: say {"everyone": true}')
    return " ".join(given.split())


def _true(given: bool) -> bool:
    if not given:
        raise ValueError("can only be true: leave the entry out otherwise")
    return given


def _one_key(schema: dict[str, Any]) -> None:
    """Exactly one key, and none by default."""
    schema |= {"minProperties": 1, "maxProperties": 1}
    for field in schema["properties"].values():
        field.pop("default", None)


class Person(Body):
    """Whom to watch, by exactly one key. What `name`, `role` or `everyone` fits may be many people."""

    model_config = ConfigDict(json_schema_extra=_one_key)

    participant_id: Annotated[str, Field(pattern=DIGITS, description="Zoom's user_id of one join.")] = ""
    zoom_user: Annotated[str, Field(pattern=_USER, description="Zoom's id of somebody who signed in.")] = ""
    email: Annotated[str, Field(max_length=254, pattern=_EMAIL, examples=["rao@example.org"])] = ""
    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="The name shown in the meeting; `*` is anything, `?` one letter, case does not count.",
            examples=["*Kline*"],
            json_schema_extra={"format": "name-glob"},
        ),
        AfterValidator(_glob),
    ] = ""
    role: Literal["host", "panelist", "attendee"] = "host"
    everyone: Annotated[bool, AfterValidator(_true), WithJsonSchema({"const": True})] = False

    @model_validator(mode="after")
    def _by_one_key(self) -> Self:
        given = [key for key in KINDS if key in self.model_fields_set]
        if not given:
            raise ValueError(f"names nobody: give one of {', '.join(KINDS)}")
        if len(given) > 1:
            named = " and ".join(f"'{key}'" for key in given)
            raise ValueError(f"one key names one person, here are {named}: make an entry of each")
        return self

    def who(self) -> Who:
        """The entry as it is kept."""
        (given,) = self.model_fields_set
        kind: WhoKind = next(key for key in KINDS if key == given)
        if kind == "participant_id":
            return Who(kind, self.participant_id.lstrip("0") or "0")
        return Who(kind, "" if kind == "everyone" else getattr(self, kind))


def whom(people: Sequence[Person]) -> tuple[Who, ...]:
    """The entries as they are kept: each once, however its letters are written."""
    kept: dict[tuple[str, str], Who] = {}
    for who in (person.who() for person in people):
        folds = who.kind in ("email", "name")
        kept.setdefault((who.kind, who.value.casefold() if folds else who.value), who)
    return tuple(kept.values())


def usual_rules(who: Sequence[Who]) -> tuple[str, ...]:
    """What is looked for where a watch does not say it: in a crowd, what they hear."""
    crowd = all(each.kind == "everyone" or each == Who("role", "attendee") for each in who)
    return ("listener",) if crowd else ("speaker",)


def contradictions(people: Sequence[Person], meeting: str, kind: MeetingKind) -> Iterator[Fault]:
    """Entries that mean nothing in this meeting, or far too many."""
    for index, who in enumerate(person.who() for person in people):
        place = f"/who/{index}/{who.kind}"
        if meeting == ANY and who.kind in _IN_EVERY_MEETING:
            yield Fault(f"{_IN_EVERY_MEETING[who.kind]}: name one meeting, or people by email or name", place)
        elif kind == "meeting" and who == Who("role", "panelist"):
            yield Fault("a meeting has no panelists, a webinar has: say 'host', or make 'kind' 'webinar'", place)
