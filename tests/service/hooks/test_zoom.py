"""POST /hooks/zoom over HTTP: kept when Zoom signed it, refused and counted when not, read only after that."""

import hashlib
import hmac
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from service.app import create_app
from service.hooks.zoom import CHALLENGE
from service.settings import Settings
from service.store import Store
from service.store.intake import Intake
from simulator import letters
from tests.service.hooks.conftest import NOW, SECRET, Bell, Post, an_event


def counted(store: Store) -> dict[str, int]:
    return {name: n for name, n in store.health.counters().items() if name.startswith("hooks:")}


def challenge(token: Any = "qgg8vlvZRS6UYooatFL8Aw") -> dict[str, Any]:
    return {"event": CHALLENGE, "event_ts": 1, "payload": {"plainToken": token}}


def test_a_signed_event_is_kept_as_it_came_and_a_drainer_is_woken(post: Post, store: Store, bell: Bell) -> None:
    sent = b'{"event" : "meeting.started",  "payload":{"object":{"topic":"Z\xc3\xbcrich"}}}'

    answer = post(sent)

    assert (answer.status_code, answer.content) == (200, b"")
    (kept,) = store.intake.first(9)
    assert (kept.body, kept.at) == (sent, NOW)
    assert store.intake.heard_at() == NOW
    assert bell.rung == 1
    assert counted(store) == {"hooks:taken": 1}


def test_behind_others_nobody_is_woken(post: Post, store: Store, bell: Bell) -> None:
    for _ in range(3):
        assert post(an_event()).status_code == 200
    assert store.intake.waiting() == 3
    assert bell.rung == 1


@pytest.mark.parametrize(
    ("how", "why"),
    [
        pytest.param({"secret": "another"}, "refused", id="another-secret"),
        pytest.param({"age_s": 301}, "stale", id="an-old-one-played-again"),
        pytest.param({"age_s": -301}, "stale", id="from-the-future"),
        pytest.param({"signed": False}, "unsigned", id="not-signed"),
        pytest.param({"headers": {"x-zm-signature": "v0=\xff"}}, "refused", id="not-ascii"),
        pytest.param({"headers": {"x-zm-request-timestamp": "soon"}}, "refused", id="no-number"),
        pytest.param({"signed": False, "headers": {"x-zm-signature": "v0="}}, "refused", id="half-signed"),
    ],
)
def test_what_zoom_did_not_sign_now_is_refused_and_counted(
    how: dict[str, Any], why: str, post: Post, store: Store, bell: Bell
) -> None:
    answer = post(an_event("meeting.ended"), **how)

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert counted(store) == {f"hooks:{why}": 1}
    assert (store.intake.waiting(), store.intake.heard_at(), bell.rung) == (0, None, 0)


@pytest.mark.parametrize("signed", [True, False])
def test_a_challenge_is_answered_signed_or_not(signed: bool, post: Post, store: Store) -> None:
    answer = post(challenge(), signed=signed)

    hashed = hmac.new(SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert answer.status_code == 200
    assert answer.json() == {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": hashed}
    assert store.intake.waiting() == 0


def test_a_challenge_with_a_wrong_signature_is_refused(post: Post) -> None:
    assert post(challenge(), secret="another").status_code == 401


@pytest.mark.parametrize("signed", [True, False])
def test_a_forged_event_in_the_place_of_the_token_is_not_signed(signed: bool, post: Post, store: Store) -> None:
    forged = f"v0:{int(NOW.timestamp())}:" + '{"event":"meeting.ended"}'

    answer = post(challenge(forged), signed=signed)

    assert answer.status_code == 400
    mac = hmac.new(SECRET.encode(), forged.encode(), hashlib.sha256).hexdigest()
    assert mac not in answer.text
    assert counted(store) == {"hooks:refused": 1}


def test_a_long_challenge_that_nobody_signed_is_not_even_read(post: Post) -> None:
    told = {**challenge(), "more": "x" * 5000}
    assert post(told, signed=False).status_code == 401
    assert post(told).status_code == 200


def test_an_event_that_is_none_of_ours_is_taken_and_forgotten(post: Post, store: Store, bell: Bell) -> None:
    for name in ("user.created", "meeting.chat_message_sent", "participant_joined"):
        assert post(an_event(name)).status_code == 200
    assert counted(store) == {"hooks:unknown": 3}
    assert (store.intake.waiting(), bell.rung) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b'{"event": 7}', id="no-name"),
        pytest.param(b"\xff\xfe", id="not-utf-8"),
        pytest.param(b"[" * 100_000, id="too-deep"),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_for_good(body: bytes, post: Post, store: Store) -> None:
    assert post(body).status_code == 400
    assert counted(store) == {"hooks:unreadable": 1}


def test_a_full_stream_asks_zoom_to_send_it_again(post: Post, store: Store, bell: Bell) -> None:
    store.intake = Intake(store._link, store.clock, most=2)
    told = [post(an_event()) for _ in range(3)]

    assert [answer.status_code for answer in told] == [200, 200, 503]
    assert store.intake.waiting() == 2
    assert counted(store) == {"hooks:taken": 2, "hooks:full": 1}


def test_a_body_beyond_reason_is_refused(url: str) -> None:
    answer = requests.post(url, data=b"x" * 1_000_001, timeout=10)
    assert answer.status_code == 413


def test_nothing_but_post_is_answered(url: str) -> None:
    assert requests.get(url, timeout=10).status_code == 405


def test_without_a_secret_there_is_no_such_door(store: Store, bell: Bell) -> None:
    answer = create_app(Settings(), store, bell).test_client().post("/hooks/zoom", json=an_event())
    assert answer.status_code == 404
    assert "ZOOM_WEBHOOK_SECRET" in answer.get_json()["detail"]


def test_a_secret_in_a_file_is_read_anew(store: Store, bell: Bell, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("the-first\n")
    settings = Settings(zoom_webhook_secret=SecretStr("the-first"), files={"zoom_webhook_secret": path})
    client = create_app(settings, store, bell).test_client()
    body = letters.packed(an_event())

    def status(secret: str) -> int:
        head = letters.headers(secret, NOW.timestamp(), body, "1")
        return client.post("/hooks/zoom", data=body, headers=head).status_code

    assert status("the-first") == 200
    path.write_text("the-second\n")
    assert (status("the-first"), status("the-second")) == (401, 200)


def test_an_answer_comes_well_within_three_seconds(post: Post) -> None:
    begun = time.monotonic()
    assert post(an_event(participant={"name": "x" * 900_000})).status_code == 200
    assert time.monotonic() - begun < 3
