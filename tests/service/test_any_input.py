"""Whatever stands in the environment, in Redis, in a cursor, in a header or a body: read, or refused in our words."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from rules import links
from rules.model import AlertView, Channel, Policy, Schedule, Seat, Silence, Watch
from service.app import create_app
from service.hooks import signatures
from service.settings import VARIABLES, Settings, SettingsError, load
from service.store import ApiKey, Store, StoreError
from service.store.apikeys import ApiKeys
from service.store.codec import decode, encode
from service.store.connect import client
from service.store.errors import CursorError, SealedElsewhere
from service.store.paging import place_of
from service.store.vault import Vault
from service.values import fernet_key
from tests.fuzzing import JSON, mutated, tries
from tests.service.store.builders import a_view, a_watch, an_entry

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECRET, KEY = "a-secret-token", "k" * 40
#: what an environment can hold: no NUL, bytes that are no UTF-8 as lone surrogates
VALUES = st.text(st.characters(exclude_characters="\0"), max_size=30) | st.sampled_from(
    [
        *(
            "~nobody-here/x",
            "/",
            "redis://[",
            "redis://h:x/y",
            "rediss://h?ssl_cert_reqs=x",
            "unix://",
            "https://[",
            "0",
        ),
        *("https://h:99999", "1e999", "nan", "-1", "9" * 400, "smtp://[", "k" * 40, "١٢", "\udcff" * 40, "hash", "1@1"),
    ]
)


@tries(250)
@given(
    st.dictionaries(
        st.sampled_from([*VARIABLES, *(f"{name}_FILE" for name in VARIABLES), "ZOOM_X"]), VALUES, max_size=4
    )
)
@example({"QOSWATCH_DATA_DIR": "~nobody-here/x"})
@example({"QOSWATCH_SECRET_KEY": "\udcff" * 40})
@example({"REDIS_URL": "redis://h:x/y", "QOSWATCH_SECRET_KEY": KEY})
def test_any_environment_is_settings_or_names_what_is_wrong(environ: dict[str, str]) -> None:
    try:
        made = load(environ)
    except SettingsError as error:
        said = error.faults
    else:
        assert made.qoswatch_secret_key is None or made.secret_keys
        with suppress(StoreError):
            assert made.redis_url is None or client(made.redis_url)
        return
    assert said
    assert all(said.values())


@tries(150)
@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: links._text(raw)))
@example("OTk5OTk5OTk5OTk5OTk5OTk5OTk5Ong")
def test_any_cursor_is_a_place_or_none_of_ours(cursor: str) -> None:
    with suppress(CursorError):
        at, id = place_of(cursor)
        assert isinstance(at, int)
        assert isinstance(id, str)


KEPT = [
    a_watch(),
    a_view(),
    an_entry(),
    ApiKey("a", "b", "read", NOW, NOW, None, NOW),
    Channel("slack", 1, "slack", "https://x", NOW),
    Schedule("av", 0, "UTC", "Mon 09:00", ("ana",), "1w", NOW),
]
KINDS = (AlertView, ApiKey, Channel, Policy, Schedule, Seat, Silence, Watch)


@tries(100)
@given(
    st.sampled_from([json.loads(encode(value)[1:]) for value in KEPT]).flatmap(mutated) | JSON,
    st.sampled_from([b"1", b"2", b"", b"\xff"]),
    st.integers(0, 40),
)
def test_any_blob_is_a_value_or_can_not_be_read(told: Any, version: bytes, cut: int) -> None:
    blob = version + json.dumps(told).encode()
    for kind in KINDS:
        for text in (blob, blob[:-cut], blob[:cut]):
            with suppress(StoreError):
                assert isinstance(decode(kind, text), kind)


@tries(60)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_no_secret_that_we_sealed(sealed: str) -> None:
    vault = Vault([fernet_key("x")])
    with pytest.raises(SealedElsewhere):
        vault.open(sealed)


@tries(100)
@given(st.text(max_size=80), st.text(max_size=20) | st.integers().map(str), st.binary(max_size=30), JSON)
def test_nothing_is_signed_by_chance(given: str, at: str, body: bytes, token: Any) -> None:
    assert not signatures.is_signed(SECRET, at, given, body)
    answer = signatures.answer(SECRET, token)
    assert answer is None or set(answer) == {"plainToken", "encryptedToken"}


class Silent:
    def deliver(self) -> None: ...
    def drain(self) -> None: ...

    def length(self, name: str) -> int:
        return 0


@pytest.fixture(scope="module")
def app(redis_socket: Path) -> Iterator[FlaskClient]:
    """One app for all that is tried, on a database of its own."""
    with redis.Redis(unix_socket_path=str(redis_socket), db=2) as line:
        line.flushdb()
        store = Store(line, secret_keys=[fernet_key(KEY)], test_clock="hash")
        store.clock.put(NOW)
        store.documents.put_watch(replace(a_watch(), id="w"))
        ApiKeys(store._link, store.clock).adopt(KEY, "admin", "a")
        settings = Settings(zoom_webhook_secret=SecretStr(SECRET), qoswatch_secret_key=SecretStr(KEY))
        settings = settings.model_copy(
            update={"qoswatch_user_header": "X-User", "qoswatch_requests_per_minute": 6_000_000}
        )
        yield create_app(settings, store, Silent()).test_client()
        line.flushdb()


HEADERS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40)
TS = str(int(NOW.timestamp()))


@tries(60)
@given(JSON.map(json.dumps).map(str.encode) | st.binary(max_size=60), HEADERS, HEADERS, st.booleans())
@example(b"[" * 100_000, "", "", True)
@example(b'{"event": "meeting.started"}', "", "", True)
def test_any_webhook_is_answered(app: FlaskClient, body: bytes, at: str, signature: str, signed: bool) -> None:
    given = {"x-zm-request-timestamp": at, "x-zm-signature": signature}
    if signed:
        given = {"x-zm-request-timestamp": TS, "x-zm-signature": signatures.signature(SECRET, TS, body)}
    assert app.post("/hooks/zoom", data=body, headers=given).status_code in (200, 400, 401)


@tries(60)
@given(st.text(max_size=40), HEADERS, st.dictionaries(st.sampled_from(["form", "who", "other", "comment"]), st.text()))
def test_any_link_and_any_form_is_answered(app: FlaskClient, token: str, cookie: str, form: dict[str, str]) -> None:
    link = links.Link("take", "", "slack:3f9a", NOW.replace(year=2027))
    good = links.sign(links.link_key(KEY), link)
    given = {"Cookie": f"qoswatch_form={cookie}; qoswatch_me={cookie}", "X-User": cookie}
    for path in (token.encode("utf-8", "replace").decode().strip("/"), good, good[:-1]):
        for ask in (app.get, app.post):
            answer = ask(f"/a/{path}", headers=given, data=None if ask == app.get else form)
            assert answer.status_code in (200, 308, 403, 404, 405, 422), answer.text


@tries(60)
@given(HEADERS, st.text(max_size=30), HEADERS)
@example(f"Bearer {KEY}", "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5Ong", "")
@example(f"Bearer {KEY}", "cursor=" + links._text(b"9" * 140 + b":x"), "")
def test_any_key_and_any_query_is_answered(app: FlaskClient, key: str, query: str, kind: str) -> None:
    for header in (key, f"Bearer {key}", f"Bearer {KEY}"):
        given = {"Authorization": header, "Content-Type": kind}
        for ask in (app.get, app.post):
            query = query.encode("utf-8", "replace").decode()
            assert ask("/v1/watches", query_string=query, headers=given).status_code < 500
