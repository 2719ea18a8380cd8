"""POST /v1/budget/plan: what a described load costs and gets."""

from typing import Any

import pytest

PLAN = "/v1/budget/plan"
LOAD = {"meetings": 6, "size": 50, "watched": 40, "hours": 8}


def test_a_load_that_fits_is_told_with_its_cost_and_delays(call: Any) -> None:
    assert call("POST", PLAN, LOAD, scope="read").json == {
        "calls_a_minute": 30.0,
        "calls_a_day": 14_400,
        "discovery_calls_a_day": 576,
        "a_day": 60_000,
        "fits": True,
        "interval_s": 60,
        "delays": [
            {"span": "3 of 5", "from_minutes": 4, "to_minutes": 5},
            {"span": "2 of 3", "from_minutes": 3, "to_minutes": 4},
        ],
        "would_fit": {"watched": 50, "meetings": 23},
        "says": (
            "6 meetings of 50 with 40 watched: 30 calls a minute, 14,400 a day; figures may have 57,000. It fits."
            " A look every minute; alerts by 3 of 5 after 4 to 5 min, 2 of 3 after 3 to 4 min."
        ),
    }


def test_another_plan_may_be_asked_about(call: Any) -> None:
    answer = call("POST", PLAN, {**LOAD, "hours": 24, "plan": "pro"}).json
    assert (answer["a_day"], answer["fits"], answer["interval_s"]) == (30_000, False, 120)
    assert answer["would_fit"] == {"watched": 3, "meetings": 3}
    assert "It does not fit. A look every 2 min" in answer["says"]
    assert answer["says"].endswith("With a look every minute 3 watched in each or 3 such meetings would fit.")


def test_the_measured_age_of_rows_moves_the_delay(call: Any, store: Any) -> None:
    store.budget.measured(age_s=190)
    assert call("POST", PLAN, LOAD).json["delays"][0] == {"span": "3 of 5", "from_minutes": 6, "to_minutes": 7}


def test_nothing_is_spent_by_asking(call: Any, store: Any) -> None:
    call("POST", PLAN, LOAD)
    assert store.budget.spent().today == 0


def test_a_whole_number_may_be_written_with_a_point(call: Any) -> None:
    assert call("POST", PLAN, {**LOAD, "size": 50.0}).json == call("POST", PLAN, LOAD).json


def test_more_watched_than_there_are_means_everybody(call: Any) -> None:
    more, all_ = (call("POST", PLAN, {**LOAD, "watched": watched}).json for watched in (51, 50))
    assert more == all_


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"meetings": 0}, "/meetings", "must be 1 or more", id="no-meeting"),
        pytest.param({"hours": 25}, "/hours", "must be 24", id="a-long-day"),
        pytest.param({"hours": 0}, "/hours", "must be 0.1 or more", id="no-time"),
        pytest.param({"size": 10.5}, "/size", "whole number", id="half-a-person"),
        pytest.param({"plan": "gold"}, "/plan", "'business' or 'pro'", id="no-such-plan"),
        pytest.param({"people": 3}, "/people", "there is no field 'people'", id="unknown"),
    ],
)
def test_a_load_that_can_not_be_is_refused(call: Any, changes: dict[str, Any], at: str, words: str) -> None:
    answer = call("POST", PLAN, {**LOAD, **changes})
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert error["pointer"] == at
    assert words in error["detail"]


def test_each_figure_is_needed(call: Any) -> None:
    said = {error["pointer"]: error["detail"] for error in call("POST", PLAN, {}).json["errors"]}
    assert set(said) == {"/meetings", "/size", "/watched", "/hours"}
    assert said["/size"] == "how many people are in each meeting?"
