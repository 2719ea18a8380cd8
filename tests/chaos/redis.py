"""Redis hangs, is away, restarted, killed, full, loses its power: what was acknowledged is there afterwards."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests import redises
from tests.chaos.outage import Span, at_work
from tests.chaos.outage_verdict import Verdict, judge, judge_answers, judge_registered
from tests.redises import Server

AWAY_S = 20.0
BETWEEN_S = 9.0
#: Redis asks the disk once a second; what was asked for a second and a half ago has reached it.
UNSYNCED_S = 1.5


@dataclass(frozen=True)
class Blow:
    """When Redis went away, when it was back, and in which span acknowledged writes may have been lost."""

    begun: float
    over: float
    cut: Span | None = None


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """Every kind of outage in an order by seed, while people break up and others register."""
    verdict = Verdict()
    kinds = list(_KINDS) if not short else ["killed under everysec"]
    Random(seed).shuffle(kinds)
    meetings, window_min = (3, 2) if short else (12, 10)
    blows: list[Blow] = []
    with (
        redises.server("--appendonly", "yes", "--appendfsync", "everysec") as server,
        at_work(server.url, seed, meetings, window_min) as work,
    ):
        work.let_pass(BETWEEN_S)
        for kind in kinds:
            blow = _KINDS[kind](server)
            blows.append(blow)
            after = work.answered_again(blow.over)
            away = blow.over - blow.begun
            verdict.says(f"Redis {kind} (away for {away:.1f} s): registrations go on {after:.1f} s after it is back")
            work.let_pass(BETWEEN_S)
        work.settle()
        work.rest()
        judge(work, verdict)
        judge_answers(work, verdict, [(blow.begun, blow.over) for blow in blows])
        judge_registered(work, verdict, [blow.cut for blow in blows if blow.cut])
    return [f"redis: {', '.join(kinds)} (seed {seed})", *verdict.lines], not verdict.faults


def _hangs(server: Server) -> Blow:
    begun = time.monotonic()
    server.stop()
    time.sleep(AWAY_S)
    server.go_on()
    return Blow(begun, time.monotonic())


def _is_away(server: Server) -> Blow:
    begun = time.monotonic()
    server.shut_down()
    time.sleep(AWAY_S)
    server.again()
    return Blow(begun, time.monotonic())


def _is_restarted(server: Server) -> Blow:
    begun = time.monotonic()
    server.shut_down()
    server.again()
    return Blow(begun, time.monotonic())


def _killed(sync: str) -> Callable[[Server], Blow]:
    def kill(server: Server) -> Blow:
        server.ask("CONFIG", "SET", "appendfsync", sync)
        time.sleep(2)  # some work under it
        begun = time.monotonic()
        server.kill()
        server.again()
        return Blow(begun, time.monotonic())

    return kill


def _loses_power(server: Server) -> Blow:
    """What had not reached the disk a while before is not there: the file is cut to the length that it had then."""
    server.ask("CONFIG", "SET", "appendfsync", "everysec")
    [file] = (server.folder / "appendonlydir").glob("*.incr.aof")
    time.sleep(1)
    asked = time.monotonic()
    safe = file.stat().st_size
    time.sleep(UNSYNCED_S)
    begun = time.monotonic()
    server.kill()
    _cut(file, safe)
    server.again()
    return Blow(begun, time.monotonic(), (asked, begun))


def _is_full(server: Server) -> Blow:
    """Not one byte more is taken."""
    begun = time.monotonic()
    server.ask("CONFIG", "SET", "maxmemory", "1mb")
    time.sleep(AWAY_S)
    server.ask("CONFIG", "SET", "maxmemory", 0)
    return Blow(begun, time.monotonic())


def _cut(file: Path, size: int) -> None:
    with file.open("r+b") as kept:
        kept.truncate(size)


_KINDS: dict[str, Callable[[Server], Blow]] = {
    "hangs": _hangs,
    "is away": _is_away,
    "is restarted": _is_restarted,
    "killed under everysec": _killed("everysec"),
    "killed under always": _killed("always"),
    "loses its power": _loses_power,
    "is full": _is_full,
}
