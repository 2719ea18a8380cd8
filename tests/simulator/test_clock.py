"""The clock: base and speed, set and step."""

from simulator.clock import Clock, minute_of, stamp


class Real:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_both_ends_of_a_fast_clock_meet_at_the_base() -> None:
    real = Real(1_764_000_100)
    clock = Clock(1_764_000_000, 12, real)
    assert clock.now() == 1_764_000_000 + 12 * 100
    real.now += 5
    assert clock.now() == 1_764_000_000 + 12 * 105


def test_a_clock_at_speed_zero_tells_its_base_until_it_is_stepped() -> None:
    real = Real(5_000)
    clock = Clock(1_000, 0, real)
    real.now += 999
    assert clock.now() == 1_000
    assert clock.step(minutes=2) == 1_120
    clock.set(7)
    assert clock.now() == 7


def test_without_a_base_it_starts_with_the_real_time() -> None:
    assert Clock(None, 12, Real(50)).now() == 50


def test_a_change_of_speed_moves_no_hand() -> None:
    real = Real(0)
    clock = Clock(0, 1, real)
    real.now = 60
    clock.run_at(12)
    assert clock.now() == 60
    real.now = 65
    assert clock.now() == 120
    assert clock.speed == 12


def test_moments_are_written_as_zoom_writes_them() -> None:
    assert stamp(minute_of(1_764_000_059.9)) == "2025-11-24T16:00:00Z"
