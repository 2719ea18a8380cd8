"""The pretend Zoom's front door: the token call and the metrics calls, with limits, scopes and bad days."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from simulator import control
from simulator.answers import KINDS, Answer, refusal
from simulator.calls import Call
from simulator.endpoints import ENDPOINTS, Endpoint
from simulator.faults import Fault
from simulator.limits import NAMES
from simulator.tokens import Token
from simulator.views import Refused, Views

if TYPE_CHECKING:
    from simulator.server import Simulator


def create_app(simulator: "Simulator") -> Flask:
    """The WSGI application of one simulator; its control API is in it too."""
    app = Flask("simulator", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.url_map.merge_slashes = False
    door = Door(simulator)
    app.add_url_rule("/oauth/token", view_func=door.token, methods=["POST"])
    app.add_url_rule("/v2/<path:rest>", view_func=door.metrics, methods=["GET"])
    app.register_blueprint(control.blueprint(simulator))
    return app


def raw_path() -> str:
    """The path as it was sent: only there can one encoding be told from two."""
    raw = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path)
    return re.sub(r"^https?://[^/]*", "", raw).partition("?")[0]


class Door:
    """Takes the calls of one simulator."""

    def __init__(self, simulator: "Simulator") -> None:
        self._sim, self._views = simulator, Views(simulator)

    def token(self) -> Response:
        """POST /oauth/token; the grant may be in the body or in the query."""
        form = {**request.args.to_dict(), **request.form.to_dict()}
        header = request.headers.get("Authorization", "")
        return self._take("token", lambda: self._sim.tokens.ask(header, form, self._sim.url))

    def metrics(self, rest: str) -> Response:
        """GET /v2/…"""
        path = raw_path()
        for endpoint in ENDPOINTS:
            match = endpoint.pattern.fullmatch(path)
            if match is not None:
                answer = partial(self._metrics, endpoint, match.groupdict())
                return self._take(endpoint.label, answer)
        return self._take("", lambda: refusal("3001", message="This API is not here."))

    def _metrics(self, endpoint: Endpoint, parts: dict[str, str]) -> Answer:
        token = self._sim.tokens.check(request.headers.get("Authorization", ""))
        if isinstance(token, Answer):
            return token
        limited = self._sim.limits.take(endpoint.label)
        if limited is not None:
            return limited
        return self._allowed(endpoint, parts, token)

    def _allowed(self, endpoint: Endpoint, parts: dict[str, str], token: Token) -> Answer:
        if not token.may(endpoint.scope):
            return refusal("4711", detail=endpoint.scope)
        try:
            with self._sim.world.lock:
                body = self._views.show(endpoint, parts, request.args)
        except Refused as refused:
            return refused.answer
        return Answer(200, body, {"X-RateLimit-Category": NAMES[endpoint.label]})

    def _take(self, label: str, answer: Callable[[], Answer]) -> Response:
        """Let the call meet its fault or get its answer, and write it down."""
        path = raw_path()
        fault = self._sim.faults.take(path)
        if fault is not None and fault.kind == "reset":
            self._write(label, Answer(0, None))
            raise ConnectionResetError("asked for")  # the server drops the connection without a word
        if fault is not None and fault.kind == "slow":
            self._sim.stopping.wait(fault.seconds)
        told = self._gone_wrong(fault, label) or answer()
        self._write(label, told)
        response = _response(told)
        return _spoiled(response, fault) if fault is not None else response

    def _gone_wrong(self, fault: Fault | None, label: str) -> Answer | None:
        if fault is None:
            return None
        if fault.kind in ("429-second", "429-day"):
            return self._sim.limits.refuse(
                label,
                daily=fault.kind == "429-day",
                headers=fault.headers,
                retry_after=fault.retry_after,
                code=fault.code,
            )
        if fault.kind in KINDS:
            return refusal(fault.kind, detail=fault.detail, status=fault.status, message=fault.message)
        return None

    def _write(self, label: str, answer: Answer) -> None:
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        query = request.query_string.decode("latin-1")
        token = bearer[:12] if kind.lower() == "bearer" else ""
        call = Call(0, 0.0, request.method, raw_path(), query, label, token, answer.status, answer.code)
        self._sim.calls.write(call)


def _response(answer: Answer) -> Response:
    body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    kind = "text/html" if isinstance(answer.body, str) else "application/json;charset=UTF-8"
    return Response(body, answer.status, dict(answer.headers), content_type=kind)


def _spoiled(response: Response, fault: Fault) -> Response:
    """The answer as a bad line or a bad day makes it."""
    whole = response.get_data()
    if fault.kind == "truncated":
        response.set_data(whole[: len(whole) // 2])
        response.headers["Content-Length"] = str(len(whole))
    if fault.kind == "not-json":
        response.set_data(fault.text)
        response.content_type = "text/html"
    if fault.kind == "empty":
        response.set_data(b"")
    return response
