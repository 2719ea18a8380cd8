"""The thin layer by itself, on a resource made up for it: what comes in is checked, each fault in its place."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api.bodies import pointer


def _put(client: FlaskClient, body: Any, **more: Any) -> Any:
    sent = {"json": body} if not isinstance(body, bytes) else {"data": body, "content_type": "application/json"}
    return client.put("/v1/chairs/a", headers={"Authorization": "Bearer write"}, **{**sent, **more})


@pytest.mark.parametrize(
    ("body", "at", "sentence"),
    [
        pytest.param({}, "/name", "a chair needs a name", id="missing-with-its-own-reason"),
        pytest.param({"name": 5}, "/name", "must be text", id="no-conversion"),
        pytest.param({"name": ""}, "/name", "must have at least 1 character", id="too-short"),
        pytest.param({"name": "chaise"}, "/name", "must have at most 5 characters", id="too-long"),
        pytest.param({"name": "a", "folds": "yes"}, "/folds", "must be true or false", id="text-is-no-flag"),
        pytest.param({"name": "a", "nmae": 1}, "/nmae", "there is no field 'nmae': did you mean 'name'?", id="typo"),
        pytest.param(
            {"name": "a", "zz": 1},
            "/zz",
            "there is no field 'zz'; there are name, legs, made_at, labels, folds",
            id="unknown-without-a-neighbour",
        ),
        pytest.param({"name": "a", "x" * 99: 1}, "", "there is no field of that kind", id="odd-names-are-not-echoed"),
        pytest.param(
            {"name": "a", "legs": [{"length": "long"}, {"length": "tall"}]},
            "/legs/1/length",
            "must be 'short' or 'long'",
            id="deep-in-a-list",
        ),
        pytest.param(
            {"name": "a", "legs": [{"wheels": 1}]}, "/legs/0/wheels", "wheels come later", id="a-field-of-later"
        ),
        pytest.param({"name": "a", "legs": {}}, "/legs", "must be a list", id="object-for-list"),
        pytest.param({"name": "a", "labels": {"a/b": "c"}}, "", "must be 1 to 64 letters", id="bad-key-of-a-map"),
        pytest.param({"name": "a", "made_at": "2026-11-23T10:00:00"}, "/made_at", "needs an offset", id="no-offset"),
        pytest.param({"name": "a", "made_at": "1700000000"}, "/made_at", "must be a moment", id="number-as-text"),
        pytest.param({"name": "a", "made_at": 1700000000}, "/made_at", "must be a moment", id="number"),
        pytest.param(
            {"name": "a", "made_at": "0001-01-01T00:00:00+14:00"},
            "/made_at",
            "no moment of the calendar",
            id="overflow",
        ),
        pytest.param([], "", "must be an object", id="list-for-object"),
        pytest.param(b'"{\\"name\\": \\"a\\"}"', "", "must be an object", id="a-string-that-holds-json"),
    ],
)
def test_content_that_can_not_be_taken_is_a_422_that_points_at_it(
    chairs: FlaskClient, body: Any, at: str, sentence: str
) -> None:
    answer = _put(chairs, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["pointer"].startswith(at)
    assert sentence in answer.json["errors"][0]["detail"]


def test_all_faults_are_told_at_once(chairs: FlaskClient) -> None:
    answer = _put(chairs, {"folds": 1, "legs": [{}]})
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/name", "/legs/0/length", "/folds"]
    assert answer.json["detail"] == "/name: a chair needs a name (and 2 more)"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(b'{"name": ', "line 1, column 10", id="cut-short"),
        pytest.param(b"", "this is not JSON", id="empty"),
        pytest.param(b'{"name": NaN}', "this is not JSON that can be read", id="nan"),
        pytest.param(b'{"name": "\xff"}', "this is not JSON that can be read", id="not-utf8"),
        pytest.param(b"[" * 100_000, "this is not JSON that can be read", id="too-deep-for-python"),
        pytest.param(b"[" * 500 + b"]" * 500, "this is not JSON that can be read", id="too-deep-for-us"),
        pytest.param(b'{"name": "\\ud800"}', "this is not JSON that can be read", id="lone-surrogate"),
        pytest.param(b"1" * 5000, "this is not JSON that can be read", id="endless-number"),
    ],
)
def test_what_is_no_json_is_a_400(chairs: FlaskClient, raw: bytes, words: str) -> None:
    answer = _put(chairs, raw)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert words in answer.json["detail"]


def test_what_does_not_say_that_it_is_json_is_a_415(chairs: FlaskClient) -> None:
    assert _put(chairs, b'{"name": "a"}', content_type="text/plain").status_code == 415
    assert _put(chairs, b'{"name": "a"}', content_type=None).status_code == 415


def test_a_charset_beside_json_is_json(chairs: FlaskClient) -> None:
    assert _put(chairs, b'{"name": "a"}', content_type="application/json; charset=utf-8").status_code == 201


def test_a_body_over_a_megabyte_is_a_413(chairs: FlaskClient) -> None:
    answer = _put(chairs, json.dumps({"name": "a" * 1_000_001}).encode())
    assert (answer.status_code, answer.json["detail"]) == (413, "the body is over 1 MB")


def test_a_moment_is_kept_in_utc(chairs: FlaskClient) -> None:
    answer = _put(chairs, {"name": "a", "made_at": "2026-11-23T10:00:00+01:00"})
    assert answer.json["made_at"] == "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "parameter", "sentence"),
    [
        pytest.param("limit=0", "limit", "must be 1 or more", id="below"),
        pytest.param("limit=201", "limit", "must be 200 or less", id="above"),
        pytest.param("limit=ten", "limit", "must be a whole number", id="word"),
        pytest.param("limit=1_0", "limit", "must be a whole number", id="underscore"),
        pytest.param("limit=5&limit=6", "limit", "was given more than once", id="twice"),
        pytest.param("broken=maybe", "broken", "must be true or false", id="flag"),
        pytest.param("limti=5", "limti", "did you mean 'limit'?", id="unknown"),
        pytest.param("zz=5", "zz", "there are limit, broken", id="unknown-without-a-neighbour"),
    ],
)
def test_a_query_that_can_not_be_taken_is_a_422_that_names_the_parameter(
    chairs: FlaskClient, query: str, parameter: str, sentence: str
) -> None:
    answer = chairs.get(f"/v1/chairs/a?{query}", headers={"Authorization": "Bearer read"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["parameter"] == parameter
    assert sentence in answer.json["errors"][0]["detail"]


def test_an_operation_without_a_query_refuses_any(chairs: FlaskClient) -> None:
    answer = chairs.delete("/v1/chairs/a?force=true", headers={"Authorization": "Bearer admin"})
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "force")


def test_a_query_is_converted(chairs: FlaskClient) -> None:
    answer = chairs.get("/v1/chairs/a?limit=7&broken=1", headers={"Authorization": "Bearer read"})
    assert (answer.json["limit"], answer.json["broken"]) == (7, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/nowhere", 404, id="unknown"),
        pytest.param("/v1/chairs/-a", 404, id="no-id"),
        pytest.param("/v1/chairs/" + "a" * 65, 404, id="long-id"),
        pytest.param("/v1/chairs/a/", 404, id="trailing-slash"),
        pytest.param("//v1/chairs/a", 404, id="slashes-are-not-merged"),
    ],
)
def test_a_path_that_is_nothing_is_a_404_problem(chairs: FlaskClient, path: str, status: int) -> None:
    answer = chairs.get(path, headers={"Authorization": "Bearer read"})
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_another_method_is_a_405_that_says_which_there_are(chairs: FlaskClient) -> None:
    answer = chairs.patch("/v1/chairs/a")
    assert answer.status_code == 405
    assert {name.strip() for name in answer.headers["Allow"].split(",")} == {"DELETE", "GET", "HEAD", "PUT"}


def test_an_unexpected_error_is_a_500_that_tells_nothing(chairs: FlaskClient) -> None:
    answer = chairs.get("/v1/chairs/boom", headers={"Authorization": "Bearer read"})
    assert answer.status_code == 500
    assert answer.json["detail"] == "something went wrong on our side; it was logged"
    assert b"secret" not in answer.data


@pytest.mark.parametrize(
    ("loc", "given", "expected"),
    [
        pytest.param(("to", "slack", "url"), {"to": {"url": 1}}, "/to/url", id="a-union-tag-drops-out"),
        pytest.param(("a/b", "c~d"), {"a/b": {}}, "", id="an-odd-name-ends-it"),
        pytest.param(("c~d",), {"c~d": 1}, "/c~0d", id="a-tilde-is-escaped"),
        pytest.param(("items", 3, "x"), {"items": [1]}, "/items/x", id="an-index-that-is-not-there"),
        pytest.param((), [], "", id="the-whole"),
    ],
)
def test_a_pointer_addresses_the_clients_own_json(loc: Any, given: Any, expected: str) -> None:
    assert pointer(loc, given) == expected
