"""One clock: real, sped or stepped; what bounds machines stays in real seconds."""

from datetime import UTC, datetime, timedelta

import pytest

from service.store import Store, StoreError
from tests.service.store.builders import START
from tests.service.store.conftest import SECRET_KEY


def test_the_clock_is_the_servers(store: Store) -> None:
    real = Store(store.redis, secret_keys=[SECRET_KEY])
    seconds, micros = store.redis.time()
    asked = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    assert abs(real.clock.now() - asked) < timedelta(seconds=1)
    assert real.clock.now().tzinfo is UTC


def test_a_stepped_clock_stands_until_it_is_moved(store: Store) -> None:
    assert store.clock.now() == store.clock.now() == START
    assert store.clock.stepped
    assert store.clock.advance(minutes=5) == START + timedelta(minutes=5)


def test_every_process_sees_a_stepped_clock_move(store: Store) -> None:
    other = Store(store.redis, secret_keys=[SECRET_KEY], test_clock="hash")
    store.clock.advance(minutes=5)
    assert other.clock.now() == START + timedelta(minutes=5)


def test_a_sped_clock_runs_from_its_base(store: Store) -> None:
    base = store.clock.machine_ms() // 1000 - 100
    sped = Store(store.redis, secret_keys=[SECRET_KEY], test_clock=f"12@{base}")
    assert abs(sped.clock.now_ms() - (base + 1200) * 1000) < 12 * 2000
    assert not sped.clock.stepped


def test_the_machine_s_time_is_never_moved(store: Store) -> None:
    before = store.clock.machine_ms()
    store.clock.advance(days=400)
    assert 0 <= store.clock.machine_ms() - before < 10_000


@pytest.mark.parametrize(
    ("test_clock", "clock_ms"),
    [
        pytest.param(None, 2000, id="real-time"),
        pytest.param("12@1764000000", 24_000, id="sped: a lease of two real seconds is twenty-four of the clock's"),
        pytest.param("hash", 2000, id="frozen: one to one"),
    ],
)
def test_real_seconds_are_converted(store: Store, test_clock: str | None, clock_ms: int) -> None:
    clock = Store(store.redis, secret_keys=[SECRET_KEY], test_clock=test_clock).clock
    assert clock.real(2) == clock_ms
    assert clock.real_seconds(clock_ms) == 2


@pytest.mark.parametrize("text", ["12", "fast@now", "0@1764000000", "12@", "-1@1764000000"])
def test_a_test_clock_that_can_not_be_read_is_refused(store: Store, text: str) -> None:
    with pytest.raises(StoreError, match="SPEED@BASE"):
        Store(store.redis, secret_keys=[SECRET_KEY], test_clock=text)
