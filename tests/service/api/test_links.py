"""Links of the document: from what an answer names to what can be done with it."""

from typing import Any

import pytest


@pytest.fixture
def links(call: Any) -> Any:
    """links("PUT", "/v1/watches/{id}", 201) → {operation: where the id stands}."""
    paths = call("GET", "/openapi.json", scope=None).json["paths"]

    def found(method: str, path: str, status: int) -> dict[str, str]:
        answer = paths[path][method.lower()]["responses"][str(status)]
        return {name: link["parameters"]["id"] for name, link in answer.get("links", {}).items()}

    return found


@pytest.mark.parametrize(
    ("source", "target", "place"),
    [
        pytest.param(("PUT", "/v1/watches/{id}", 201), "watches_get", "/id", id="put-then-get"),
        pytest.param(("PUT", "/v1/watches/{id}", 200), "watches_delete", "/id", id="put-again-then-delete"),
        pytest.param(("POST", "/v1/rules", 201), "rules_put", "/id", id="post-then-put"),
        pytest.param(("GET", "/v1/deliveries", 200), "deliveries_redeliver", "/items/0/id", id="list-then-act"),
        pytest.param(("POST", "/v1/channels/{id}/test", 202), "deliveries_get", "/delivery", id="to-another-resource"),
        pytest.param(("POST", "/v1/deliveries/{id}/redeliver", 202), "deliveries_get", "/id", id="act-then-read"),
    ],
)
def test_an_answer_leads_on(links: Any, source: tuple[str, str, int], target: str, place: str) -> None:
    assert links(*source)[target] == f"$response.body#{place}"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(("DELETE", "/v1/watches/{id}", 204), id="what-is-gone"),
        pytest.param(("DELETE", "/v1/rules/{id}", 200), id="what-was-restored"),
        pytest.param(("GET", "/v1/watches/{id}", 200), id="what-was-only-read"),
        pytest.param(("GET", "/v1/rules", 200), id="a-list-of-two-kinds"),
        pytest.param(("GET", "/v1/live", 200), id="a-resource-without-ids"),
        pytest.param(("POST", "/v1/rules/validate", 200), id="a-rule-that-is-not-kept"),
    ],
)
def test_some_answers_lead_nowhere(links: Any, source: tuple[str, str, int]) -> None:
    assert links(*source) == {}
