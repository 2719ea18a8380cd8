"""`qoswatch oncall`: who is on call now and in the coming weeks, and who stands in for whom, at once.

    qoswatch oncall [SCHEDULE] [--at MOMENT]
    qoswatch oncall cover SCHEDULE PERSON --until MOMENT|4h [--from MOMENT|2h] [--for PERSON] [--comment TEXT]
    qoswatch oncall uncover SCHEDULE COVER

A moment reads 2026-11-23T18:00, by the clocks of the schedule, or with an offset of its own.
"""

import argparse
import difflib
import getpass
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from rules import covering, oncall_words, rota, weekly
from rules.model import Cover, Person, Schedule
from rules.words import clean
from service.settings import Settings
from service.store import Store
from workers.errors import CommandError
from workers.reach import reached

_AHEAD = timedelta(weeks=4)
_GAPS = timedelta(days=14)
_FAR = timedelta(days=366)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_OF_COVER = ("until", "from", "for", "comment")
_WORDS = {"cover": ("SCHEDULE", "PERSON"), "uncover": ("SCHEDULE", "COVER")}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser(
        "oncall",
        help="who is on call, and who stands in",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="qoswatch oncall [SCHEDULE | cover SCHEDULE PERSON | uncover SCHEDULE COVER] [options]",
    )
    parser.add_argument("words", nargs="*", metavar="SCHEDULE", help="of one schedule: its coming turns and covers")
    parser.add_argument("--at", metavar="MOMENT", help="who is on call then (default: now)")
    parser.add_argument("--until", metavar="MOMENT|4h", help="cover: when it ends; m, h, d and w count from its start")
    parser.add_argument("--from", metavar="MOMENT|2h", help="cover: when it starts (default: now)")
    parser.add_argument("--for", metavar="PERSON", help="cover: only in the turns of this person")
    parser.add_argument("--comment", metavar="TEXT", help="cover: why")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it on the Redis in use; our own server is started for it when nothing runs."""
    deed = args.words[0] if args.words and args.words[0] in _WORDS else "show"
    _check(deed, args)
    with reached(settings) as found:
        store = Store.connect(found)
        try:
            {"show": _show, "cover": _cover, "uncover": _uncover}[deed](args, Desk(store))
        finally:
            store.close()
    return 0


@dataclass(frozen=True)
class Desk:
    """What is registered, read when it is asked for."""

    store: Store

    @cached_property
    def now(self) -> datetime:
        """One moment for the whole command."""
        return self.store.clock.now()

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody, by id; their keys stay sealed."""
        return {person.id: person for person in self.store.documents.people.unopened()}

    @property
    def names(self) -> dict[str, str]:
        """Everybody's name."""
        return {id: person.name for id, person in self.people.items()}

    @property
    def covers(self) -> Sequence[Cover]:
        """Every cover, as it stands now."""
        return self.store.documents.covers.unopened()

    def schedule(self, id: str) -> Schedule:
        """A schedule that there is. Raises CommandError."""
        found = self.store.documents.schedules.get(id)
        if found is None:
            raise CommandError(_unknown("schedule", id, self.store.documents.schedules.ids()))
        return found

    def person(self, id: str) -> str:
        """The id of a person that there is. Raises CommandError."""
        if id not in self.people:
            raise CommandError(_unknown("person", id, self.people))
        return id


def _check(deed: str, args: argparse.Namespace) -> None:
    """Raises CommandError when words are missing, left over, or belong to another deed."""
    given = [name for name in _OF_COVER if getattr(args, name) is not None]
    if deed == "show":
        if len(args.words) > 1:
            raise CommandError("one schedule at a time: qoswatch oncall SCHEDULE")
    elif len(args.words) != 3:
        raise CommandError(f"say it whole: qoswatch oncall {deed} {' '.join(_WORDS[deed])}")
    if given and deed != "cover":
        raise CommandError(f"--{given[0]} belongs to a cover: qoswatch oncall cover SCHEDULE PERSON --until 4h")
    if args.at is not None and deed != "show":
        raise CommandError("--at asks who is on call; a cover has --from and --until")
    if deed == "cover" and args.until is None:
        raise CommandError("until when? --until 4h, or --until 2026-11-23T18:00")


def _show(args: argparse.Namespace, desk: Desk) -> None:
    if args.words:
        _show_one(desk.schedule(args.words[0]), args.at, desk)
        return
    schedules = desk.store.documents.schedules.all()
    for schedule in sorted(schedules, key=lambda each: each.id):
        print(_standing(schedule, _at(args.at, schedule, desk), desk))
    if not schedules:
        print("There are no schedules yet: PUT /v1/schedules/<id>")


def _show_one(schedule: Schedule, asked: str | None, desk: Desk) -> None:
    at = _at(asked, schedule, desk)
    print(_standing(schedule, at, desk))
    print("Turns:")
    for turn in rota.turns(schedule, desk.covers, at, at + _AHEAD):
        by = f"  by cover {turn.cover}" if turn.cover else ""
        when = oncall_words.when(turn.start, schedule.timezone, at)
        print(f"  {when:<22}{oncall_words.name_of(turn.person, desk.names)}{by}")
    own = [cover for cover in desk.covers if cover.schedule == schedule.id and cover.ends_at > desk.now]
    if own:
        print("Covers:")
    for cover in sorted(own, key=lambda each: each.starts_at):
        about = ": ".join(clean(part) for part in (cover.by, cover.comment) if part)
        says = oncall_words.cover(schedule, cover, desk.covers, desk.names, desk.now)
        print(f"  {cover.id:<16}{says}{f' ({about})' if about else ''}")
    gaps = rota.gaps(schedule, desk.covers, desk.people, at, at + _GAPS)
    if gaps:
        print(f"Warning: {oncall_words.gap_warning(gaps, schedule, desk.names, at)}.")


def _standing(schedule: Schedule, at: datetime, desk: Desk) -> str:
    return oncall_words.standing(schedule, rota.standing(schedule, desk.covers, at), desk.names, at)


def _cover(args: argparse.Namespace, desk: Desk) -> None:
    schedule, person = desk.schedule(args.words[1]), desk.person(args.words[2])
    instead_of = desk.person(getattr(args, "for")) if getattr(args, "for") else ""
    asked = getattr(args, "from")
    starts_at = max(_moment(asked, schedule, desk.now, "--from"), desk.now) if asked else desk.now
    ends_at = _moment(args.until, schedule, starts_at, "--until")
    for end, sentence in covering.faults(starts_at, ends_at, desk.now):
        raise CommandError(f"{'--until' if end == 'ends_at' else '--from'} {sentence}")
    if sum(cover.schedule == schedule.id and cover.ends_at > desk.now for cover in desk.covers) >= covering.MOST:
        raise CommandError(f"{schedule.id} has {covering.MOST} covers on or to come; take some back first")
    id, by, comment = f"co_{secrets.token_hex(6)}", getpass.getuser(), clean(args.comment or "")
    made = Cover(id, 0, schedule.id, person, starts_at, ends_at, desk.now, instead_of, by, comment)
    desk.store.documents.covers.put(made)
    print(oncall_words.cover(schedule, made, desk.covers, desk.names, desk.now))
    print(f"Take it back: qoswatch oncall uncover {schedule.id} {id}")


def _uncover(args: argparse.Namespace, desk: Desk) -> None:
    schedule, covers = desk.schedule(args.words[1]), desk.store.documents.covers
    own = {cover.id: cover for cover in desk.covers if cover.schedule == schedule.id and cover.ends_at > desk.now}
    cover = own.get(args.words[2])
    if cover is None:
        raise CommandError(_unknown("cover", args.words[2], own, f"`qoswatch oncall {schedule.id}` shows them"))
    short = covering.taken_back(cover, desk.now)
    if short is None:
        covers.delete(cover.id)
    else:
        ends_at = short.ends_at
        covers.change(cover.id, lambda kept: replace(kept, ends_at=ends_at))
    print(f"Cover {cover.id} is taken back. {_standing(schedule, desk.now, desk)}")


def _at(asked: str | None, schedule: Schedule, desk: Desk) -> datetime:
    at = _moment(asked, schedule, desk.now, "--at") if asked else desk.now
    if abs(at - desk.now) > _FAR:
        raise CommandError("--at must be within a year of now")
    return at


def _moment(text: str, schedule: Schedule, start: datetime, option: str) -> datetime:
    """A moment: so long after `start`, by the clocks of the schedule, or with an offset. Raises CommandError."""
    try:
        if found := re.fullmatch(r"(\d{1,4})\s*([mhdw])", text.strip()):
            return start + timedelta(**{_UNITS[found[2]]: int(found[1])})
        given = datetime.fromisoformat(text.strip())
        return weekly.moment(given, weekly.zone_of(schedule.timezone)) if given.tzinfo is None else _utc(given, start)
    except (ValueError, OverflowError):
        raise CommandError(f"{option} is no moment: 4h, 2026-11-23T18:00 or 2026-11-23T18:00+01:00") from None


def _utc(given: datetime, like: datetime) -> datetime:
    return given.astimezone(like.tzinfo)


def _unknown(kind: str, id: str, known: Iterable[str], hint: str = "") -> str:
    ids = sorted(known)
    near = difflib.get_close_matches(id, ids, 1, 0.6)
    there = f"; there are {', '.join(ids[:10])}" if ids else "; there is none yet"
    return f"there is no {kind} {clean(id)!r}" + (
        f": did you mean {near[0]!r}?" if near else f": {hint}" if hint else there
    )
