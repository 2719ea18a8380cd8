"""/metrics: our figures for Prometheus. What workers counted lies in Redis, and a scrape reads it there.

Labels hold words of ours, queues and channel ids: never a person, never a meeting.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

from flask import Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from rules.model import ActKind, TransitionKind
from service.api.channels import State, standing
from service.queues import QueueName
from service.store import Store
from service.store.errors import SealedElsewhere

_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TOLD = "told_bucket"
_TOLD_SUM = "told_ms_sum"
_BOUNDS_S = (0.5, 1, 2, 5, 10, 30, 60, 300, math.inf)


@dataclass(frozen=True, slots=True)
class Counted:
    """How a counter of the store is shown. `known` values show as 0 until they are counted: a rate needs both."""

    name: str
    about: str
    label: str = ""
    known: tuple[str, ...] = ()


#: family of counters in the store → how it is shown
COUNTED: Mapping[str, Counted] = {
    "rounds": Counted("rounds", "Looks at meetings.", "outcome", ("seen", "blind", "failed")),
    "zoom_calls": Counted("zoom_calls", "Calls to Zoom, by what came of them.", "result", ("ok",)),
    "calls": Counted("calls", "Calls to Zoom, by what they are for.", "purpose", ("qos", "discovery")),
    "person_minutes": Counted("person_minutes", "What one call a person and minute would have been."),
    "hooks": Counted("webhooks", "Webhooks of Zoom, by what came of them.", "outcome", ("taken", "refused", "full")),
    "events": Counted("events", "Events in webhooks, by kind.", "kind", ("joined", "left", "figures", "not_watched")),
    "samples": Counted("samples", "Participant-minutes judged."),
    "late": Counted("samples_late", "Rows that came after a newer minute; not judged."),
    "revised": Counted("samples_revised", "Rows that came again with other figures; not judged."),
    "gap": Counted("samples_gap", "Minutes that Zoom no longer told when we asked."),
    "future": Counted("samples_future", "Rows of a minute ahead of our clock; not judged."),
    "spoiled": Counted("samples_spoiled", "Figures that could not be read."),
    "outcomes": Counted("outcomes", "What rules said of a minute.", "outcome"),
    "acts": Counted("acts", "What people did to alerts.", "kind", get_args(ActKind)),
    "false_alarms": Counted("false_alarms", "Alerts closed as false alarms, by rule.", "rule"),
    "transitions": Counted("transitions", "Changes of alerts.", "kind", get_args(TransitionKind)),
    "deliveries": Counted(
        "deliveries", "Posts, by what came of them.", "outcome", ("accepted", "refused", "unknown", "dead")
    ),
    "seats_put_off": Counted("seats_put_off", "Seats left to the next round: too many wrote at once."),
}


class Metrics:
    """The page that Prometheus reads."""

    def __init__(self, store: Store, length: Callable[[QueueName], int]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)  # a scrape asks Redis, putting it together does not
        self._registry.register(_Figures(store, length))

    def page(self) -> Response:
        """Everything, in the text format that every Prometheus reads."""
        return Response(generate_latest(self._registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Figures(Collector):
    """What is counted and how it stands, read anew for every scrape."""

    def __init__(self, store: Store, length: Callable[[QueueName], int]) -> None:
        self._store, self._length = store, length

    def collect(self) -> Iterator[Metric]:
        """All families. Raises StoreError: a scrape that fails is seen, one that shows zeros is not."""
        counters = self._store.health.counters()
        yield from counted(counters)
        yield told(counters)
        yield from self._standing()
        yield from self._queues()
        yield self._channels()
        yield from self._budget()

    def _standing(self) -> Iterator[Metric]:
        figures = self._store.health.figures(self._store.clock.now())
        live = len(self._store.instances.live())
        yield _gauge("meetings_live", "Watched meetings that are on.", live)
        yield _gauge("meetings_unarmed", "Of these, those that nothing will look at.", figures.unarmed_meetings)
        yield _gauge("meetings_overdue", "Meetings that wait for more than two periods.", figures.overdue_meetings)
        yield _gauge("lanes_overdue", "Lanes that could have spoken a minute ago.", figures.overdue_lanes)
        yield _gauge("steps_overdue", "Steps of policies and reminders that are a minute late.", figures.overdue_steps)
        yield _gauge("redis_memory_bytes", "Memory that Redis uses.", figures.memory.used)
        yield _gauge("redis_memory_max_bytes", "Memory that Redis may use; 0: no limit.", figures.memory.most)
        if figures.tick_age_s is not None:
            yield _gauge("tick_age_seconds", "Since the scheduler last went round.", figures.tick_age_s)
        alive = {**dict.fromkeys(get_args(QueueName), 0), **figures.workers}
        yield _gauges("workers", "Worker processes that are alive.", "role", alive)

    def _queues(self) -> Iterator[Metric]:
        waiting = self._store.health.waiting()
        yield _gauge("meetings_armed", "Meetings and numbers that are due at some time.", waiting.armed)
        yield _gauge("lanes_owing", "Lanes that owe something.", waiting.lanes)
        lengths = {name: self._length(name) for name in get_args(QueueName)}
        yield _gauges("jobs_waiting", "Jobs that wait for a worker.", "queue", lengths)

    def _channels(self) -> Metric:
        made = GaugeMetricFamily("qoswatch_channel_state", "1 for the state it is in.", labels=("channel", "state"))
        with suppress(SealedElsewhere):  # a channel whose key is lost must not hide every other figure
            for channel in self._store.documents.channels.all():
                state, _ = standing(self._store.lanes.gate(channel.id))
                for each in get_args(State):
                    made.add_metric((channel.id, each), each == state)
        return made

    def _budget(self) -> Iterator[Metric]:
        spent = self._store.budget.spent()
        yield _gauge("budget_calls_spent", "Zoom calls of this UTC day that count against its limit.", spent.today)
        yield _gauge("budget_calls_left", "Calls that may still be made today.", spent.left)
        yield _gauge("budget_calls_a_day", "Calls that the plan allows a day.", spent.a_day)


def counted(counters: Mapping[str, int]) -> Iterator[Metric]:
    """The counters that workers keep, by family; one that nobody told us of is shown by its own name."""
    families: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, n in counters.items():
        family, _, value = name.partition(":")
        families[family][value if not value or _WORD.fullmatch(value) else "other"] += n
    for family, shown in COUNTED.items():
        yield _counter(shown, {**dict.fromkeys(shown.known, 0), **families.pop(family, {})})
    for family in sorted(set(families) - {_TOLD, _TOLD_SUM}):
        if _WORD.fullmatch(family) and "-" not in family:
            yield _counter(Counted(family, "Counted by workers.", "value"), families[family])


def told(counters: Mapping[str, int]) -> Metric:
    """From Zoom's answer to the channel's. The store keeps each bucket by itself; Prometheus wants them summed up."""
    found = Counter(dict.fromkeys(map(float, _BOUNDS_S), 0))
    for name, n in counters.items():
        family, _, bound = name.partition(":")
        if family == _TOLD and (bound_s := _bound(bound)) is not None:
            found[bound_s] += n
    so_far, buckets = 0, []
    for bound_s in sorted(found):
        so_far += found[bound_s]
        buckets.append(("+Inf" if math.isinf(bound_s) else str(bound_s), so_far))
    about = "From the response of Zoom that made the news to its acceptance by a channel, in real seconds."
    return HistogramMetricFamily("qoswatch_told_seconds", about, buckets, counters.get(_TOLD_SUM, 0) / 1000)


def _bound(text: str) -> float | None:
    try:
        bound_s = float(text)
    except ValueError:
        return None
    return None if math.isnan(bound_s) else bound_s


def _counter(shown: Counted, values: Mapping[str, int]) -> Metric:
    name = f"qoswatch_{shown.name}"
    if not shown.label:
        return CounterMetricFamily(name, shown.about, value=sum(values.values()))
    made = CounterMetricFamily(name, shown.about, labels=(shown.label,))
    for value, n in values.items():
        made.add_metric((value,), n)
    return made


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"qoswatch_{name}", about, value=value)


def _gauges(name: str, about: str, label: str, values: Mapping[str, int]) -> Metric:
    made = GaugeMetricFamily(f"qoswatch_{name}", about, labels=(label,))
    for value, n in values.items():
        made.add_metric((value,), n)
    return made
