"""The people of a watch in the runs that it is about: how each stands, their rows, who may be claimed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from rules.model import Instance, Roster, Sample, Watch
from rules.presence import ONE, stands
from rules.roster import present, sessions_of
from rules.watching import entries
from service.api import forecast
from service.api.errors import Conflict, Fault, Refused, did_you_mean
from service.api.forecast import Cost, Plate
from service.api.runs import Runs
from service.api.watch_view import Person, alert_of, person_of, unseen
from service.store import Store

MOST_PEOPLE = 500
MOST_ROWS = 5000
_SHOWN = 5
_CLAIMABLE = ("name", "email", "zoom_user")


def people_of(watch: Watch, of: Sequence[Instance], runs: Runs) -> tuple[Person, ...]:
    """Everybody whom a watch means, run by run; where it is about no run, its entries."""
    return tuple(islice(_people(watch, of, runs), MOST_PEOPLE))


def _people(watch: Watch, of: Sequence[Instance], runs: Runs) -> Iterator[Person]:
    if not of:
        yield from (person_of(each, None) for each in stands(watch, "", {}, {}, runs.now))
    for run in of:
        seats, blind_since = runs.seats(run), runs.blind_since(run)
        for each in stands(watch, run.id, runs.people(run), seats, runs.now):
            yield unseen(person_of(each, alert_of(seats.get(each.seat or ""))), blind_since)


def cost_of(watch: Watch, of: Sequence[Instance], runs: Runs, plate: Plate, period_s: int) -> Cost:
    """What a watch costs: by who is there, where a meeting is on; whoever is named and not found may still come."""
    on = [run for run in of if run.ended_at is None]
    here = {run.id: present(runs.people(run)) for run in on}
    if not any(here.values()):
        return forecast.cost(watch, period_s, plate, run=on[0].id if on else None)
    meant = {seat for run in on for seat in runs.meant(watch, run)}
    found = sum(listed.seat in meant for people in here.values() for listed in people.values())
    named, size = sum(who.kind in ONE for who in watch.who), sum(map(len, here.values()))
    return forecast.cost(watch, period_s, plate, run=on[0].id, people=max(found, named), size=size)


def sessions(watch: Watch, run: Instance, runs: Runs) -> tuple[str, ...]:
    """Every session of everybody whom a watch means in a run."""
    by_seat = sessions_of(runs.people(run))
    known = [session for seat in sorted(runs.meant(watch, run)) for session in by_seat[seat]]
    named = [who.value for who in entries(watch, run.id) if who.kind == "participant_id"]
    return tuple(dict.fromkeys([*known, *named]))


def rows(store: Store, run: Instance, people: Iterable[str], each: int) -> list[Sample]:
    """The last rows of each session."""
    return [row for session in people for row in store.samples.recent(run.id, session, each)]


def claim(store: Store, runs: Runs, watch: Watch, session: str, entry: str) -> None:
    """Keep that a session is the person whom an entry means, and look at them at once. Raises Problem."""
    on = runs.open_to(watch)
    if not on:
        raise Conflict(f"no meeting of watch {watch.id} is on: people are claimed while they are there")
    value = _entry(watch, entry)
    run = _run_with(session, watch, on, runs)

    own = {who.value.casefold() for who in watch.who}

    def claimed(roster: Roster) -> Roster:
        listed = roster.people[session]
        others = tuple(each for each in listed.claimed if each.casefold() not in own)  # other watches have theirs
        return replace(roster, people={**roster.people, session: replace(listed, claimed=(*others, value))})

    if value not in runs.people(run)[session].claimed:
        store.seats.change_roster(run.id, claimed)
        store.due.arm(run.id, runs.now)


def _entry(watch: Watch, given: str) -> str:
    known = {who.value.casefold(): who.value for who in watch.who if who.kind in _CLAIMABLE}
    if not known:
        raise Conflict(f"watch {watch.id} names nobody by name, email or zoom_user: there is nobody to claim")
    value = known.get(" ".join(given.split()).casefold())
    if value is None:
        near = did_you_mean(given.casefold(), known) or f"; there are {_few(repr(name) for name in known.values())}"
        raise Refused(Fault(f"is no entry of this watch{near}", "/as"))
    return value


def _run_with(session: str, watch: Watch, on: Sequence[Instance], runs: Runs) -> Instance:
    """The one of these runs in which somebody has this session."""
    found = [run for run in on if session in runs.people(run)]
    if len(found) > 1:
        raise Conflict(f"participant {session} is in {len(found)} meetings: a watch of one of them can claim them")
    if not found:
        there = _few(unclaimed(runs, watch, on)) or "nobody else"
        raise Refused(Fault(f"is nobody in this meeting; unclaimed there: {there}", "/participant_id"))
    return found[0]


def unclaimed(runs: Runs, watch: Watch, on: Iterable[Instance]) -> Iterator[str]:
    """Who is there and meant by no entry of the watch, with the id to claim them by."""
    for run in on:
        seats = runs.meant(watch, run)
        for session, listed in present(runs.people(run)).items():
            if listed.seat not in seats:
                yield f"{listed.name or 'somebody without a name'} ({session})"


def _few(names: Iterable[str]) -> str:
    told = list(islice(names, _SHOWN + 1))
    return ", ".join(told[:_SHOWN]) + (", …" if len(told) > _SHOWN else "")
