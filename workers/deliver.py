"""Deliver: while lanes owe something, lease them, say it as it is now, post, record. Then end; a wake-up is cheap."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial

import structlog

from rules import gate as gates
from rules import patience
from rules.gate import Gate
from rules.model import Channel, ChannelKind
from rules.patience import Memory
from service.store import Store, keys
from service.store.deliveries import Attempt
from service.store.lanes import SPACING_S, Turn
from workers import channels
from workers.channels.answers import Answer
from workers.letter import Letter, letter
from workers.pressable import Links
from workers.runtime import Runtime

LANES_AT_ONCE = 16
KEPT_FOR_QUICK = 4  #: of those: one hanging receiver after the other must not take every thread
QUICK_MS = 2000
LEASE_S = 60  #: real seconds; a post takes fifteen at the most
DRAIN_S = 30
LOOK_S = 0.01  #: while a post is under way or a lane due soon, what else comes to be owed is looked for so often
NEAR_S = 1.0  #: a lane that is due this soon is waited for
TOLD_BUCKETS_S = (0.5, 1, 2, 5, 10, 30, 60, 300)
APART_S: Mapping[ChannelKind, float] = {"webhook": 0.002}  #: your own machine asks for no pause, as chats do
log = structlog.get_logger()


def deliver(runtime: Runtime) -> int:
    """Pay what is owed until nothing is due soon, thirty seconds at the most; answers how many turns were taken.

    While posts to slow channels are then still awaited, those to quick ones go on, so that nobody waits for them.
    """
    stop_at = time.monotonic() + DRAIN_S
    turns, flying = 0, dict[Future[None], str]()
    with ThreadPoolExecutor(LANES_AT_ONCE) as pool:
        while (drains := time.monotonic() < stop_at) or _slow(runtime, flying):
            claimed = _claim(runtime, flying) if drains else _claim_quick(runtime, LANES_AT_ONCE - len(flying))
            turns += len(claimed)
            flying |= {pool.submit(_safely, runtime, turn): turn.channel for turn in claimed}
            if not claimed and not _wait(runtime, set(flying)):
                break
            flying = {future: channel for future, channel in flying.items() if not future.done()}
    return turns


def _slow(runtime: Runtime, flying: Mapping[Future[None], str]) -> int:
    """How many posts are under way to channels that were not quick the last time."""
    return sum(1 for channel in flying.values() if channel not in runtime.quick)


def _claim(runtime: Runtime, flying: Mapping[Future[None], str]) -> list[Turn]:
    """As many lanes as there are threads for; a few threads are kept for channels that were quick the last time."""
    free = LANES_AT_ONCE - len(flying)
    for_all = max(0, min(free, LANES_AT_ONCE - KEPT_FOR_QUICK - _slow(runtime, flying)))
    claimed = runtime.store.lanes.claim(for_all, LEASE_S) if for_all else []
    return claimed + (_claim_quick(runtime, free - for_all) if len(claimed) == for_all else [])


def _claim_quick(runtime: Runtime, n: int) -> list[Turn]:
    return runtime.store.lanes.claim(n, LEASE_S, among=frozenset(runtime.quick)) if n > 0 else []


def _wait(runtime: Runtime, flying: set[Future[None]]) -> bool:
    """Wait a little for a post to end or a lane to come due; False when there is nothing to wait for."""
    if flying:
        wait(flying, timeout=LOOK_S, return_when=FIRST_COMPLETED)
        return True
    first = runtime.store.lanes.first_due()
    clock = runtime.store.clock
    if first is None:
        return False
    due_in_ms = (first - clock.now()) / timedelta(milliseconds=1)
    near_ms = clock.real(NEAR_S)
    if due_in_ms > near_ms or (clock.stepped and due_in_ms >= 0):  # a part of a millisecond may be left
        return False
    time.sleep(min(LOOK_S, max(0.01, due_in_ms / near_ms * NEAR_S)))
    return True


def _safely(runtime: Runtime, turn: Turn) -> None:
    """One turn; an unexpected error leaves the lane to its lease and is logged by name."""
    try:
        pay(runtime, turn)
    except Exception as error:
        log.error("turn failed", lane=turn.lane, error=type(error).__name__, exc_info=True)


def pay(runtime: Runtime, turn: Turn) -> None:
    """One lane, one post: compose, write down, post, record."""
    store = runtime.store
    channel = store.documents.channel(turn.channel)
    if channel is None:
        store.lanes.drop(turn, _subjects(turn))
        store.lanes.release(turn)
        return
    told = letter(store, turn, channel, store.clock.now(), Links.of(runtime.settings))
    if told.message is None:
        _end(store, turn, told)
        return
    delivery_id = turn.sending.id if turn.sending else keys.delivery_id(turn.lane, told.pairs)
    if not store.lanes.begin(turn, delivery_id, told.pairs):
        return
    runtime.mark("leased")
    answer = channels.post(runtime.sender, channel, told.message, delivery_id, store.clock.now())
    if answer is None:
        store.lanes.pass_over(turn, delivery_id)
        return
    (runtime.quick.add if answer.latency_ms < QUICK_MS else runtime.quick.discard)(channel.id)
    runtime.mark("posted")
    _record(runtime, turn, channel, told, delivery_id, answer)
    runtime.mark("recorded")


def _end(store: Store, turn: Turn, told: Letter) -> None:
    """No post: what stands no longer is dropped, what can wait is put off."""
    store.lanes.drop(turn, told.stale)
    if told.waits_until is None:
        store.lanes.release(turn)
    else:
        store.lanes.put_off(turn, told.waits_until)


def _subjects(turn: Turn) -> set[str]:
    """All that a turn owes, also what a post of unknown fate was to tell."""
    return {*turn.owed, *(subject for subject, _ in (turn.sending.pairs if turn.sending else ()))}


def _record(runtime: Runtime, turn: Turn, channel: Channel, told: Letter, delivery_id: str, answer: Answer) -> None:
    """Write down what came of a post. After one of alerts the lane rests; what is said once keeps no alert waiting."""
    store, now = runtime.store, runtime.store.clock.now()
    gate = gates.after(turn.gate, answer, now=now, scale=partial(_span, store))
    attempt = Attempt(now, answer.status, answer.latency_ms, answer.text, answer.outcome)
    counts = answer.outcome == "accepted" and told.alerts
    posts = patience.in_a_row(Memory(turn.posts, turn.last_at, turn.put_off), now) + 1
    store.lanes.record(
        turn,
        attempt,
        gate=gate,
        lane_not_before=patience.rests_until(channel.kind, now) if counts else None,
        posts=posts if counts else None,
        spacing_s=APART_S.get(channel.kind, SPACING_S),
        counts=_counts(store, told, answer, now),
    )
    log.info(
        "delivery answered",
        delivery_id=delivery_id,
        channel=channel.id,
        outcome=answer.outcome,
        status=answer.status,
        latency_ms=answer.latency_ms,
    )
    if gate.broken and not turn.gate.broken:
        _fall_on(runtime, channel, gate, now, store.lanes.owing(channel.id))
    elif gate.broken and turn.attempt == 0:  # policies named it since its trial was due
        _fall_on(runtime, channel, gate, now, [subject for subject, _ in told.pairs])


def _fall_on(runtime: Runtime, channel: Channel, gate: Gate, now: datetime, subjects: Iterable[str]) -> None:
    """Nobody hears of these in a channel that is broken: their policies take the next step at once."""
    owing = runtime.store.alerts.get_many(subjects)
    for alert in owing.values():
        if alert.state == "open":
            runtime.store.steps.arm(alert.id, now)
    if owing:
        runtime.queues.escalate()
    log.warning("channel broke", channel=channel.id, because=gate.broken, alerts=len(owing))


def _counts(store: Store, told: Letter, answer: Answer, now: datetime) -> Counter[str]:
    """The post, and how long it took from Zoom's answer to the channel's, in real seconds."""
    counts = Counter({f"deliveries:{answer.outcome}": 1})
    if answer.outcome == "accepted" and told.news_at is not None:
        waited_ms = (now - told.news_at) / timedelta(milliseconds=1)
        real_s = store.clock.real_seconds(waited_ms)
        counts[f"told_bucket:{next((le for le in TOLD_BUCKETS_S if real_s <= le), 'inf')}"] += 1
        counts["told_ms_sum"] += round(real_s * 1000)
    return counts


def _span(store: Store, real_s: float) -> timedelta:
    """How long so many real seconds are by the store's clock."""
    return timedelta(milliseconds=store.clock.real(real_s))
