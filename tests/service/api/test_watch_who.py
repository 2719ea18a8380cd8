"""Whom a watch means: six ways to name people, what can not be meant, what is looked for by default."""

from typing import Any

import pytest

WISH = {"meeting": "977 6364 3886", "who": [{"participant_id": "16778240"}], "notify": ["slack-av"]}
UUID = "4444AAAiAAAAAiAiAiiAii=="
EVERY_WAY = [
    {"participant_id": "16778240"},
    {"zoom_user": "DYHrdpjrS3uaOf7dPkkg8w"},
    {"email": "Rao@example.org"},
    {"name": "*Kline*"},
    {"role": "panelist"},
    {"everyone": True},
]


def _wish(**changes: Any) -> dict[str, Any]:
    return {**WISH, **changes}


def test_people_are_named_in_six_ways_and_shown_as_they_were_named(call: Any, slack: str) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(who=EVERY_WAY), scope="write")
    assert answer.status_code == 201
    assert answer.json["who"] == EVERY_WAY
    again = call("PUT", "/v1/watches/board", _wish(who=answer.json["who"]))
    assert (again.status_code, again.json["revision"]) == (200, 1)


@pytest.mark.parametrize(
    ("entry", "at", "words"),
    [
        pytest.param({}, "/who/1", "give one of participant_id, zoom_user, email, name, role, everyone", id="no-key"),
        pytest.param({"email": "a@b.c", "name": "A"}, "/who/1", "make an entry of each", id="two-keys"),
        pytest.param({"nmae": "A"}, "/who/1/nmae", "did you mean 'name'?", id="typo"),
        pytest.param({"name": "*"}, "/who/1/name", 'say {"everyone": true}', id="a-name-of-everybody"),
        pytest.param({"name": " ?* "}, "/who/1/name", 'say {"everyone": true}', id="a-name-of-everybody-too"),
        pytest.param({"name": "Kline [Lyon]"}, "/who/1/name", "write '?' in the place of each", id="brackets"),
        pytest.param({"name": "*a*b*c*d*e*"}, "/who/1/name", "at most 5 times", id="many-stars"),
        pytest.param({"name": "A\nB"}, "/who/1/name", "one line", id="two-lines"),
        pytest.param({"name": "x" * 101}, "/who/1/name", "at most 100", id="long-name"),
        pytest.param({"name": None}, "/who/1/name", "must be text", id="null"),
        pytest.param({"email": "Kline"}, "/who/1/email", "goes under 'name'", id="no-address"),
        pytest.param({"zoom_user": "a@b.c"}, "/who/1/zoom_user", "goes under 'email'", id="an-address"),
        pytest.param({"role": "boss"}, "/who/1/role", "'host', 'panelist' or 'attendee'", id="unknown-role"),
        pytest.param({"everyone": False}, "/who/1/everyone", "can only be true", id="not-everyone"),
        pytest.param({"participant_id": "a"}, "/who/1/participant_id", "digits only", id="no-number"),
    ],
)
def test_an_entry_that_names_nobody_is_refused_in_its_place(
    call: Any, slack: str, store: Any, entry: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(who=[{"name": "Dr Rao"}, entry]))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [at]
    assert words in answer.json["errors"][0]["detail"]
    assert store.documents.watches.count() == 0


@pytest.mark.parametrize(
    ("wish", "at", "words"),
    [
        pytest.param(
            {"meeting": "any", "who": [{"participant_id": "1"}]},
            "/who/0/participant_id",
            "means nothing outside its meeting: name one meeting, or people by email or name",
            id="an-id-anywhere",
        ),
        pytest.param(
            {"meeting": "Any", "who": [{"email": "a@b.c"}, {"everyone": True}]},
            "/who/1/everyone",
            "the whole account: name one meeting",
            id="the-whole-account",
        ),
        pytest.param(
            {"meeting": "any", "who": [{"role": "host"}]}, "/who/0/role", "the whole account", id="every-host"
        ),
        pytest.param(
            {"kind": "meeting", "who": [{"role": "panelist"}]},
            "/who/0/role",
            "a meeting has no panelists, a webinar has: say 'host', or make 'kind' 'webinar'",
            id="a-panelist-in-a-meeting",
        ),
    ],
)
def test_people_who_can_not_be_meant_there_are_refused(
    call: Any, slack: str, wish: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(**wish))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [at]
    assert words in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize("kind", ["auto", "webinar"])
def test_a_panelist_is_watched_where_there_may_be_one(call: Any, slack: str, kind: str) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(kind=kind, who=[{"role": "panelist"}]))
    assert (answer.status_code, answer.json["kind"]) == (201, kind)


def test_two_hundred_entries_are_taken_and_no_more(call: Any, slack: str) -> None:
    who = [{"email": f"p{n}@example.org"} for n in range(201)]
    assert len(call("PUT", "/v1/watches/board", _wish(who=who[:200])).json["who"]) == 200
    assert call("PUT", "/v1/watches/board", _wish(who=who)).json["pointer"] == "/who"


def test_one_person_named_twice_is_kept_once(call: Any, slack: str) -> None:
    who = [{"name": "Dr  Rao"}, {"name": "dr rao"}, {"email": "A@b.c"}, {"email": "a@B.c"}, {"participant_id": "007"}]
    answer = call("PUT", "/v1/watches/board", _wish(who=who)).json
    assert answer["who"] == [{"name": "Dr Rao"}, {"email": "A@b.c"}, {"participant_id": "7"}]


@pytest.mark.parametrize(
    ("who", "rules"),
    [
        pytest.param([{"name": "Dr Rao"}], ["speaker"], id="a-named-person"),
        pytest.param([{"role": "host"}], ["speaker"], id="the-host"),
        pytest.param([{"role": "panelist"}], ["speaker"], id="panelists"),
        pytest.param([{"everyone": True}], ["listener"], id="everyone"),
        pytest.param([{"role": "attendee"}], ["listener"], id="attendees"),
        pytest.param([{"role": "attendee"}, {"email": "a@b.c"}], ["speaker"], id="a-named-person-among-attendees"),
    ],
)
def test_a_watch_that_says_no_rules_gets_those_of_its_people(
    call: Any, slack: str, who: list[Any], rules: list[str]
) -> None:
    assert call("PUT", "/v1/watches/board", _wish(who=who)).json["rules"] == rules
    assert call("PUT", "/v1/watches/board", _wish(who=who, rules=["audio-sent"])).json["rules"] == ["audio-sent"]
    assert call("PUT", "/v1/watches/board", _wish(who=who, rules=[])).status_code == 422


def test_a_person_is_followed_through_any_meeting(call: Any, slack: str, store: Any) -> None:
    answer = call("PUT", "/v1/watches/board", _wish(meeting=" ANY ", who=[{"email": "rao@example.org"}])).json
    assert (answer["meeting"], answer["state"]) == ("any", "waiting")
    assert answer["says"] == "Waiting for 1 person in any meeting; will tell slack-av."
    assert answer["people"][0]["state"] == "not_here"
    assert store.due.first() == ("any", store.clock.now())


@pytest.mark.parametrize(
    ("who", "words"),
    [
        pytest.param([{"everyone": True}, {"name": "A"}], "everyone in", id="everyone"),
        pytest.param([{"name": "A"}, {"email": "a@b.c"}], "2 people in", id="named"),
        pytest.param([{"name": "A"}, {"role": "host"}], "1 person and the hosts in", id="a-role-beside"),
        pytest.param([{"role": "host"}, {"role": "panelist"}], "the hosts and the panelists in", id="roles"),
    ],
)
def test_a_watch_says_whom_it_waits_for(call: Any, slack: str, who: list[Any], words: str) -> None:
    assert words in call("PUT", "/v1/watches/board", _wish(who=who)).json["says"]
