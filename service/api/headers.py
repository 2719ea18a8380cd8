"""The headers that every answer bears: a page of ours loads nothing from elsewhere, and nobody frames it."""

from flask import Flask, Response, request

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Put them on every answer of the app."""
    app.after_request(_with_headers)


def _with_headers(response: Response) -> Response:
    response.headers.extend({name: text for name, text in _HEADERS.items() if name not in response.headers})
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
