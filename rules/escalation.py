"""Policies at work on one alert: when a run starts, which step is due, whom it tells, and what comes next.

A step is due so long after the moment at which the one before it was committed: one step for each alert and look,
so that an outage shifts the ladder and never throws it down. Who is on call is asked at the step itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules import weekly
from rules.duty import Duty, ahead, reached
from rules.model import AlertState, Calling, Entry, Policy, Run, Severity, Step, WatchView
from rules.severities import RANK, worst
from rules.timeline import followed
from rules.words import duration

LAP_AT_LEAST = timedelta(minutes=5)  #: between the last step and the first of a repeat
_CALLS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Backing:
    """What a watch brings to a run: its policy as it is now, and its labels."""

    policy: Policy
    labels: Mapping[str, str]


def started(state: AlertState, backings: Mapping[str, Backing], now: datetime) -> AlertState:
    """Start a run for each policy whose first step fits; one that runs is told of its severity, or starts anew.

    A run is frozen: only a turn to critical begins it again, with the policy as it is then.
    """
    if not state.open:
        return state
    runs = {run.policy.id: run for run in state.runs}
    for policy_id, watches in _by_policy(state.watches).items():
        severity = _worst(watches)
        backing = next((backings[view.id] for view in watches if view.id in backings), None)
        known = runs.get(policy_id)
        if severity is None:
            continue
        if known and not (backing and RANK[severity] > RANK[known.severity]):
            runs[policy_id] = replace(known, severity=severity) if backing else known
        elif backing and any(_accepts(step, severity) for step in backing.policy.steps):
            labels = {k: v for view in watches if view.id in backings for k, v in backings[view.id].labels.items()}
            told = known.reached if known else ()
            called = known.called if known else ()
            runs[policy_id] = Run(backing.policy, severity, now, now, reached=told, labels=labels, called=called)
    now_running = tuple(runs.values())
    return state if now_running == state.runs else replace(state, runs=now_running)


def advanced(state: AlertState, duty: Duty, now: datetime) -> tuple[AlertState, tuple[Entry, ...]]:
    """Take the step that is due of each run that is not paused: one of each, but what reaches nobody is passed."""
    entries: list[Entry] = []
    for run in state.runs:
        if is_paused(state, run):
            continue
        hasty = False
        while (due := _due_at(run, duty, hasty)) is not None and due <= now:
            step, number = _step(run), run.done
            run = replace(run, done=number + 1)
            if not _fits(step, run, now):
                state = _with(state, run)
                continue
            state, entry, run = _taken(state, run, step, duty, now)
            entries.append(entry)
            hasty = not run.last
            if run.last:
                break
    return state, tuple(entries)


def next_at(state: AlertState, duty: Duty) -> datetime | None:
    """When the next step of any run is due."""
    if not state.open:
        return None
    moments = [_due_at(run, duty, False) for run in state.runs if not is_paused(state, run)]
    return min((moment for moment in moments if moment), default=None)


def is_paused(state: AlertState, run: Run) -> bool:
    """Whether nothing is to be done: somebody has it or snoozed it, nothing can be told now, or it is silenced."""
    own = [view for view in state.watches if view.policy == run.policy.id]
    return not state.open or bool(state.taken or state.snooze) or state.held or _worst(own) is None


def upcoming(state: AlertState, duty: Duty, now: datetime) -> Calling | None:
    """The step that comes next if nobody takes the alert, as far as that is known now."""
    found = [_upcoming(run, duty, now) for run in state.runs if not is_paused(state, run)]
    return min((calling for calling in found if calling), key=lambda calling: calling.at, default=None)


def calls(state: AlertState) -> tuple[Calling, ...]:
    """The steps taken, oldest first."""
    return tuple(sorted((call for run in state.runs for call in run.called), key=lambda call: call.at))


def _upcoming(run: Run, duty: Duty, now: datetime) -> Calling | None:
    length = len(run.policy.steps)
    for ahead_by in range(length):
        later = replace(run, done=run.done + ahead_by)
        at = _due_at(later, duty, False)
        if at is None:
            return None
        step = _step(later)
        if _fits(step, later, max(at, now)):
            names = ahead(duty, step.tell, max(at, now))
            pages = any(target.kind != "channel" for target in step.tell)
            return Calling(max(at, now), later.done % length + 1, length, names, pages=pages)
    return None


def _taken(state: AlertState, run: Run, step: Step, duty: Duty, now: datetime) -> tuple[AlertState, Entry, Run]:
    """One step: whom it reaches is told, and hears all that comes after; what it can not reach is written down."""
    length = len(run.policy.steps)
    place = (run.done - 1) % length + 1
    here = tuple(dict.fromkeys(c for view in state.watches for c in view.notify if view.severity and duty.is_chat(c)))
    told = reached(duty, step.tell, here, now)
    call = Calling(now, place, length, told.names, told.channels, told.pages, run.started_at)
    run = replace(run, last_at=now, last=told.channels)
    if told.channels:
        known = dict.fromkeys((*run.reached, *told.channels))
        run = replace(run, reached=tuple(known), called=(*run.called, call)[-_CALLS_KEPT:])
    state = _with(state, run)
    sentence = _sentence(run, place, length, told.names, told.channels, told.lost, now)
    tells = dict.fromkeys((*told.channels, *(here if told.channels and told.pages else ())))  # chats see who is paged
    state, entry = followed(state, "escalated", now, sentence, tells=tuple(tells), call=call)
    return state, entry, run


def _with(state: AlertState, run: Run) -> AlertState:
    """The state with a run moved on, and the channels that it has reached beside those of its watches."""
    runs = tuple(run if each.policy.id == run.policy.id else each for each in state.runs)
    return replace(state, runs=runs, watches=tuple(reaching(view, runs) for view in state.watches))


def reaching(view: WatchView, runs: Iterable[Run]) -> WatchView:
    """A watch's view with the channels that the run of its policy has reached."""
    told = tuple(channel for run in runs if run.policy.id == view.policy for channel in run.reached)
    return replace(view, notify=tuple(dict.fromkeys((*view.notify, *told)))) if told else view


def _sentence(
    run: Run, place: int, length: int, names: Iterable[object], channels: tuple[str, ...], lost: tuple[str, ...],
    now: datetime,
) -> str:  # fmt: skip
    who = ", ".join(dict.fromkeys([*(getattr(name, "name", "") for name in names)])) or ", ".join(channels)
    waited = (now - run.started_at).total_seconds()
    after = f" after {duration(waited)}" if waited >= 1 else ""
    step = f"step {place} of {length} of policy {run.policy.id}"
    missing = f" ({'; '.join(lost)})" if lost else ""
    if not channels:
        return f"{step}{after} reaches nobody: {'; '.join(lost) or 'it tells nobody'}"
    return f"nobody has it{after}: {step} tells {who}{missing}" if after else f"{step} tells {who}{missing}"


def _due_at(run: Run, duty: Duty, hasty: bool) -> datetime | None:
    """When the next step is due; None after the last. What reached nobody is followed at once, but within a lap."""
    length = len(run.policy.steps)
    if run.done >= length * (run.policy.repeat + 1):
        return None
    after = timedelta(seconds=_step(run).after_s)
    if run.done and run.done % length == 0:
        return run.last_at + max(after, LAP_AT_LEAST)
    dead = bool(run.last) and all(channel in duty.broken for channel in run.last)
    return run.last_at if hasty or dead else run.last_at + after


def _step(run: Run) -> Step:
    return run.policy.steps[run.done % len(run.policy.steps)]


def _accepts(step: Step, severity: Severity) -> bool:
    return RANK[severity] >= RANK[step.when.severity]


def _fits(step: Step, run: Run, at: datetime) -> bool:
    """Whether a step is meant for this alert at this hour."""
    hours = not step.when.hours or weekly.is_in(step.when.hours, run.policy.timezone, at)
    labels = all(run.labels.get(name) == value for name, value in step.when.labels.items())
    return _accepts(step, run.severity) and hours and labels


def _by_policy(watches: Iterable[WatchView]) -> dict[str, list[WatchView]]:
    found: dict[str, list[WatchView]] = {}
    for view in watches:
        if view.policy:
            found.setdefault(view.policy, []).append(view)
    return found


def _worst(views: Iterable[WatchView]) -> Severity | None:
    return worst(view.severity for view in views)
