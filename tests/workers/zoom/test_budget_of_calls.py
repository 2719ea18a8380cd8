"""Which calls leave the day's last ones alone, and what Zoom's answers say of the day."""

from typing import Any

import pytest

from service.store import Store
from simulator import Simulator
from workers.zoom import Zoom, ZoomError, http, quota
from workers.zoom.answers import Answer
from workers.zoom.urls import CALLS

DAILY = {"X-RateLimit-Type": "Daily-limit", "X-RateLimit-Limit": "60000", "X-RateLimit-Remaining": "41000"}


@pytest.fixture
def in_reserve(store: Store) -> Store:
    """So much is spent that only the reserve is left."""
    store.budget.hear(store.budget.plan.reserve)
    return store


def test_only_calls_for_figures_leave_the_reserve_alone() -> None:
    figures = {name for (_, name), call in CALLS.items() if call.purpose == "qos"}

    assert figures == {"participant_qos", "qos_pages"}


@pytest.mark.parametrize("kind", ["meeting", "webinar"])
def test_figures_stop_at_the_reserve_and_who_is_there_is_asked_on(
    zoom: Zoom, in_reserve: Store, simulator: Simulator, kind: Any
) -> None:
    run = simulator.world.start("555", topic="All hands", kind=kind)
    person = simulator.world.join(run.uuid, "Dr Rao")

    assert len(zoom.participants(run.uuid, kind=kind)) == 1
    assert zoom.meeting(run.uuid, kind=kind).uuid == run.uuid
    assert len(zoom.live(kind=kind)) == 1
    for ask in (
        lambda: zoom.participant_qos(run.uuid, person.user_id, kind=kind),
        lambda: list(zoom.qos_pages(run.uuid, kind=kind)),
    ):
        with pytest.raises(ZoomError, match=r"calls for figures .* are used up") as caught:
            ask()
        assert caught.value.kind == "budget"
    assert simulator.calls.count(path="/qos") == 0


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        pytest.param(DAILY, 41_000, id="told"),
        pytest.param({name.lower(): value for name, value in DAILY.items()}, 41_000, id="in-any-case"),
        pytest.param({**DAILY, "X-RateLimit-Type": "QPS"}, None, id="of-the-second"),
        pytest.param({**DAILY, "X-RateLimit-Remaining": "-1"}, None, id="no-number"),
        pytest.param({**DAILY, "X-RateLimit-Remaining": ""}, None, id="empty"),
        pytest.param({**DAILY, "X-RateLimit-Remaining": "9" * 40}, None, id="beyond-reason"),
        pytest.param({"X-RateLimit-Remaining": "5"}, None, id="of-what"),
        pytest.param({"x-ratelimit-category": "Heavy"}, None, id="as-it-was-last-seen"),
    ],
)
def test_what_an_answer_says_of_the_day(headers: dict[str, str], left: int | None) -> None:
    assert quota.left_today(headers) == left


def test_what_others_spent_is_learnt_from_an_answer_that_tells(
    zoom: Zoom, store: Store, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = http.exchange

    def telling(*args: Any, **more: Any) -> Answer:
        answer = exchange(*args, **more)
        return Answer(answer.status, {**answer.headers, **DAILY}, answer.body)

    monkeypatch.setattr(http, "exchange", telling)

    zoom.participant_qos(call.uuid, call.person)

    spent = store.budget.spent()
    assert (spent.today, spent.ours, spent.others) == (19_000, 1, 18_999)


def test_a_day_that_zoom_calls_spent_was_spent_by_others(
    zoom: Zoom, store: Store, simulator: Simulator, call: Any
) -> None:
    zoom.participant_qos(call.uuid, call.person)
    simulator.limits.spend(60_000)

    with pytest.raises(ZoomError, match="other apps count too"):
        zoom.participant_qos(call.uuid, call.person)

    spent = store.budget.spent()
    assert (spent.left, spent.ours, spent.others) == (0, 2, 59_998)
