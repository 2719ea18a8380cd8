"""Pieces of a minute: folded by the worst value, in any order, and a sample once nothing more is awaited."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.folding import COMPLETE, Fed, complete, complete_at, fed, folded, less_is_worse, without
from rules.metrics import METRICS
from rules.model import Sample, moment_of
from tests.rules.builders import MINUTE, START

NOW = moment_of(MINUTE + 5)


def a_piece(minute: int = 0, blank: frozenset[str] = frozenset(), **values: float) -> Sample:
    return Sample("7", MINUTE + minute, {name.replace("__", "."): value for name, value in values.items()}, blank)


PIECES = st.builds(
    Sample,
    st.just("7"),
    st.integers(MINUTE, MINUTE + 3),
    st.dictionaries(st.sampled_from(sorted(METRICS)), st.floats(0, 100), max_size=4),
    st.frozensets(st.sampled_from(("audio_input", "video_output")), max_size=2),
)


@pytest.mark.parametrize(
    ("metric", "less"),
    [
        ("audio_input.avg_loss", False),
        ("audio_input.latency", False),
        ("audio_input.jitter", False),
        ("cpu_usage.system_max_cpu_usage", False),
        ("audio_input.bitrate", True),
        ("video_input.frame_rate", True),
        ("video_input.resolution", True),
        ("wifi_rssi.avg_rssi", True),
        ("audio_input.mos", True),
    ],
)
def test_which_way_a_metric_is_worse(metric: str, less: bool) -> None:
    assert less_is_worse(metric) is less


def test_a_minute_is_as_bad_as_its_worst_piece() -> None:
    one = a_piece(audio_input__avg_loss=2, audio_input__bitrate=60, cpu_usage__zoom_avg_cpu_usage=10)
    other = a_piece(audio_input__avg_loss=14, audio_input__bitrate=80)
    assert folded(one, other).values == {
        "audio_input.avg_loss": 14,
        "audio_input.bitrate": 60,
        "cpu_usage.zoom_avg_cpu_usage": 10,
    }


def test_a_stream_is_blank_when_no_piece_has_a_figure_of_it() -> None:
    blank = frozenset({"audio_input", "video_input"})
    assert folded(a_piece(blank=blank), a_piece(audio_input__avg_loss=1)).blank == {"video_input"}


@given(st.lists(PIECES, max_size=6), st.randoms(use_true_random=False))
def test_pieces_fold_to_the_same_in_any_order_and_however_often(pieces: list[Sample], chance: object) -> None:
    mixed = [*pieces, *pieces[:3]]
    chance.shuffle(mixed)
    one, _ = fed(Fed(), pieces, NOW)
    other = Fed()
    for piece in mixed:
        other, _ = fed(other, [piece], NOW)
    assert one == other


def test_a_minute_is_complete_when_a_later_one_is_spoken_of() -> None:
    session, _ = fed(Fed(), [a_piece(0), a_piece(1)], NOW)
    assert [sample.minute for sample in complete(session, START + timedelta(seconds=61))] == [MINUTE]


def test_a_minute_is_complete_75_seconds_after_it_began() -> None:
    session, _ = fed(Fed(), [a_piece(0)], NOW)
    assert complete(session, START + COMPLETE - timedelta(seconds=1)) == ()
    assert len(complete(session, START + COMPLETE)) == 1
    assert complete_at(session) == START + timedelta(seconds=75)


def test_what_comes_after_its_minute_was_decided_is_late() -> None:
    session, _ = fed(Fed(), [a_piece(0), a_piece(1)], NOW)
    session = without(session, complete(session, START + timedelta(seconds=61)))

    again, counts = fed(session, [a_piece(0, audio_input__avg_loss=99)], NOW)

    assert again == session
    assert counts == {"late": 1}


def test_a_minute_that_was_passed_over_still_comes_before_the_next_is_decided() -> None:
    session, _ = fed(Fed(), [a_piece(1)], NOW)
    session, counts = fed(session, [a_piece(0)], NOW)
    assert [sample.minute for sample in complete(session, START)] == [MINUTE]
    assert not counts


def test_a_minute_ahead_of_our_clock_is_refused_so_that_it_completes_no_other() -> None:
    session, counts = fed(Fed(), [a_piece(0), a_piece(90)], START + timedelta(seconds=60))
    assert list(session.pieces) == [MINUTE]
    assert counts == {"future": 1}


@pytest.mark.parametrize(
    ("minute", "came_s", "fresh_s"),
    [
        pytest.param(0, 62, 60, id="as-fresh-as-the-end-of-its-minute"),
        pytest.param(0, 20, 20, id="a-piece-of-a-minute-that-goes-on"),
        pytest.param(0, 1800, 60, id="told-again-half-an-hour-later"),
    ],
)
def test_how_fresh_figures_are(minute: int, came_s: float, fresh_s: float) -> None:
    session, _ = fed(Fed(), [a_piece(minute)], START + timedelta(seconds=came_s))
    assert session.at == START + timedelta(seconds=fresh_s)
