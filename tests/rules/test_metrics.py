"""The catalogue and its numbers: what Zoom writes, what it never means, what we estimate from it."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import metrics


def test_catalogue_keeps_its_order_since_stored_samples_are_packed_by_it():
    names = list(metrics.CATALOGUE)

    assert len(names) == 45
    assert names[:6] == [
        "audio_input.bitrate",
        "audio_input.latency",
        "audio_input.jitter",
        "audio_input.avg_loss",
        "audio_input.max_loss",
        "audio_output.bitrate",
    ]
    assert names[10] == "video_input.bitrate"
    assert names[15:17] == ["video_input.resolution", "video_input.frame_rate"]
    assert names[38:] == [
        "cpu_usage.zoom_min_cpu_usage",
        "cpu_usage.zoom_avg_cpu_usage",
        "cpu_usage.zoom_max_cpu_usage",
        "cpu_usage.system_max_cpu_usage",
        "wifi_rssi.max_rssi",
        "wifi_rssi.avg_rssi",
        "wifi_rssi.min_rssi",
    ]


def test_estimated_score_is_computed_and_not_part_of_a_row():
    assert set(metrics.METRICS) - set(metrics.CATALOGUE) == {"audio_input.mos", "audio_output.mos"}


@pytest.mark.parametrize(
    ("name", "direction", "words"),
    [
        pytest.param("audio_input.avg_loss", "sent", "sent audio loses", id="input-is-sent"),
        pytest.param("audio_output.jitter", "received", "received audio jitters", id="output-is-received"),
        pytest.param("as_output.avg_loss", "received", "received screen share loses", id="as-is-screen-share"),
        pytest.param("wifi_rssi.avg_rssi", "", "the Wi-Fi signal is", id="wifi-has-no-direction"),
    ],
)
def test_metric_says_its_direction_in_words(name, direction, words):
    assert (metrics.METRICS[name].direction, metrics.METRICS[name].words) == (direction, words)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        pytest.param("audio_input.bitrate", "27.15 kbps", 27.15, id="decimals"),
        pytest.param("audio_input.bitrate", "23kbps", 23, id="no-space"),
        pytest.param("audio_input.bitrate", " 23  kbps ", 23, id="much-space"),
        pytest.param("video_input.bitrate", "1.5 Mbps", 1500, id="mbps"),
        pytest.param("audio_input.latency", "0ms", 0, id="zero-is-a-number"),
        pytest.param("audio_input.avg_loss", "0.03%", 0.03, id="percent"),
        pytest.param("audio_input.avg_loss", "0.03 %", 0.03, id="percent-with-space"),
        pytest.param("cpu_usage.zoom_max_cpu_usage", "8%", 8, id="cpu"),
        pytest.param("video_input.frame_rate", "12 fps", 12, id="frame-rate"),
        pytest.param("video_input.resolution", "1280*720", 720, id="shorter-side"),
        pytest.param("video_input.resolution", "720*1280", 720, id="portrait"),
        pytest.param("video_input.resolution", "640 x 360", 360, id="resolution-with-x"),
        pytest.param("wifi_rssi.avg_rssi", -69, -69, id="a-number-as-it-is"),
        pytest.param("wifi_rssi.avg_rssi", "-69 dBm", -69, id="signal-as-text"),
        pytest.param("audio_input.jitter", 6, 6, id="number-where-text-is-usual"),
        pytest.param("audio_input.jitter", "", None, id="empty-is-idle-not-zero"),
        pytest.param("audio_input.jitter", "  ", None, id="blank-is-idle"),
        pytest.param("audio_input.jitter", None, None, id="null-is-missing"),
        pytest.param("as_input.resolution", "0*0", None, id="no-picture"),
        pytest.param("as_input.resolution", "0*720", None, id="half-a-picture-is-none"),
    ],
)
def test_zoom_text_becomes_a_number(name, raw, value):
    assert metrics.parse(name, raw) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        pytest.param("audio_input.jitter", "6 kbps", id="wrong-unit"),
        pytest.param("audio_input.jitter", "fast", id="word"),
        pytest.param("audio_input.jitter", "6 ms 7 ms", id="two"),
        pytest.param("audio_input.jitter", "-6 ms", id="negative-time"),
        pytest.param("audio_input.jitter", "9" * 400, id="endless"),
        pytest.param("audio_input.jitter", True, id="a-truth-is-no-number"),
        pytest.param("audio_input.jitter", math.nan, id="not-a-number"),
        pytest.param("audio_input.jitter", 10**400, id="larger-than-a-float"),
        pytest.param("audio_input.jitter", ["6 ms"], id="a-list"),
        pytest.param("audio_input.resolution", "1280*720", id="audio-has-no-picture"),
        pytest.param("audio_input.mos", "4", id="score-is-not-zooms"),
    ],
)
def test_what_can_not_be_read_spoils_itself_only(name, raw):
    with pytest.raises(ValueError, match=r"audio_input"):
        metrics.parse(name, raw)


_ANYTHING = st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text()))


@settings(deadline=None)
@given(name=st.sampled_from(list(metrics.METRICS)) | st.text(), raw=_ANYTHING)
def test_parsing_raises_nothing_but_value_error(name, raw):
    try:
        value = metrics.parse(name, raw)
    except ValueError:
        return
    assert value is None or math.isfinite(value)


@pytest.mark.parametrize(
    ("latency", "jitter", "loss", "score"),
    [
        pytest.param(126, 6, 0.3, 4.307, id="zooms-sample-sent"),
        pytest.param(134, 6, 0, 4.321, id="zooms-sample-received"),
        pytest.param(150, 40, 2, 3.873, id="at-zooms-advice"),
        pytest.param(300, 60, 5, 2.559, id="poor"),
        pytest.param(400, 80, 10, 1.353, id="bad"),
        pytest.param(5000, 900, 90, 1.0, id="never-below-one"),
        pytest.param(500, 100, 12.48, 1.0, id="where-the-curve-dips-below-one"),
    ],
)
def test_estimated_score_follows_the_published_vectors(latency, jitter, loss, score):
    assert metrics.mos(latency, jitter, loss) == pytest.approx(score, abs=0.0006)


@settings(deadline=None)
@given(*[st.floats(0, 1e6)] * 3)
def test_estimated_score_stays_on_its_scale(latency, jitter, loss):
    assert 1 <= metrics.mos(latency, jitter, loss) <= 4.5


_TEXTS = st.from_regex(r"\s?[+-]?[0-9٣.]{0,4}\s?(ms|kbps|Mbps|%|p|dBm)?", fullmatch=True)
_UNITS = sorted({metric.unit for metric in metrics.CATALOGUE.values()})


@settings(deadline=None)
@given(unit=st.sampled_from(_UNITS), text=_TEXTS)
def test_a_text_says_what_its_pattern_says_whether_it_is_remembered_or_not(unit, text):
    found = re.fullmatch(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s*([A-Za-z]*|%)\s*", text)
    told, scale = metrics.UNITS[found[2].lower()] if found and found[2] else (unit, 1)
    good = bool(found) and told == unit and (unit == "dBm" or float(found[1]) >= 0)

    for _ in range(2):
        if not good and text.strip():
            with pytest.raises(ValueError, match=r"."):
                metrics.number(unit, text)
        else:
            value = metrics.number(unit, text)
            assert value == (float(found[1]) * scale or (None if unit == "p" else 0)) if good else value is None


def test_what_is_remembered_of_texts_has_a_bound():
    texts = metrics.Texts("ms")

    for nth in range(20_000):
        assert texts[f"{nth} ms"] == nth

    assert len(texts) < 10_000
    assert texts["7 ms"] == 7
