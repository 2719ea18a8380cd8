"""Behind the watermark: what is taken, what is counted, what is dropped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.intake import joined, taken
from tests.rules.builders import MINUTE, START, a_row


def _after(*minutes: int):
    """A session that has taken the rows of these minutes."""
    session = replace(joined("7", START), first_minute=MINUTE - 5)
    return taken(session, [a_row(minute, 1) for minute in minutes], START + timedelta(minutes=60)).session


@pytest.mark.parametrize(
    ("known", "rows", "new", "counts"),
    [
        pytest.param([0], [(1, 1)], [1], {}, id="the-next-minute-is-new"),
        pytest.param([0, 1], [(1, 1)], [], {}, id="a-repeat-is-nothing"),
        pytest.param([0, 1], [(1, 9)], [], {"revised": 1}, id="a-differing-repeat-is-counted-and-changes-nothing"),
        pytest.param([0, 2], [(1, 1)], [], {"late": 1}, id="a-row-behind-the-watermark-is-late"),
        pytest.param([0], [(4, 1), (5, 1)], [4, 5], {"gap": 3}, id="a-hole-that-zoom-no-longer-tells-is-a-gap"),
        pytest.param([0], [(0, 1), (5, 1)], [5], {}, id="a-hole-inside-an-answer-is-no-gap"),
        pytest.param([0], [(90, 1)], [], {"future": 1}, id="a-minute-ahead-of-the-clock-is-refused"),
        pytest.param([0], [(3, 1), (1, 1), (2, 1)], [1, 2, 3], {}, id="rows-come-in-any-order"),
        pytest.param([0], [(1, 1), (1, 9)], [1], {"revised": 1}, id="the-first-of-two-rows-wins"),
        pytest.param([], [(-9, 1), (0, 1)], [0], {}, id="history-before-it-was-seen-is-dropped"),
    ],
)
def test_rows_behind_the_watermark(known: list, rows: list, new: list, counts: dict) -> None:
    took = taken(_after(*known), [a_row(m, loss) for m, loss in rows], START + timedelta(minutes=60))

    assert [sample.minute - MINUTE for sample in took.samples] == new
    assert dict(took.counts) == counts


def test_late_and_revised_are_counted_once() -> None:
    session = _after(0, 2)
    rows = [a_row(1, 1), a_row(2, 9)]

    once = taken(session, rows, START + timedelta(minutes=60))
    again = taken(once.session, rows, START + timedelta(minutes=60))

    assert dict(once.counts) == {"late": 1, "revised": 1}
    assert dict(again.counts) == {}
