"""Our own thin layer on pydantic: one decorator makes a method an operation, routed, checked and documented.

    class Watches:
        tag = "watches"

        @op("PUT", "/v1/watches/{id}", scope="write", answers={200: WatchAnswer, 201: WatchAnswer})
        def put(self, id: str, body: WatchBody) -> Reply: …

A parameter named `body` or `query` says by its type what comes in; every other one is a part of the path.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_type_hints

from flask import Flask, Response, request
from werkzeug.routing import BaseConverter

from service.api.auth import Scope
from service.api.bodies import Answer, Body, Query, read_body, read_query, sent
from service.api.fields import ID_PATTERN, RULE_ID_PATTERN

Method = Literal["GET", "PUT", "POST", "DELETE"]
Answers = Mapping[int, type[Answer] | None]


@dataclass(frozen=True, slots=True)
class Op:
    """One operation as it was declared. `scope` None: no key is asked for."""

    method: Method
    path: str
    scope: Scope | None
    answers: Answers
    problems: tuple[int, ...]
    summary: str
    details: str
    body: type[Body] | None
    query: type[Query]
    name: str = ""
    tag: str = ""
    ids: str = "id"  #: which kind of id stands in the path


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with another status than the first one declared, or with headers."""

    answer: Answer | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class IdConverter(BaseConverter):
    """An id in a path."""

    regex = ID_PATTERN.strip("^$")


class RuleIdConverter(BaseConverter):
    """A rule's id in a path; `validate` stands beside it and can be none."""

    regex = r"(?!validate$)" + RULE_ID_PATTERN.strip("^$")


class SilenceIdConverter(BaseConverter):
    """A silence's id in a path; `preview` stands beside it and can be none."""

    regex = r"(?!preview$)" + ID_PATTERN.strip("^$")


def op(
    method: Method, path: str, *, scope: Scope | None, answers: Answers, problems: tuple[int, ...] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the operation that a method is. `answers`: status → shape; `problems`: statuses of its own."""

    def declared(view: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(view)
        first, _, rest = inspect.cleandoc(view.__doc__ or "").partition("\n")
        body, query = hints.get("body"), hints.get("query", Query)
        view.__op__ = Op(method, path, scope, answers, problems, first, rest.strip(), body, query)  # type: ignore[attr-defined]  # read by `operations`
        return view

    return declared


def operations(resource: Any) -> Iterator[tuple[Op, Callable[..., Any]]]:
    """The operations of a resource, in the order in which they were written."""
    tag = resource.tag
    for name, member in vars(type(resource)).items():
        if found := getattr(member, "__op__", None):
            ids = getattr(resource, "ids", "id")
            yield replace(found, name=f"{tag}.{name}", tag=tag, ids=ids), getattr(resource, name)


class Api:
    """The operations of an app. `scopes` maps every endpoint to the key that it asks for; None is open."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.ops: list[Op] = []
        self.scopes: dict[str, Scope | None] = {"static": None}
        app.url_map.converters |= {"id": IdConverter, "rule_id": RuleIdConverter, "silence_id": SilenceIdConverter}

    def add(self, resource: Any) -> None:
        """Route every operation of a resource."""
        for declared, view in operations(resource):
            self.ops.append(declared)
            self.scopes[declared.name] = declared.scope
            path = declared.path.replace("{", f"<{declared.ids}:").replace("}", ">")
            self._route(path, declared.name, _answering(declared, view), declared.method)

    def open(self, path: str, name: str, view: Callable[..., Any], method: Method = "GET") -> None:
        """Route a page that asks for no key and is no operation of the API."""
        self.scopes[name] = None
        self._route(path, name, view, method)

    def _route(self, path: str, name: str, view: Callable[..., Any], method: Method) -> None:
        # OPTIONS is not answered: a browser of another origin has no business here
        self._app.add_url_rule(path, name, view, methods=[method], provide_automatic_options=False)


def _answering(declared: Op, view: Callable[..., Any]) -> Callable[..., Response]:
    """The view function: what the request says is read and checked, what the method answers is written."""

    def answering(**given: Any) -> Response:
        query = read_query(declared.query, request.args)
        if declared.query is not Query:
            given["query"] = query
        if declared.body is not None:
            given["body"] = read_body(declared.body, sent(), request.mimetype)
        return _written(view(**given), next(iter(declared.answers)))

    return answering


def _written(result: Answer | Reply | None, status: int) -> Response:
    reply = result if isinstance(result, Reply) else Reply(result, status)
    if reply.answer is None:
        return Response(status=reply.status, headers=dict(reply.headers), content_type=None)
    text = reply.answer.model_dump_json(by_alias=True) + "\n"
    return Response(text, reply.status, dict(reply.headers), content_type="application/json")
