"""The headers that every answer bears: a page loads nothing unless it says what, and nobody frames it."""

from flask import Flask, Response, request

#: What a page may do adds to this; JSON, errors and files may do nothing.
STRICT = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": STRICT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


def register(app: Flask, *, over_tls: bool = False) -> None:
    """Put them on every answer of the app. `over_tls`: people reach it by https, and shall by nothing else."""
    wanted = _HEADERS | (_TLS_ONLY if over_tls else {})

    def with_headers(response: Response) -> Response:
        response.headers.extend({name: text for name, text in wanted.items() if name not in response.headers})
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(with_headers)
