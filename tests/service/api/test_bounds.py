"""Nothing comes in without a bound: every text, list, object and number of a body, and every parameter."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from rules.model import Listed, Who
from rules.roster import is_meant
from tests.service.api.conftest import SLACK_URL

_APPLIED = ("anyOf", "oneOf", "allOf", "if", "then", "else")
MEETING = "97763643886"


def _unbounded(schema: Any, document: Any, at: str, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """Places that say no bound. Conditions name again what `properties` beside them have bounded: `known`."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if not _is_bounded(schema):
        yield at
    fields = schema.get("properties", {})
    for name, inner in fields.items():
        if name not in known:
            yield from _unbounded(inner, document, f"{at}.{name}")
    for word in _APPLIED:
        inners = schema.get(word, [])
        for inner in inners if isinstance(inners, list) else [inners]:
            yield from _unbounded(inner, document, at, known | frozenset(fields))
    for word in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(word), dict):
            yield from _unbounded(schema[word], document, f"{at}[]")
    for pattern, inner in schema.get("patternProperties", {}).items():
        assert not _is_endless(pattern), at
        yield from _unbounded(inner, document, f"{at}[]")


def _is_bounded(schema: Any) -> bool:
    """Whether a schema bounds what it says of itself."""
    if "enum" in schema or "const" in schema:
        return True
    match schema.get("type"):
        case "string":
            short = "pattern" in schema and not _is_endless(schema["pattern"])
            return "maxLength" in schema or short or schema.get("format") == "date-time"
        case "array":
            return "maxItems" in schema
        case "object":
            closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
            return "maxProperties" in schema or closed
        case "integer" | "number":
            return {"minimum", "maximum"} <= set(schema)
    return True


def _is_endless(pattern: str) -> bool:
    return bool(re.search(r"[*+]|,\}", re.sub(r"\[[^\]]*\]|\\.", "x", pattern)))


def test_the_document_bounds_everything_that_comes_in(app: Flask) -> None:
    document: Any = app.test_client().get("/openapi.json").json
    found: list[str] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation["parameters"]:
                found += _unbounded(parameter["schema"], document, f"{method} {path} ?{parameter['name']}")
            if body := operation.get("requestBody"):
                found += _unbounded(body["content"]["application/json"]["schema"], document, f"{method} {path} ")
    assert not found


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "string"}, id="text"),
        pytest.param({"type": "string", "format": "webhook-url"}, id="a-format-is-no-bound"),
        pytest.param({"type": "string", "pattern": "^[a-z]+$"}, id="an-endless-pattern"),
        pytest.param({"type": "array", "items": {"type": "boolean"}}, id="a-list"),
        pytest.param({"type": "object", "additionalProperties": {"type": "boolean"}}, id="a-map"),
        pytest.param({"type": "integer", "minimum": 0}, id="a-number"),
        pytest.param({"anyOf": [{"properties": {"a": {"type": "string"}}}, {"type": "null"}]}, id="deep-inside"),
    ],
)
def test_what_has_no_bound_is_found(schema: Any) -> None:
    assert list(_unbounded(schema, {}, "x"))


DEEP = " and ".join(["audio_input.jitter > 1 ms"] * 30)


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        pytest.param("POST", "/v1/rules/validate", {"warning": "x" * 501}, "/warning", id="501-of-rule-text"),
        pytest.param("POST", "/v1/rules/validate", {"warning": DEEP}, "/warning", id="many-terms"),
        pytest.param(
            "POST",
            "/v1/rules/validate",
            {"warning": "(" * 200 + "audio_input.jitter > 1 ms" + ")" * 200},
            "/warning",
            id="brackets-200-deep",
        ),
        pytest.param(
            "POST", "/v1/rules/validate", {"warning": "not " * 100 + "audio_input.jitter > 1 ms"}, "/warning", id="nots"
        ),
        pytest.param("PUT", "/v1/watches/a", {"who": [{"name": "*a" * 6}]}, "/who/0/name", id="six-stars"),
        pytest.param("PUT", "/v1/watches/a", {"who": [{"name": "(a+)+[b]"}]}, "/who/0/name", id="no-sets-in-a-name"),
        pytest.param("PUT", "/v1/watches/a", {"who": [{"name": "x" * 101}]}, "/who/0/name", id="a-long-name"),
        pytest.param("PUT", "/v1/watches/a", {"who": [{"name": "x"}] * 201}, "/who", id="201-people"),
        pytest.param("PUT", "/v1/channels/a", {"kind": "slack", "url": SLACK_URL * 40}, "/url", id="a-long-address"),
    ],
)
def test_what_is_too_long_too_deep_or_too_many_is_refused_in_its_place(
    call: Any, slack: str, method: str, path: str, body: Any, pointer: str
) -> None:
    whole = {"says": "others hear {who} badly"} if "rules" in path else {}
    whole |= {"meeting": MEETING, "notify": [slack]} if "watches" in path else {}
    answer = call(method, path, whole | body)
    assert (answer.status_code, answer.json["pointer"]) == (422, pointer)


@pytest.mark.parametrize("glob", ["*a*a*a*a*b", "*?*?*b", "?" * 5, "*a*ab*ba*b*c"])
def test_the_time_that_a_name_takes_to_match_grows_with_its_length_alone(glob: str) -> None:
    who = Who("name", glob)

    def spent(length: int) -> float:
        listed = Listed("1", "a" * length)
        is_meant(who, "1", listed)  # the pattern is compiled once
        return min(_seconds(lambda: is_meant(who, "1", listed)) for _ in range(5))

    assert spent(100_000) < 100 * max(spent(10_000), 1e-5), "ten times the name: about ten times the time"


def _seconds(deed: Any) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began
