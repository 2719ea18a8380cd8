"""The API as it is: a real Redis, the real store, keys of every scope, and a client for each."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from pydantic import Field

from service.api import errors, headers
from service.api.auth import Guard
from service.api.bodies import Answer, Body, Query
from service.api.fields import Flag, Id, Limit, Moment
from service.api.layer import Api, Reply, op
from service.app import create_app
from service.settings import Settings
from service.store import Store, Use

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SLACK_URL = "https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/xxxxxxxxxxxxxxxxxxxxwxyz"
Call = Callable[..., Any]


class Bell:
    """Stands where the queues stand: counts how often somebody was woken."""

    def __init__(self) -> None:
        self.rung = 0

    def deliver(self) -> None:
        self.rung += 1

    def drain(self) -> None:
        self.rung += 1

    def length(self, name: str) -> int:
        return {"poll": 3, "deliver": 0}[name]


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
def app(store: Store, bell: Bell) -> Flask:
    return create_app(Settings(qoswatch_tz="Europe/Berlin"), store, bell)


@pytest.fixture
def secrets(store: Store) -> dict[str, str]:
    return {scope: store.keys_.create(scope, scope)[1] for scope in ("read", "write", "admin")}


@pytest.fixture
def call(app: Flask, secrets: dict[str, str]) -> Call:
    """call("PUT", "/v1/watches/a", {...}, scope="write") → the answer."""
    client: FlaskClient = app.test_client()

    def asked(method: str, path: str, body: Any = None, *, scope: str | None = "admin", **more: Any) -> Any:
        given = {"Authorization": f"Bearer {secrets[scope]}"} if scope else {}
        sent = {} if body is None else {"json": body}
        answer = client.open(path, method=method, headers=given, **sent, **more)
        answer.get_data()
        answer.close()  # a static file stays open otherwise
        return answer

    return asked


@pytest.fixture
def slack(call: Call) -> str:
    """A registered channel."""
    assert call("PUT", "/v1/channels/slack-av", {"kind": "slack", "url": SLACK_URL}).status_code == 201
    return "slack-av"


# A resource made up for the tests of the layer itself


class Leg(Body):
    refusals: ClassVar = {"wheels": "wheels come later"}
    length: Literal["short", "long"]


class ChairBody(Body):
    needed: ClassVar = {"name": "a chair needs a name"}
    name: Annotated[str, Field(min_length=1, max_length=5)]
    legs: tuple[Leg, ...] = ()
    made_at: Moment | None = None
    labels: dict[Id, str] = Field(default={})
    folds: bool = False


class ChairQuery(Query):
    limit: Limit = 50
    broken: Flag = False


class ChairAnswer(Answer):
    id: str
    name: str
    made_at: str | None
    limit: int = 0
    broken: bool = False


class Chairs:
    tag = "chairs"

    @op("PUT", "/v1/chairs/{id}", scope="write", answers={200: ChairAnswer, 201: ChairAnswer})
    def put(self, id: str, body: ChairBody) -> Reply:
        """Put a chair"""
        made = body.made_at.isoformat() if body.made_at else None
        return Reply(ChairAnswer(id=id, name=body.name, made_at=made), 201)

    @op("GET", "/v1/chairs/{id}", scope="read", answers={200: ChairAnswer})
    def get(self, id: str, query: ChairQuery) -> ChairAnswer:
        """Get a chair"""
        if id == "boom":
            raise RuntimeError("https://hooks.slack.com/services/T0/B0/secret")
        return ChairAnswer(id=id, name="x", made_at=None, limit=query.limit, broken=query.broken)

    @op("DELETE", "/v1/chairs/{id}", scope="admin", answers={204: None})
    def delete(self, id: str) -> None:
        """Delete a chair"""


class _Key:
    def __init__(self, scope: Literal["read", "write", "admin"]) -> None:
        self.scope = scope


def _used(token: str, address: str) -> Use:
    """Keys are named by their scopes; "often" and "stranger" have to wait."""
    key = _Key(token) if token in ("read", "write", "admin") else None
    wait_ms = {"often": 2_400, "stranger": 5_001}.get(token, 0)
    return Use(_Key("read") if token == "often" else key, wait_ms)


@pytest.fixture
def chairs() -> FlaskClient:
    app = Flask("toy")
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    errors.register(app)
    headers.register(app)
    api = Api(app)
    api.add(Chairs())
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    app.before_request(Guard(_used, api.scopes))
    return app.test_client()
