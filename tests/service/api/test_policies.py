"""Policies over HTTP: a ladder is taken, read back in words, warned about, and kept while it is used."""

from typing import Any

import pytest
from flask import Flask

from rules.model import Person, Schedule
from service.app import create_app
from service.settings import Settings
from tests.service.api.conftest import NOW, SLACK_URL

PATH = "/v1/policies/av-oncall"
CHAT = {"after": "0s", "tell": [{"channel": "slack-av"}]}
PAGE = {"after": "5m", "tell": [{"schedule": "av"}]}
ALWAYS = {"severity": None, "hours": [], "labels": {}}
CRITICAL = ALWAYS | {"severity": "critical"}


@pytest.fixture(autouse=True)
def everybody(slack: str, store: Any) -> None:
    """A chat, somebody who can be called, a schedule of theirs, and somebody with no way to them."""
    store.documents.people.put(Person("ana", 0, "Ana Ruiz", NOW, email="ana@example.org"))
    store.documents.people.put(Person("ben", 0, "Ben Ito", NOW))
    store.documents.schedules.put(Schedule("av", 0, "UTC", "Mon 09:00", ("ana",), "1w", NOW))


def _policy(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"steps": list(steps or (CHAT, PAGE)), **more}


def test_a_policy_is_kept_and_read_back_in_words(call: Any) -> None:
    answer = call("PUT", PATH, _policy(repeat=2))
    assert (answer.status_code, answer.headers["Location"]) == (201, PATH)
    assert answer.json == {
        "id": "av-oncall",
        "revision": 1,
        "steps": [{**CHAT, "when": ALWAYS}, {**PAGE, "when": CRITICAL}],
        "repeat": 2,
        "timezone": "Europe/Berlin",
        "created_at": "2026-11-23T10:00:00Z",
        "says": (
            "While nobody takes it: at once tells slack-av; 5 min later calls whoever is on call by av (when critical)."
            " The steps run 2 times more, at least 5 min after the last."
        ),
        "warnings": [],
    }
    assert call("GET", PATH, scope="read").json == answer.json


@pytest.mark.parametrize(
    ("step", "when"),
    [
        pytest.param({"tell": [{"channel": "slack-av"}]}, ALWAYS, id="a-chat-always"),
        pytest.param({"tell": [{"person": "ana"}]}, CRITICAL, id="a-person-when-critical"),
        pytest.param({"tell": [{"channel": "slack-av"}, {"person": "ana"}]}, CRITICAL, id="a-chat-and-a-person"),
        pytest.param({"tell": [{"person": "ana"}], "when": None}, CRITICAL, id="a-null-says-nothing"),
        pytest.param({"tell": [{"person": "ana"}], "when": {}}, ALWAYS, id="said-to-be-always"),
        pytest.param(
            {"tell": [{"person": "ana"}], "when": {"hours": ["mon-fri 8:00-18:00"]}},
            ALWAYS | {"hours": ["Mon-Fri 08:00-18:00"]},
            id="said-to-be-in-hours",
        ),
    ],
)
def test_a_step_says_when_it_is_taken(call: Any, step: dict[str, Any], when: dict[str, Any]) -> None:
    answer = call("PUT", PATH, _policy({"after": "0s", **step}))
    assert answer.json["steps"][0]["when"] == when


def test_what_was_read_can_be_put_again_and_changes_nothing(call: Any) -> None:
    read = call("PUT", PATH, _policy({**PAGE, "when": {"labels": {"site": "Lyon"}}})).json
    again = call("PUT", PATH, {name: read[name] for name in ("steps", "repeat", "timezone")})
    assert (again.status_code, again.json) == (200, read)


def test_an_edit_is_a_new_revision_of_the_same_age(call: Any, store: Any) -> None:
    call("PUT", PATH, _policy())
    store.clock.advance(hours=1)
    answer = call("PUT", PATH, _policy(CHAT)).json
    assert (answer["revision"], answer["created_at"]) == (2, "2026-11-23T10:00:00Z")


@pytest.mark.parametrize(
    ("body", "at", "words"),
    [
        pytest.param(_policy(steps=[]), "/steps", "at least 1 entry", id="no-step"),
        pytest.param({"steps": [CHAT] * 21}, "/steps", "at most 20", id="too-many-steps"),
        pytest.param(_policy(repeat=11), "/repeat", "10 or less", id="too-often"),
        pytest.param(_policy(repeat=1.5), "/repeat", "must be a whole number", id="half-a-time"),
        pytest.param(_policy(repeat=-1), "/repeat", "0 or more", id="less-than-never"),
        pytest.param(_policy(CHAT | {"tell": []}), "/steps/0/tell", "at least 1 entry", id="tells-nobody"),
        pytest.param(
            _policy(CHAT | {"tell": [{"channel": "slack-av"}] * 21}), "/steps/0/tell", "at most 20", id="too-many"
        ),
        pytest.param(_policy(CHAT | {"tell": [{}]}), "/steps/0/tell/0", "tells nobody", id="no-key"),
        pytest.param(
            _policy(CHAT | {"tell": [{"channel": "slack-av", "person": "ana"}]}),
            "/steps/0/tell/0",
            "here are 'channel' and 'person'",
            id="two-keys",
        ),
        pytest.param(
            _policy(CHAT, CHAT | {"tell": [{"channel": "slack-aw"}]}),
            "/steps/1/tell/0/channel",
            "there is no channel 'slack-aw': did you mean 'slack-av'?",
            id="unknown-channel",
        ),
        pytest.param(
            _policy(CHAT | {"tell": [{"person": "anna"}]}),
            "/steps/0/tell/0/person",
            "did you mean 'ana'?",
            id="unknown-person",
        ),
        pytest.param(
            _policy(CHAT | {"tell": [{"schedule": "ab"}]}),
            "/steps/0/tell/0/schedule",
            "there is no schedule 'ab'",
            id="unknown-schedule",
        ),
        pytest.param(
            _policy(CHAT | {"tell": [{"channel": "ana~email"}]}),
            "/steps/0/tell/0/channel",
            "there is no channel",
            id="a-channel-of-our-making",
        ),
        pytest.param(_policy({"tell": PAGE["tell"]}), "/steps/0/after", "'after' is required", id="no-time"),
        pytest.param(_policy(CHAT | {"after": "soon"}), "/steps/0/after", '"0s", "90s", "5m"', id="no-duration"),
        pytest.param(_policy(CHAT | {"after": "25h"}), "/steps/0/after", "over a day", id="too-late"),
        pytest.param(
            _policy(CHAT | {"when": {"hours": ["Mun 08:00-18:00"]}}),
            "/steps/0/when/hours/0",
            "Mon Tue Wed",
            id="no-day",
        ),
        pytest.param(
            _policy(CHAT | {"when": {"severity": "info"}}), "/steps/0/when/severity", "'critical'", id="severity"
        ),
        pytest.param(_policy(CHAT | {"wen": {}}), "/steps/0/wen", "did you mean 'when'?", id="typo"),
        pytest.param(_policy(timezone="Europe/Berln"), "/timezone", "did you mean 'Europe/Berlin'?", id="zone"),
        pytest.param(_policy(says="x"), "/says", "ours to say", id="read-only"),
    ],
)
def test_a_policy_that_can_not_be_followed_is_refused_in_its_place(
    call: Any, store: Any, body: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", PATH, body)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json["errors"]]) == (422, [at])
    assert words in answer.json["errors"][0]["detail"]
    assert store.documents.policies.count() == 0


def test_what_a_policy_leaves_undone_is_warned_of(call: Any) -> None:
    answer = call("PUT", PATH, _policy({**PAGE, "tell": [{"person": "ben"}]})).json
    assert answer["warnings"] == [
        "Step 1: no way to Ben Ito now.",
        "Step 1 would reach nobody now; the next one is taken at once.",
        "This policy would reach nobody now.",
        "No step is taken for a warning: a watch that names no channel of its own tells nobody of one.",
    ]
    assert call("PUT", PATH, _policy(CHAT)).json["warnings"] == [
        "No step calls a person: every one of them only tells a chat."
    ]


def test_post_makes_an_id_and_the_newest_is_listed_first(call: Any, store: Any) -> None:
    call("PUT", PATH, _policy())
    store.clock.advance(seconds=1)
    made = call("POST", "/v1/policies", _policy()).json["id"]
    assert made.startswith("po_")
    assert [policy["id"] for policy in call("GET", "/v1/policies").json["items"]] == [made, "av-oncall"]


def test_a_policy_that_a_watch_names_is_kept(call: Any) -> None:
    call("PUT", PATH, _policy())
    wish = {"meeting": "97763643886", "who": [{"participant_id": "1"}], "policy": "av-oncall"}
    assert call("PUT", "/v1/watches/board", wish).status_code == 201
    answer = call("DELETE", PATH)
    assert (answer.status_code, "used by 1 watch (board)" in answer.json["detail"]) == (409, True)
    call("DELETE", "/v1/watches/board")
    assert call("DELETE", PATH).status_code == 204
    assert call("GET", PATH).status_code == 404


def test_the_policy_of_service_alerts_is_kept(store: Any, secrets: dict[str, str], bell: Any) -> None:
    app: Flask = create_app(Settings(qoswatch_ops_channel="policy:av-oncall"), store, bell)
    admin = {"Authorization": f"Bearer {secrets['admin']}"}
    with app.test_client() as client:
        client.put("/v1/channels/slack-av", json={"kind": "slack", "url": SLACK_URL}, headers=admin)
        assert client.put(PATH, json=_policy(), headers=admin).status_code == 201
        answer = client.delete(PATH, headers=admin)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "QOSWATCH_OPS_CHANNEL" in answer.json["detail"]


def test_a_policy_that_nobody_made_has_a_neighbour(call: Any) -> None:
    call("PUT", PATH, _policy())
    answer = call("GET", "/v1/policies/av-onkall")
    assert answer.json["detail"] == "there is no policy 'av-onkall': did you mean 'av-oncall'?"
