"""Taking, giving back, snoozing and closing an alert over HTTP: doing what is done already is a success."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from rules.model import Snooze
from service.app import create_app
from service.settings import Settings
from tests.service.opened import opened, taken

PATH = "/v1/alerts/al_1"


@pytest.mark.parametrize(
    ("verb", "body", "says", "kind"),
    [
        pytest.param("acknowledge", {}, "Ana Ruiz has it (10:00 UTC)", "taken", id="take"),
        pytest.param("snooze", {"for": "15m"}, "snoozed it until 10:15 UTC", "snoozed", id="snooze-for"),
        pytest.param("snooze", {"until": "2026-11-23T12:00:00+01:00"}, "until 11:00 UTC", "snoozed", id="snooze-until"),
        pytest.param("resolve", {}, "Ana Ruiz closed it at 10:00 UTC", "closed", id="resolve"),
        pytest.param("resolve", {"reason": "false_alarm"}, "as a false alarm", "closed", id="false-alarm"),
    ],
)
def test_an_act_says_what_is_true_then_and_wakes_a_sender(
    call: Any, store: Any, bell: Any, verb: str, body: dict[str, str], says: str, kind: str
) -> None:
    opened(store)
    answer = call("POST", f"{PATH}/{verb}", {"by": "Ana Ruiz", "comment": "calling", **body}, scope="write")
    assert (answer.status_code, answer.json["changed"]) == (200, True)
    assert says in answer.json["says"]
    newest = answer.json["alert"]["timeline"][-1]
    assert (newest["kind"], newest["by"], newest["comment"]) == (kind, "Ana Ruiz", "calling")
    assert answer.json["alert"] == call("GET", PATH, scope="read").json
    assert bell.rung == 1


@pytest.mark.parametrize("verb", ["acknowledge", "unacknowledge", "snooze", "resolve"])
def test_acting_on_what_is_closed_is_a_success_that_changes_nothing(
    call: Any, store: Any, bell: Any, verb: str
) -> None:
    opened(store)
    call("POST", f"{PATH}/resolve", {"by": "Ben Ito"})
    body = {"by": "Ana Ruiz", **({"for": "15m"} if verb == "snooze" else {})}
    answer = call("POST", f"{PATH}/{verb}", body)
    assert (answer.status_code, answer.json["changed"]) == (200, False)
    assert "Ben Ito closed it" in answer.json["says"]
    assert bell.rung == 1


def test_the_second_taker_is_told_who_was_first(call: Any, store: Any) -> None:
    opened(store, taken=taken(store, "Ben Ito", "on it"))
    answer = call("POST", f"{PATH}/acknowledge", {"by": "Ana Ruiz"})
    assert (answer.status_code, answer.json["changed"]) == (200, False)
    assert answer.json["says"] == "Ben Ito already has it since 09:58 UTC. Nothing to do."
    assert answer.json["alert"]["taken"] == {
        "by": "Ben Ito",
        "at": "2026-11-23T09:58:00Z",
        "comment": "on it",
        "reason": "",
    }
    assert answer.json["alert"]["taken_by"] == "Ben Ito"


def test_an_act_that_could_not_be_counted_was_done(
    call: Any, store: Any, bell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(store)
    commit = store.seats.commit

    def and_then_full(*given: Any, **more: Any) -> Any:
        done = commit(*given, **more)
        store.redis.config_set("maxmemory", 1)
        return done

    monkeypatch.setattr(store.seats, "commit", and_then_full)
    try:
        answer = call("POST", f"{PATH}/acknowledge", {"by": "Ana Ruiz"})
    finally:
        store.redis.config_set("maxmemory", 0)
    assert (answer.status_code, answer.json["changed"], bell.rung) == (200, True, 1)


def test_what_was_taken_can_be_given_back(call: Any, store: Any) -> None:
    opened(store)
    call("POST", f"{PATH}/acknowledge", {"by": "Ana Ruiz"})
    answer = call("POST", f"{PATH}/unacknowledge", {"by": "Ana Ruiz"})
    assert (answer.json["changed"], answer.json["alert"]["taken"]) == (True, None)
    assert call("POST", f"{PATH}/unacknowledge", {"by": "Ana Ruiz"}).json["changed"] is False
    assert [entry["kind"] for entry in answer.json["alert"]["timeline"]] == ["fire", "taken", "untaken"]
    assert [entry["taken_by"] for entry in answer.json["alert"]["timeline"]] == [None, "Ana Ruiz", None]


def test_a_false_alarm_is_counted_for_the_rule_and_shown_there(call: Any, store: Any) -> None:
    assert call("GET", "/v1/rules/audio-sent").json["false_alarms"] == 0
    opened(store)
    opened(store, "al_2")
    call("POST", f"{PATH}/resolve", {"by": "Ana Ruiz", "reason": "false_alarm"})
    call("POST", f"{PATH}/resolve", {"by": "Ana Ruiz", "reason": "false_alarm"})
    call("POST", "/v1/alerts/al_2/resolve", {"by": "Ana Ruiz"})
    assert call("GET", "/v1/rules/audio-sent", scope="read").json["false_alarms"] == 1
    counts = {rule["id"]: rule["false_alarms"] for rule in call("GET", "/v1/rules").json["items"]}
    assert counts["audio-sent"] == 1
    assert sum(counts.values()) == 1


def test_a_rule_that_is_sent_back_with_its_count_is_told_whose_that_is(call: Any) -> None:
    body = {"says": "x", "warning": "audio_input.avg_loss > 5%", "false_alarms": 3}
    answer = call("PUT", "/v1/rules/mine", body)
    assert (answer.status_code, answer.json["pointer"]) == (422, "/false_alarms")
    assert "ours to count" in answer.json["detail"]


def test_a_closed_alert_says_who_closed_it_and_what_is_muted(call: Any, store: Any) -> None:
    opened(store)
    alert = call("POST", f"{PATH}/resolve", {"by": "Ana Ruiz", "reason": "false_alarm"}).json["alert"]
    assert (alert["state"], alert["ending"]) == ("closed", "resolved")
    assert (alert["resolved"]["by"], alert["resolved"]["reason"]) == ("Ana Ruiz", "false_alarm")
    assert [breach["muted"] for breach in alert["breaches"]] == [True]


def test_a_snoozed_alert_says_until_when_and_by_whom(call: Any, store: Any) -> None:
    now = store.clock.now()
    opened(store, snooze=Snooze("Ana Ruiz", now, now + timedelta(minutes=9), "lunch"))
    alert = call("GET", PATH).json
    assert alert["snooze"] == {
        "by": "Ana Ruiz",
        "at": "2026-11-23T10:00:00Z",
        "until": "2026-11-23T10:09:00Z",
        "comment": "lunch",
    }
    assert alert["snoozed_until"] == "2026-11-23T10:09:00Z"
    assert (alert["taken"], alert["resolved"], alert["calls"], alert["next_call"]) == (None, None, [], None)
    assert (alert["silenced_by"], alert["flapping"], alert["breaches"][0]["muted"]) == ([], 0, False)


@pytest.mark.parametrize(
    ("verb", "body", "pointer", "words"),
    [
        pytest.param("acknowledge", {}, "/by", "who does this?", id="nobody"),
        pytest.param("acknowledge", {"by": ""}, "/by", "at least 1 character", id="empty"),
        pytest.param("acknowledge", {"by": "\u200b"}, "/by", "who does this?", id="invisible"),
        pytest.param("acknowledge", {"by": "A\nB"}, "/by", "one line", id="two-lines"),
        pytest.param("acknowledge", {"by": "x" * 81}, "/by", "at most 80", id="long"),
        pytest.param("acknowledge", {"by": "Ana", "comment": "x" * 201}, "/comment", "at most 200", id="long-comment"),
        pytest.param("acknowledge", {"by": "Ana", "for": "5m"}, "/for", "there is no field 'for'", id="no-snooze"),
        pytest.param("resolve", {"by": "Ana", "reason": "bored"}, "/reason", "must be 'false_alarm'", id="reason"),
        pytest.param("snooze", {"by": "Ana"}, "/for", "until when?", id="endless"),
        pytest.param(
            "snooze",
            {"by": "Ana", "for": "5m", "until": "2026-11-23T10:05:00Z"},
            "/for",
            "Give one of",
            id="two-ends",
        ),
        pytest.param("snooze", {"by": "Ana", "for": "soon"}, "/for", "write it as 90s, 15m or 1h", id="no-length"),
        pytest.param("snooze", {"by": "Ana", "for": "0m"}, "/for", "write it as 90s", id="nothing"),
        pytest.param("snooze", {"by": "Ana", "for": "25h"}, "/for", "at most 24 hours", id="too-long"),
        pytest.param("snooze", {"by": "Ana", "until": "2026-11-23T10:00:00Z"}, "/until", "has passed", id="past"),
        pytest.param("snooze", {"by": "Ana", "until": "2026-12-23T10:00:00Z"}, "/until", "24 hours", id="far"),
        pytest.param("snooze", {"by": "Ana", "until": "2026-11-23T10:30:00"}, "/until", "needs an offset", id="naive"),
    ],
)
def test_what_can_not_be_done_is_refused_with_the_place(
    call: Any, store: Any, bell: Any, verb: str, body: dict[str, str], pointer: str, words: str
) -> None:
    opened(store)
    answer = call("POST", f"{PATH}/{verb}", body)
    assert (answer.status_code, answer.json["pointer"]) == (422, pointer)
    assert words in answer.json["detail"]
    assert [entry.kind for entry in store.alerts.timeline("al_1")] == ["fire"]
    assert bell.rung == 0


def test_an_unknown_alert_can_not_be_taken(call: Any) -> None:
    answer = call("POST", "/v1/alerts/al_9/acknowledge", {"by": "Ana Ruiz"})
    assert (answer.status_code, answer.json["detail"]) == (404, "there is no alert 'al_9'")


class TestBehindSingleSignOn:
    @pytest.fixture
    def app(self, store: Any, bell: Any) -> Flask:
        return create_app(Settings(qoswatch_user_header="X-Forwarded-User"), store, bell)

    @pytest.mark.parametrize(
        ("given", "body", "by"),
        [
            pytest.param("Ana Ruiz", {}, "Ana Ruiz", id="the-proxys"),
            pytest.param("Zoë".encode().decode("latin-1"), {}, "Zoë", id="as-utf-8"),
            pytest.param("Ana Ruiz", {"by": "night script"}, "night script", id="said-in-the-body"),
            pytest.param("Z" * 300, {}, "Z" * 79 + "…", id="no-longer-than-names-are"),
        ],
    )
    def test_the_proxys_name_is_taken_where_none_is_given(
        self, app: Flask, secrets: Any, store: Any, given: str, body: Any, by: str
    ) -> None:
        opened(store)
        headers = {"Authorization": f"Bearer {secrets['write']}", "X-Forwarded-User": given}
        answer = app.test_client().post(f"{PATH}/acknowledge", json=body, headers=headers)
        assert (answer.status_code, answer.json["alert"]["taken_by"]) == (200, by)


def test_a_header_that_nobody_trusts_names_nobody(app: Flask, secrets: Any, store: Any) -> None:
    opened(store)
    headers = {"Authorization": f"Bearer {secrets['write']}", "X-Forwarded-User": "Ana Ruiz"}
    assert app.test_client().post(f"{PATH}/acknowledge", json={}, headers=headers).status_code == 422
