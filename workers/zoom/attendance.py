"""The people of a meeting as lines for a terminal: the id to ask by, who it is, since when."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from rules.model import Sight

_NAMELESS = "(no name)"
_LONGEST = 40  #: of a name or an address
_SOON = datetime.max.replace(tzinfo=UTC)


def text(people: Iterable[Sight], *, meeting: str, zone: tzinfo, past: bool, complete: bool = True) -> str:
    """Those who are there, one line each in the order they came; of a meeting that is over, everybody."""
    told = sorted(people, key=lambda sight: (sight.joined_at or _SOON, sight.session))
    waiting = [sight for sight in told if sight.waiting and not past]
    shown = [sight for sight in told if past or (sight.left_at is None and not sight.waiting)]
    lines = _table([_cells(sight, zone) for sight in shown])
    return "\n".join([_head(meeting, len(shown), len(waiting), zone, past, complete), *lines])


def _head(meeting: str, number: int, waiting: int, zone: tzinfo, past: bool, complete: bool) -> str:
    joins = f"{number} {'join' if number == 1 else 'joins'} of" if past else f"{_people(number)} in"
    room = f", {_people(waiting)} in the waiting room" if waiting else ""
    rest = "" if complete else " (Zoom's list goes on: these are the first)"
    return f"{joins} meeting {meeting}{room}; times in {zone}{rest}"


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _cells(sight: Sight, zone: tzinfo) -> tuple[str, ...]:
    machine = ", ".join(sight.facts[name] for name in ("device", "network_type") if sight.facts.get(name))
    here = f"since {sight.joined_at.astimezone(zone):%H:%M}" if sight.joined_at else ""
    if sight.left_at:
        here = f"{here} to {sight.left_at.astimezone(zone):%H:%M} {sight.leave_reason}".strip()
    name, email = (sight.name or _NAMELESS)[:_LONGEST], sight.email[:_LONGEST]
    return sight.session, name, sight.role, email, machine[:_LONGEST], here


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The rows below one another; a column in which nobody has anything is left out."""
    columns = [column for column in zip(*rows, strict=True) if any(column)]
    padded = [[cell.ljust(max(map(len, column))) for cell in column] for column in columns]
    return ["  ".join(line).rstrip() for line in zip(*padded, strict=True)]
