"""People over HTTP: whom policies call, by what; their keys come in and never go out."""

from datetime import datetime
from typing import Any

import pytest

from rules.gate import Gate
from rules.model import Policy, Step, Target
from service.store import keys
from service.store.codec import encode

KEY = "0123456789abcdefABCDEF0123456789"
ANA = {
    "name": "Ana Ruiz",
    "timezone": "Europe/Madrid",
    "slack_user": "U02ANA",
    "teams_upn": "ana@example.org",
    "pagerduty_key": KEY,
    "pagerduty_region": "eu",
    "email": "ana@example.org",
    "channels": ["slack-av"],
    "quiet_hours": "22:00 - 07:00",
}


@pytest.fixture
def ana(call: Any, slack: str) -> str:
    assert call("PUT", "/v1/people/ana", ANA).status_code == 201
    return "ana"


def test_a_person_is_registered_and_read_as_they_were_given(call: Any, slack: str) -> None:
    answer = call("PUT", "/v1/people/ana", ANA)
    assert (answer.status_code, answer.headers["Location"]) == (201, "/v1/people/ana")
    read = call("GET", "/v1/people/ana", scope="read").json
    assert read == answer.json
    assert {name: read[name] for name in ANA} == ANA | {"pagerduty_key": "…6789", "quiet_hours": "22:00-07:00"}
    assert read["says"] == (
        "Ana Ruiz is reached by slack-av, their own pagerduty, their own email, and mentioned in Slack and Teams."
    )


def test_a_name_is_enough(call: Any) -> None:
    answer = call("PUT", "/v1/people/ben", {"name": "Ben Ito"})
    assert answer.status_code == 201
    assert (answer.json["timezone"], answer.json["channels"]) == ("Europe/Berlin", [])
    assert answer.json["says"] == "Nothing reaches Ben Ito: give 'channels', 'pagerduty_key' or 'email'."


def test_the_key_is_nowhere_to_be_read(call: Any, ana: str, redis_client: Any) -> None:
    read = "".join(call("GET", path).text for path in ("/v1/people", "/v1/people/ana", "/openapi.json"))
    assert KEY not in read
    assert KEY.encode() not in redis_client.get("qos:person:ana")


def test_the_key_is_kept_for_those_who_post_with_it(call: Any, ana: str, store: Any) -> None:
    made = store.documents.channel("ana~pagerduty")
    assert (made.kind, made.secret, made.region) == ("pagerduty", KEY, "eu")


def test_a_put_replaces_the_key_too(call: Any, ana: str, store: Any) -> None:
    answer = call("PUT", "/v1/people/ana", {"name": "Ana R. Lima"})
    assert (answer.status_code, answer.json["revision"], answer.json["pagerduty_key"]) == (200, 2, None)
    assert store.documents.channel("ana~pagerduty") is None


@pytest.mark.parametrize("way", ["ana~pagerduty", "ana~email"])
def test_a_way_that_was_broken_is_used_again_after_a_put_and_forgotten_with_its_person(
    call: Any, ana: str, store: Any, way: str
) -> None:
    def breaks() -> None:
        store.redis.hset(keys.gate(way), "gate", encode(Gate(broken="nobody knows this key")))
        assert way in store.duty().broken

    breaks()
    assert call("PUT", "/v1/people/ana", ANA).status_code == 200
    assert way not in store.duty().broken

    breaks()
    assert call("DELETE", "/v1/people/ana").status_code == 204
    call("PUT", "/v1/people/ana", ANA)
    assert way not in store.duty().broken
    store.documents.people.delete("ana")
    assert not store.redis.exists(keys.gate(way))


def test_a_put_keeps_when_somebody_was_registered(call: Any, ana: str, store: Any) -> None:
    store.clock.advance(hours=1)
    assert call("PUT", "/v1/people/ana", {"name": "Ana"}).json["created_at"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"name": ""}, "/name", "at least 1 character", id="no-name"),
        pytest.param({"name": "Ana\nRuiz"}, "/name", "one line of text", id="two-lines"),
        pytest.param({"timezone": "Europe/Madird"}, "/timezone", "did you mean 'Europe/Madrid'?", id="zone"),
        pytest.param({"slack_user": "@ana"}, "/slack_user", "Slack's id of a member", id="slack-name"),
        pytest.param({"teams_upn": "ana"}, "/teams_upn", "one address", id="upn"),
        pytest.param({"email": "a@b.org, c@d.org"}, "/email", "one address", id="two-addresses"),
        pytest.param({"email": "Ana <ana@b.org>"}, "/email", "one address", id="address-with-a-name"),
        pytest.param({"pagerduty_key": "…6789"}, "/pagerduty_key", "it is write-only", id="the-masked-key"),
        pytest.param({"pagerduty_region": "uk"}, "/pagerduty_region", "must be 'us' or 'eu'", id="region"),
        pytest.param({"channels": ["slack-aw"]}, "/channels/0", "did you mean 'slack-av'?", id="channel"),
        pytest.param({"quiet_hours": "nights"}, "/quiet_hours", 'for every day, "22:00-07:00"', id="quiet-hours"),
        pytest.param({"quiet_hours": "00:00-24:00"}, "/quiet_hours", "quiet for ever", id="always-quiet"),
        pytest.param({"slak_user": "U1"}, "/slak_user", "did you mean 'slack_user'?", id="field"),
        pytest.param({"says": "x"}, "/says", "ours to say", id="read-only"),
    ],
)
def test_what_can_not_be_is_refused_in_its_place(
    call: Any, slack: str, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/people/ana", {**ANA, **changes})
    assert (answer.status_code, answer.json["pointer"]) == (422, at)
    assert words in answer.json["errors"][0]["detail"]
    assert KEY not in answer.text


def test_who_is_not_there_is_a_404_with_a_neighbour(call: Any, ana: str) -> None:
    assert call("GET", "/v1/people/anna").json["detail"] == "there is no person 'anna': did you mean 'ana'?"


def test_who_is_named_elsewhere_is_kept(call: Any, ana: str, store: Any) -> None:
    call("PUT", "/v1/people/ben", {"name": "Ben Ito"})
    call("PUT", "/v1/schedules/av", {"rotation": ["ana"], "hand_off": "Mon 09:00"})
    cover = call(
        "POST", "/v1/schedules/av/covers", {"person": "ben", "instead_of": "ana", "ends_at": "2026-11-23T14:00:00Z"}
    ).json["id"]
    steps = (Step(0, (Target("person", "ana"),)),)
    store.documents.policies.put(Policy("p1", 0, steps, datetime.fromisoformat("2026-11-23T10:00:00Z")))

    refused = call("DELETE", "/v1/people/ana")
    assert (refused.status_code, refused.json["detail"]) == (
        409,
        f"person ana is named by schedule av, cover {cover} of schedule av, policy p1; name somebody else there first",
    )
    assert call("DELETE", "/v1/people/ben").status_code == 409

    store.documents.policies.delete("p1")
    call("DELETE", "/v1/schedules/av")
    assert [call("DELETE", f"/v1/people/{id}").status_code for id in ("ana", "ben")] == [204, 204]
    assert call("GET", "/v1/people").json == {"items": [], "next_cursor": None}


def test_a_cover_that_is_over_keeps_nobody(call: Any, ana: str, store: Any) -> None:
    call("PUT", "/v1/people/ben", {"name": "Ben Ito"})
    call("PUT", "/v1/schedules/av", {"rotation": ["ana"], "hand_off": "Mon 09:00"})
    call("POST", "/v1/schedules/av/covers", {"person": "ben", "ends_at": "2026-11-23T11:00:00Z"})
    assert call("DELETE", "/v1/people/ben").status_code == 409
    store.clock.advance(hours=2)
    assert call("DELETE", "/v1/people/ben").status_code == 204


def test_post_makes_an_id(call: Any) -> None:
    answer = call("POST", "/v1/people", {"name": "Ben Ito"})
    assert (answer.status_code, answer.json["id"][:3]) == (201, "pe_")
    assert answer.headers["Location"] == f"/v1/people/{answer.json['id']}"
