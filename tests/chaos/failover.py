"""The primary is killed under load, Sentinels choose another, and everything goes on there by itself."""

import time
from dataclasses import dataclass

from tests import redises
from tests.chaos.outage import Span, Work, at_work
from tests.chaos.outage_verdict import Verdict, judge, judge_answers, judge_registered
from tests.redises import Guarded, Server

BETWEEN_S = 10.0
#: A replica hears within milliseconds; with a busy machine under it, what is older than this was heard.
UNHEARD_S = 1.0


@dataclass(frozen=True)
class Change:
    """When the primary went away, when the API answered again, and in which span what it said may be lost."""

    begun: float
    answers: float
    cut: Span


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """The primary is killed, then its follower hangs and comes back believing in itself, then one is killed again."""
    verdict, changes = Verdict(), list[Change]()
    ways = (_killed,) if short else (_killed, _hangs, _killed)
    meetings, window_min = (3, 2) if short else (12, 8)
    with (
        redises.guarded(3, "--appendonly", "yes", "--appendfsync", "everysec") as house,
        at_work(house.url, seed, meetings, window_min) as work,
    ):
        work.let_pass(BETWEEN_S)
        for way in ways:
            changes.append(way(house, work, verdict))
            work.let_pass(BETWEEN_S)
        work.settle()
        work.rest()
        judge(work, verdict)
        judge_answers(work, verdict, [(change.begun, change.answers) for change in changes])
        judge_registered(work, verdict, [change.cut for change in changes])
    return [f"failover: {len(ways)} times (seed {seed})", *verdict.lines], not verdict.faults


def _killed(house: Guarded, work: Work, verdict: Verdict) -> Change:
    """Whoever was killed is started again by its operator, behind the one that was chosen."""
    old, begun = house.primary(), time.monotonic()
    old.kill()
    new, after = _followed("killed", house, old, work, verdict, begun)
    old.options = _behind(old, new)
    old.again()
    _wait_until_replica(old)
    return Change(begun, begun + after, (begun - UNHEARD_S, begun))


def _hangs(house: Guarded, work: Work, verdict: Verdict) -> Change:
    """Whoever hung goes on as if nothing had been, until a Sentinel tells it; what it takes until then is lost."""
    old, begun = house.primary(), time.monotonic()
    old.stop()
    _, after = _followed("hangs", house, old, work, verdict, begun)
    time.sleep(2)
    back = time.monotonic()
    old.go_on()
    _wait_until_replica(old)
    until = time.monotonic()
    verdict.says(f"it goes on, and is a replica {until - back:.1f} s later")
    return Change(begun, begun + after, (begun - UNHEARD_S, until))


def _followed(
    how: str, house: Guarded, old: Server, work: Work, verdict: Verdict, begun: float
) -> tuple[Server, float]:
    new = house.wait_for_other(old)
    chosen = time.monotonic() - begun
    after = work.answered_again(begun)
    verdict.says(f"primary {how}: another one after {chosen:.1f} s, registrations go on after {after:.1f} s")
    return new, after


def _wait_until_replica(old: Server) -> None:
    deadline = time.monotonic() + redises.READY_S
    while not redises.is_replicated(old):
        if time.monotonic() > deadline:
            raise TimeoutError("the old primary did not become a replica")
        time.sleep(0.1)


def _behind(old: Server, new: Server) -> tuple[str, ...]:
    own = list(old.options)
    if "--replicaof" in own:
        del own[own.index("--replicaof") : own.index("--replicaof") + 2]
    return (*own, "--replicaof", f"127.0.0.1 {new.port}")
