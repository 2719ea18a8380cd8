"""Covers over HTTP: anyone for anyone, at once, cancellable, visible wherever a schedule is shown."""

from typing import Any

import pytest

AV = {"timezone": "Europe/Berlin", "hand_off": "Mon 09:00", "rotation": ["ana", "ben"]}  # it is Mon 11:00
PATH = "/v1/schedules/av/covers"
FOUR = "2026-11-23T15:00:00Z"  # Mon 16:00


@pytest.fixture(autouse=True)
def av(call: Any) -> None:
    for id, name in {"ana": "Ana Ruiz", "ben": "Ben Ito", "cem": "Cem Arslan"}.items():
        call("PUT", f"/v1/people/{id}", {"name": name, "email": f"{id}@example.org"})
    assert call("PUT", "/v1/schedules/av", AV).status_code == 201


def on_call(call: Any, at: str = "") -> Any:
    return call("GET", "/v1/schedules/av/on-call", query_string={"at": at} if at else {}).json


def test_a_cover_acts_at_once_and_is_seen_everywhere(call: Any) -> None:
    answer = call("POST", PATH, {"person": "cem", "ends_at": FOUR, "by": "Ana", "comment": "dentist"}, scope="write")
    cover = answer.json
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{PATH}/{cover['id']}")
    assert (cover["state"], cover["changes"], cover["by"], cover["comment"]) == ("on", True, "Ana", "dentist")
    assert cover["says"] == "Cem Arslan stands in on av from now until 16:00 (Europe/Berlin)."

    now = on_call(call)
    assert (now["person"], now["until"], now["cover"], now["then"]["person"]) == ("cem", FOUR, cover["id"], "ana")
    assert now["says"] == "Cem Arslan stands in for av until 16:00 (Europe/Berlin), then Ana Ruiz."
    schedule = call("GET", "/v1/schedules/av").json
    assert schedule["on_call"] == "cem"
    assert [(turn["person"], turn["cover"]) for turn in schedule["coming"][:2]] == [("cem", cover["id"]), ("ana", None)]
    assert call("GET", PATH, scope="read").json["items"] == [cover]
    assert call("GET", f"{PATH}/{cover['id']}", scope="read").json == cover


def test_a_cover_to_come_waits_for_its_time(call: Any) -> None:
    body = {"person": "cem", "starts_at": "2026-11-24T08:00:00Z", "ends_at": "2026-11-25T08:00:00Z"}
    cover = call("POST", PATH, body).json
    assert (cover["state"], on_call(call)["person"]) == ("pending", "ana")
    assert cover["says"] == "Cem Arslan stands in on av from Tue 09:00 until Wed 09:00 (Europe/Berlin)."
    assert on_call(call, "2026-11-24T08:00:00Z")["person"] == "cem"
    assert on_call(call, "2026-11-25T08:00:00Z")["person"] == "ana"


def test_a_cover_for_one_person_acts_in_their_turns_alone(call: Any) -> None:
    cover = call("POST", PATH, {"person": "cem", "instead_of": "ben", "ends_at": "2026-12-01T08:00:00Z"}).json
    assert cover["says"] == "Cem Arslan stands in for Ben Ito on av from now until Tue 1 Dec 09:00 (Europe/Berlin)."
    assert (on_call(call)["person"], on_call(call, "2026-11-30T08:00:00Z")["person"]) == ("ana", "cem")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param({"person": "ana"}, "Ana Ruiz is on call then anyway.", id="on-call-anyway"),
        pytest.param(
            {"person": "cem", "instead_of": "ben"}, "Ben Ito is not on call then; Ana Ruiz is.", id="for-who-is-not"
        ),
    ],
)
def test_a_cover_that_changes_nothing_is_kept_and_says_so(call: Any, body: dict[str, str], why: str) -> None:
    answer = call("POST", PATH, {**body, "ends_at": FOUR})
    assert (answer.status_code, answer.json["changes"]) == (201, False)
    assert answer.json["says"] == f"This changes nothing on av from now until 16:00 (Europe/Berlin): {why}"
    assert on_call(call)["person"] == "ana"
    assert len(call("GET", PATH).json["items"]) == 1


def test_outside_the_hours_a_cover_changes_nothing(call: Any) -> None:
    call("PUT", "/v1/schedules/av", {**AV, "hours": ["Tue 08:00-18:00"]})
    answer = call("POST", PATH, {"person": "cem", "ends_at": FOUR})
    assert answer.json["says"].endswith("nobody is on call then, by the hours of the schedule.")


def test_the_cover_made_last_counts(call: Any, store: Any) -> None:
    call("POST", PATH, {"person": "cem", "ends_at": FOUR})
    store.clock.advance(minutes=1)
    call("POST", PATH, {"person": "ben", "ends_at": "2026-11-23T12:00:00Z"})
    assert (on_call(call)["person"], on_call(call, "2026-11-23T12:00:00Z")["person"]) == ("ben", "cem")


def test_a_cover_that_is_on_is_taken_back_at_once(call: Any, store: Any) -> None:
    cover = call("POST", PATH, {"person": "cem", "ends_at": FOUR}).json["id"]
    store.clock.advance(hours=1)
    assert call("DELETE", f"{PATH}/{cover}", scope="write").status_code == 204
    assert (on_call(call)["person"], call("GET", PATH).json["items"]) == ("ana", [])
    assert on_call(call, "2026-11-23T10:30:00Z")["person"] == "cem"  # what was stays true
    [over] = call("GET", PATH, query_string={"over": "1"}).json["items"]
    assert (over["id"], over["state"], over["ends_at"]) == (cover, "over", "2026-11-23T11:00:00Z")


def test_a_cover_to_come_that_is_taken_back_never_was(call: Any) -> None:
    body = {"person": "cem", "starts_at": "2026-11-24T08:00:00Z", "ends_at": "2026-11-25T08:00:00Z"}
    cover = call("POST", PATH, body).json["id"]
    assert call("DELETE", f"{PATH}/{cover}").status_code == 204
    assert on_call(call, "2026-11-24T09:00:00Z")["person"] == "ana"
    assert call("DELETE", f"{PATH}/{cover}").status_code == 404


def test_a_start_in_the_past_is_now(call: Any) -> None:
    cover = call("POST", PATH, {"person": "cem", "starts_at": "2026-11-20T08:00:00Z", "ends_at": FOUR}).json
    assert cover["starts_at"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"person": "cen"}, "/person", "no person 'cen': did you mean 'cem'?", id="person"),
        pytest.param({"instead_of": "bne"}, "/instead_of", "did you mean 'ben'?", id="instead-of"),
        pytest.param({"ends_at": "2026-11-23T10:00:00Z"}, "/ends_at", "is over already", id="over"),
        pytest.param({"starts_at": "2026-11-23T16:00:00Z"}, "/ends_at", "must be after its start", id="order"),
        pytest.param({"ends_at": "2027-03-23T10:00:00Z"}, "/ends_at", "more than 92 days", id="long"),
        pytest.param(
            {"starts_at": "2028-01-01T00:00:00Z", "ends_at": "2028-01-02T00:00:00Z"}, "/starts_at", "a year", id="far"
        ),
        pytest.param({"ends_at": "tomorrow"}, "/ends_at", "must be a moment such as", id="moment"),
        pytest.param({"changes": True}, "/changes", "ours to say", id="read-only"),
    ],
)
def test_what_can_not_be_is_refused_in_its_place(call: Any, changes: dict[str, Any], at: str, words: str) -> None:
    answer = call("POST", PATH, {"person": "cem", "ends_at": FOUR, **changes})
    assert (answer.status_code, answer.json["pointer"]) == (422, at)
    assert words in answer.json["errors"][0]["detail"]


def test_until_when_is_asked_for(call: Any) -> None:
    assert call("POST", PATH, {"person": "cem"}).json["detail"] == "/ends_at: until when? say 'ends_at'"


def test_covers_belong_to_their_schedule(call: Any) -> None:
    call("PUT", "/v1/schedules/it", AV)
    cover = call("POST", PATH, {"person": "cem", "ends_at": FOUR}).json["id"]
    assert call("GET", f"/v1/schedules/it/covers/{cover}").status_code == 404
    assert call("DELETE", f"/v1/schedules/it/covers/{cover}").status_code == 404
    assert call("GET", "/v1/schedules/it/covers").json["items"] == []
    assert call("GET", "/v1/schedules/nope/covers").status_code == 404


def test_a_schedule_has_a_bound_of_covers(call: Any, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.covering.MOST", 1)
    assert call("POST", PATH, {"person": "cem", "ends_at": FOUR}).status_code == 201
    assert call("POST", PATH, {"person": "ben", "ends_at": FOUR}).status_code == 409
    store.clock.advance(hours=6)
    assert call("POST", PATH, {"person": "ben", "ends_at": "2026-11-24T10:00:00Z"}).status_code == 201
