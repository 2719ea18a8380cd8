"""The client asks Zoom, within the budget, again where that helps, and says why there is no answer."""

import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.settings import Settings
from service.store import Store
from service.store.errors import StoreUnavailable
from simulator import Simulator
from workers.zoom import Zoom, ZoomError, payloads

MIDNIGHT = datetime(2025, 11, 25, tzinfo=UTC)


@pytest.fixture
def takes(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every label for which the real budget was asked."""
    asked: list[str] = []
    take = store.budget.take
    monkeypatch.setattr(store.budget, "take", lambda label, *purpose: (asked.append(label), take(label, *purpose))[1])
    return asked


@pytest.fixture
def corrections(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every correction that the budget was told."""
    told: list[Any] = []
    correct = store.budget.correct
    monkeypatch.setattr(store.budget, "correct", lambda *args: (told.append(args), correct(*args))[1])
    return told


def the_error(zoom: Zoom, call: Any) -> ZoomError:
    with pytest.raises(ZoomError) as caught:
        zoom.participant_qos(call.uuid, call.person)
    return caught.value


def test_a_number_becomes_the_run_that_is_on_now(zoom: Zoom, call: Any) -> None:
    meeting = zoom.meeting("97763643886")

    assert (meeting.uuid, meeting.number, meeting.topic) == (call.uuid, call.number, "Spring Town Hall")
    assert meeting.started_at is not None


def test_figures_of_a_person_become_samples(zoom: Zoom, call: Any) -> None:
    sight = payloads.sight(zoom.participant_qos(call.uuid, call.person))

    assert (sight.session, sight.name, sight.spoiled) == (call.person, "Dr Rao", 0)
    assert len(sight.samples) >= 2
    assert sight.samples[0].blank == {"as_input", "as_output"}


def test_a_meeting_that_is_over_is_asked_for_as_past(zoom: Zoom, simulator: Simulator, call: Any) -> None:
    simulator.world.end(call.uuid)
    simulator.clock.step(minutes=1)

    with pytest.raises(ZoomError, match="not live") as caught:
        zoom.meeting(call.uuid)

    assert (caught.value.kind, caught.value.code) == ("not_live", 3001)
    assert zoom.meeting(call.uuid, "past").ended_at is not None
    assert zoom.participant_qos(call.uuid, call.person, "past")["user_qos"]


@pytest.mark.parametrize(
    "uuid", ["4444AAAiAAAAAiAiAiiAii==", "a+b/c==", "/ajXp112Qm==", "aj//Xp+2Qm==", "//==", "%2F=="]
)
def test_every_shape_of_uuid_reaches_its_meeting(zoom: Zoom, simulator: Simulator, uuid: str) -> None:
    simulator.world.start("1", uuid=uuid)

    assert zoom.meeting(uuid).uuid == uuid


def test_the_budget_stands_before_every_call_also_before_those_made_again(
    zoom: Zoom, simulator: Simulator, call: Any, takes: list[str]
) -> None:
    simulator.faults.add("500", "/qos", count=1)
    simulator.faults.add("124", "/qos", count=1)

    zoom.participant_qos(call.uuid, call.person)

    assert takes == ["heavy"] * simulator.calls.count(label="heavy") == ["heavy"] * 3


def test_a_short_wait_for_the_budget_is_slept_through(zoom: Zoom, store: Store, call: Any, time: Any) -> None:
    answers = iter([_Taken(False, 40), _Taken(False, 30), _Taken(True, 0)])
    store.budget.take = lambda *_: next(answers)

    zoom.participant_qos(call.uuid, call.person)

    assert time.slept == [pytest.approx(0.055), pytest.approx(0.0442, abs=0.0001)]


@pytest.mark.parametrize(
    ("wait_ms", "left", "part"),
    [
        pytest.param(4000, 900, "room in 4 s", id="too many this second"),
        pytest.param(36_000_000, 0, "used up", id="none left today"),
    ],
)
def test_without_room_in_the_budget_no_call_is_made(
    zoom: Zoom, store: Store, simulator: Simulator, call: Any, wait_ms: int, left: int, part: str
) -> None:
    store.budget.take = lambda *_: _Taken(False, wait_ms, left)

    error = the_error(zoom, call)

    assert (error.kind, error.retry, error.retry_after_s) == ("budget", True, wait_ms / 1000)
    assert part in error.words
    assert simulator.calls.count(label="heavy") == 0


def test_a_budget_that_can_not_be_read_is_a_no(zoom: Zoom, store: Store, simulator: Simulator, call: Any) -> None:
    def lost(*_: str) -> Any:
        raise StoreUnavailable("the reply was lost")

    store.budget.take = lost

    assert the_error(zoom, call).kind == "budget"
    assert simulator.calls.count(label="heavy") == 0


@pytest.mark.parametrize("fault", ["500", "503", "truncated", "not-json", "empty", "reset"])
def test_what_passes_by_itself_is_asked_again_at_once(
    zoom: Zoom, simulator: Simulator, call: Any, time: Any, fault: str
) -> None:
    simulator.faults.add(fault, "/qos", count=2)

    assert zoom.participant_qos(call.uuid, call.person)["user_id"] == call.person

    assert time.slept == [0.3, 0.6], "each wait is longer than the last, around the jitter"


def test_a_second_that_is_full_is_waited_out_here(
    zoom: Zoom, simulator: Simulator, store: Store, call: Any, time: Any
) -> None:
    told: list[Any] = []
    store.budget.correct = lambda *args: told.append(args)
    simulator.faults.add("429-second", "/qos", count=2)

    zoom.participant_qos(call.uuid, call.person)

    assert time.slept == [1, 1]
    assert told == [("heavy", False, store.clock.now() + timedelta(seconds=1))] * 2


@pytest.mark.parametrize(
    ("fault", "kind"), [("502", "server"), ("truncated", "garbage"), ("not-json", "garbage"), ("empty", "garbage")]
)
def test_after_two_more_attempts_the_caller_hears_of_it(
    zoom: Zoom, simulator: Simulator, call: Any, fault: str, kind: str
) -> None:
    simulator.faults.add(fault, "/qos")

    error = the_error(zoom, call)

    assert (error.kind, error.retry) == (kind, True)
    assert simulator.calls.count(path="/qos") == 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("4711", "scope"), ("200", "plan"), ("300", "refused"), ("12702", "too_old"), ("3001", "no_participant")],
)
def test_what_a_person_must_mend_is_not_asked_again(
    zoom: Zoom, simulator: Simulator, call: Any, fault: str, kind: str
) -> None:
    simulator.faults.add(fault, "/qos", detail="dashboard:read:meeting_participant_qos:admin")

    error = the_error(zoom, call)

    assert (error.kind, error.retry) == (kind, False)
    assert simulator.calls.count(path="/qos") == 1


def test_somebody_who_is_not_there_and_a_zoom_that_tells_nothing_are_both_accepted(
    zoom: Zoom, simulator: Simulator, call: Any
) -> None:
    call.person = "1"
    assert the_error(zoom, call).kind == "no_participant"

    simulator.world.knobs.unknown_participant = "empty"
    assert payloads.sight(zoom.participant_qos(call.uuid, "1")).samples == ()


def test_a_slow_zoom_is_left_after_the_read_timeout(
    zoom: Zoom, simulator: Simulator, call: Any, time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.zoom.http.TIMEOUT_S", (0.5, 0.05))
    simulator.faults.add("slow", "/qos", seconds=30)

    error = the_error(zoom, call)

    assert (error.kind, error.retry) == ("network", True)
    assert simulator.faults.list()[0].hits == 3


def test_no_attempt_begins_when_patience_is_used_up(zoom: Zoom, simulator: Simulator, call: Any, time: Any) -> None:
    time.lag_s = 14.8
    simulator.faults.add("500", "/qos")

    assert the_error(zoom, call).kind == "server"
    assert simulator.calls.count(path="/qos") == 2


@pytest.mark.parametrize("headers", [True, False], ids=["by headers", "by words alone"])
def test_a_daily_limit_ends_all_calls_until_the_reset(
    zoom: Zoom, simulator: Simulator, store: Store, call: Any, corrections: list[Any], headers: bool
) -> None:
    simulator.faults.add("429-day", "/qos", count=1, headers=headers)

    error = the_error(zoom, call)

    assert (error.kind, error.retry) == ("daily", True)
    reset = MIDNIGHT + timedelta(0 if headers else 1 / 1440)
    assert corrections == [("heavy", True, reset)]
    assert error.retry_after_s == (reset - store.clock.now()).total_seconds()
    assert the_error(zoom, call).kind == "budget"
    assert simulator.calls.count(path="/qos") == 1


@pytest.mark.parametrize("style", ["iso", "http-date", "seconds", "2099-01-01T00:00:00Z"])
def test_no_retry_after_reaches_past_the_reset(zoom: Zoom, simulator: Simulator, call: Any, style: str) -> None:
    simulator.faults.add("429-day", "/qos", headers=True, retry_after=style)

    wait_s = the_error(zoom, call).retry_after_s

    assert wait_s is not None
    assert 8 * 3600 - 300 < wait_s <= 8 * 3600 + 60


def test_a_longer_wait_for_the_second_is_left_to_the_caller_and_told_to_all(
    zoom: Zoom, simulator: Simulator, call: Any, corrections: list[Any], store: Store
) -> None:
    simulator.faults.add("429-second", "/qos", headers=True, retry_after="900", code=4001)

    error = the_error(zoom, call)

    assert (error.kind, error.retry_after_s, error.code) == ("rate", 5, 4001)
    assert corrections == [("heavy", False, store.clock.now() + timedelta(seconds=5))]


def test_nothing_secret_stands_in_an_error(
    zoom: Zoom, simulator: Simulator, call: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.faults.add("500", "/qos", message="token Bearer sim0.0123456789abcdef0123456789abcdef0123")

    error = the_error(zoom, call)

    shown = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error)) + "".join(capsys.readouterr())
    assert "sim0." not in shown
    assert simulator.tokens.client_secret not in shown


def test_two_calls_share_a_connection(zoom: Zoom, call: Any) -> None:
    zoom.participant_qos(call.uuid, call.person)
    zoom.participant_qos(call.uuid, call.person)

    pools = zoom._session.get_adapter("http://").poolmanager.pools
    (pool,) = (pools[key] for key in pools.keys())  # noqa: SIM118 it is no dict
    assert (pool.num_connections, pool.num_requests) == (1, 3)


def test_the_environment_sends_nothing_through_a_proxy(
    make_zoom: Callable[..., Zoom], call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert make_zoom().meeting(call.number).uuid == call.uuid


def test_only_our_own_setting_names_a_proxy(
    make_zoom: Callable[..., Zoom], make_settings: Callable[..., Settings]
) -> None:
    assert make_zoom()._session.proxies == {}
    proxied = make_zoom(make_settings(qoswatch_https_proxy="http://127.0.0.1:9"))
    assert proxied._session.proxies == {"https": "http://127.0.0.1:9"}


class _Taken:
    def __init__(self, ok: bool, wait_ms: int, left_today: int = 1) -> None:
        self.ok, self.wait_ms, self.left_today = ok, wait_ms, left_today
