"""The stock rules and sets: quiet over a healthy call, awake over a bad one, and true to their document."""

import dataclasses
import tomllib
from importlib.resources import files

import pytest

from rules import documents, metrics
from rules.errors import RuleError
from rules.expression import compile_rule_text
from rules.model import Sample, Span

STOCK = documents.stock_rules()
SETS = documents.sets()

_HEALTHY = {  # Zoom's own sample of a good call, and of a share on a clean link
    "audio": {"bitrate": "27.15 kbps", "latency": "134 ms", "jitter": "6 ms", "avg_loss": "0.3%", "max_loss": "4.9%"},
    "video": {"resolution": "640*360", "frame_rate": "12 fps", "avg_loss": "0.0%", "max_loss": "4.9%"},
    "as": {"latency": "11 ms", "jitter": "615 ms", "avg_loss": "0.0%", "frame_rate": "1 fps"},
    "cpu_usage": {"zoom_max_cpu_usage": "30%", "system_max_cpu_usage": "40%"},
    "wifi_rssi": {"avg_rssi": -69},
}


def a_healthy_minute(**changes):
    values = {}
    for stream in (*metrics.STREAMS, "cpu_usage", "wifi_rssi"):
        for field, raw in _HEALTHY[stream if stream in _HEALTHY else stream.split("_")[0]].items():
            values[f"{stream}.{field}"] = metrics.parse(f"{stream}.{field}", raw)
    return Sample("1", 0, values | {name.replace("__", "."): given for name, given in changes.items()})


@pytest.mark.parametrize("id", STOCK)
def test_stock_rule_is_quiet_over_a_healthy_call(id):
    for text in (STOCK[id].warning, STOCK[id].critical):
        assert text is None or compile_rule_text(text).outcome(a_healthy_minute()) == "fine"


@pytest.mark.parametrize("id", STOCK)
def test_stock_rule_clears_on_a_healthy_call(id):
    clear = STOCK[id].clear
    assert clear is None or compile_rule_text(clear).holds(a_healthy_minute()) is True


@pytest.mark.parametrize(
    ("id", "level", "minute"),
    [
        pytest.param("audio-sent", "warning", {"audio_input__avg_loss": 6.0}, id="loss"),
        pytest.param("audio-sent", "warning", {"audio_input__jitter": 101.0}, id="jitter"),
        pytest.param("audio-sent", "critical", {"audio_input__avg_loss": 14.0}, id="double"),
        pytest.param("audio-heard", "warning", {"audio_output__avg_loss": 6.0}, id="received"),
        pytest.param("delay", "warning", {"audio_output__latency": 340.0}, id="the-slower-way"),
        pytest.param("video-sent", "warning", {"video_input__avg_loss": 11.0}, id="video"),
        pytest.param("share-sent", "critical", {"as_input__avg_loss": 16.0}, id="share"),
        pytest.param("video-heard", "warning", {"video_output__avg_loss": 11.0}, id="video-received"),
        pytest.param("share-heard", "warning", {"as_output__avg_loss": 6.0}, id="share-received"),
        pytest.param("video-frozen", "warning", {"video_input__frame_rate": 4.0}, id="frozen"),
        pytest.param("audio-burst", "critical", {"audio_input__avg_loss": 21.0}, id="burst"),
        pytest.param("wifi-weak", "warning", {"wifi_rssi__avg_rssi": -76.0}, id="wifi"),
        pytest.param("cpu", "warning", {"cpu_usage__system_max_cpu_usage": 96.0}, id="cpu"),
        pytest.param("audio-score", "warning", {"audio_input__jitter": 105.0}, id="score"),
        pytest.param("audio-score", "critical", {"audio_input__avg_loss": 13.0}, id="low-score"),
    ],
)
def test_stock_rule_wakes_over_a_bad_minute(id, level, minute):
    assert compile_rule_text(getattr(STOCK[id], level)).outcome(a_healthy_minute(**minute)) == "bad"


@pytest.mark.parametrize("id", STOCK)
def test_stock_rule_says_what_it_means_and_what_to_do(id):
    rule = STOCK[id]
    assert "{who}" in rule.says
    assert rule.hint
    assert rule.stock
    assert rule.revision == 1
    assert all(not compile_rule_text(text).warnings for text in (rule.warning, rule.critical, rule.clear) if text)


@pytest.mark.parametrize("id", STOCK)
def test_stock_rule_survives_the_way_through_its_document(id):
    again = documents.rule(documents.to_document(STOCK[id]), id=id)
    # critical_for of a rule without critical level is never asked, and not written
    assert dataclasses.replace(again, stock=True, critical_for=STOCK[id].critical_for) == STOCK[id]


def test_numbers_in_the_presets_each_tell_their_source():
    lines = files("rules").joinpath("presets.toml").read_text("utf-8").splitlines()
    levels = [place for place, line in enumerate(lines) if line.startswith(("warning", "critical =", "clear ="))]

    told = [place for place in levels if "#" in lines[place] or lines[place - 1].startswith("#")]
    # a pair of lines for the same numbers of another stream is told of once, above the pair
    untold = {lines[place] for place in levels} - {lines[place] for place in told}
    assert untold == {
        'critical = "audio_output.avg_loss > 10% or audio_output.jitter > 200 ms"',
        'clear = "audio_output.avg_loss < 2% and audio_output.jitter < 40 ms"',
        'clear = "as_input.avg_loss < 2%"',
    }


def test_sets_name_rules_that_exist():
    assert SETS["speaker"] == ("audio-sent", "audio-heard", "delay", "video-sent", "share-sent", "dropped")
    assert SETS["room"] == (*SETS["speaker"], "video-heard")
    assert {rule for rules in SETS.values() for rule in rules} <= set(STOCK)
    assert not set(SETS) & set(STOCK)


def test_presets_hold_nothing_but_rules_and_sets():
    presets = tomllib.loads(files("rules").joinpath("presets.toml").read_text("utf-8"))
    assert set(presets) == {"rules", "sets"}


def test_delay_waits_longer_than_loss():
    assert (STOCK["delay"].warning_for, STOCK["delay"].clear_for) == (Span(4, 5), Span(3, 3))


@pytest.mark.parametrize(
    ("names", "rules"),
    [
        pytest.param(["delay"], ("delay",), id="a-rule"),
        pytest.param(["listener"], ("audio-heard", "share-heard"), id="a-set"),
        pytest.param(["audio-heard", "listener"], ("audio-heard", "share-heard"), id="twice-is-once"),
        pytest.param(["cpu", "listener", "delay"], ("cpu", "audio-heard", "share-heard", "delay"), id="in-order"),
        pytest.param([], (), id="nothing"),
    ],
)
def test_names_of_rules_and_sets_become_rule_ids(names, rules):
    assert documents.expand(names, STOCK) == rules


def test_unknown_name_is_refused_with_the_one_that_was_meant():
    with pytest.raises(RuleError) as error:
        documents.expand(["speaker", "audo-sent", "lisener"], STOCK)
    assert [(fault.pointer, fault.sentence) for fault in error.value.errors] == [
        ("/rules/1", "no rule or set 'audo-sent': did you mean 'audio-sent'?"),
        ("/rules/2", "no rule or set 'lisener': did you mean 'listener'?"),
    ]


def test_stock_rule_that_was_deleted_is_missing_from_its_sets():
    known = {id: rule for id, rule in STOCK.items() if id != "delay"}
    assert "delay" not in documents.expand(["speaker"], known)
