"""The operations → an OpenAPI 3.1 document."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from service.api.bodies import Answer
from service.api.fields import ID_PATTERN, RULE_ID_PATTERN
from service.api.layer import Op
from service.api.links import links_of, operation_id

_REF = "#/components/schemas/{model}"
_ABOUT = (
    "Alerts for live Zoom call quality. Times need an offset, secrets are write-only, errors are problems "
    "(RFC 9457) that point at the place."
)
_BEARER = {"type": "http", "scheme": "bearer", "description": "A key made by `qoswatch keys create`."}
_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
_Refs = Mapping[tuple[type[BaseModel], JsonSchemaMode], Any]
_IDS = {"id": ID_PATTERN, "rule_id": RULE_ID_PATTERN, "silence_id": ID_PATTERN}
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}, "required": True}},
}
_SAID = {507: "Redis is nearly full: nothing new is registered. What is there can be changed, paused and deleted."}


class ProblemFault(Answer):
    """One thing that is wrong: a place in the body (RFC 6901), or a parameter of the query."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    position: int | None = None


class ProblemAnswer(Answer):
    """An error (RFC 9457): what, where, and what would work."""

    title: str
    status: int
    detail: str
    pointer: str | None = None
    errors: tuple[ProblemFault, ...] = ()


class _Plain(GenerateJsonSchema):
    """JSON Schema without a title on every field: the field's name says as much."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(ops: Iterable[Op], version: str) -> dict[str, Any]:
    """The document of these operations."""
    ops = list(ops)
    refs, schemas = _schemas(ops)
    paths: dict[str, dict[str, Any]] = {}
    for declared in ops:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared, ops, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "qoswatch", "version": version, "description": _ABOUT, "license": _LICENSE},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(declared.tag for declared in ops)],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": _BEARER}},
    }


def _schemas(ops: Iterable[Op]) -> tuple[Any, dict[str, Any]]:
    bodies = {declared.body for declared in ops if declared.body}
    answers = {shape for declared in ops for shape in declared.answers.values() if shape}
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemAnswer, "validation")]
    wanted += [(model, "validation") for model in sorted(bodies, key=_name)]
    wanted += [(model, "serialization") for model in sorted(answers, key=_name)]
    refs, found = models_json_schema(wanted, ref_template=_REF, schema_generator=_Plain)
    return refs, found["$defs"]


def _name(model: type[BaseModel]) -> str:
    return model.__name__


def _operation(declared: Op, ops: Sequence[Op], refs: _Refs) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation_id(declared),
        "tags": [declared.tag],
        "summary": declared.summary,
        "parameters": [*_path(declared), *_query(declared)],
        "responses": _responses(declared, ops, refs),
        "security": [{"bearer": []}] if declared.scope else [],
    }
    scope = f"Asks for a `{declared.scope}` key." if declared.scope else "Asks for no key."
    made["description"] = f"{declared.details}\n\n{scope}".strip()
    if declared.body:
        made["requestBody"] = {"required": True, "content": _json(refs[declared.body, "validation"])}
    return made


def _path(declared: Op) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in declared.path.split("/") if part.startswith("{")]
    schema = {"type": "string", "pattern": _IDS[declared.ids]}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query(declared: Op) -> list[dict[str, Any]]:
    schema = declared.query.model_json_schema(schema_generator=_Plain)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inner(given)}
        for name, given in schema.get("properties", {}).items()
    ]


def _inner(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter that may be null is one that may be absent: only its own schema is published."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name != "anyOf"}
    if isinstance(kept.get("default"), bool | None):  # absent, or a flag that reads as text
        kept.pop("default", None)
    return {**kept, **(kinds[0] if kinds else {})}


def _responses(declared: Op, ops: Sequence[Op], refs: _Refs) -> dict[str, Any]:
    made = {str(status): _success(status, shape, refs) for status, shape in declared.answers.items()}
    for status, shape in declared.answers.items():
        if links := links_of(declared, shape, ops):
            made[str(status)]["links"] = links
    statuses = {422, *declared.problems}
    statuses |= {401, 403, 429} if declared.scope else set()
    statuses |= {400, 413, 415} if declared.body else set()
    statuses |= {404} if "{" in declared.path else set()
    for status in sorted(statuses):
        made[str(status)] = _problem(status, refs)
    return made


def _success(status: int, shape: type[Answer] | None, refs: _Refs) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if shape:
        made["content"] = _json(refs[shape, "serialization"])
    return made


def _problem(status: int, refs: _Refs) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": refs[ProblemAnswer, "validation"]}}
    made: dict[str, Any] = {"description": _SAID.get(status) or HTTPStatus(status).phrase, "content": content}
    return made | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
