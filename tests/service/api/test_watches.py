"""Watches over HTTP: registered, replaced, read person by person, paused, taken away."""

from typing import Any

import pytest

from rules.model import Instance
from tests.service.api.conftest import NOW

WISH = {"meeting": "977 6364 3886", "who": [{"participant_id": "16778240"}], "notify": ["slack-av"]}


def _wish(**changes: Any) -> dict[str, Any]:
    return {**WISH, **changes}


def test_a_watch_is_registered_and_armed(call: Any, slack: str, store: Any) -> None:
    answer = call("PUT", "/v1/watches/board", WISH, scope="write")
    assert (answer.status_code, answer.headers["Location"]) == (201, "/v1/watches/board")
    assert answer.json["meeting"] == "97763643886"
    assert answer.json["rules"] == ["speaker"]
    assert answer.json["state"] == "waiting"
    assert answer.json["says"] == "Waiting for 1 person in meeting 97763643886; will tell slack-av."
    assert answer.json["people"][0] == {
        "who": {"participant_id": "16778240"},
        "participant_id": None,
        "name": None,
        "state": "not_here",
        "ambiguous": False,
        "seat": None,
        "alert": None,
        "says": "Nobody was seen under this id yet.",
    }
    assert store.due.first() == ("n97763643886", store.clock.now())


def test_a_watch_says_what_it_costs_and_how_soon_it_tells(call: Any, slack: str) -> None:
    body = _wish(who=[{"participant_id": "1"}, {"participant_id": "2"}])
    answer = call("PUT", "/v1/watches/board", body).json
    assert (answer["cost"]["calls_a_live_hour"], answer["cost"]["calls_a_day"]) == (120, 2880)
    assert answer["delay"]["says"] == "Tells you 2 to 6 minutes after the trouble starts, by rule."


def test_a_hard_window_bounds_the_cost(call: Any, slack: str) -> None:
    window = {"starts_at": "2026-11-24T10:00:00+01:00", "ends_at": "2026-11-24T16:00:00+01:00"}
    answer = call("PUT", "/v1/watches/board", _wish(**window, hard_stop=True)).json
    assert answer["starts_at"] == "2026-11-24T09:00:00Z"
    assert answer["cost"]["calls_a_day"] == 360


def test_put_replaces_and_counts_revisions(call: Any, slack: str) -> None:
    call("PUT", "/v1/watches/board", WISH)
    answer = call("PUT", "/v1/watches/board", _wish(labels={"site": "Lyon"}))
    assert (answer.status_code, answer.json["revision"], answer.json["labels"]) == (200, 2, {"site": "Lyon"})


def test_post_makes_an_id(call: Any, slack: str) -> None:
    answer = call("POST", "/v1/watches", WISH, scope="write")
    assert answer.status_code == 201
    assert answer.json["id"].startswith("w_")
    assert call("GET", answer.headers["Location"]).json == answer.json


def test_watches_are_listed_newest_first_in_pages(call: Any, slack: str, store: Any) -> None:
    for name in ("one", "two", "three"):
        call("PUT", f"/v1/watches/{name}", WISH)
        store.clock.advance(seconds=1)
    first = call("GET", "/v1/watches?limit=2").json
    assert [watch["id"] for watch in first["items"]] == ["three", "two"]
    second = call("GET", f"/v1/watches?limit=2&cursor={first['next_cursor']}").json
    assert ([watch["id"] for watch in second["items"]], second["next_cursor"]) == (["one"], None)


def test_a_stale_cursor_is_a_422(call: Any) -> None:
    answer = call("GET", "/v1/watches?cursor=nonsense")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "cursor")


def test_a_deleted_watch_is_gone(call: Any, slack: str) -> None:
    call("PUT", "/v1/watches/board", WISH)
    assert call("DELETE", "/v1/watches/board", scope="write").status_code == 204
    assert call("DELETE", "/v1/watches/board").status_code == 404
    assert call("GET", "/v1/watches/board").json["detail"] == "there is no watch 'board'"


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"who": []}, "/who", "at least 1 entry", id="nobody"),
        pytest.param({"who": [{"participant_id": 5}]}, "/who/0/participant_id", "must be text", id="number"),
        pytest.param({"who": [{"participant_id": "a b"}]}, "/who/0/participant_id", "digits only", id="no-number"),
        pytest.param({"meeting": "12"}, "/meeting", "9 to 11 digits", id="short-number"),
        pytest.param({"kind": "party"}, "/kind", "must be 'auto', 'meeting' or 'webinar'", id="kind"),
        pytest.param({"policy": "av"}, "/policy", "register one: PUT /v1/policies/<id>", id="unknown-policy"),
        pytest.param({"policy": ""}, "/policy", "there is no policy", id="blank-policy"),
        pytest.param({"notify": []}, "/notify", "nobody would be told", id="nobody-told"),
        pytest.param({"notify": [], "policy": None}, "/notify", "nobody would be told", id="nobody-told-in-nulls"),
        pytest.param({"notify": ["slack-v"]}, "/notify/0", "did you mean 'slack-av'?", id="unknown-channel"),
        pytest.param(
            {"rules": ["speaker", "audo-sent"]},
            "/rules/1",
            "no rule or set 'audo-sent': did you mean 'audio-sent'?",
            id="unknown-rule",
        ),
        pytest.param({"rules": ["speakr"]}, "/rules/0", "did you mean 'speaker'?", id="unknown-set"),
        pytest.param({"rules": []}, "/rules", "at least 1 entry", id="no-rules"),
        pytest.param({"starts_at": "2026-11-24T10:00:00"}, "/starts_at", "needs an offset", id="no-offset"),
        pytest.param(
            {"starts_at": "2026-11-24T10:00:00Z", "ends_at": "2026-11-24T10:00:00+01:00"},
            "/ends_at",
            "must be after 'starts_at'",
            id="ends-before-it-starts",
        ),
        pytest.param({"ends_at": "2026-11-23T09:59:59Z"}, "/ends_at", "is over already", id="ends-in-the-past"),
        pytest.param({"labels": {"a": "x" * 201}}, "/labels/a", "at most 200", id="long-label"),
        pytest.param({"labels": {f"l{n}": "" for n in range(21)}}, "/labels", "at most 20", id="many-labels"),
        pytest.param({"revision": 3}, "/revision", "ours to say: leave it out", id="read-only"),
        pytest.param({"notfy": ["x"]}, "/notfy", "did you mean 'notify'?", id="typo"),
    ],
)
def test_a_wish_that_can_not_be_taken_is_refused_in_its_place(
    call: Any, slack: str, store: Any, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(**changes))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [at]
    assert words in answer.json["errors"][0]["detail"]
    assert store.documents.watches.count() == 0
    assert store.due.first() is None


def test_a_watch_that_is_over_may_be_put_again_as_it_was(call: Any, slack: str, store: Any) -> None:
    window = _wish(ends_at="2026-11-23T10:30:00Z")
    call("PUT", "/v1/watches/board", window)
    store.clock.advance(hours=1)
    assert call("PUT", "/v1/watches/board", window).status_code == 200
    assert call("PUT", "/v1/watches/board", _wish(ends_at="2026-11-23T10:31:00Z")).status_code == 422


def test_a_watch_that_would_tell_nobody_is_refused(call: Any) -> None:
    body = {name: value for name, value in WISH.items() if name != "notify"}
    answer = call("PUT", "/v1/watches/board", body)
    assert answer.json["errors"] == [
        {
            "detail": "nobody would be told: name a channel in 'notify', a policy in 'policy', or both",
            "pointer": "/notify",
        }
    ]


def test_without_any_channel_the_way_to_one_is_shown(call: Any) -> None:
    answer = call("PUT", "/v1/watches/board", WISH)
    assert answer.json["detail"].endswith("register one: PUT /v1/channels/<id>")


def test_a_paused_watch_stays_paused_until_resumed(call: Any, slack: str) -> None:
    call("PUT", "/v1/watches/board", WISH)
    assert call("POST", "/v1/watches/board/pause", scope="write").json["state"] == "paused"
    assert call("PUT", "/v1/watches/board", _wish(labels={"a": "b"})).json["state"] == "paused"
    assert call("POST", "/v1/watches/board/resume", scope="write").json["state"] == "waiting"


def test_resuming_arms_the_watch_again(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", WISH)
    call("POST", "/v1/watches/board/pause")
    store.due.remove("n97763643886")
    call("POST", "/v1/watches/board/resume")
    assert store.due.first() == ("n97763643886", store.clock.now())


def test_all_that_is_missing_is_told_at_once(call: Any) -> None:
    answer = call("PUT", "/v1/watches/board", {"policy": "av"})
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/meeting", "/who"]


def test_a_wrong_id_in_a_meeting_that_is_on_is_said(call: Any, slack: str, store: Any) -> None:
    store.instances.put(Instance("abc", uuid="u==", number="97763643886", topic="Spring Town Hall", started_at=NOW))
    answer = call("PUT", "/v1/watches/board", WISH, scope="write").json

    assert answer["state"] == "live"
    assert answer["says"].startswith("Spring Town Hall is on, but nobody watched was seen in it yet")


@pytest.fixture
def policy(call: Any, slack: str) -> str:
    body = {"steps": [{"after": "5m", "tell": [{"channel": slack}]}]}
    assert call("PUT", "/v1/policies/av-oncall", body).status_code == 201
    return "av-oncall"


@pytest.mark.parametrize(
    ("notify", "says"),
    [
        pytest.param(["slack-av"], "will tell slack-av, and more by policy av-oncall.", id="beside-channels"),
        pytest.param([], "will tell whom policy av-oncall names.", id="alone"),
    ],
)
def test_a_watch_may_name_a_policy(call: Any, policy: str, store: Any, notify: list[str], says: str) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(notify=notify, policy=policy))
    assert answer.status_code == 201
    assert (answer.json["policy"], answer.json["notify"]) == (policy, notify)
    assert answer.json["says"].endswith(says)
    assert call("GET", "/v1/watches").json["items"][0]["policy"] == policy
    assert store.documents.watches.get("board").policy == policy


def test_a_policy_alone_needs_no_list_of_channels(call: Any, policy: str) -> None:
    body = {name: value for name, value in _wish(policy=policy).items() if name != "notify"}
    assert call("PUT", "/v1/watches/board", body).json["notify"] == []


def test_without_a_policy_the_answer_says_null_and_takes_it_back(call: Any, policy: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(policy=policy))
    assert call("PUT", "/v1/watches/board", _wish(policy=None)).json["policy"] is None
    assert store.documents.watches.get("board").policy == ""


def test_a_policy_that_is_not_there_has_a_neighbour(call: Any, policy: str) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(policy="av-onkall"))
    assert (answer.status_code, answer.json["pointer"]) == (422, "/policy")
    assert answer.json["errors"][0]["detail"] == "there is no policy 'av-onkall': did you mean 'av-oncall'?"
