"""The primary is killed under load, Sentinels choose another, and everything goes on there by itself."""

import time

from tests import redises
from tests.chaos.outage import Span, Verdict, Work, at_work, judge, judge_answers, judge_registered
from tests.redises import Guarded, Server

BETWEEN_S = 12.0
ROUNDS = 3
#: A replica hears within milliseconds; with a busy machine under it, what is older than this was heard.
UNHEARD_S = 1.0


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """Kill whoever is the primary, again and again; who was killed comes back as the replica."""
    verdict, rounds = Verdict(), 1 if short else ROUNDS
    meetings, window_min = (3, 2) if short else (12, 8)
    downs: list[Span] = []
    with (
        redises.guarded(3, "--appendonly", "yes", "--appendfsync", "everysec") as house,
        at_work(house.url, seed, meetings, window_min) as work,
    ):
        work.let_pass(BETWEEN_S)
        for _ in range(rounds):
            downs.append(_fail_over(house, work, verdict))
            work.let_pass(BETWEEN_S)
        work.settle()
        work.rest()
        judge(work, verdict)
        judge_answers(work, verdict, downs)
        judge_registered(work, verdict, [(begun - UNHEARD_S, begun) for begun, _ in downs])
    return [f"failover: {rounds} times (seed {seed})", *verdict.lines], not verdict.faults


def _fail_over(house: Guarded, work: Work, verdict: Verdict) -> Span:
    old, begun = house.primary(), time.monotonic()
    old.kill()
    new = house.wait_for_other(old)
    chosen = time.monotonic()
    after = work.answered_again(begun)
    verdict.says(f"primary killed: another one after {chosen - begun:.1f} s, the API answers again after {after:.1f} s")
    _comes_back(old, new)
    return begun, begun + after


def _comes_back(old: Server, new: Server) -> None:
    """As its operator would start it: behind the one that was chosen."""
    old.options = _behind(old, new)
    old.again()
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
