"""Every answer bears the security headers: every route, with and without a key, errors and files too."""

import re
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings
from service.store import Store

SAME = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WITHOUT = ("unsafe-inline", "unsafe-eval", "*", "http:", "https:")
ALWAYS = {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}
ERRORS = {
    "an-error": ("GET", "/nowhere", {}),
    "another-method": ("PATCH", "/v1/watches", {}),
    "a-file-that-is-not": ("GET", "/static/../app.py", {}),
    "a-body-too-large": ("POST", "/v1/watches", {"data": b"x" * 1_000_001}),
    "no-json": ("POST", "/v1/watches", {"data": b"{", "content_type": "application/json"}),
    "a-link-that-is-none": ("GET", "/a/x", {}),
    "a-file": ("GET", "/static/docs.js", {}),
}


def check(answer: Any, at: str) -> None:
    assert {name: answer.headers.get(name) for name in SAME} == SAME, at
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1, at
    policy = answer.headers["Content-Security-Policy"]
    rules = [rule.strip() for rule in policy.split(";")]
    assert set(rules) >= ALWAYS, at
    assert {"form-action 'none'", "form-action 'self'"} & set(rules), at
    assert not [word for word in WITHOUT if word in policy], at
    if "/static/" not in at:
        assert answer.headers["Cache-Control"] == "no-store", at


def test_every_route_bears_them(app: Flask, call: Any) -> None:
    seen = set()
    for rule in app.url_map.iter_rules():
        path = re.sub("<path:[a-z]+>", "docs.js", rule.rule)
        path = re.sub("<[a-z_:]+>", "nobody", path)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            for scope in (None, "admin"):
                answer = call(method, path, scope=scope)
                check(answer, f"{method} {path} {answer.status_code}")
                seen.add(answer.status_code)
    assert {200, 302, 401, 404, 415} <= seen


@pytest.mark.parametrize(("method", "path", "more"), [pytest.param(*ask, id=name) for name, ask in ERRORS.items()])
def test_what_goes_wrong_bears_them(call: Any, method: str, path: str, more: Any) -> None:
    check(call(method, path, **more), path)


def test_our_own_trouble_bears_them(app: Flask, call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("x")

    monkeypatch.setitem(app.view_functions, "watches.list", broken)
    answer = call("GET", "/v1/watches")
    assert answer.status_code == 500
    check(answer, "/v1/watches")


@pytest.mark.parametrize(
    ("public_url", "told"),
    [("https://q.example.org", "max-age=31536000"), ("http://q.example.org", None), (None, None)],
)
def test_browsers_are_told_to_stay_on_tls_where_people_come_by_it(
    store: Store, bell: Any, public_url: str | None, told: str | None
) -> None:
    client = create_app(Settings(public_url=public_url), store, bell).test_client()
    for path in ("/livez", "/docs", "/nowhere"):
        assert client.get(path).headers.get("Strict-Transport-Security") == told
