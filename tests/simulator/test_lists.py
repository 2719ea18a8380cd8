"""The lists of meetings and webinars: dates, types, pages, quality words, and their limit by the minute."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator import Simulator

BASE = 1764000000  # 2025-11-24T16:00:00Z, where the fixture's clock stands
Ask = Callable[..., requests.Response]
NUMBER = "97763643886"
TODAY = {"from": "2025-11-24", "to": "2025-11-24"}


def test_live_meetings_are_listed_with_their_hosts(simulator: Simulator, look: Ask) -> None:
    simulator.world.start("111", "Monday", host_email="ana@example.com")
    simulator.world.start("222", "Seminar", kind="webinar")
    simulator.world.start("333", "Over")
    simulator.world.end("333")
    answer = look("meetings", **TODAY)
    assert answer.headers["X-RateLimit-Category"] == "Resource-intensive"
    body = answer.json()
    assert (body["from"], body["to"], body["total_records"], body["next_page_token"]) == (*TODAY.values(), 1, "")
    assert [(run["id"], run["email"]) for run in body["meetings"]] == [(111, "ana@example.com")]
    assert [run["topic"] for run in look("webinars", **TODAY).json()["webinars"]] == ["Seminar"]


def test_past_meetings_are_listed_by_the_day_they_began(simulator: Simulator, look: Ask) -> None:
    for number, day in (("111", 0), ("222", 2), ("333", 4)):
        simulator.world.start(number, at=BASE - day * 86400)
        simulator.world.end(number, at=BASE - day * 86400)
    body = look("meetings", type="past", **{"from": "2025-11-21", "to": "2025-11-24"}).json()
    assert [run["id"] for run in body["meetings"]] == [111, 222]
    assert all("end_time" in run for run in body["meetings"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param({}, "from", id="dates-are-required"),
        pytest.param({"from": "2025-11-24"}, "to", id="both-of-them"),
        pytest.param({"from": "24/11/2025", "to": "2025-11-24"}, "from", id="as-zoom-writes-them"),
        pytest.param({"from": "2025-10-01", "to": "2025-11-24"}, "to", id="a-month-at-most"),
        pytest.param({"from": "2025-11-25", "to": "2025-11-24"}, "to", id="in-their-order"),
        pytest.param({"from": "2025-01-01", "to": "2025-01-02"}, "from", id="within-six-months"),
        pytest.param({**TODAY, "page_size": "301"}, "page_size", id="page-too-long"),
        pytest.param({**TODAY, "page_size": "some"}, "page_size", id="page-no-number"),
        pytest.param({**TODAY, "type": "tomorrow"}, "type", id="no-such-type"),
    ],
)
def test_a_wrong_question_names_its_field(look: Ask, query: dict[str, str], field: str) -> None:
    answer = look("meetings", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_a_webinar_list_knows_no_past_one(look: Ask) -> None:
    assert look("webinars", type="pastOne", **TODAY).status_code == 400
    assert look("meetings", type="pastOne", **TODAY).status_code == 200


def test_a_long_list_comes_in_pages(simulator: Simulator, look: Ask) -> None:
    for number in range(100, 135):
        simulator.world.start(number)
    first = look("meetings", **TODAY).json()
    assert (len(first["meetings"]), first["page_count"], first["page_size"]) == (30, 2, 30)
    second = look("meetings", next_page_token=first["next_page_token"], **TODAY).json()
    assert len({run["id"] for run in first["meetings"] + second["meetings"]}) == 35
    assert second["next_page_token"] == ""


@pytest.mark.parametrize(
    ("loss", "word"),
    [
        pytest.param(0, "good", id="nothing-lost"),
        pytest.param(6, "fair", id="some"),
        pytest.param(14, "poor", id="much"),
        pytest.param(40, "bad", id="nearly-all"),
    ],
)
def test_quality_is_that_of_the_worst_person(simulator: Simulator, look: Ask, loss: float, word: str) -> None:
    simulator.world.start(NUMBER)
    for who in ("Dr Rao", "Kim Lim"):
        rao = simulator.world.join(NUMBER, who).user_id
    simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": loss})
    simulator.clock.step(minutes=1)
    (run,) = look("meetings", **TODAY).json()["meetings"]
    assert run["audio_quality"] == word
    assert "screen_share_quality" not in run


def test_an_account_may_show_no_quality(simulator: Simulator, look: Ask) -> None:
    simulator.world.knobs.quality = False
    simulator.world.start(NUMBER)
    simulator.world.join(NUMBER)
    simulator.clock.step(minutes=1)
    assert "audio_quality" not in look("meetings", **TODAY).json()["meetings"][0]
    assert "audio_quality" not in look(f"meetings/{NUMBER}/participants").json()["participants"][0]


def test_lists_are_limited_by_the_minute(simulator: Simulator, look: Ask) -> None:
    told = [look("meetings", **TODAY).status_code for _ in range(21)]
    assert told == [200] * 20 + [429]
    refused = look("webinars", **TODAY)
    assert (refused.status_code, refused.headers["X-RateLimit-Limit"]) == (429, "20")
    simulator.clock.step(minutes=1)
    assert look("meetings", **TODAY).status_code == 200
    assert simulator.limits.spent == 21
    assert simulator.calls.count(label="intensive") == 23


def test_lists_need_scopes_of_their_own(simulator: Simulator, look: Ask) -> None:
    simulator.tokens.scopes = frozenset({"dashboard:read:list_meetings:admin"})
    simulator.tokens.revoke()
    assert look("meetings", **TODAY).status_code == 200
    refused: Any = look("webinars", **TODAY).json()
    assert refused["code"] == 4711
    assert "dashboard:read:list_webinars:admin" in refused["message"]


def test_an_old_app_holds_one_scope_for_all_of_a_kind(simulator: Simulator, look: Ask) -> None:
    simulator.tokens.scopes = frozenset({"dashboard_webinars:read:admin"})
    assert look("webinars", **TODAY).status_code == 200
    assert look("meetings", **TODAY).json()["code"] == 4711
