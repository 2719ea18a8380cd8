"""The API's own description: /openapi.json, and a page for it that asks nobody else for anything."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from service.api.headers import STRICT

_CSP = f"{STRICT}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"


class Docs:
    """The three pages; `document` makes the OpenAPI document when it is first asked for."""

    def __init__(self, document: Callable[[], dict[str, Any]]) -> None:
        self._make, self._text = document, ""
        self._page = files("service").joinpath("static/docs.html").read_text("utf-8")

    def openapi(self) -> Response:
        """The document as JSON."""
        self._text = self._text or json.dumps(self._make(), ensure_ascii=False)
        return Response(self._text, content_type="application/json")

    def page(self) -> Response:
        """Swagger UI, served from here."""
        own = {"Content-Security-Policy": _CSP}
        return Response(self._page, headers=own, content_type="text/html; charset=utf-8")

    def home(self) -> AnyResponse:
        """The dashboard's place, until there is one."""
        return redirect("/docs")
