"""The inbox as a web server: the webhook paths, the records, and the page that shows the messages."""

import re
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, render_template, request

from simulator import page, pagerduty
from simulator.inbox import Reply

if TYPE_CHECKING:
    from simulator.server import Simulator

_POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HOOK = re.compile(r"T\w+/B\w+/[\w-]+")
_KEPT_HEADERS = ("Content-Type", "User-Agent", "X-Qoswatch-Delivery")
_SHOWN = 100


def create_app(simulator: "Simulator") -> Flask:
    """The WSGI application of one simulator's inbox."""
    app = Flask("simulator", root_path=page.FOLDER, static_folder="static", template_folder="templates")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_env.filters |= page.FILTERS
    desk = Desk(simulator)
    app.add_url_rule("/", view_func=desk.page)
    app.add_url_rule("/messages", view_func=desk.messages)
    app.add_url_rule("/inbox.json", view_func=desk.records)
    app.add_url_rule("/services/<path:hook>", view_func=desk.slack, methods=["POST"])
    flow = "workflows/<flow>/triggers/manual/paths/invoke"
    app.add_url_rule(f"/{flow}", "teams", desk.teams, methods=["POST"])
    app.add_url_rule(f"/powerautomate/<path:way>/{flow}", "power", desk.teams, methods=["POST"])
    app.add_url_rule("/pagerduty/v2/enqueue", view_func=desk.pagerduty, methods=["POST"])
    app.add_url_rule("/hook/<name>", view_func=desk.webhook, methods=["POST"])
    app.after_request(_guarded)
    return app


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


class Desk:
    """Takes the posts of one inbox and shows them."""

    def __init__(self, simulator: "Simulator") -> None:
        self._sim = simulator

    def slack(self, hook: str) -> Response:
        """POST /services/T…/B…/X…: `ok`, or one of Slack's words."""
        if _HOOK.fullmatch(hook) is None:
            return Response("no_service", 404, content_type="text/plain")
        return self._take("slack", hook)

    def teams(self, flow: str, way: str = "") -> Response:
        """POST …/workflows/<id>/triggers/manual/paths/invoke: 202 and nothing more."""
        return self._take("teams", flow, sig=bool(request.args.get("sig")))

    def pagerduty(self) -> Response:
        """POST /pagerduty/v2/enqueue: 202, or 400 with what is wrong; its routing key names the destination."""
        return self._take("pagerduty", pagerduty.destination(request.get_data(as_text=True)))

    def webhook(self, name: str) -> Response:
        """POST /hook/<name>: 200, whatever it is."""
        return self._take("webhook", name)

    def _take(self, kind: str, destination: str, sig: bool = True) -> Response:
        whole = kind == "webhook"  # its headers are a part of what it says
        kept = {k: v for k, v in request.headers.items() if whole or k in _KEPT_HEADERS or k.startswith("X-")}
        inbox = self._sim.inbox
        reply = inbox.receive(kind, destination, kept, request.get_data(), sig)
        if reply.seconds:
            self._sim.stopping.wait(reply.seconds)
        if not reply.status:
            raise ConnectionResetError("asked for")  # the server drops the connection without a word
        return _response(reply)

    def records(self) -> Response:
        """GET /inbox.json?destination=&accepted=true: every post, oldest first."""
        accepted = {"true": True, "false": False}.get(request.args.get("accepted", ""))
        posts = self._sim.inbox.posts(request.args.get("destination", ""), accepted=accepted)
        return jsonify({"posts": [post.as_json() for post in posts]})

    def page(self) -> str:
        """GET /: the page; what it shows comes from /messages."""
        return render_template("inbox.html", **self._shown())

    def messages(self) -> Response:
        """GET /messages: the messages alone, for the page to put in place when they have changed."""
        response = Response(render_template("messages.html", **self._shown()))
        response.add_etag()
        response.make_conditional(request)
        return response

    def _shown(self) -> dict[str, object]:
        posts = self._sim.inbox.posts()
        rooms: dict[str, list[page.Shown]] = {"slack": [], "teams": [], "others": []}
        for post in reversed(posts[-_SHOWN:]):
            rooms.get(post.kind, rooms["others"]).append(page.shown(post))
        return {"rooms": rooms, "total": len(posts)}


def _response(reply: Reply) -> Response:
    kind = "application/json" if reply.text.startswith("{") else "text/plain;charset=utf-8"
    return Response(reply.text, reply.status, reply.headers, content_type=kind)
