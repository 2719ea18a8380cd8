"""What a roll-call says: who was found and how they are, who was not, and who is there of whom nobody asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules import notewords, watching
from rules import veil as veiled
from rules.model import Instance, Note, Privacy, Seat, Watch, Who
from rules.presence import ONE, Presence, veil
from rules.roster import People
from rules.shapes import TEST, Message
from rules.words import clean, cut

LIMIT = 300

_TOPIC = 60
_SIZES = ((5, 40), (3, 30), (2, 24), (1, 20))  # names shown of each sort, letters of each name


@dataclass(frozen=True, slots=True)
class Names:
    """How many names of one sort are shown, and how much of each."""

    shown: int
    width: int
    privacy: Privacy = "full"

    def asked(self, entries: Sequence[Who]) -> str:
        """What was looked for, as it may be told: "*Kline*"; "2 entries" where no name may be."""
        secret = self.privacy == "ids" or (self.privacy == "watched" and any(who.kind == "email" for who in entries))
        counted = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
        return counted if secret else self.of([clean(who.value) for who in entries])

    def of(self, names: Sequence[str]) -> str:
        """ "*Kline*, *Osei* +3"."""
        return self._listed([self.cut(name) for name in names])

    def quoted(self, names: Sequence[str]) -> str:
        """ "M. K. (guest)" and others in quotation marks; those whose name Zoom hides are counted."""
        if self.privacy != "full":
            return "1 person" if len(names) == 1 else f"{len(names)} people"
        named = [f'"{self.cut(name)}"' for name in names if name]
        hidden = len(names) - len(named)
        told = [self._listed(named)] if named else []
        return " and ".join([*told, f"{hidden} whose name Zoom hides"] if hidden else told)

    def fitting(self, counts: Mapping[Who, int]) -> str:
        """ "*Ana* fits 2"."""
        return self._listed([f"{self.asked([who])} fits {count}" for who, count in counts.items()])

    def called(self, presence: Presence) -> str:
        """Somebody found, by the name that may be told."""
        return clean(veiled.person(presence.name, presence.session or "", self.privacy))

    def cut(self, name: str) -> str:
        """One name, as much of it as there is room for."""
        return cut(name, self.width)

    def _listed(self, told: Sequence[str]) -> str:
        left = len(told) - self.shown
        return ", ".join(told[: self.shown]) + (f" +{left}" if left > 0 else "")


def line(
    run: Instance,
    watch: Watch,
    presences: Sequence[Presence],
    people: People,
    seats: Mapping[str, Seat],
    strangers: Sequence[str],
    *,
    test: bool = False,
    privacy: Privacy = "full",
) -> str:
    """ "Watching Spring Town Hall: 4 of 5 found, all fine. Not found: *Kline*. Unclaimed: "M. K. (guest)"."."""
    topic = (cut(clean(run.topic), _TOPIC) if privacy == "full" else "") or f"meeting {run.number}".strip()
    told = ""
    for size in _SIZES:
        names = Names(*size, privacy)
        found = ", ".join((_found(watch, presences, names), *_well(watch, presences, seats, names)))
        lead = f"{TEST if test else ''}Watching {topic}: {found}."
        told = " ".join((lead, *_missing(watch, presences, people, strangers, names)))
        if len(told) <= LIMIT:
            return told
    return cut(told, LIMIT)


def message(notes: Sequence[Note], tz: str, now: datetime) -> Message:
    """The roll-calls of one meeting that a channel is owed, as one message."""
    return notewords.message(notes, tz, now)


def _found(watch: Watch, presences: Sequence[Presence], names: Names) -> str:
    """ "4 of 5 found", "Dr Rao found", "12 attendees found", "2 of 2 found, no host"."""
    here = [each for each in presences if each.here]
    alone = len(here) == 1 and here[0].who.kind in ONE
    if alone and (len(watch.who) == 1 or watch.meeting == watching.ANY):
        return f"{names.cut(names.called(here[0]))} found"
    asked = [who for who in watch.who if who.kind in ONE]
    found = {each.who for each in here if each.who.kind in ONE}
    counts = [_crowd(who, sum(1 for each in here if each.who == who)) for who in watch.who if who.kind not in ONE]
    if asked:
        beside = "" if watch.meeting == watching.ANY else f" of {len(asked)}"
        counts.insert(0, f"{len(found)}{beside}")
    first, *others = counts
    return ", ".join((f"{first} found", *others))


def _crowd(who: Who, count: int) -> str:
    one, many = ("person", "people") if who.kind == "everyone" else (who.value, f"{who.value}s")
    return f"{count or 'no'} {one if count == 1 or (not count and who.value == 'host') else many}"


def _well(watch: Watch, presences: Sequence[Presence], seats: Mapping[str, Seat], names: Names) -> Iterable[str]:
    """ "all fine"; "2 bad (Dr Rao, Ana Lima)", "1 without figures (+1 555 0100)", "the others fine"."""
    here = {each.seat: each for each in presences if each.here and each.seat}
    bad = {id: each for id, each in here.items() if _is_bad(seats.get(id), watch)}
    silent = {id: each for id, each in here.items() if id not in bad and _is_silent(each, seats.get(id))}
    fine = len(here) - len(bad) - len(silent)
    for words, some in (("bad", bad), ("without figures", silent)):
        if some:
            yield f"{len(some)} {words} ({names.of([names.called(each) for each in some.values()])})"
    if fine:
        others = "the others fine" if fine > 1 else "the other fine"
        yield others if bad or silent else "all fine" if fine > 1 else "fine"


def _missing(
    watch: Watch, presences: Sequence[Presence], people: People, strangers: Sequence[str], names: Names
) -> Iterable[str]:
    """Who is not there, and who might be it. For a watch on any meeting they are elsewhere, which is no news."""
    if watch.meeting == watching.ANY:
        return
    lost = [each.who for each in presences if each.seat is None]
    if lost:
        reasons = dict.fromkeys(reason for who in lost if (reason := veil(who.kind, people)))
        yield "; ".join((f"Not found: {names.asked(lost)}", *reasons)) + "."
    gone = {each.seat: each for each in presences if each.seat and not each.here and each.who.kind in ONE}
    waiting = {listed.seat for listed in people.values() if listed.waiting and listed.left_at is None}
    if outside := [names.called(each) for seat, each in gone.items() if seat in waiting]:
        yield f"In the waiting room: {names.of(outside)}."
    if left := [names.called(each) for seat, each in gone.items() if seat not in waiting]:
        yield f"Not there any more: {names.of(left)}."
    several: dict[Who, int] = {}
    for each in presences:
        if each.ambiguous:
            several[each.who] = several.get(each.who, 0) + 1
    if several:
        yield f"{names.fitting(several)}: all are watched."
    if lost and strangers:
        yield f"Unclaimed: {names.quoted(strangers)}."


def _is_bad(seat: Seat | None, watch: Watch) -> bool:
    """A breach of the watch's own rules: it is told of no others."""
    alert = seat.alert if seat else None
    return bool(alert and alert.open and any(view.id == watch.id and view.severity for view in alert.watches))


def _is_silent(presence: Presence, seat: Seat | None) -> bool:
    """Nobody can say that somebody is fine of whom no figure has come."""
    return presence.state == "no_figures" or seat is None or seat.row_at is None
