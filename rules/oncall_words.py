"""Who is on call, in sentences: until when and who is next, a hand-over, what a cover changes, where nobody is."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rules import rota, weekly
from rules.model import AlertView, Cover, Schedule
from rules.rota import Standing, Turn
from rules.words import clean, cut

Names = Mapping[str, str]  #: person → name

_SHOWN = 3  #: open alerts and gaps that are named; the others are counted
_NAME = 40
_WEEK, _YEAR = timedelta(days=6), timedelta(days=300)


def name_of(person: str | None, names: Names) -> str:
    """What people call somebody; who is not known goes by the id."""
    return "nobody" if person is None else cut(clean(names.get(person, person)), _NAME)


def when(moment: datetime, zone: str, now: datetime) -> str:
    """ "18:00"; "Fri 18:00" within a week; "Mon 7 Dec 09:00" beyond, and the year where that may be doubtful."""
    place = weekly.zone_of(zone)
    local, today = moment.astimezone(place), now.astimezone(place)
    time = f"{local:%H:%M}"
    if local.date() == today.date():
        return time
    if abs(local.date() - today.date()) <= _WEEK:
        return f"{local:%a} {time}"
    year = f" {local.year}" if abs(moment - now) > _YEAR else ""
    return f"{local:%a} {local.day} {local:%b}{year} {time}"


def standing(schedule: Schedule, found: Standing, names: Names, now: datetime) -> str:
    """ "Ben Ito is on call for av until Fri 18:00 (Europe/Berlin), then Ana Ruiz."."""
    who = name_of(found.person, names) if found.person else "Nobody"
    verb = "stands in" if found.cover else "is on call"
    until = f" until {when(found.until, schedule.timezone, now)} ({schedule.timezone})" if found.until else ""
    return f"{who} {verb} for {schedule.id}{until}{_then(found, schedule, names, now)}."


def hand_over(
    schedule: Schedule,
    found: Standing,
    names: Names,
    alerts: Sequence[AlertView],
    *,
    zone: str,
    now: datetime,
    named: bool = True,
) -> str:
    """ "Now on call for av: Ben Ito until Fri 18:00. Then: Ana Ruiz. Open: 1 alert (Dr Rao, taken by Ana)."."""
    until = f" until {when(found.until, zone, now)}" if found.until else ""
    then = f" Then: {name_of(found.then.person, names)}." if found.then else ""
    lead = f"Now on call for {schedule.id}: {name_of(found.person, names)}{until}.{then}"
    return f"{lead} Open: {_alerts(alerts, named=named)}."


def cover(schedule: Schedule, made: Cover, covers: Sequence[Cover], names: Names, now: datetime) -> str:
    """What a cover changes; and of one that changes nothing, why."""
    who, start, end = name_of(made.person, names), made.starts_at, made.ends_at
    since = "now" if start <= now else when(start, schedule.timezone, now)
    span = f"from {since} until {when(end, schedule.timezone, now)} ({schedule.timezone})"
    others = [each for each in covers if each.id != made.id]
    without = {turn.person for turn in rota.turns(schedule, others, start, end)}
    if not rota.changes_nothing(schedule, others, made):
        whom = f" for {name_of(made.instead_of, names)}" if made.instead_of else ""
        return f"{who} stands in{whom} on {schedule.id} {span}."
    there = [name_of(person, names) for person in sorted(without - {None}, key=str)]
    if without == {made.person}:
        why = f"{who} is on call then anyway"
    elif not there:
        why = "nobody is on call then, by the hours of the schedule"
    else:
        why = f"{name_of(made.instead_of, names)} is not on call then; {', '.join(there)} is"
    return f"This changes nothing on {schedule.id} {span}: {why}."


def gap_warning(gaps: Sequence[Turn], schedule: Schedule, names: Names, now: datetime) -> str:
    """ "nobody is on call Fri 18:00 - Mon 08:00, and 1 more time in the next 14 days"; "" when there is no gap."""
    if not gaps:
        return ""
    first = gaps[0]
    span = " - ".join(when(moment, schedule.timezone, now) for moment in (first.start, first.end))
    who = f"{first.person}, who is not there any more," if first.person else "nobody"
    more = f", and {len(gaps) - 1} more time{'s' if len(gaps) > 2 else ''}" if len(gaps) > 1 else ""
    return f"{who} is on call {span}{more} in the next 14 days"


def _then(found: Standing, schedule: Schedule, names: Names, now: datetime) -> str:
    if found.then is None:
        return ", and nobody after that" if found.until else ""
    begins = f" from {when(found.then.start, schedule.timezone, now)}" if found.then.start != found.until else ""
    return f", then {name_of(found.then.person, names)}{begins}"


def _alerts(alerts: Sequence[AlertView], *, named: bool) -> str:
    """ "1 alert (Dr Rao, taken by Ana)"; "nothing"."""
    if not alerts:
        return "nothing"
    count = "1 alert" if len(alerts) == 1 else f"{len(alerts)} alerts"
    if not named:
        return count
    told = [_alert(alert) for alert in alerts[:_SHOWN]]
    more = [f"+{len(alerts) - _SHOWN}"] if len(alerts) > _SHOWN else []
    return f"{count} ({'; '.join([*told, *more])})"


def _alert(alert: AlertView) -> str:
    taken = f", taken by {cut(clean(alert.taken.by), _NAME)}" if alert.taken else ""
    return f"{cut(clean(alert.who), _NAME)}{taken}"
