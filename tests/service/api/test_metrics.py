"""/metrics: what Prometheus reads, without a key and without a name of anybody."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from prometheus_client.parser import text_string_to_metric_families

from rules.gate import Gate
from rules.model import Instance
from service.api.metrics import Metrics, counted, told
from service.store import Attempt, Store, StoreUnavailable

UUID = "4444AAAiAAAAAiAiAiiAii=="


def scraped(call: Any) -> dict[tuple[str, ...], float]:
    """Every sample of a scrape: (name, label values…) → value."""
    answer = call("GET", "/metrics", scope=None)
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.text)
    return {
        (each.name.removeprefix("qoswatch_"), *each.labels.values()): each.value
        for family in families
        for each in family.samples
    }


def test_what_workers_counted_is_shown_by_family_and_value(call: Any, store: Any) -> None:
    store.health.count_all({"rounds:seen": 4, "rounds:blind": 1, "zoom_calls:rate": 2, "samples": 30, "gap": 7})
    store.health.count_all({"transitions:fire": 3, "deliveries:accepted": 5, "late": 1, "seats_put_off": 2})
    shown = scraped(call)
    assert {name: shown[name] for name in COUNTED} == COUNTED


COUNTED = {
    ("rounds_total", "seen"): 4,
    ("rounds_total", "blind"): 1,
    ("rounds_total", "failed"): 0,
    ("zoom_calls_total", "ok"): 0,
    ("zoom_calls_total", "rate"): 2,
    ("samples_total",): 30,
    ("samples_late_total",): 1,
    ("samples_gap_total",): 7,
    ("samples_revised_total",): 0,
    ("samples_future_total",): 0,
    ("samples_spoiled_total",): 0,
    ("transitions_total", "fire"): 3,
    ("transitions_total", "closed"): 0,
    ("deliveries_total", "accepted"): 5,
    ("deliveries_total", "dead"): 0,
    ("seats_put_off_total",): 2,
}


@pytest.mark.parametrize(
    ("counters", "shown"),
    [
        pytest.param({"naps": 2}, {("naps_total", ""): 2}, id="a-family-nobody-told-us-of"),
        pytest.param({"naps:long": 2, "naps": 1}, {("naps_total", "long"): 2, ("naps_total", ""): 1}, id="with-values"),
        pytest.param({"rounds:Dr Rao": 2, "rounds:x y": 1}, {("rounds_total", "other"): 3}, id="never-a-persons-name"),
        pytest.param({"Dr Rao": 2, "": 1, ":x": 1, "a-b": 1}, {}, id="no-name-of-a-metric"),
        pytest.param({"samples:odd": 2, "samples": 1}, {("samples_total",): 3}, id="a-value-where-none-belongs"),
    ],
)
def test_an_odd_counter_is_never_an_error(
    call: Any, store: Any, counters: dict[str, int], shown: dict[tuple[str, ...], int]
) -> None:
    before = scraped(call)
    store.health.count_all(counters)
    assert {name: value for name, value in scraped(call).items() if before.get(name) != value} == shown


def test_the_time_to_tell_is_a_histogram_that_sums_up(call: Any, store: Any) -> None:
    store.health.count_all({"told_bucket:0.5": 1, "told_bucket:2": 3, "told_bucket:inf": 1, "told_ms_sum": 412_500})
    shown = scraped(call)
    bounds = ("0.5", "1.0", "2.0", "5.0", "10.0", "30.0", "60.0", "300.0", "+Inf")
    assert [shown["told_seconds_bucket", bound] for bound in bounds] == [1, 1, 4, 4, 4, 4, 4, 4, 5]
    assert (shown["told_seconds_count",], shown["told_seconds_sum",]) == (5, 412.5)


def test_a_bucket_that_nobody_knows_loses_no_post() -> None:
    family = told({"told_bucket:7.5": 2, "told_bucket:soon": 9, "told_bucket:nan": 9, "told_bucket:inf": 1})
    shown = {sample.labels.get("le"): sample.value for sample in family.samples}
    assert (shown["5.0"], shown["7.5"], shown["10.0"], shown["+Inf"]) == (0, 2, 2, 3)


def test_how_it_stands_is_read_anew_for_each_scrape(call: Any, store: Any) -> None:
    assert ("tick_age_seconds",) not in scraped(call)
    store.instances.put(Instance("abc", UUID, "97763643886", "Oncology round"))
    store.due.arm("n977", store.clock.now())
    store.health.tick(store.clock.now())
    store.health.beat("poll", 1, "av-host")
    store.clock.advance(minutes=5)
    shown = scraped(call)
    assert (shown["meetings_live",], shown["meetings_unarmed",]) == (1, 1)
    assert (shown["meetings_armed",], shown["meetings_overdue",]) == (1, 1)
    assert shown["tick_age_seconds",] == 300
    assert (shown["workers", "poll"], shown["workers", "deliver"]) == (1, 0)
    assert (shown["jobs_waiting", "poll"], shown["jobs_waiting", "deliver"]) == (3, 0)


def test_the_budget_is_shown(call: Any, store: Any) -> None:
    assert store.budget.take("heavy").ok
    shown = scraped(call)
    assert [shown[f"budget_calls_{name}",] for name in ("spent", "left", "a_day")] == [1, 59_999, 60_000]


@pytest.mark.parametrize(
    ("gate", "state"),
    [
        pytest.param(Gate(), "ok", id="ok"),
        pytest.param(Gate(fails=2), "retrying", id="retrying"),
        pytest.param(Gate(fails=9, broken="revoked"), "broken", id="broken"),
    ],
)
def test_a_channel_is_in_one_state(call: Any, slack: str, store: Any, gate: Gate, state: str) -> None:
    delivery = call("POST", "/v1/channels/slack-av/test").json["delivery"]
    assert scraped(call)["lanes_owing",] == 1
    turn = store.lanes.claim(1, 30)[0]
    store.lanes.begin(turn, delivery, tuple(turn.owed.items()))
    store.lanes.record(turn, Attempt(store.clock.now(), 500, 12, "", "refused"), gate=gate)
    shown = scraped(call)
    states = {each: shown["channel_state", "slack-av", each] for each in ("ok", "retrying", "broken")}
    assert states == {**dict.fromkeys(states, 0), state: 1}


def test_a_lane_that_nobody_serves_is_overdue(call: Any, slack: str, store: Any) -> None:
    call("POST", "/v1/channels/slack-av/test")
    store.clock.advance(seconds=90)
    assert scraped(call)["lanes_overdue",] == 1


def test_nobody_and_no_meeting_is_named(call: Any, slack: str, store: Any) -> None:
    wish = {"meeting": "97763643886", "who": [{"participant_id": "16778240"}], "notify": ["slack-av"]}
    call("PUT", "/v1/watches/board", wish)
    store.instances.put(Instance("abc", UUID, "97763643886", "Oncology round", started_at=store.clock.now()))
    text = call("GET", "/metrics", scope=None).text
    assert not [word for word in ("97763643886", "16778240", "Oncology", UUID, "board", "hooks.slack") if word in text]


def test_a_scrape_without_redis_fails_instead_of_showing_zeros(
    call: Any, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> Any:
        raise StoreUnavailable("Redis did not do what was asked: connection refused")

    monkeypatch.setattr(store.health, "counters", gone)
    assert call("GET", "/metrics", scope=None).status_code == 503


def test_a_channel_whose_key_is_lost_hides_no_other_figure(call: Any, slack: str, store: Any) -> None:
    with_another_key = Store(store.redis, secret_keys=[Fernet.generate_key().decode()])
    page = Metrics(with_another_key, lambda _: 0).page().get_data(as_text=True)
    assert "qoswatch_budget_calls_a_day 60000.0" in page
    assert "slack-av" not in page


def test_every_family_says_what_it_is(call: Any, store: Any) -> None:
    store.health.count("naps")
    lines = call("GET", "/metrics", scope=None).text.splitlines()
    helped = [line.split(" ", 3) for line in lines if line.startswith("# HELP ")]
    assert all(about for *_, about in helped)
    assert {name for _, _, name, _ in helped} == {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    assert len({name for _, _, name, _ in helped}) == len(helped)


def test_a_family_without_known_values_shows_none_until_it_is_counted() -> None:
    families = {family.name: family for family in counted({})}
    assert families["qoswatch_outcomes"].samples == []
