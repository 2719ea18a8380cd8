"""Where a policy would call nobody: a schedule that it tells is in a gap, or nothing reaches who is on call by it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules import rota, weekly
from rules.duty import Duty, on_call, reached
from rules.model import Person, Policy, Schedule, Step, Target

_LOOKED_BACK = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Lack:
    """A schedule by which nobody can be called now. `person`: who is on call and out of reach; None: nobody is."""

    schedule: Schedule
    since: datetime
    until: datetime | None
    because: str
    hint: str
    person: Person | None = None


def told_by(policy: Policy) -> frozenset[Target]:
    """Everybody and everything that any step of a policy tells."""
    return frozenset(target for step in policy.steps for target in step.tell)


def users(schedule: str, policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """The policies that tell a schedule."""
    return tuple(policy for policy in policies if Target("schedule", schedule) in told_by(policy))


def lacks(duty: Duty, here: Mapping[str, Sequence[str]], now: datetime) -> Iterator[Lack]:
    """Every schedule by which a policy would call nobody now. `here`: policy → the channels that hear its alerts."""
    for schedule in duty.schedules.values():
        target = Target("schedule", schedule.id)
        own = [policy for policy in users(schedule.id, duty.policies.values()) if _tells(policy, target, now)]
        if not own:
            continue
        person = on_call(duty, schedule.id, now)
        if person is None:
            if any(not _calls_anybody(policy, duty, now) for policy in own):
                yield _gap(schedule, duty, now)
            continue
        heard = tuple(dict.fromkeys(channel for policy in own for channel in here.get(policy.id, ())))
        found = reached(duty, (target,), heard, now)
        if not found.channels:
            yield _out_of_reach(schedule, person, found.lost, now)


def _steps(policy: Policy, now: datetime) -> Iterator[Step]:
    """The steps that would be taken at this time of the week."""
    for step in policy.steps:
        if not step.when.hours or weekly.is_in(step.when.hours, policy.timezone, now):
            yield step


def _tells(policy: Policy, target: Target, now: datetime) -> bool:
    return any(target in step.tell for step in _steps(policy, now))


def _calls_anybody(policy: Policy, duty: Duty, now: datetime) -> bool:
    """Whether a person is called by any step: a team for the day and one for the night are no gap together."""
    for target in (target for step in _steps(policy, now) for target in step.tell):
        if target.kind == "person" and target.id in duty.people:
            return True
        if target.kind == "schedule" and on_call(duty, target.id, now):
            return True
    return False


def _gap(schedule: Schedule, duty: Duty, now: datetime) -> Lack:
    turns = rota.turns(schedule, duty.covers, now - _LOOKED_BACK, now + timedelta(seconds=1))
    turn, found = turns[-1], rota.standing(schedule, duty.covers, now)
    because, hint = _why(schedule, turn.person, now)
    return Lack(schedule, max(turn.start, schedule.created_at), found.until, because, hint)


def _why(schedule: Schedule, person: str | None, now: datetime) -> tuple[str, str]:
    """Why nobody is on call, and what would mend it."""
    cover = f"Put somebody on call: qoswatch oncall cover {schedule.id} PERSON --until 4h."
    if person:
        return f"{person} is not there any more", cover
    if schedule.hours and not weekly.is_in(schedule.hours, schedule.timezone, now):
        widen = "Widen the hours of the schedule, or give the step that tells it hours of its own."
        return "its hours leave this time to nobody", widen
    return "it has not started yet", cover


def _out_of_reach(schedule: Schedule, person: Person, lost: Sequence[str], now: datetime) -> Lack:
    hint = f"Give them a channel, a PagerDuty key or an e-mail: PUT /v1/people/{person.id}."
    return Lack(schedule, now, None, ", ".join(lost) or f"no way to {person.name}", hint, person)
