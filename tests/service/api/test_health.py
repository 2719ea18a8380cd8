"""Alive and ready: the one asks nobody, the other says what does not work."""

from typing import Any

import pytest

from rules.model import Instance
from service.api.health import reasons
from service.store import Figures, StoreUnavailable


def test_a_process_that_answers_is_alive(call: Any) -> None:
    answer = call("GET", "/livez", scope=None)
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_while_the_scheduler_ticks_and_nothing_is_overdue(call: Any, store: Any) -> None:
    store.health.tick(store.clock.now())
    answer = call("GET", "/readyz", scope=None)
    assert (answer.status_code, answer.json["status"], answer.json["tick_age_s"]) == (200, "ok", 0.0)


def test_not_ready_before_the_first_tick_and_when_ticks_stop(call: Any, store: Any) -> None:
    assert call("GET", "/readyz", scope=None).json["reasons"] == [
        "no scheduler has ticked yet: is `qoswatch scheduler` running?"
    ]
    store.health.tick(store.clock.now())
    store.clock.advance(seconds=42)
    answer = call("GET", "/readyz", scope=None)
    assert answer.status_code == 503
    assert "no scheduler has ticked for 42 s" in answer.json["reasons"][0]


def test_not_ready_while_a_meeting_is_overdue(call: Any, store: Any) -> None:
    store.due.arm("abc", store.clock.now())
    store.clock.advance(minutes=5)
    store.health.tick(store.clock.now())
    answer = call("GET", "/readyz", scope=None)
    assert (answer.status_code, answer.json["overdue_meetings"]) == (503, 1)


def test_not_ready_while_nothing_will_look_at_a_live_meeting(call: Any, store: Any) -> None:
    store.health.tick(store.clock.now())
    store.instances.put(Instance("abc", "4444AAAiAAAAAiAiAiiAii==", "97763643886"))
    answer = call("GET", "/readyz", scope=None)
    assert (answer.status_code, answer.json["unarmed_meetings"]) == (503, 1)
    assert "1 live meeting is not armed" in answer.json["reasons"][0]

    store.due.arm("abc", store.clock.now())
    answer = call("GET", "/readyz", scope=None)
    assert (answer.status_code, answer.json["unarmed_meetings"]) == (200, 0)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        pytest.param(Figures(1.0, 0, 0), [], id="all-well"),
        pytest.param(
            Figures(1.0, 1, 2),
            [
                "1 meeting is overdue: is `qoswatch worker` running?",
                "2 conversations are overdue: is `qoswatch worker` running?",
            ],
            id="both-overdue",
        ),
        pytest.param(
            Figures(1.0, 0, 0, 2),
            ["2 live meetings are not armed: nothing is seen there until one of its watches is PUT again"],
            id="two-unarmed",
        ),
        pytest.param(
            Figures(1.0, 0, 0, overdue_steps=1),
            ["1 escalation step is overdue: is `qoswatch worker` running?"],
            id="a-step-overdue",
        ),
    ],
)
def test_every_reason_says_where_to_look(figures: Figures, said: list[str]) -> None:
    assert reasons(figures) == said


def test_without_redis_the_api_says_so_and_stays_alive(call: Any, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("Redis did not do what was asked: connection refused")

    monkeypatch.setattr(store.health, "figures", gone)
    ready = call("GET", "/readyz", scope=None)
    assert (ready.status_code, ready.json["reasons"]) == (503, ["Redis does not answer"])
    assert call("GET", "/livez", scope=None).status_code == 200


def test_a_store_that_does_not_answer_is_a_503_that_promises_nothing(
    call: Any, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("Redis did not do what was asked: connection refused to redis://:pw@host")

    monkeypatch.setattr(store.alerts, "page", gone)
    answer = call("GET", "/v1/alerts")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["detail"].startswith("the store does not answer")
    assert "redis://" not in answer.text
