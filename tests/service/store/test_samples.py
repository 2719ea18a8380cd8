"""Rows as people get them back: every metric and every blank stream, to three digits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.metrics import CATALOGUE, STREAMS
from rules.model import Sample
from service.store import Store, StoreError
from service.store.samples import packed, unpacked
from tests.service.store.builders import MINUTE, I, a_plan, a_row

ROWS = st.builds(
    Sample,
    st.just("7"),
    st.just(MINUTE),
    st.dictionaries(st.sampled_from(list(CATALOGUE)), st.floats(-120, 60_000)),
    st.frozensets(st.sampled_from(STREAMS)),
)


@given(ROWS)
def test_a_row_comes_back_to_three_digits(row: Sample) -> None:
    back = unpacked(packed(row), row.session, row.minute)
    assert back.blank == row.blank
    assert set(back.values) == set(row.values)
    assert all(math.isclose(back.values[name], row.values[name], rel_tol=1e-3, abs_tol=1e-4) for name in row.values)


def test_a_full_row_takes_a_hundred_bytes() -> None:
    assert len(packed(Sample("7", MINUTE, dict.fromkeys(CATALOGUE, 1.0)))) < 110


def test_a_figure_beyond_a_half_float_is_kept_as_the_greatest() -> None:
    row = Sample("7", MINUTE, {"video_input.bitrate": 1e6})
    assert unpacked(packed(row), "7", MINUTE).values == {"video_input.bitrate": 65504.0}


def test_a_metric_that_a_later_release_added_is_passed_over() -> None:
    blob = packed(a_row())
    presence = bytearray(blob[3 : 3 + blob[2]]) + bytes([0b1000_0000])
    later = bytes((blob[0], blob[1], len(presence))) + presence + blob[3 + blob[2] :] + b"\x00\x3c"
    assert unpacked(later, "7", MINUTE) == unpacked(blob, "7", MINUTE)


def test_a_newer_packing_is_named() -> None:
    with pytest.raises(StoreError, match="newer qoswatch"):
        unpacked(b"\x02\x00", "7", MINUTE)


def test_the_last_rows_come_oldest_first_per_session(store: Store) -> None:
    store.seats.commit(I, [a_plan(samples=(*(a_row(n) for n in range(5)), a_row(9, "8")))])
    assert [row.minute - MINUTE for row in store.samples.recent(I, "7", 3)] == [2, 3, 4]
    assert store.samples.recent(I, "7", 3)[0].values == {"audio_input.avg_loss": 14.0}
    assert store.samples.recent(I, "nobody", 3) == ()
