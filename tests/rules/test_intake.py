"""Behind the watermark: what is taken, what is counted, what is dropped."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from rules.intake import joined, taken
from rules.model import Sample
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


@dataclass
class _Told:
    """A row as an answer tells it; `read_minutes` gathers the minutes of those that somebody read."""

    minute: int
    loss: float
    read_minutes: list[int]

    def read(self, session: str) -> tuple[Sample, int]:
        self.read_minutes.append(self.minute - MINUTE)
        return a_row(self.minute - MINUTE, self.loss, session), 1

    def mark(self) -> int:
        return round(self.loss)


def test_only_new_rows_are_read_and_the_one_that_was_the_newest_is_compared() -> None:
    read: list[int] = []
    session, now = joined("7", START), START + timedelta(minutes=60)

    def told(*losses: float) -> list[_Told]:
        return [_Told(MINUTE + minute, loss, read) for minute, loss in enumerate(losses)]

    once = taken(session, told(1, 1, 1), now)
    again = taken(once.session, told(9, 1, 9, 1), now)

    assert read == [0, 1, 2, 3]
    assert again.samples == (a_row(3, 1, "7"),)
    assert dict(again.counts) == {"revised": 1, "spoiled": 1}, "a field is spoiled once, however often it is told"


def test_a_row_that_was_pushed_is_not_revised_by_one_that_was_asked_for() -> None:
    pushed = taken(joined("7", START), [a_row(0, 1)], START)

    assert dict(taken(pushed.session, [_Told(MINUTE, 9, [])], START).counts) == {}


def test_the_same_figures_in_another_order_are_no_revision() -> None:
    session = joined("7", START)
    row = Sample("7", MINUTE, {"audio_input.jitter": 1.0, "audio_input.latency": 2.0}, frozenset({"as_input"}))
    turned = Sample("7", MINUTE, dict(reversed(row.values.items())), row.blank)
    other = replace(row, blank=frozenset({"as_output"}))

    once = taken(session, [row], START)

    assert dict(taken(once.session, [turned], START).counts) == {}
    assert dict(taken(once.session, [other], START).counts) == {"revised": 1}
