"""What comes in and what goes out: strict bodies, lax queries, answers; faults in words, with their place."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn, TypeVar, get_args, get_origin

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from service.api.errors import Fault, Problem, Refused, did_you_mean, shown
from service.api.words import sentence


class Shape(BaseModel):
    """The base of all shapes: fields that we do not know are refused by name."""

    #: fields that we know and do not take (they come later, or are ours), each with its sentence
    refusals: ClassVar[Mapping[str, str]] = {}
    #: why a required field is required, where "is required" would not do
    needed: ClassVar[Mapping[str, str]] = {}


class Body(Shape):
    """A JSON body, or an object in one: no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Query(Shape):
    """The parameters after the `?`: texts, converted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What we answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


#: what our answers hold and bodies do not: people send back what they read
READ_ONLY = {
    name: f"'{name}' is ours to say: leave it out"
    for name in (
        *("revision", "created_at", "state", "since", "reason", "bound", "people", "cost", "delay"),
        *("stock", "changed", "read_back", "warnings", "next_try_at", "last_accepted_at"),
    )
}

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)


def sent() -> bytes:
    """The whole body of the request. Raises RequestEntityTooLarge.

    Of a body that comes in chunks, werkzeug reads as much as is allowed and is silent about the rest.
    """
    raw, most = request.get_data(), request.max_content_length
    if request.content_length is None and most is not None and len(raw) >= most:
        raise RequestEntityTooLarge
    return raw


def read_body(model: type[B], raw: bytes, mimetype: str) -> B:
    """The body as its model. Raises Problem: 415 not JSON by name, 400 not JSON, 422 the content."""
    if mimetype != "application/json":
        raise Problem(415, "send JSON, and say so: Content-Type: application/json")
    given = _parsed(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        faults = [_body_fault(each, given, model) for each in error.errors(include_url=False)]
        raise Refused(*_heard(faults)) from None


def read_query(model: type[Q], args: MultiDict[str, str]) -> Q:
    """The query as its model; a parameter given twice is refused. Raises Refused."""
    given = {name: values[0] if len(values) == 1 else values for name, values in args.lists()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Refused(*(_query_fault(each, model) for each in error.errors(include_url=False))) from None


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        words = f"this is not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}"
        raise Problem(400, words) from None
    except (ValueError, RecursionError):  # NaN, not UTF-8, a number or a depth beyond reason
        raise Problem(400, "this is not JSON that can be read") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _body_fault(error: Any, given: Any, model: type[Shape]) -> Fault:
    loc, kind = error["loc"], error["type"]
    if kind == "json_invalid":  # lone surrogates and depths that Python's parser lets pass
        raise Problem(400, "this is not JSON that can be read")
    place = pointer(loc, given)
    inner = shape_at(model, loc[:-1]) if kind in ("missing", "extra_forbidden") else None
    return Fault(_field_words(error, inner) if inner else sentence(error), pointer=place)


def _field_words(error: Any, inner: type[Shape]) -> str:
    name = str(error["loc"][-1])
    if error["type"] == "missing":
        return inner.needed.get(name, f"{name!r} is required")
    known = [field.alias or key for key, field in inner.model_fields.items()]
    if name in inner.refusals:
        return inner.refusals[name]
    near = did_you_mean(name, known) or f"; there are {', '.join(known)}"
    return f"there is no field {shown(name)}{near}"


def _heard(faults: Sequence[Fault]) -> list[Fault]:
    """Faults worth telling: not what follows from another one in the same place, or further in."""
    told = {_parent(fault) for fault in faults if " later" in fault.sentence} - {""}
    places = [f"{fault.pointer}/" for fault in faults]

    def follows(fault: Fault) -> bool:
        inner = any(place.startswith(f"{fault.pointer}/") and place != f"{fault.pointer}/" for place in places)
        missing = fault.sentence.endswith("is required") and _parent(fault) in told
        return missing or (inner and "at least" in fault.sentence)

    return [fault for fault in faults if not follows(fault)]


def _parent(fault: Fault) -> str:
    return (fault.pointer or "").rpartition("/")[0]


def _query_fault(error: Any, model: type[Query]) -> Fault:
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        near = did_you_mean(name, model.model_fields)
        known = f"; there are {', '.join(model.model_fields)}" if model.model_fields else ""
        return Fault(f"there is no parameter {shown(name)}" + (near or known), parameter=_safe(name))
    twice = isinstance(error.get("input"), list)
    return Fault("was given more than once" if twice else sentence(error), parameter=name)


def _safe(name: str) -> str | None:
    return name if shown(name).startswith("'") else None


def pointer(loc: Sequence[str | int], given: Any) -> str:
    """The place in the client's own JSON: steps that exist there, and the last; union tags drop out."""
    steps = []
    for index, step in enumerate(loc):
        if step == "[key]":
            continue
        inside = isinstance(given, dict) and step in given
        if inside or (isinstance(given, list) and isinstance(step, int) and step < len(given)):
            given = given[step]
        elif index < len(loc) - 1:
            continue
        if isinstance(step, str) and not shown(step).startswith("'"):
            break  # an odd name is not echoed: its parent is pointed at
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def shape_at(model: type[Shape], loc: Sequence[str | int]) -> type[Shape]:
    """The shape that a place in a body belongs to."""
    for step in loc:
        for key, field in model.model_fields.items():
            if step == (field.alias or key):
                model = _shape_in(field.annotation) or model
    return model


def _shape_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, Shape) else None
    found = (_shape_in(arg) for arg in get_args(annotation) if arg is not type(None))
    return next((shape for shape in found if shape), None)
