"""Rule texts that can not be read: each complaint names the place and what would work."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.errors import RuleTextError
from rules.expression import compile_rule_text, value, words
from rules.model import Sample


def _refused(rule):
    with pytest.raises(RuleTextError) as error:
        compile_rule_text(rule)
    return error.value


def test_complaint_shows_the_text_and_the_place_under_it():
    error = _refused("audio_input.jiter > 40 ms")

    assert str(error).splitlines() == [
        "unknown metric 'jiter': did you mean 'jitter'?",
        "    audio_input.jiter > 40 ms",
        "                ~~~~~^",
    ]
    assert (error.position, error.end, error.text) == (12, 17, "audio_input.jiter > 40 ms")
    assert error.sentence == "unknown metric 'jiter': did you mean 'jitter'?"


def test_complaint_shows_a_text_of_several_lines_on_one():
    assert str(_refused("audio_input.avg_loss > 5%\nor\tjitter > 3 ms")).splitlines()[1:] == [
        "    audio_input.avg_loss > 5% or jitter > 3 ms",
        "                                 ~~~~~~^",
    ]


@pytest.mark.parametrize(
    ("rule", "sentence", "place"),
    [
        # names
        pytest.param(
            "jitter > 3 ms",
            "which stream's 'jitter'? write STREAM.METRIC: audio_input.jitter (sent) or audio_output.jitter (received)",
            "jitter",
            id="metric-without-stream",
        ),
        pytest.param(
            "audio_input > 3",
            "'audio_input' needs a metric: bitrate, latency, jitter, avg_loss, max_loss, mos",
            "audio_input",
            id="stream-without-metric",
        ),
        pytest.param(
            "café > 3",
            "'café' is no metric: write STREAM.METRIC, such as audio_input.avg_loss",
            "café",
            id="neither",
        ),
        pytest.param(
            "audio_input.loss > 3%", "unknown metric 'loss': did you mean 'avg_loss'?", "loss", id="what-people-say"
        ),
        pytest.param(
            "cpu_usage.nonsense > 3%",
            "unknown metric 'nonsense': cpu_usage has zoom_min_cpu_usage, zoom_avg_cpu_usage, zoom_max_cpu_usage, "
            "system_max_cpu_usage",
            "nonsense",
            id="unlike-any",
        ),
        pytest.param(
            "audio_input.frame_rate > 3 fps",
            "'audio_input' has no 'frame_rate', but video_input, video_output, as_input, as_output have",
            "frame_rate",
            id="another-streams-metric",
        ),
        pytest.param(
            "max(foo*.jitter) > 3 ms",
            "unknown stream 'foo*': it is one of audio_input, audio_output, video_input, video_output, as_input, "
            "as_output, cpu_usage, wifi_rssi",
            "foo*",
            id="wildcard-fits-nothing",
        ),
        pytest.param(
            "audio_*.jitter > 3 ms",
            "a * needs max(), min(), avg(), any() or all() around it: max(audio_*.jitter)",
            "audio_*.jitter",
            id="bare-wildcard",
        ),
        pytest.param(
            "max(audio_input.*) > 3 ms",
            "a * may stand in the stream only: max(audio_*.latency)",
            "*",
            id="wildcard-metric",
        ),
        pytest.param(
            "median(audio_*.jitter) > 3 ms",
            "unknown function 'median': use max, min, avg, any or all",
            "(",
            id="unknown-function",
        ),
        # units
        pytest.param("audio_input.latency > 5%", "audio_input.latency is in ms, not in %", "%", id="wrong-unit"),
        pytest.param(
            "audio_input.latency > 5", "5 what? audio_input.latency is in ms: write 5 ms", "5", id="missing-unit"
        ),
        pytest.param(
            "video_input.resolution < 360",
            "360 what? video_input.resolution is in p: write 360p",
            "360",
            id="missing-p",
        ),
        pytest.param(
            "audio_input.avg_loss > 5 percent",
            "unknown unit 'percent': audio_input.avg_loss is in %",
            "percent",
            id="unknown-unit",
        ),
        pytest.param("audio_input.mos < 3 ms", "audio_input.mos has no unit: write 3", "ms", id="unit-of-a-score"),
        pytest.param(
            "max(audio_*.latency) > 1%", "max(audio_*.latency) is in ms, not in %", "%", id="unit-of-an-aggregate"
        ),
        pytest.param(
            f"audio_input.jitter > {'9' * 30} ms",
            "that number is too large to mean anything",
            "ms",
            id="endless-number",
        ),
        # shape
        pytest.param("", "a level needs a comparison, such as audio_input.avg_loss > 5%", "", id="empty"),
        pytest.param(
            "audio_input.avg_loss > 5% > 3%", "comparisons do not chain: join two with 'and'", ">", id="chained"
        ),
        pytest.param(
            "1 < audio_input.mos < 3",
            "comparisons do not chain: write the metric first: audio_input.avg_loss > 5%",
            "1",
            id="chained-around",
        ),
        pytest.param(
            "5% < audio_input.avg_loss", "write the metric first: audio_input.avg_loss > 5%", "5", id="number-first"
        ),
        pytest.param(
            "audio_input.jitter > audio_output.jitter",
            "compare with a number, not with another metric: audio_input.jitter > 40 ms",
            "audio_output.jitter",
            id="two-metrics",
        ),
        pytest.param("audio_input.avg_loss == 3%", "compare with > >= < or <=", "=", id="equality"),
        pytest.param("audio_input.avg_loss ≥ 3%", "compare with > >= < or <=", "≥", id="fine-print"),
        pytest.param("audio_input.avg_loss > 3% && audio_input.mos < 3", "write 'and' for &", "&", id="ampersands"),
        pytest.param(
            "audio_input.avg_loss > 3% audio_input.mos < 3",
            "'audio_input.mos' is not understood here: expected 'and', 'or' or 'unless', the end",
            "audio_input.mos",
            id="nothing-between",
        ),
        pytest.param(
            "audio_input.avg_loss is bad",
            "'is' is not understood here: expected one of > >= < <=",
            "is",
            id="prose",
        ),
        pytest.param(
            "audio_input.avg_loss", "the text ends too early: expected one of > >= < <=", "", id="no-comparison"
        ),
        pytest.param(
            "audio_input.avg_loss >",
            "the text ends too early: expected a number with its unit, such as 5% or 40 ms",
            "",
            id="no-number",
        ),
        pytest.param("(audio_input.avg_loss > 3%", "the text ends too early: expected ')'", "", id="left-open"),
        pytest.param("audio_input.avg_loss > 3%)", "this ')' closes nothing", ")", id="closed-twice"),
        pytest.param(
            "and audio_input.avg_loss > 3%",
            "'and' is not understood here: expected a comparison such as audio_input.avg_loss > 5%",
            "and",
            id="begins-with-and",
        ),
    ],
)
def test_complaint_says_what_would_work(rule, sentence, place):
    error = _refused(rule)
    assert error.sentence == sentence
    assert rule[error.position : error.end] == place


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        pytest.param("sent", "audio_input' (sent)", id="sent"),
        pytest.param("received", "audio_output' (received)", id="received"),
        pytest.param("uplink", "audio_input' (sent)", id="uplink"),
        pytest.param("downlink", "audio_output' (received)", id="downlink"),
        pytest.param("mic", "audio_input' (sent)", id="mic"),
        pytest.param("speaker", "audio_output' (received)", id="speaker"),
        pytest.param("camera", "video_input' (sent)", id="camera"),
        pytest.param("video_downlink", "video_output' (received)", id="medium-and-side"),
        pytest.param("sent_audio", "audio_input' (sent)", id="side-first"),
        pytest.param("screen_received", "as_output' (received)", id="screen"),
        pytest.param("Audio_Input", "audio_input' (sent)", id="capitals"),
        pytest.param("audio_inptu", "audio_input' (sent)", id="typo"),
        pytest.param("wifi", "wifi_rssi'", id="short"),
    ],
)
def test_streams_in_peoples_words_are_understood_and_named(said, meant):
    assert _refused(f"{said}.jitter > 3 ms").sentence == f"unknown stream '{said}': did you mean '{meant}?"


_ONE = "audio_input.mos < 3"


@pytest.mark.parametrize(
    ("rule", "sentence", "position"),
    [
        pytest.param(_ONE + " " * 500, "519 characters are too many: at most 500", 500, id="length"),
        pytest.param("(" * 17 + _ONE + ")" * 17, "parentheses go deeper than 16", 16, id="depth"),
        pytest.param("not " * 65 + _ONE, "more than 64 times 'not'", 256, id="nots"),
    ],
)
def test_text_is_bounded_before_it_is_parsed(rule, sentence, position):
    error = _refused(rule)
    assert (error.sentence, error.position) == (sentence, position)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(_ONE + " " * (500 - len(_ONE)), id="length"),
        pytest.param("(" * 16 + _ONE + ")" * 16, id="depth"),
        pytest.param("not " * 64 + _ONE, id="nots"),
    ],
)
def test_what_is_just_within_the_bounds_is_read(rule):
    assert compile_rule_text(rule).terms[0].operand == "audio_input.mos"


def test_operand_alone_is_read_with_the_same_complaints():
    with pytest.raises(RuleTextError, match="did you mean 'jitter'"):
        words("audio_input.jiter")
    with pytest.raises(RuleTextError, match="expected"):
        value("audio_input.jitter > 3 ms", Sample("1", 0, {}))


_PIECES = (
    *("audio_input.avg_loss", "max(audio_*.latency)", "any(*.jitter)", "share_*.mos", "*", ".", "sent.loss", "mic"),
    *(">", "<=", "=", "<", "5%", "40 ms", "-75 dBm", "1 Mbps", "360p", "3.6", "−", "9" * 20),
    *("and", "or", "not", "unless", "(", ")", ",", "AND", "\n", "\u00a0", "é", "&&", "max(", "e5"),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join) | st.text(max_size=80))
@example("max(" + "*a" * 200 + ".jitter) > 3 ms")
@example("\ud800.jitter > 3 ms")
@example("audio_input.mos < ٣")
def test_any_text_is_compiled_or_refused_in_words(rule):
    try:
        predicate = compile_rule_text(rule)
    except RuleTextError as refusal:
        predicate, error = None, refusal
    if predicate is None:
        assert error.sentence
        assert 0 <= error.position <= error.end <= max(len(rule), error.position)
        return
    assert predicate.english
    assert predicate.terms
    assert predicate.outcome(Sample("1", 0, {})) == "unknown"
