"""The Redis that holds everything, and the processes that work on it."""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from service.queues import QueueName
from service.store import Figures
from service.store.room import FULL, TIGHT, memory_of
from workers.doctor import ways
from workers.doctor.findings import Finding, Patient, fault, ok, warning

TICK_S = 30  #: the scheduler ticks four times a second; half a minute without is no hiccup
_LOW_DISK, _NO_DISK = 1 << 30, 100 << 20


def server(patient: Patient) -> Iterator[Finding]:
    """Whether there is one, and whether what it holds survives."""
    if patient.store is None:
        if patient.trouble:
            yield fault(patient.trouble, "nothing is watched until this is mended")
        else:
            yield warning(
                "no qoswatch runs here, so only settings and Zoom are looked at",
                "start it with `qoswatch up`, or set REDIS_URL to the Redis of the one that runs elsewhere",
            )
        return
    info: Mapping[str, Any] = patient.store.redis.info("all")
    worries = [*_keeping(patient, info), *_room(info), *ways.openness(patient.settings.redis_url)]
    worries += [*_disk(patient), *ways.sentinels(patient.kept)]
    yield from worries
    if not any(worry.level == "fault" for worry in worries):
        yield ok(f"{_version(info)} answers, {info.get('used_memory_human', '?')} used")


def _version(info: Mapping[str, Any]) -> str:
    return f"Valkey {info['valkey_version']}" if "valkey_version" in info else f"Redis {info.get('redis_version')}"


def _keeping(patient: Patient, info: Mapping[str, Any]) -> Iterator[Finding]:
    for sentence in patient.kept.warnings:
        yield warning(sentence)
    for field in ("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"):
        if info.get(field, "ok") != "ok":
            yield fault(f"Redis can not write to its disk ({field})", "free its disk, and read its log")
            return


def _room(info: Mapping[str, Any]) -> Iterator[Finding]:
    memory = memory_of(info)
    todo = "raise its maxmemory, or shorten QOSWATCH_KEEP_SAMPLES"
    if memory.share >= FULL:
        yield fault(f"Redis uses {memory}: it refuses what we write, or soon will", todo)
    elif memory.share >= TIGHT:
        yield warning(f"Redis uses {memory}: nothing new is registered, figures are not kept; alerts go on", todo)


def _disk(patient: Patient) -> Iterator[Finding]:
    if patient.settings.redis_url:
        return
    folder = patient.settings.qoswatch_data_dir
    free = shutil.disk_usage(folder).free
    if free < _LOW_DISK:
        found = fault if free < _NO_DISK else warning
        yield found(f"only {free >> 20} MB are free at {folder}, where our Redis writes", "make room there")


def processes(patient: Patient) -> Iterator[Finding]:
    """Whether somebody does the work."""
    store = patient.kept
    figures = store.health.figures(store.clock.now())
    faults = [*_missing(figures), *_late(figures)]
    yield from faults
    if not faults:
        counts = ", ".join(f"{figures.workers.get(queue, 0)} {queue}" for queue in get_args(QueueName))
        yield ok(f"the scheduler ticks, workers live ({counts}), nothing is overdue")


def _missing(figures: Figures) -> Iterator[Finding]:
    if figures.tick_age_s is None:
        yield fault("no scheduler has ever ticked: nothing is watched", "start `qoswatch scheduler`")
    elif figures.tick_age_s > TICK_S:
        yield fault(
            f"no scheduler has ticked for {figures.tick_age_s:.0f} s: nothing is watched",
            "start `qoswatch scheduler`, or read its log",
        )
    for queue in get_args(QueueName):
        if not figures.workers.get(queue):
            yield fault(f"no worker lives on the queue {queue}", "start `qoswatch worker`, or read its log")


def _late(figures: Figures) -> Iterator[Finding]:
    told = {
        "meetings not looked at for two periods": figures.overdue_meetings,
        "conversations that have waited for a minute": figures.overdue_lanes,
        "steps of policies and reminders that are a minute late": figures.overdue_steps,
        "live and watched meetings that nothing will look at": figures.unarmed_meetings,
    }
    for words, number in told.items():
        if number:
            yield fault(f"{words}: {number}", "read the workers' log; more of them help where they are busy")
