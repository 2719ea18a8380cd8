"""The API under schemathesis: what the document promises is what is answered, well-formed or not.

Some 5,000 requests to the app itself; in `make fuzz` more than 20,000 over a socket to `qoswatch web`, other ones
each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import redis
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from rules.documents import sets, stock_rules
from rules.model import Channel, Instance, Person, Policy, Schedule, Step, Target
from service.app import create_app
from service.settings import Settings
from service.store import Store
from service.store.paging import cursor_of
from service.values import fernet_key
from tests.fuzzing import TIMES
from tests.service.served import SECRET_KEY, a_port, served
from tests.service.store.builders import I, a_change, a_debt, a_note, a_plan, a_view, a_watch, an_entry, claimed, posted

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LATER = "2026-11-23T11:00:00Z"
CHANNELS = ("slack-av", "teams-av")
PEOPLE = ("ana", "ben")
_numbers = st.integers(100_000_000, 99_999_999_999).map(str)

# What a schema can not say: names that exist, texts of our language. Formats carry it to the generator.
schemathesis.openapi.format("channel-id", st.sampled_from(CHANNELS))
schemathesis.openapi.format("rule-name", st.sampled_from([*stock_rules(), *sets()]))
schemathesis.openapi.format("zoom-meeting", _numbers | _numbers.map("https://zoom.us/j/{}?pwd=x".format))
schemathesis.openapi.format("name-glob", st.sampled_from(["*Kline*", "Dr Rao", "M. K. (guest)", "Ärztin ?"]))
schemathesis.openapi.format("webhook-url", st.sampled_from(["http://127.0.0.1:8025/a", "http://127.0.0.1:9/b"]))
schemathesis.openapi.format("https-url", st.sampled_from(["https://wiki.example/runbook", "https://a.example"]))
schemathesis.openapi.format(
    "rule-text", st.sampled_from(["audio_input.avg_loss > 5%", "max(audio_*.latency) > 300 ms", "audio_input.mos < 3"])
)
schemathesis.openapi.format("rule-line", st.sampled_from(["others hear {who} breaking up", "on the way", "ü"]))
schemathesis.openapi.format("rule-span", st.sampled_from(["3 of 5", "2m", "1 of 1", "60 of 60"]))
schemathesis.openapi.format("rule-duration", st.sampled_from(["5m", "90s", "300", "1h"]))
schemathesis.openapi.format("cursor", st.just(cursor_of((0, "w_1"))))
schemathesis.openapi.format("person-name", st.sampled_from(["Ana Ruiz", "Ärztin ?"]))
schemathesis.openapi.format("person-id", st.sampled_from(PEOPLE))
schemathesis.openapi.format("schedule-id", st.just("av"))
schemathesis.openapi.format("policy-id", st.just("av-oncall"))
schemathesis.openapi.format("step-delay", st.sampled_from(["0s", "90s", "5m", "1h"]))
schemathesis.openapi.format("week-window", st.sampled_from(["Mon-Fri 08:00-18:00", "Sun 02:00-05:00", "22:00-07:00"]))
schemathesis.openapi.format("hand-off", st.sampled_from(["Mon 09:00", "Fri 18:00"]))
schemathesis.openapi.format("turn-length", st.sampled_from(["1w", "2w"]))
schemathesis.openapi.format("pagerduty-key", st.sampled_from(["0123456789abcdef0123456789abcdef"]))
schemathesis.openapi.format("timezone", st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]))


sent: list[str] = []  #: where requests of this process went


class _Silent:
    def deliver(self) -> None: ...
    def drain(self) -> None: ...

    def length(self, name: str) -> int:
        return 0


class _Door:
    """A WSGI app whose inside comes later: the cases are collected before there is a Redis."""

    def __init__(self) -> None:
        self.inside: Any = create_app(Settings(), MagicMock(), _Silent())

    def __call__(self, environ: Any, start_response: Any) -> Any:
        sent.append(environ["PATH_INFO"])
        return self.inside(environ, start_response)


door = _Door()
# literals found in our own source are tried as values by default: they know no formats
# links are ours to say (guessed ones put a masked URL, which is only shown, where a URL is asked for), and a story
# goes on while it is well-formed: what is not is tried operation by operation
_STORY = {"inference": {"algorithms": []}, "generation": {"mode": "positive"}}
config = SchemathesisConfig.from_dict(
    {"analysis": {"constants": {"enabled": False}}, "phases": {"stateful": _STORY}},
)
schema = schemathesis.openapi.from_wsgi("/openapi.json", door, config=config)
PORT = a_port()
if TIMES > 1:
    schema.app = None
    schema.config.update(base_url=f"http://127.0.0.1:{PORT}")
KEY = "qw_fuzz_0123456789abcdefghijklmnopqrstuv"
TOO_LONG = 414  #: what gunicorn says before we are asked
CASES, STORIES, STEPS = 8 * TIMES, 24 * TIMES, 8


@schema.auth()
class _Bearer:
    def get(self, case: Any, context: Any) -> str:
        return f"Bearer {KEY}"

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = data


def _forgiven(client: Any) -> None:
    """That the address guesses is forgotten: each case tries a wrong key as well, and wants to hear 401."""
    if doors := client.keys("qos:door:*"):
        client.delete(*doors)


def _agree(case: Any) -> None:
    """What no schema can say of two fields together: an end after its start, one id in path and body, panelists."""
    if case.path.endswith("/on-call"):
        case.query = {}  # a moment within a year of now
    if not (isinstance(case.body, dict) and case.meta.generation.mode.is_positive):
        return
    case.body = {name: value for name, value in case.body.items() if name not in ("id", "starts_at", "ends_at")}
    if case.path.endswith("/covers") or "matchers" in case.body:  # bounded: a cover in months, a silence in days
        case.body["ends_at"] = LATER
    if case.body.get("until"):
        case.body["until"] = LATER
    if {"role": "panelist"} in case.body.get("who", ()):
        case.body.pop("kind", None)
    if {"watched", "size"} <= set(case.body):
        case.body["watched"] = min(case.body["watched"], case.body["size"])


@pytest.fixture(scope="module", autouse=True)
def _inside(redis_socket: Path, child_env: dict[str, str]) -> Iterator[None]:
    """One app for all cases, on a database of its own."""
    with redis.Redis(unix_socket_path=str(redis_socket), db=1) as client:
        furnish(client)
        if TIMES == 1:
            yield
            return
        easy = {"QOSWATCH_REQUESTS_PER_MINUTE": "6000000", "QOSWATCH_ALLOW_PRIVATE_TARGETS": "1"}
        easy |= {"QOSWATCH_TEST_CLOCK": "hash"}
        with served(redis_socket, 1, child_env, port=PORT, **easy), _counted():
            yield


@contextmanager
def _counted() -> Iterator[None]:
    """Requests that go out over sockets are counted."""
    send = requests.Session.send

    def counting(self: Any, request: Any, **more: Any) -> Any:
        sent.append(request.url)
        return send(self, request, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "send", counting)
        yield


def furnish(client: Any) -> None:
    """An app over an empty store with two channels, a meeting that is on, a watch, an alert and a dead delivery."""
    client.flushdb()
    store = Store(client, secret_keys=[fernet_key(SECRET_KEY)], test_clock="hash")
    store.clock.put(NOW)
    store.health.tick(NOW)
    open_to_all = Settings(qoswatch_allow_private_targets=True, qoswatch_requests_per_minute=6_000_000)
    door.inside = create_app(open_to_all, store, _Silent())
    store.keys_.adopt(KEY, "admin", "fuzz")
    for id in CHANNELS:
        store.documents.channels.put(Channel(id, 0, "slack", "http://127.0.0.1:9/x", store.clock.now()))
    for id in PEOPLE:
        store.documents.people.put(Person(id, 0, id, NOW))
    store.documents.schedules.put(Schedule("av", 0, "UTC", "Mon 09:00", PEOPLE, "1w", NOW))
    store.documents.policies.put(Policy("av-oncall", 0, (Step(0, (Target("channel", CHANNELS[0]),)),), NOW))
    store.documents.put_watch(a_watch(meeting="97763643886"))
    store.lanes.owe(a_debt("nt_1", 1, "slack-av:service"), a_note())
    posted(store, claimed(store), outcome="dead")
    store.instances.put(Instance(I, "aDYlohsHRtCd4ii1uC2+hA==", "97763643886", "Board meeting", started_at=NOW))
    store.due.arm(I, NOW)
    store.seats.commit(I, [a_plan(alerts=(a_change(a_view(), an_entry()),))])


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=TIMES == 1,
    database=None,
    suppress_health_check=list(HealthCheck),  # slow and large by nature
)
def test_every_operation_keeps_its_promise(case: Any, redis_socket: Path) -> None:
    _agree(case)
    with redis.Redis(unix_socket_path=str(redis_socket), db=1) as client:
        _forgiven(client)
    answer = case.call()
    if answer.status_code != TOO_LONG:
        case.validate_response(answer)


def _machine() -> Any:
    """Stories begin where no id is needed: one that nobody gave is a 404, which the cases above have seen."""
    machine = schema.as_state_machine()
    for name in machine.root_rules:
        if "_id_" in name:
            setattr(machine, name, None)
    return machine


def test_operations_that_follow_one_another_keep_their_promises(redis_socket: Path) -> None:
    """Along the links of the document: made, read, changed, deleted; each story starts from the same store."""
    done: set[str] = set()
    with redis.Redis(unix_socket_path=str(redis_socket), db=1) as client:

        class Story(_machine()):
            def setup(self) -> None:
                furnish(client)

            def before_call(self, case: Any) -> None:
                _agree(case)
                _forgiven(client)
                if not case.path_parameters:
                    case.query = {}  # a list as it is: a filter that fits nothing ends the story

            def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
                if response.status_code == TOO_LONG:
                    return
                gone = response.status_code == 422 and b"there is no " in response.content  # deleted earlier on
                excluded = [positive_data_acceptance] if gone else None
                case.validate_response(response, excluded_checks=excluded, recorder=self.recorder)

            def after_call(self, response: Any, case: Any) -> None:
                super().after_call(response, case)
                if response.status_code < 300 and case.path_parameters:
                    done.add(case.operation.label)

        Story.run(
            settings=settings(
                max_examples=STORIES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=TIMES == 1,
                database=None,
                suppress_health_check=list(HealthCheck),  # slow and large by nature
            )
        )
    assert len(done) >= 12, f"stories lead nowhere: {sorted(done)}"


@pytest.mark.skipif(TIMES == 1, reason="counted in `make fuzz`, where one process sends them all")
def test_so_many_requests_were_sent(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{len(sent):,} requests were sent over a socket to qoswatch web")
    assert len(sent) >= 20_000
