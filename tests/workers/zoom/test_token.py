"""One token for the account: shared, sealed, renewed early by one at a time, replaced when Zoom refuses it."""

import base64
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from service.settings import Settings, load
from service.store import Store
from simulator import Simulator
from workers.zoom import Zoom, ZoomError, token, words
from workers.zoom.answers import Answer


def tokens_used(simulator: Simulator) -> list[str]:
    """Which token each metrics call bore, by its number: "sim0", "sim1"."""
    return [call.token.split(".")[0] for call in simulator.calls.log(path="/metrics/")]


def the_error(zoom: Zoom, call: Any) -> ZoomError:
    with pytest.raises(ZoomError) as caught:
        zoom.meeting(call.number)
    return caught.value


def test_processes_share_one_token_and_redis_never_sees_it(
    make_zoom: Callable[..., Zoom], simulator: Simulator, store: Store, call: Any, redis_client: Any
) -> None:
    for zoom in (make_zoom(), make_zoom()):
        zoom.meeting(call.number)

    assert simulator.tokens.issued == 1
    text, expires_at = store.tokens.get() or ("", None)
    assert expires_at == store.clock.now() + timedelta(seconds=3599)
    kept = b"".join(str(redis_client.hgetall(key)).encode() for key in redis_client.scan_iter() if b"token" in key)
    assert kept
    assert text.encode() not in kept


def test_many_threads_of_two_processes_make_one_token(
    make_zoom: Callable[..., Zoom], simulator: Simulator, store: Store, call: Any, make_settings: Any
) -> None:
    simulator.faults.add("slow", "/oauth/token", seconds=0.1)
    clients = [Zoom(make_settings(), store) for _ in range(2)]
    together = threading.Barrier(8)

    def ask(number: int) -> str:
        together.wait()
        return clients[number % 2].meeting(call.number).uuid

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {call.uuid}
    for client in clients:
        client.close()
    assert simulator.tokens.issued == 1


@pytest.mark.parametrize(
    ("minutes", "issued"),
    [
        pytest.param(49, 1, id="eleven minutes before its end: nobody renews"),
        pytest.param(53, 2, id="seven: half of five to ten, by the jitter of 0.5"),
        pytest.param(61, 2, id="after its end"),
    ],
)
def test_a_token_is_renewed_before_it_ends(
    zoom: Zoom, simulator: Simulator, store: Store, call: Any, minutes: int, issued: int
) -> None:
    zoom.meeting(call.number)
    store.clock.advance(minutes=minutes)

    zoom.meeting(call.number)
    zoom.meeting(call.number)

    assert simulator.tokens.issued == issued
    assert simulator.calls.count(status=401) == 0


def test_while_somebody_else_renews_it_early_the_old_token_serves(
    zoom: Zoom, simulator: Simulator, store: Store, call: Any
) -> None:
    zoom.meeting(call.number)
    store.clock.advance(minutes=53)

    with store.tokens.lock(30) as ours:
        zoom.meeting(call.number)

    assert ours
    assert tokens_used(simulator) == ["sim0", "sim0"]


def test_a_renewal_that_fails_early_hurts_nobody_and_is_not_tried_at_every_call(
    zoom: Zoom, simulator: Simulator, store: Store, call: Any, time: Any
) -> None:
    zoom.meeting(call.number)
    store.clock.advance(minutes=53)
    simulator.faults.add("500", "/oauth/token")

    for _ in range(3):
        zoom.meeting(call.number)
    assert simulator.calls.count(path="/oauth/token") == 2

    simulator.faults.clear()
    time.sleep(token.NO_EARLY_S)
    zoom.meeting(call.number)
    assert tokens_used(simulator)[-1] == "sim1"


def test_a_short_lived_token_is_not_renewed_at_every_call(zoom: Zoom, simulator: Simulator, call: Any) -> None:
    simulator.tokens.lifetime_s = 120

    for _ in range(3):
        zoom.meeting(call.number)

    assert simulator.tokens.issued == 1


@pytest.mark.parametrize("status", [401, 400], ids=["under 401", "under 400"])
def test_a_refused_token_is_replaced_once(zoom: Zoom, simulator: Simulator, call: Any, status: int) -> None:
    zoom.meeting(call.number)
    simulator.faults.add("124", "/metrics/", count=1, status=status)

    zoom.meeting(call.number)

    assert tokens_used(simulator) == ["sim0", "sim0", "sim1"]


def test_a_token_that_somebody_else_has_replaced_is_read_again_not_made_again(
    zoom: Zoom, simulator: Simulator, store: Store, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoom.meeting(call.number)
    old = zoom._tokens.current()
    simulator.tokens.revoke()
    store.tokens.put(simulator.tokens.issue().text, store.clock.now() + timedelta(hours=1))
    monkeypatch.setattr(zoom._tokens, "current", lambda: old)

    zoom.meeting(call.number)

    assert tokens_used(simulator) == ["sim0", "sim0", "sim1"]
    assert simulator.tokens.issued == 2


def test_processes_live_with_an_app_whose_new_token_ends_the_old_one(
    make_zoom: Callable[..., Zoom], simulator: Simulator, store: Store, call: Any
) -> None:
    simulator.tokens.single = True
    one, other = make_zoom(), make_zoom()
    one.meeting(call.number)
    store.clock.advance(minutes=53)

    for zoom in (other, one, other):
        zoom.meeting(call.number)

    assert simulator.tokens.issued == 2
    assert simulator.calls.count(status=401) == 0


def test_a_new_token_that_is_refused_too_ends_it(zoom: Zoom, simulator: Simulator, call: Any, time: Any) -> None:
    simulator.faults.add("124", "/metrics/")

    error = the_error(zoom, call)

    assert (error.kind, error.retry, error.code) == ("credentials", False, 124)
    assert "deactivated" in error.words
    assert simulator.tokens.issued == 2
    the_error(zoom, call)
    assert simulator.tokens.issued == 2, "the next call does not ask for one more at once"
    time.sleep(token.FAILED_S)
    the_error(zoom, call)
    assert simulator.tokens.issued == 3


def test_a_scope_that_is_added_counts_within_a_minute(zoom: Zoom, simulator: Simulator, call: Any, time: Any) -> None:
    whole = simulator.tokens.scopes
    simulator.tokens.scopes = frozenset()
    for _ in range(3):
        assert the_error(zoom, call).kind == "scope"
    assert simulator.tokens.issued == 2, "one doubt a minute, not one a call"

    simulator.tokens.scopes = whole
    time.sleep(token.DOUBT_S)
    assert "dashboard:read:meeting:admin" in the_error(zoom, call).words

    assert zoom.meeting(call.number).uuid == call.uuid


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        pytest.param({"zoom_client_secret": "old"}, "ZOOM_CLIENT_SECRET is wrong", id="secret"),
        pytest.param({"zoom_client_id": "other"}, "ZOOM_CLIENT_ID", id="client id"),
        pytest.param({"zoom_account_id": "other"}, "ZOOM_ACCOUNT_ID is probably wrong", id="account id"),
    ],
)
def test_wrong_credentials_are_told_apart(
    make_zoom: Callable[..., Zoom], make_settings: Callable[..., Settings], call: Any, wrong: Any, part: str
) -> None:
    error = the_error(make_zoom(make_settings(**wrong)), call)

    assert (error.kind, error.retry) == ("credentials", False)
    assert part in error.words


@pytest.mark.parametrize(
    ("reason", "error", "part"),
    [
        ("unsupported grant type", "unsupported_grant_type", "not of a Server-to-Server OAuth app"),
        ("The app has been disabled", "invalid_client", "Activate your app"),
        ("Invalid client_id or client_secret", "invalid_client", "App Credentials"),
        ("Bad Request", "invalid_request", "ZOOM_ACCOUNT_ID"),
        ("Something new", "novel", "Something new"),
    ],
)
def test_each_way_to_get_no_token_has_its_own_advice(reason: str, error: str, part: str) -> None:
    assert part in words.token_denied(reason, error)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(200, b"<html>", "garbage", id="a login page"),
        pytest.param(200, b'{"access_token": "a\\nb"}', "garbage", id="a token that would break the header"),
        pytest.param(200, b'{"access_token": 7}', "garbage", id="a number"),
        pytest.param(503, b"", "server", id="in trouble"),
        pytest.param(429, b"{}", "rate", id="asked too often"),
        pytest.param(400, b'{"errorCode": 4717, "errorMessage": "The app has been disabled"}', "credentials", id="off"),
    ],
)
def test_an_answer_without_a_token_says_why(status: int, body: bytes, kind: str) -> None:
    with pytest.raises(ZoomError) as caught:
        token.granted(Answer(status, {}, body))

    assert caught.value.kind == kind


@pytest.mark.parametrize("life", ["", ', "expires_in": "soon"', ', "expires_in": -5', ', "expires_in": true'])
def test_a_token_without_a_readable_life_lives_an_hour(life: str) -> None:
    assert token.granted(Answer(200, {}, b'{"access_token": "t"' + life.encode() + b"}")) == ("t", 3600)


def test_wrong_credentials_are_not_tried_by_every_thread(
    make_zoom: Callable[..., Zoom], make_settings: Callable[..., Settings], simulator: Simulator, call: Any, time: Any
) -> None:
    zoom = make_zoom(make_settings(zoom_client_secret="old"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: the_error(zoom, call), range(8)))
    assert simulator.calls.count(path="/oauth/token") == 1

    time.sleep(token.FAILED_S)
    the_error(zoom, call)
    assert simulator.calls.count(path="/oauth/token") == 2


def test_a_token_call_that_fails_in_passing_is_made_again(zoom: Zoom, simulator: Simulator, call: Any) -> None:
    simulator.faults.add("503", "/oauth/token", count=1)

    assert zoom.meeting(call.number).uuid == call.uuid


def test_a_secret_replaced_in_its_file_needs_no_restart(
    make_zoom: Callable[..., Zoom], simulator: Simulator, call: Any, tmp_path: Path, time: Any
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("old\n")
    environ = simulator.environ() | {"ZOOM_CLIENT_SECRET_FILE": str(secret), "QOSWATCH_DATA_DIR": str(tmp_path)}
    del environ["ZOOM_CLIENT_SECRET"]
    zoom = make_zoom(load(environ))
    assert the_error(zoom, call).kind == "credentials"

    secret.write_text(simulator.tokens.client_secret + "\n")
    time.sleep(token.FAILED_S)
    assert zoom.meeting(call.number).uuid == call.uuid

    secret.unlink()
    simulator.tokens.revoke()
    assert "ZOOM_CLIENT_SECRET_FILE can not be read" in the_error(zoom, call).words


def a_ready_token(**more: Any) -> dict[str, Any]:
    none = dict.fromkeys(("zoom_account_id", "zoom_client_id", "zoom_client_secret"))
    return {**none, "zoom_access_token": "ready-token", **more}


def test_a_ready_token_is_used_as_it_is(
    make_zoom: Callable[..., Zoom], make_settings: Callable[..., Settings], simulator: Simulator, call: Any
) -> None:
    simulator.tokens.accept("ready-token")
    zoom = make_zoom(make_settings(**a_ready_token()))

    zoom.meeting(call.number)
    assert [each.token for each in simulator.calls.log(path="/metrics/")] == ["ready-token"]

    simulator.tokens.revoke()
    error = the_error(zoom, call)
    assert (error.kind, error.retry) == ("credentials", False)
    assert "ZOOM_ACCESS_TOKEN" in error.words
    assert simulator.tokens.issued == 1, "only the one that we let count here"


def test_a_ready_token_replaced_in_its_file_needs_no_restart(
    make_zoom: Callable[..., Zoom],
    make_settings: Callable[..., Settings],
    simulator: Simulator,
    call: Any,
    tmp_path: Path,
) -> None:
    held = tmp_path / "token"
    held.write_text("second")
    simulator.tokens.accept("second")
    settings = make_settings(**a_ready_token(zoom_access_token="first", files={"zoom_access_token": held}))
    zoom = make_zoom(settings)

    zoom.meeting(call.number)
    zoom.meeting(call.number)

    assert [each.token for each in simulator.calls.log(path="/metrics/")] == ["first", "second", "second"]


def test_without_credentials_the_words_name_them(
    make_zoom: Callable[..., Zoom], make_settings: Callable[..., Settings], call: Any
) -> None:
    none = a_ready_token(zoom_access_token=None)

    assert "ZOOM_ACCOUNT_ID" in the_error(make_zoom(make_settings(**none)), call).words


def test_a_token_sealed_with_a_lost_key_is_simply_made_anew(
    make_zoom: Callable[..., Zoom], simulator: Simulator, store: Store, call: Any, redis_client: Any
) -> None:
    Store(redis_client, secret_keys=[Fernet.generate_key().decode()], test_clock="hash").tokens.put(
        "lost", store.clock.now() + timedelta(hours=1)
    )

    assert make_zoom().meeting(call.number).uuid == call.uuid


def test_the_token_is_asked_for_as_zoom_documents_it(
    zoom: Zoom, simulator: Simulator, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    ask = simulator.tokens.ask
    monkeypatch.setattr(simulator.tokens, "ask", lambda *args: (asked.append(args), ask(*args))[1])

    zoom.meeting(call.number)

    pair = base64.b64encode(b"pretend-client:pretend-client-secret").decode()
    assert asked[0][0] == f"Basic {pair}"
    assert asked[0][1] == {"grant_type": "account_credentials", "account_id": "pretend-account"}
    assert [each.query for each in simulator.calls.log(path="/oauth/token")] == [""], "nothing in the query"
