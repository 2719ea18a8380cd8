"""Posts a second through one deliver worker, beside Alertmanager and beside a plain loop that only posts."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median

import requests

from service import settings as settings_file
from tests.bench import alarms, debian
from tests.bench.receiver import Post, Receiver, receiver
from tests.bench.report import table
from tests.plant import Plant, plant, wait
from workers.runtime import Runtime

POSTS = 600
ROUNDS = 3
THREADS = 16  #: of the plain loop, as many as the worker has
DONE_S = 60.0


def lanes(target: Receiver, shape: str) -> Sequence[Post]:
    """Alerts that are owed when the worker starts: each in a chat of its own, or all by one webhook."""
    with plant(Plant) as here:
        many = POSTS if shape == "chats" else 1
        urls = {f"c{place}": f"{target.url}/c{place}" for place in range(many)}
        alarms.channels(here, urls, "slack" if shape == "chats" else "webhook")
        runtime = Runtime.build(settings_file.load(here.given))
        here.stack.callback(runtime.close)
        alarms.storm(runtime, sorted(urls), POSTS // many)
        target.forget()
        here.start("scheduler")
        here.start("worker", "--queue", "deliver")
        return _awaited(target)


def loop(target: Receiver, bodies: Sequence[Post]) -> Sequence[Post]:
    """The floor: the same bodies in the same number of threads over pooled connections, and nothing else."""
    target.forget()
    with requests.Session() as session, ThreadPoolExecutor(THREADS) as pool:
        session.trust_env = False
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=THREADS))
        for answer in pool.map(lambda post: session.post(target.url + post.path, data=post.body, timeout=10), bodies):
            answer.raise_for_status()
    return _awaited(target)


def theirs(target: Receiver) -> Sequence[Post]:
    """Alertmanager with as many alerts, a group each, told at once."""
    with ExitStack() as stack:
        manager = stack.enter_context(debian.alertmanager(f"{target.url}/am"))
        target.forget()
        for start in range(0, POSTS, 50):
            labels = [{"alertname": "loss", "person": str(start + place)} for place in range(50)]
            manager.fire(labels)
        return _awaited(target)


def _awaited(target: Receiver) -> Sequence[Post]:
    wait(lambda: target.count() >= POSTS, DONE_S, f"{POSTS} posts")
    return target.posts()


def rate(posts: Sequence[Post]) -> float:
    """Posts a second between the first and the last."""
    return (len(posts) - 1) / (posts[-1].at - posts[0].at)


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether every post came exactly once."""
    chats, hook, floor, manager = [], [], [], []
    with receiver() as target:
        for _ in range(ROUNDS):
            chats.append(lanes(target, "chats"))
            floor.append(loop(target, chats[-1]))
            hook.append(lanes(target, "webhook"))
            if debian.has_alertmanager():
                manager.append(theirs(target))
    base = median(map(rate, floor))
    rows = [
        _row(f"qoswatch, one worker: {POSTS} chats, a post each", chats, base),
        _row(f"qoswatch, one worker: one webhook, {POSTS} alerts one after the other", hook, base),
        _row(f"`requests.post` in {THREADS} threads, the same bodies, nothing else", floor, base),
    ]
    rows += [_row(f"Alertmanager {debian.version('alertmanager')}, {POSTS} groups", manager, base)] * bool(manager)
    lines = [
        "## Delivery",
        "",
        f"{POSTS} alerts, made by the engine and owed before `qoswatch worker --queue deliver` starts, to a receiver "
        f"on loopback that answers at once; posts a second from first to last, medians of {ROUNDS} rounds in turn; "
        f"{os.cpu_count()} cores for all of it, Redis and receiver too. Each of ours is read, composed, written down "
        "before and after in Redis; a chat hears once a second at most, a webhook has one post on its way at a time.",
        "",
        *table(("what", "posts a second", "beside the plain loop"), rows),
        *([] if manager else ["", debian.ABSENT]),
    ]
    return lines, all(len(round) == POSTS for round in (*chats, *hook))


def _row(says: str, rounds: Sequence[Sequence[Post]], base: float) -> Sequence[object]:
    found = median(map(rate, rounds))
    return says, f"{found:,.0f}", f"**{found / base:.2f}**"
