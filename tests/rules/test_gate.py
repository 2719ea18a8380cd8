"""The gate of a channel: how long it rests after each answer, and when it is broken."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from rules.gate import NOTHING_ACCEPTED, Gate, after
from tests.rules.alerts import at

NOW = at("10:00")


@dataclass
class Answered:
    outcome: str = "refused"
    permanent_reason: str | None = None
    retry_after_s: float | None = None


def real(seconds):
    return timedelta(seconds=seconds)


def failing(times, gate=None, answer=None):
    """The gate after so many trials, each as soon as the gate allows, and the waits between them in seconds."""
    gate, now, waits = gate or Gate(), NOW, []
    for _ in range(times):
        gate = after(gate, answer or Answered(), now=now, scale=real)
        waits.append((gate.not_before - now).total_seconds())
        now = gate.not_before
    return gate, waits, now


def test_trials_come_ever_more_rarely():
    _, waits, _ = failing(80)

    assert waits[:4] == [1, 2, 3, 3]
    assert waits == sorted(waits)
    assert [waits.count(each) for each in (3, 5)] == [19, 48]
    assert set(waits[69:]) == {60}


def test_twenty_seconds_of_outage_take_eight_posts_at_the_most():
    _, waits, _ = failing(80)
    begun = [sum(waits[:n]) for n in range(80)]

    assert max(sum(1 for each in begun if first <= each < first + 20) for first in begun) == 8


@pytest.mark.parametrize("outcome", ["refused", "unknown"])
def test_an_unknown_fate_counts_as_a_failure(outcome):
    gate = after(Gate(), Answered(outcome), now=NOW, scale=real)

    assert (gate.fails, gate.first_fail_at, gate.not_before) == (1, NOW, NOW + real(1))


def test_a_success_clears_everything_and_is_remembered():
    gate, _, now = failing(8)

    assert after(gate, Answered("accepted"), now=now, scale=real) == Gate(proved_at=now)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        pytest.param(30, 30, id="as-long-as-asked"),
        pytest.param(0.2, 1, id="never-shorter-than-our-own-wait"),
        pytest.param(86_400, 900, id="a-quarter-of-an-hour-at-most"),
    ],
)
def test_retry_after_moves_the_gate(asked, waits):
    gate = after(Gate(), Answered(retry_after_s=asked), now=NOW, scale=real)

    assert gate.not_before == NOW + real(waits)


def test_a_permanent_reason_breaks_at_once_and_tries_once_an_hour():
    gate, waits, _ = failing(2, answer=Answered(permanent_reason="no_service: make a new one"))

    assert (gate.broken, waits) == ("no_service: make a new one", [3600, 3600])


def test_a_broken_channel_stays_broken_until_something_is_accepted():
    gate, _, now = failing(1, answer=Answered(permanent_reason="no_service"))
    gate = after(gate, Answered("unknown"), now=now, scale=real)

    assert (gate.broken, gate.not_before) == ("no_service", now + real(3600))
    assert after(gate, Answered("accepted"), now=now, scale=real).broken is None


def test_three_hours_of_nothing_accepted_break_it_too():
    gate, waits, now = failing(300)

    assert gate.broken == NOTHING_ACCEPTED
    assert waits[-1] == 3600
    assert 3 * 3600 <= sum(wait for wait in waits if wait < 3600) <= 3 * 3600 + 60
    assert now > NOW


def test_old_failures_that_nobody_carried_on_do_not_break_it():
    gate, _, now = failing(5)

    later = after(gate, Answered(), now=now + real(86_400), scale=real)

    assert (later.fails, later.broken, later.not_before) == (1, None, now + real(86_401))


def test_a_message_at_fault_leaves_the_channel_open():
    gate, _, now = failing(3, gate=Gate(proved_at=NOW))

    assert after(gate, Answered("dead"), now=now, scale=real) == Gate(proved_at=NOW)


def test_waits_are_real_seconds_whatever_the_clock_does():
    gate = after(Gate(), Answered(), now=NOW, scale=lambda seconds: timedelta(seconds=12 * seconds))

    assert gate.not_before == NOW + timedelta(seconds=12)
