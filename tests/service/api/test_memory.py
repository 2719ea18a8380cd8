"""A Redis that is nearly full, as the API tells it: 507 for what is new, and what would help."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.service.api.conftest import SLACK_URL

WISH = {"meeting": "977 6364 3886", "who": [{"participant_id": "16778240"}], "notify": ["slack-av"]}
RULE = {"says": "others hear {who} badly", "warning": "audio_input.avg_loss > 8%"}
CHANNEL = {"kind": "slack", "url": SLACK_URL}
PERSON = {"name": "Ana Ruiz"}
POLICY = {"steps": [{"after": "0s", "tell": [{"channel": "slack-av"}]}]}
SCHEDULE = {"timezone": "UTC", "hand_off": "Mon 09:00", "rotation": ["ana"], "every": "1w"}
KINDS = {
    "rules": RULE,
    "channels": CHANNEL,
    "people": PERSON,
    "policies": POLICY,
    "schedules": SCHEDULE,
    "watches": WISH,
}


@pytest.fixture
def known(call: Any, slack: str) -> None:
    for kind, body in KINDS.items():
        assert call("PUT", f"/v1/{kind}/{_id(kind)}", body).status_code in (200, 201), kind


def _id(kind: str) -> str:
    return {"people": "ana", "channels": "slack-av"}.get(kind, "own")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_new_is_taken_and_what_is_there_can_be_changed(
    call: Any, known: None, press: Callable[[float], None], kind: str
) -> None:
    press(0.87)
    path, body = f"/v1/{kind}", KINDS[kind]
    for refused in (call("POST", path, body), call("PUT", f"{path}/another", body)):
        assert (refused.status_code, refused.mimetype) == (507, "application/problem+json")
        assert refused.json["title"] == "Insufficient Storage"
        assert re.search(r"Redis uses 8[678] % of its maxmemory of \d+ MB", refused.json["detail"])
        assert "raise maxmemory" in refused.json["detail"]
    assert call("PUT", f"{path}/{_id(kind)}", body).status_code == 200
    documented = call("GET", "/openapi.json", scope=None).json["paths"]
    assert "507" in documented[path]["post"]["responses"]
    assert "507" in documented[f"{path}/{{id}}"]["put"]["responses"]


def test_pausing_and_deleting_go_on(call: Any, known: None, press: Callable[[float], None]) -> None:
    press(0.90)
    assert call("POST", "/v1/watches/own/pause").status_code == 200
    assert call("DELETE", "/v1/watches/own").status_code == 204


def test_readiness_tells_how_full_it_is_and_fails_before_the_end(
    call: Any, store: Any, press: Callable[[float], None]
) -> None:
    store.health.tick(store.clock.now())
    assert call("GET", "/readyz", scope=None).json["memory_pct"] is None

    press(0.87)
    answer = call("GET", "/readyz", scope=None)
    assert answer.status_code == 200
    assert 86 < answer.json["memory_pct"] < 88

    press(0.97)
    answer = call("GET", "/readyz", scope=None)
    assert answer.status_code == 503
    assert re.match(r"Redis uses 9[678] % of its maxmemory", answer.json["reasons"][0])


def test_a_server_that_is_quite_full_is_read_and_refuses_in_words(
    call: Any, known: None, press: Callable[[float], None]
) -> None:
    press(1.1)
    assert call("GET", "/v1/watches/own").status_code == 200
    answer = call("POST", "/v1/channels/slack-av/test")
    assert (answer.status_code, answer.json["detail"].partition(",")[0]) == (507, "Redis is full")
    assert call("POST", "/v1/watches/own/pause").status_code == 200
    assert call("DELETE", "/v1/watches/own").status_code == 204


def test_the_scrape_shows_it(call: Any, press: Callable[[float], None]) -> None:
    press(0.5)
    page = call("GET", "/metrics", scope=None).get_data(as_text=True)
    used, most = (float(line.split()[1]) for line in page.splitlines() if line.startswith("qoswatch_redis_memory"))
    assert 0.45 < used / most < 0.55
