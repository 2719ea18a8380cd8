"""Schedules over HTTP: who is on call now, at a moment, and in the coming weeks; gaps are said when they are made."""

from datetime import datetime
from typing import Any

import pytest

from rules.model import Policy, Step, Target

AV = {
    "timezone": "Europe/Berlin",
    "hand_off": "Mon 09:00",
    "rotation": ["ana", "ben"],
    "every": "1w",
}  # it is Mon 11:00


@pytest.fixture
def crew(call: Any, slack: str) -> tuple[str, ...]:
    people = {"ana": "Ana Ruiz", "ben": "Ben Ito", "cem": "Cem Arslan"}
    for id, name in people.items():
        call("PUT", f"/v1/people/{id}", {"name": name, "email": f"{id}@example.org"})
    return tuple(people)


@pytest.fixture
def av(call: Any, crew: Any) -> str:
    assert call("PUT", "/v1/schedules/av", AV).status_code == 201
    return "av"


def test_a_schedule_shows_who_is_on_call_and_the_coming_weeks(call: Any, crew: Any) -> None:
    answer = call("PUT", "/v1/schedules/av", AV)
    assert (answer.status_code, answer.headers["Location"]) == (201, "/v1/schedules/av")
    read = call("GET", "/v1/schedules/av", scope="read").json
    assert read == answer.json
    assert {name: read[name] for name in AV} == AV
    assert (read["on_call"], read["warnings"]) == ("ana", [])
    assert read["says"] == "Ana Ruiz is on call for av until Mon 30 Nov 09:00 (Europe/Berlin), then Ben Ito."
    assert [(turn["person"], turn["name"], turn["start"]) for turn in read["coming"]] == [
        ("ana", "Ana Ruiz", "2026-11-23T10:00:00Z"),
        ("ben", "Ben Ito", "2026-11-30T08:00:00Z"),
        ("ana", "Ana Ruiz", "2026-12-07T08:00:00Z"),
        ("ben", "Ben Ito", "2026-12-14T08:00:00Z"),
        ("ana", "Ana Ruiz", "2026-12-21T08:00:00Z"),
    ]


def test_the_usual_turn_is_a_week_in_the_zone_of_the_settings(call: Any, crew: Any) -> None:
    read = call("PUT", "/v1/schedules/av", {"rotation": ["ana"], "hand_off": "Mon 09:00"}).json
    assert (read["every"], read["timezone"]) == ("1w", "Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "person", "until", "then"),
    [
        pytest.param("", "ana", "2026-11-30T08:00:00Z", "ben", id="now"),
        pytest.param("2026-11-30T08:00:00Z", "ben", "2026-12-07T08:00:00Z", "ana", id="at-a-hand-off"),
        pytest.param("2027-03-29T08:59:00+02:00", "ben", "2027-03-29T07:00:00Z", "ana", id="summer-before"),
        pytest.param("2027-03-29T09:00:00+02:00", "ana", "2027-04-05T07:00:00Z", "ben", id="summer-after"),
        pytest.param("2026-11-16T10:00:00Z", "ben", "2026-11-23T08:00:00Z", "ana", id="a-week-ago"),
    ],
)
def test_who_is_on_call_can_be_asked_of_a_moment(
    call: Any, av: str, at: str, person: str, until: str, then: str
) -> None:
    query = {"at": at} if at else {}
    read = call("GET", "/v1/schedules/av/on-call", scope="read", query_string=query).json
    assert (read["person"], read["until"], read["then"]["person"]) == (person, until, then)
    assert read["cover"] is None


def test_nobody_is_on_call_outside_the_hours_and_it_is_said(call: Any, crew: Any) -> None:
    saved = call("PUT", "/v1/schedules/av", {**AV, "hours": ["mon-fri 08:00-18:00"]}).json
    assert saved["hours"] == ["Mon-Fri 08:00-18:00"]
    assert saved["warnings"] == ["nobody is on call 18:00 - Tue 08:00, and 9 more times in the next 14 days"]
    read = call("GET", "/v1/schedules/av/on-call", query_string={"at": "2026-11-28T12:00:00Z"}).json
    assert (read["person"], read["until"], read["then"]["person"]) == (None, "2026-11-30T07:00:00Z", "ana")
    assert read["says"] == "Nobody is on call for av until Mon 08:00 (Europe/Berlin), then Ana Ruiz."


def test_a_schedule_that_has_not_started_says_so(call: Any, crew: Any) -> None:
    saved = call("PUT", "/v1/schedules/av", {**AV, "starts_at": "2026-11-25T09:00:00+01:00"}).json
    assert saved["on_call"] is None
    assert saved["warnings"] == ["nobody is on call 11:00 - Wed 09:00 in the next 14 days"]


def test_who_can_not_be_reached_is_a_warning(call: Any, crew: Any) -> None:
    call("PUT", "/v1/people/ben", {"name": "Ben Ito"})
    assert call("PUT", "/v1/schedules/av", AV).json["warnings"] == [
        "nothing reaches Ben Ito: PUT /v1/people/ben with channels, a PagerDuty key or an e-mail"
    ]


def test_an_edit_that_puts_somebody_else_on_call_now_says_so(call: Any, av: str) -> None:
    answer = call("PUT", "/v1/schedules/av", {**AV, "rotation": ["cem", "ana"]})
    assert answer.status_code == 200
    assert answer.json["warnings"] == ["by this change Cem Arslan is on call now instead of Ana Ruiz"]
    assert call("GET", "/v1/schedules/av").json["warnings"] == []


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"rotation": []}, "/rotation", "at least 1 entry", id="nobody"),
        pytest.param({"rotation": ["ana", "bne"]}, "/rotation/1", "no person 'bne': did you mean 'ben'?", id="person"),
        pytest.param({"hand_off": "Mo 09:00"}, "/hand_off", "has no day 'Mo'", id="day"),
        pytest.param(
            {"hand_off": "09:00"}, "/hand_off", 'needs a day, since turns last weeks: "Mon 09:00"', id="weeks"
        ),
        pytest.param({"every": "1d"}, "/hand_off", 'turns last days: "09:00" alone', id="days"),
        pytest.param({"every": "1m"}, "/every", "is not how long a turn lasts", id="month"),
        pytest.param({"timezone": "CET+1"}, "/timezone", "no time zone", id="zone"),
        pytest.param({"hours": ["8-18"]}, "/hours/0", "write it as", id="hours"),
        pytest.param({"announce": ["slack-aw"]}, "/announce/0", "did you mean 'slack-av'?", id="channel"),
        pytest.param({"starts_at": "2031-01-01T00:00:00Z"}, "/starts_at", "within a year", id="far"),
        pytest.param({"coming": []}, "/coming", "ours to say", id="read-only"),
    ],
)
def test_what_can_not_be_is_refused_in_its_place(
    call: Any, crew: Any, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/schedules/av", {**AV, **changes})
    assert (answer.status_code, answer.json["pointer"]) == (422, at)
    assert words in answer.json["errors"][0]["detail"]


def test_a_moment_too_far_away_is_refused(call: Any, av: str) -> None:
    answer = call("GET", "/v1/schedules/av/on-call", query_string={"at": "0001-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "at")


def test_a_schedule_that_a_policy_tells_is_kept(call: Any, av: str, store: Any) -> None:
    call("POST", "/v1/schedules/av/covers", {"person": "cem", "ends_at": "2026-11-24T10:00:00Z"})
    steps = (Step(0, (Target("schedule", "av"),)),)
    store.documents.policies.put(Policy("p1", 0, steps, datetime.fromisoformat("2026-11-23T10:00:00Z")))
    refused = call("DELETE", "/v1/schedules/av")
    assert (refused.status_code, "is told by policy p1" in refused.json["detail"]) == (409, True)

    store.documents.policies.delete("p1")
    assert call("DELETE", "/v1/schedules/av").status_code == 204
    assert store.documents.covers.count() == 0
    assert call("GET", "/v1/schedules/av").status_code == 404


def test_schedules_are_listed_with_who_is_on_call(call: Any, av: str) -> None:
    call("POST", "/v1/schedules", {**AV, "rotation": ["cem"]})
    items = call("GET", "/v1/schedules", scope="read").json["items"]
    assert [item["on_call"] for item in items] == ["cem", "ana"]
    assert items[0]["id"].startswith("sc_")
    assert items[0]["says"] == "Cem Arslan is on call for " + items[0]["id"] + "."
