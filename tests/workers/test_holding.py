"""A claim in hand is asked for again by the time since it was known to be ours, also if we stood still meanwhile."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from service.store.leases import Claim
from workers import holding
from workers.common import Shelf
from workers.holding import LEASE_S, RENEW_S, Holding, Stale


@dataclass
class Leases:
    """Answers what it is told to; `stands_still` passes while it does."""

    clock: "Clock"
    ours: bool = True
    stands_still: float = 0.0
    asked: list[float] = field(default_factory=list)

    def renew(self, claim: Claim, lease_s: float) -> bool:
        assert lease_s == LEASE_S
        self.asked.append(self.clock.now)
        self.clock.now += self.stands_still
        return self.ours


@dataclass
class Clock:
    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(holding, "time", made)
    return made


def held(leases: Leases, since: float) -> Holding:
    class Runtime:
        class store:
            due = leases

    runtime: Any = Runtime
    return Holding(runtime, Claim("m", "7"), Shelf(runtime.store), since)


def test_a_claim_is_asked_for_when_a_while_has_passed_since_it_was_renewed(clock: Clock) -> None:
    leases = Leases(clock)
    claim = held(leases, clock.now - RENEW_S + 1)
    claim.keep()
    assert leases.asked == []
    clock.now += 1
    claim.keep()
    claim.keep()
    assert leases.asked == [clock.now]


def test_whoever_stood_still_while_the_claim_was_renewed_asks_again_before_the_next_call(clock: Clock) -> None:
    leases = Leases(clock, stands_still=LEASE_S + 1)
    claim = held(leases, clock.now - RENEW_S)
    claim.keep()
    leases.ours = False
    with pytest.raises(Stale):
        claim.keep()


def test_a_claim_that_is_stale_ends_the_work(clock: Clock) -> None:
    leases = Leases(clock, ours=False)
    with pytest.raises(Stale):
        held(leases, clock.now - RENEW_S).keep()
