"""The document says what there is, and the page shows it without asking anybody else."""

import re
import shutil
import subprocess
import threading
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.serving import make_server

from service.api.headers import STRICT

STATIC = files("service").joinpath("static")


def test_the_document_is_valid_openapi_3_1(call: Any) -> None:
    document = call("GET", "/openapi.json", scope=None).json
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_a_summary_and_names_the_key_that_it_asks_for(call: Any) -> None:
    paths = call("GET", "/openapi.json", scope=None).json["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["summary"]
            assert "Asks for" in operation["description"]
            assert bool(operation["security"]) == (path not in ("/livez", "/readyz"))
            assert ("401" in operation["responses"]) == bool(operation["security"])


def test_an_optional_parameter_is_absent_and_never_null(call: Any) -> None:
    parameters = call("GET", "/openapi.json", scope=None).json["paths"]["/v1/alerts"]["get"]["parameters"]
    assert {parameter["name"] for parameter in parameters} == {
        *("limit", "cursor", "state", "watch", "severity", "meeting")
    }
    assert "null" not in str(parameters)


def test_the_home_page_is_the_api_page_until_there_is_a_dashboard(call: Any) -> None:
    answer = call("GET", "/", scope=None)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs")


def test_the_page_loads_only_what_we_serve(call: Any) -> None:
    page = call("GET", "/docs", scope=None)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for path in loaded:
        assert path.startswith("/")
        assert call("GET", path, scope=None).status_code == 200
    assert "<script>" not in page.text
    assert "style=" not in page.text
    own = "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
    assert page.headers["Content-Security-Policy"] == f"{STRICT}; {own}"


def test_the_vendored_files_are_those_that_were_published() -> None:
    folder = STATIC.joinpath("swagger-ui")
    listed = dict(reversed(line.split()) for line in folder.joinpath("SHA256SUMS").read_text().splitlines())
    there = {file.name for file in folder.iterdir()} - {"SHA256SUMS", "VENDORED.md"}
    assert there == set(listed)
    for name, digest in listed.items():
        assert sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest, name
    assert {"LICENSE", "NOTICE"} <= there


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not on PATH")
def test_a_browser_shows_the_operations(app: Flask) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        page = f"http://127.0.0.1:{server.port}/docs"
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000", "--dump-dom"]
        seen = subprocess.run(["chromium", *flags, page], capture_output=True, text=True, timeout=60)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "opblock-summary-path" in seen.stdout
    assert "/v1/watches" in seen.stdout
