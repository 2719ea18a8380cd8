"""The hook as it is: a real Redis, the real app over HTTP, and a sender that signs as Zoom does."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from pydantic import SecretStr
from werkzeug.serving import make_server

from service.app import create_app
from service.settings import Settings
from service.store import Store
from simulator import letters

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECRET = "a-secret-token"
Post = Callable[..., requests.Response]


class Bell:
    """Stands where the queues stand."""

    def __init__(self) -> None:
        self.rung = 0

    def deliver(self) -> None: ...

    def drain(self) -> None:
        self.rung += 1

    def length(self, name: str) -> int:
        return 0


@pytest.fixture
def store(redis_client: Any) -> Iterator[Store]:
    made = Store(redis_client, secret_keys=[Fernet.generate_key().decode()], test_clock="hash")
    made.clock.put(NOW)
    yield made
    made.close()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def settings() -> Settings:
    return Settings(zoom_webhook_secret=SecretStr(SECRET))


@pytest.fixture
def url(settings: Settings, store: Store, bell: Bell) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(settings, store, bell), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks/zoom"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def post(url: str) -> Post:
    """post({"event": …}) → the answer; `age_s`, `secret`, `signed` and `headers` are how it is sent."""

    def sent(
        told: Any,
        *,
        secret: str = SECRET,
        age_s: float = 0,
        signed: bool = True,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        body = told if isinstance(told, bytes) else letters.packed(told)
        head = letters.headers(secret, NOW.timestamp() - age_s, body, "1", signed=signed)
        return requests.post(url, data=body, headers={**head, **(headers or {})}, timeout=10)

    return sent


def an_event(name: str = "meeting.started", **thing: Any) -> dict[str, Any]:
    return {"event": name, "event_ts": 1, "payload": {"account_id": "a", "object": {"uuid": "u==", "id": "1", **thing}}}
