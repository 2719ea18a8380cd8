"""How the API says no: one shape (problem+json, RFC 9457), a pointer to the place, a sentence that helps.

Problem            an answer other than success, raised anywhere below a view
├─ NotFound        404  there is no such watch, rule, channel …
├─ Conflict        409  it stands in the way of something else
└─ Refused         422  the content can not be taken: one Fault for each place
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.store.errors import CursorError, StoreError, StoreFull, StoreUnavailable

log = structlog.get_logger(__name__)

_PLAIN = re.compile(r"[\w.~*@ -]{1,64}")
_SENTENCES = {
    404: "there is nothing here; /docs lists what there is",
    413: "the body is over 1 MB",
    500: "something went wrong on our side; it was logged",
}
_IDS = "an id is 1 to 64 letters, digits, '.', '_' or '-', and begins with a letter or a digit"
_RULE_IDS = "a rule's id is 1 to 40 small letters, digits and '-', and does not begin with '-'"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: a place in the body (RFC 6901) or a parameter of the query."""

    sentence: str
    pointer: str | None = None
    parameter: str | None = None
    position: int | None = None  #: in the text of a rule

    def __str__(self) -> str:
        place = self.pointer or (f"?{self.parameter}" if self.parameter else "")
        return f"{place}: {self.sentence}" if place else self.sentence

    def document(self) -> dict[str, Any]:
        """The fault as one of `errors`."""
        places = {"pointer": self.pointer, "parameter": self.parameter, "position": self.position}
        return {"detail": self.sentence, **{name: at for name, at in places.items() if at is not None}}


class Problem(Exception):
    """An answer other than success."""

    def __init__(
        self, status: int, detail: str, faults: Iterable[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, tuple(faults)
        self.headers = dict(headers or {})

    def document(self) -> dict[str, Any]:
        """The problem as JSON. `pointer` is that of the first fault; `errors` holds them all."""
        title = HTTPStatus(self.status).phrase
        body: dict[str, Any] = {"title": title, "status": self.status, "detail": self.detail}
        if self.faults and self.faults[0].pointer is not None:
            body["pointer"] = self.faults[0].pointer
        if self.faults:
            body["errors"] = [fault.document() for fault in self.faults]
        return body


class NotFound(Problem):
    """There is no such thing."""

    def __init__(self, kind: str, id: str, known: Iterable[str] = ()) -> None:
        super().__init__(404, f"there is no {kind} {id!r}{did_you_mean(id, known)}")


class Conflict(Problem):
    """It stands in the way of something else."""

    def __init__(self, detail: str) -> None:
        super().__init__(409, detail)


class Refused(Problem):
    """The content can not be taken."""

    def __init__(self, *faults: Fault) -> None:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(422, f"{faults[0]}{more}", faults)


def shown(text: str) -> str:
    """What a client wrote, quoted; odd or long text is not echoed."""
    return f"'{text}'" if _PLAIN.fullmatch(text) else "of that kind"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The end of a sentence, `: did you mean 'rules'?`, or nothing when nothing is near."""
    near = difflib.get_close_matches(given[:64], sorted(known), n=1, cutoff=0.6)
    return f": did you mean {near[0]!r}?" if near else ""


def answer(problem: Problem) -> Response:
    """The problem as an HTTP answer."""
    body = json.dumps(problem.document(), ensure_ascii=False) + "\n"
    return Response(body, problem.status, problem.headers, content_type="application/problem+json")


def register(app: Flask) -> None:
    """Make every error of the app a problem."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreError, _store)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    detail = _SENTENCES.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase)
    if status == 404 and re.fullmatch(r"/v1/[a-z]+/[^/]+(/[a-z]+)?", request.path):
        ids = _RULE_IDS if request.path.startswith("/v1/rules/") else _IDS
        detail = f"there is nothing here: {ids}"
    if allowed := getattr(error, "valid_methods", None):
        detail = f"this path answers {', '.join(sorted(allowed))}"
    kept = {name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")}
    return answer(Problem(status, detail, headers=kept))


def _store(error: StoreError) -> Response:
    if isinstance(error, CursorError):
        return answer(Refused(Fault("is not one that a page of this list gave", parameter="cursor")))
    if isinstance(error, StoreFull):
        log.warning("store is full", path=request.path, method=request.method, because=str(error))
        return answer(Problem(507, str(error)))
    log.error("store failed", path=request.path, method=request.method, because=str(error))
    if isinstance(error, StoreUnavailable):
        words = "the store does not answer, so nothing is known to be done: read again, then try again"
        return answer(Problem(503, words, headers={"Retry-After": "5"}))
    return answer(Problem(500, str(error)))


def _unexpected(error: Exception) -> Response:
    log.error("request failed", path=request.path, method=request.method, exc_info=error)
    return answer(Problem(500, _SENTENCES[500]))
