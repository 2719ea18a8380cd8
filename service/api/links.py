"""What can be done next with what an answer names: OpenAPI links, read off the shapes and paths that are there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.api.bodies import Answer
from service.api.layer import Op
from service.api.pages import Page

#: a field that names another resource's thing → that resource
_REFERS = {"delivery": "deliveries"}


def operation_id(declared: Op) -> str:
    """The operation's id in the document: "watches_put"."""
    return declared.name.replace(".", "_")


def links_of(declared: Op, shape: type[Answer] | None, ops: Iterable[Op]) -> dict[str, Any]:
    """From a thing that was made, changed or listed to every operation on that very thing."""
    if shape is None or declared.method == "DELETE" or (declared.method == "GET" and _is_on_one(declared)):
        return {}
    places = dict(_named(declared, shape))
    return {
        operation_id(target): _link(target, places[target.tag])
        for target in ops
        if target.tag in places and _is_on_one(target) and target.name != declared.name
    }


def _named(declared: Op, shape: type[Answer]) -> Iterator[tuple[str, str]]:
    """Resource → where in the body the id of one of its things stands."""
    if issubclass(shape, Page):
        item = shape.__pydantic_generic_metadata__["args"][0]
        if isinstance(item, type) and issubclass(item, Answer) and "id" in item.model_fields:  # else of two kinds
            yield declared.tag, "/items/0/id"
        return
    if "id" in shape.model_fields:
        yield declared.tag, "/id"
    for field, tag in _REFERS.items():
        if field in shape.model_fields:
            yield tag, f"/{field}"


def _link(target: Op, place: str) -> Mapping[str, Any]:
    return {
        "operationId": operation_id(target),
        "description": target.summary,
        "parameters": {"id": f"$response.body#{place}"},
    }


def _is_on_one(declared: Op) -> bool:
    return "{id}" in declared.path
