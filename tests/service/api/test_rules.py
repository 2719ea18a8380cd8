"""Rules over HTTP: stock and own, changed and restored, checked with a caret."""

from typing import Any

import pytest

MINE = {"says": "others hear {who} breaking up", "warning": "audio_input.avg_loss > 7%"}


def test_the_stock_rules_are_there_from_the_start(call: Any) -> None:
    rule = call("GET", "/v1/rules/audio-sent", scope="read").json
    assert (rule["stock"], rule["changed"], rule["revision"]) == (True, False, 1)
    assert rule["for"] == "3 of 5"
    assert rule["try"] == "Camera off, then cable or phone-in"
    assert rule["read_back"].startswith("Warns when the audio this person SENDS loses more than 5 %")
    ids = {rule["id"] for rule in call("GET", "/v1/rules?limit=200").json["items"]}
    assert {"audio-sent", "audio-heard", "delay", "video-sent", "share-sent"} <= ids


def test_the_sets_are_listed_beside(call: Any) -> None:
    answer = call("GET", "/v1/rules?sets=1", scope="read").json
    speaker = next(each for each in answer["items"] if each["id"] == "speaker")
    assert speaker["rules"] == ["audio-sent", "audio-heard", "delay", "video-sent", "share-sent", "dropped"]
    assert answer["next_cursor"] is None


def test_a_rule_of_ones_own_is_made_read_changed_and_deleted(call: Any) -> None:
    made = call("PUT", "/v1/rules/mine", MINE)
    assert (made.status_code, made.json["revision"], made.json["stock"]) == (201, 1, False)
    assert call("PUT", "/v1/rules/mine", MINE).json["revision"] == 1
    changed = call("PUT", "/v1/rules/mine", {**MINE, "for": "2m"})
    assert (changed.status_code, changed.json["revision"], changed.json["for"]) == (200, 2, "2 of 2")
    assert call("DELETE", "/v1/rules/mine").status_code == 204
    assert call("GET", "/v1/rules/mine").status_code == 404


def test_post_makes_an_id_or_takes_a_free_one(call: Any) -> None:
    assert call("POST", "/v1/rules", MINE).json["id"].startswith("rule-")
    assert call("POST", "/v1/rules", {**MINE, "id": "mine"}).headers["Location"] == "/v1/rules/mine"
    assert call("POST", "/v1/rules", {**MINE, "id": "mine"}).status_code == 409


def test_an_unknown_rule_is_a_404_with_a_neighbour(call: Any) -> None:
    answer = call("GET", "/v1/rules/audo-sent")
    assert answer.json["detail"] == "there is no rule 'audo-sent': did you mean 'audio-sent'?"


def test_a_stock_rule_that_was_changed_is_restored_by_deleting(call: Any) -> None:
    changed = call("PUT", "/v1/rules/audio-sent", MINE).json
    assert (changed["stock"], changed["changed"]) == (True, True)
    restored = call("DELETE", "/v1/rules/audio-sent")
    assert (restored.status_code, restored.json["changed"], restored.json["revision"]) == (200, False, 3)
    assert restored.json["warning"] == "audio_input.avg_loss > 5% or audio_input.jitter > 100 ms"
    again = call("DELETE", "/v1/rules/audio-sent")
    assert (again.status_code, "stock rule, and unchanged" in again.json["detail"]) == (409, True)


def test_a_changed_stock_rule_outlives_the_next_start(call: Any, store: Any) -> None:
    from rules.documents import stock_rules

    call("PUT", "/v1/rules/audio-sent", MINE)
    store.documents.rules.seed(stock_rules().values())
    assert call("GET", "/v1/rules/audio-sent").json["warning"] == MINE["warning"]


def _used(call: Any, *rules: str) -> None:
    wish = {"meeting": "97763643886", "who": [{"participant_id": "1"}], "notify": ["slack-av"]}
    assert call("PUT", "/v1/watches/board", {**wish, "rules": rules}).status_code == 201


def test_a_rule_in_use_is_kept_unless_forced(call: Any, slack: str) -> None:
    call("PUT", "/v1/rules/mine", MINE)
    _used(call, "mine", "delay")
    refused = call("DELETE", "/v1/rules/mine")
    assert refused.status_code == 409
    assert refused.json["detail"].startswith("rule mine is used by 1 watch (board); ?force=true")
    assert call("DELETE", "/v1/rules/mine?force=true").status_code == 204
    assert call("GET", "/v1/watches/board").json["rules"] == ["delay"]


def test_a_watch_that_lost_its_last_rule_says_so(call: Any, slack: str) -> None:
    call("PUT", "/v1/rules/mine", MINE)
    _used(call, "mine")
    call("DELETE", "/v1/rules/mine?force=1")
    watch = call("GET", "/v1/watches/board").json
    assert (watch["rules"], watch["delay"]) == ([], None)
    assert watch["says"].startswith("Looks for nothing")


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param(
            {"warning": "audio_input.jiter > 40 ms"},
            "/warning",
            "unknown metric 'jiter': did you mean 'jitter'?\n    audio_input.jiter > 40 ms\n                ~~~~~^",
            id="caret-under-the-metric",
        ),
        pytest.param({"warning": "audio_input.latency > 5%"}, "/warning", "%", id="unit"),
        pytest.param({"warning": None}, "/warning", "at least one level", id="no-level"),
        pytest.param({"for": "6 of 5"}, "/for", "6 of 5 minutes can not be", id="span"),
        pytest.param({"critical_for": "2m"}, "/critical_for", "no critical level", id="span-of-nothing"),
        pytest.param({"says": ""}, "/says", "at least 1 character", id="says-nothing"),
        pytest.param({"says": "{name} breaks"}, "/says", "{who} is the only placeholder", id="placeholder"),
        pytest.param({"says": None}, "/says", "must be text", id="says-null"),
        pytest.param({"no_data": "shout"}, "/no_data", "'keep', 'alert' or 'close'", id="no-data"),
        pytest.param({"runbook_url": "http://x"}, "/runbook_url", "an https:// address", id="runbook"),
        pytest.param({"warnign": "x"}, "/warnign", "did you mean 'warning'?", id="typo"),
        pytest.param({"id": "other"}, "/id", "leave the id out, or write the same one", id="another-id"),
        pytest.param({"read_back": "x"}, "/read_back", "ours to say", id="read-only"),
    ],
)
def test_a_rule_that_can_not_be_used_is_refused_in_its_place(
    call: Any, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", "/v1/rules/mine", {**MINE, **changes})
    assert answer.status_code == 422
    assert answer.json["pointer"] == at
    assert words in answer.json["errors"][0]["detail"]


def test_a_name_that_is_taken_can_be_no_rule(call: Any) -> None:
    answer = call("PUT", "/v1/rules/speaker", MINE)
    assert (answer.status_code, answer.json["pointer"]) == (422, "/id")


def test_the_built_in_rule_is_read_without_levels(call: Any) -> None:
    rule = call("GET", "/v1/rules/dropped", scope="read").json
    assert (rule["says"], rule["stock"], rule["changed"]) == ("{who} dropped out", True, False)
    assert [rule[key] for key in ("warning", "for", "critical", "clear", "clear_for", "no_data")] == [None] * 6
    assert rule["read_back"] == (
        "Critical when the connection of this person breaks and they are not back in 90 seconds. "
        "Over when they are back, when the meeting is over, or after 30 minutes. "
        "Tells you 2 to 3 minutes after they left."
    )


def test_only_the_words_of_the_built_in_rule_can_be_changed_and_are_restored(call: Any) -> None:
    words = {"says": "we lost {who}", "try": "Ring them up", "runbook_url": "https://wiki.example/dropped"}
    changed = call("PUT", "/v1/rules/dropped", words)
    assert (changed.status_code, changed.json["changed"], changed.json["says"]) == (200, True, "we lost {who}")
    restored = call("DELETE", "/v1/rules/dropped")
    assert (restored.status_code, restored.json["says"], restored.json["changed"]) == (200, "{who} dropped out", False)
    assert call("DELETE", "/v1/rules/dropped").status_code == 409


@pytest.mark.parametrize(
    "key", ["warning", "for", "critical", "critical_for", "clear", "clear_for", "no_data", "no_data_for"]
)
def test_the_rest_of_the_built_in_rule_is_refused_in_its_place(call: Any, key: str) -> None:
    given = {"no_data": "alert", "no_data_for": "5m"} | dict.fromkeys(("for", "critical_for", "clear_for"), "2m")
    body = {"says": "{who} dropped out", key: given.get(key, MINE["warning"])}
    for method, path in (("PUT", "/v1/rules/dropped"), ("POST", "/v1/rules/validate")):
        answer = call(method, path, body if method == "PUT" else {**body, "id": "dropped"})
        assert (answer.status_code, answer.json["pointer"]) == (422, f"/{key}")
        assert "only its says and try" in answer.json["errors"][0]["detail"]


def test_validating_reads_the_rule_back_and_keeps_nothing(call: Any) -> None:
    answer = call("POST", "/v1/rules/validate", {**MINE, "id": "mine"}, scope="read")
    assert answer.status_code == 200
    assert answer.json["rule"]["read_back"].startswith("Warns when the audio this person SENDS loses more than 7 %")
    assert call("GET", "/v1/rules/mine").status_code == 404


def test_validating_tells_a_fault_with_its_position(call: Any) -> None:
    answer = call("POST", "/v1/rules/validate", {**MINE, "warning": "audio_input.jiter > 40 ms"}, scope="read")
    fault = answer.json["errors"][0]
    assert (answer.status_code, fault["pointer"], fault["position"]) == (422, "/warning", 12)


def test_validating_passes_on_warnings(call: Any) -> None:
    body = {**MINE, "warning": "audio_input.avg_loss > 5% and not cpu_usage.system_max_cpu_usage > 90%"}
    assert "unless" in call("POST", "/v1/rules/validate", body).json["rule"]["warnings"][0]


def test_validate_is_an_operation_and_no_rule(call: Any) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = call(method, "/v1/rules/validate")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_an_id_that_can_be_none_is_a_404_that_says_what_can(call: Any) -> None:
    answer = call("PUT", "/v1/rules/Mine_1", MINE)
    assert (answer.status_code, "small letters" in answer.json["detail"]) == (404, True)
    assert "letters, digits" in call("GET", "/v1/watches/-x").json["detail"]
