"""Registrations and reads a second over real gunicorn, beside a bare app in it; and what things weigh in Redis."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

import requests

from tests.bench import weight
from tests.bench.report import table
from tests.bench.weight import Weight
from tests.plant import READY_S, Plant, end, plant, wait
from workers.ports import is_free

MANY = 600  #: requests of a kind in a round
ROUNDS = 3
LINES = 4  #: clients side by side, each on its own connection
KEYS = 24  #: API keys that take turns: each one alone is paced

Ask = Callable[[requests.Session, int], requests.Response]


@dataclass(frozen=True, slots=True)
class Round:
    """Requests a second: registrations, reads, pages of fifty."""

    puts: float
    gets: float
    pages: float = 0.0


def body(place: int) -> dict[str, Any]:
    """A watch as people register them."""
    return {
        "meeting": str(84_000_000_000 + place),
        "who": [{"email": f"person{place}@example.org"}, {"name": f"*Person {place}*"}],
        "rules": ["speaker"],
        "notify": ["hook"],
        "labels": {"team": "av"},
    }


def ours() -> tuple[Round, Weight]:
    """`qoswatch web` on an empty Redis."""
    with plant(Plant) as here:
        here.serve()
        here.api("PUT", "/v1/channels/hook", {"kind": "slack", "url": here.simulator.slack_url()})
        secrets = [here.store.keys_.create("admin", f"bench {each}")[1] for each in range(KEYS)]
        heads = itertools.cycle([{"Authorization": f"Bearer {secret}"} for secret in secrets])
        url = f"{here.url}/v1/watches"
        before = _used(here)
        puts = rate(lambda line, n: line.put(f"{url}/w-{n}", json=body(n), headers=next(heads), timeout=10))
        weighed = weight.watches(before, _used(here), [body(n) for n in range(MANY)])
        gets = rate(lambda line, n: line.get(f"{url}/w-{n}", headers=next(heads), timeout=10))
        pages = rate(lambda line, _: line.get(f"{url}?limit=50", headers=next(heads), timeout=10), MANY // 10)
        return Round(puts, gets, pages), weighed


def bare() -> Round:
    """A bare Flask app under the same gunicorn settings, one Redis command a request."""
    with plant(Plant) as here, ExitStack() as stack:
        port = next(port for port in range(18_500, 19_000) if is_free(port))
        words = [sys.executable, "-P", "-m", "tests.bench.bare", str(port), here.given["REDIS_URL"]]
        stack.callback(end, subprocess.Popen(words))
        url = f"http://127.0.0.1:{port}"
        wait(lambda: _answers(f"{url}/livez"), READY_S, "the bare app")
        puts = rate(lambda line, n: line.put(f"{url}/w-{n}", json=body(n), timeout=10))
        gets = rate(lambda line, n: line.get(f"{url}/w-{n}", timeout=10))
        return Round(puts, gets)


def rate(ask: Ask, many: int = MANY) -> float:
    """Requests a second over several lines. Raises requests.HTTPError when one is refused."""

    def line(first: int) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for n in range(first, many, LINES):
                ask(session, n).raise_for_status()

    begun = time.monotonic()
    with ThreadPoolExecutor(LINES) as pool:
        list(pool.map(line, range(LINES)))
    return many / (time.monotonic() - begun)


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether every request was answered well."""
    found, floor, weighed = list[Round](), list[Round](), list[Weight]()
    for _ in range(ROUNDS):
        measured, watch = ours()
        found.append(measured)
        weighed.append(watch)
        floor.append(bare())
    watch = sorted(weighed, key=lambda each: each.kept)[ROUNDS // 2]
    puts, gets = median(each.puts for each in floor), median(each.gets for each in floor)
    rates = [
        _row("`PUT /v1/watches/{id}`, a new one", [each.puts for each in found], puts),
        _row("`GET /v1/watches/{id}`", [each.gets for each in found], gets),
        _row("`GET /v1/watches?limit=50`", [each.pages for each in found], gets),
    ]
    lines = [
        "## The API, and what things weigh",
        "",
        f"`qoswatch web` as it runs (one process, eight threads), asked by {LINES} clients over kept connections with "
        f"{KEYS} API keys in turn: {MANY} requests of a kind, medians of {ROUNDS} rounds, each on an empty Redis; "
        f"clients, web and Redis share {os.cpu_count()} cores. Beside it a bare Flask app under the same gunicorn "
        f"settings that sets or gets one key a request: {puts:.0f} PUT and {gets:.0f} GET a second.",
        "",
        *table(("request", "a second", "beside the bare app"), rates),
        "",
        *table(("in Redis", "bytes", "beside plain JSON"), [_weighed(each) for each in (watch, *weight.people())]),
        "",
        f"A watch by what Redis used before and after {MANY} of them, its places in lists and its next look with it; "
        f"plain JSON is the request's body. Seats and samples by `MEMORY USAGE` after {weight.PEOPLE} people went "
        "through the engine for an hour with the set `speaker`; plain JSON is the same seat without its keys, and the "
        "same rows with their metrics by name.",
    ]
    return lines, True


def _row(says: str, rounds: Sequence[float], base: float) -> Sequence[object]:
    return says, f"{median(rounds):,.0f}", f"**{median(rounds) / base:.2f}**"


def _weighed(each: Weight) -> Sequence[object]:
    return each.says, f"{each.kept:,.0f}", f"**{each.kept / each.plain:.2f}** ({each.plain:,.0f})"


def _used(here: Plant) -> int:
    return int(here.store.redis.info("memory")["used_memory"])


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
