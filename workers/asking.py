"""The calls of one look: a list where one is due, the figures of everybody watched, and the meeting when in doubt."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from rules import cover, listing
from rules.model import Instance, Meeting, Roster, Sight
from workers.calls import ask_meeting, counted, kind_of
from workers.holding import Holding
from workers.runtime import Runtime
from workers.zoom import ZoomError, payloads
from workers.zoom.errors import Kind

_ABSENT: tuple[Kind, ...] = ("no_participant", "not_live")
_THIS_CALL_ONLY: tuple[Kind, ...] = ("scope", "refused", "garbage", "server")  #: another call may be answered still
LIST = ""  #: stands among the failed where a session does: the list of everybody
_LISTED_AT_ONCE = 300  #: people on a page of a list


@dataclass(slots=True)
class Answer:
    """What Zoom said. `missing`: not in the meeting, which is live. `trouble`: why nobody could be seen at all."""

    sights: dict[str, Sight] = field(default_factory=dict)
    listed: tuple[Sight, ...] | None = None
    complete: bool = False  #: whoever is not listed is not there
    absent: frozenset[str] = frozenset()  #: asked for, and Zoom has no figures of them
    missing: frozenset[str] = frozenset()
    meeting: Meeting | None = None
    not_live: bool = False
    trouble: ZoomError | None = None
    asked: int = 0
    failed: dict[str, ZoomError] = field(default_factory=dict)  #: of whom Zoom told nothing, while it told of others
    calls: int = 0  #: for figures
    order: tuple[str, ...] = ()  #: sessions by their place on the bulk pages, as far as they were read
    passed: bool = False  #: the bulk pages were read to their end: whoever has figures is known


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a look wants to know. `sessions` tells, of a roster, whose figures are wanted now."""

    instance: Instance
    roster: Roster
    sessions: Callable[[Roster], frozenset[str]]
    told: Callable[[Answer], Roster]  #: the roster with what the answer says
    listing: bool  #: begin with a list
    doubtful: bool  #: no figures came for a while: ask the meeting in any case
    blind_before: int  #: blind looks in a row; after one, a single call finds out whether this one need be


def ask(runtime: Runtime, holding: Holding, calls: ThreadPoolExecutor, wanted: Wanted) -> Answer:
    """Ask Zoom for everything that a look wants, in as few calls as will do."""
    return _Asking(runtime, holding, calls, wanted).answer()


class _Asking:
    """One look's questions, and the answer as it grows."""

    def __init__(self, runtime: Runtime, holding: Holding, calls: ThreadPoolExecutor, wanted: Wanted) -> None:
        self._runtime, self._holding, self._calls, self._wanted = runtime, holding, calls, wanted
        self._kind = kind_of(wanted.instance)
        self._uuid = wanted.instance.uuid
        self._said = Answer()

    def answer(self) -> Answer:
        """Everything in its order; whatever settles the look ends it."""
        said = self._said
        if self._wanted.listing:
            self._list()
        if said.not_live or said.trouble:
            return said
        if self._wanted.listing and said.listed is None:
            self._read_all()
        sessions = self._wanted.sessions(self._wanted.told(said))
        absent = self._figures(sessions)
        said.asked, said.absent = len(sessions), absent
        if said.trouble or said.not_live:
            return said
        unknown = absent - self._faceless()
        if unknown and said.listed is None:
            self._list()
        if said.not_live:
            return said
        if said.listed is None or not said.complete:
            said.missing = unknown
        if said.meeting is None and self._in_doubt():
            self._meeting()
        return said

    def _in_doubt(self) -> bool:
        said = self._said
        return self._wanted.doubtful or not (said.sights or said.listed is not None) or bool(said.missing)

    def _faceless(self) -> frozenset[str]:
        """Whom a list showed a short while ago, without figures as now: another would say the same."""
        roster, now = self._wanted.roster, self._runtime.store.clock.now()
        fresh = roster.listed_at is not None and now - roster.listed_at < listing.EVERY
        return frozenset(roster.faceless) if fresh else frozenset()

    def _list(self) -> None:
        """Everybody who is or was there. A call that only this question is refused for is gone without."""
        said = self._said
        try:
            rows = self._runtime.zoom.participants(self._uuid, kind=self._kind, before=self._holding.keep)
        except ZoomError as error:
            self._count("discovery", error.kind)
            if error.kind in _ABSENT:  # it is said of meetings that are on, too
                self._meeting()
            elif error.kind not in _THIS_CALL_ONLY and not said.sights:
                said.trouble = error
            said.failed[LIST] = error
            return
        self._count("discovery", "ok", max(1, -(-len(rows) // _LISTED_AT_ONCE)))
        said.listed, said.complete = payloads.listing(rows), rows.complete

    def _read_all(self) -> None:
        """No list can be had: the bulk pages name people too, all but their roles."""
        try:
            for page, is_last in self._bulk_pages():
                self._said.passed = is_last
                self._said.sights |= {sight.session: sight for sight in page}
                self._count("qos", "ok")
        except ZoomError as error:
            self._count("qos", error.kind)
            if error.kind not in (*_ABSENT, *_THIS_CALL_ONLY):
                self._said.trouble = error

    def _figures(self, sessions: frozenset[str]) -> frozenset[str]:
        """Everybody's figures; answers those whom Zoom does not find."""
        said = self._said
        if said.trouble or said.not_live:
            return frozenset()
        sessions -= said.sights.keys()
        plan = cover.cover(sessions, self._wanted.roster.order, self._present())
        singles = list(plan.singles)
        errors: dict[str, ZoomError] = {}
        if plan.pages:
            paged = sessions - set(plan.singles)
            singles += self._pages(paged, plan.pages, errors)
        probe = self._probe(singles)
        errors |= self._singles(probe)
        rest = [session for session in singles if session not in probe]
        refusal = next((error for error in errors.values() if error.kind not in _ABSENT), None)
        errors |= dict.fromkeys(rest, refusal) if refusal else self._singles(rest)
        absent = frozenset(session for session, error in errors.items() if error.kind in _ABSENT)
        failed = {session: error for session, error in errors.items() if session not in absent}
        said.failed |= failed
        if failed and not said.sights and not absent:
            said.trouble = next(iter(failed.values()))
        return absent

    def _present(self) -> int:
        people = self._wanted.told(self._said).people.values()
        return sum(1 for listed in people if listed.left_at is None)

    def _pages(self, paged: frozenset[str], planned: int, errors: dict[str, ZoomError]) -> list[str]:
        """The bulk pages, until everybody wanted was seen; answers who is better asked for alone."""
        said, unseen, read = self._said, set(paged), 0
        order: dict[str, None] = {}
        pages = self._bulk_pages()
        all_pages = -(-max(self._present(), len(self._wanted.roster.order)) // cover.PAGE)
        try:
            for page, said.passed in pages:
                read += 1
                if page and page[0].session in order:  # the list began anew
                    order.clear()
                order |= dict.fromkeys(sight.session for sight in page)
                said.sights |= {sight.session: sight for sight in page}
                unseen -= said.sights.keys()
                if not unseen or (read >= planned and not cover.go_on(len(unseen), all_pages - read)):
                    break
        except ZoomError as error:
            self._count("qos", error.kind)
            if error.kind not in (*_ABSENT, *_THIS_CALL_ONLY):
                errors |= dict.fromkeys(unseen, error)
                return []
            if error.kind in _ABSENT and not said.sights:
                self._meeting()
                if said.not_live:
                    return []
        self._count("qos", "ok", read)
        said.order = tuple(order)
        return sorted(unseen)

    def _bulk_pages(self) -> Iterator[tuple[tuple[Sight, ...], bool]]:
        """Each page, and whether it is the last."""
        for rows in self._runtime.zoom.qos_pages(self._uuid, kind=self._kind, before=self._holding.keep):
            yield payloads.bulk(rows), rows.complete

    def _singles(self, sessions: Sequence[str]) -> dict[str, ZoomError]:
        """Each asked for alone, side by side; answers the errors."""
        told = dict(zip(sessions, self._calls.map(self._one, sessions), strict=True))
        results = Counter(each.kind if isinstance(each, ZoomError) else "ok" for each in told.values())
        for result, n in results.items():
            self._count("qos", result, n)
        self._said.sights |= {session: each for session, each in told.items() if isinstance(each, Sight)}
        return {session: each for session, each in told.items() if isinstance(each, ZoomError)}

    def _one(self, session: str) -> Sight | ZoomError:
        try:
            raw = self._runtime.zoom.participant_qos(self._uuid, session, kind=self._kind, before=self._holding.keep)
        except ZoomError as error:
            return error
        seen = payloads.glance(raw, session=session)
        return seen if seen.session == session else replace(seen, session=session)  # as asked, whatever it bears

    def _probe(self, singles: Sequence[str]) -> Sequence[str]:
        """The one to ask first after a blind look; another each time, as one person's answer may be spoilt for good."""
        if not self._wanted.blind_before or not singles or self._said.sights or self._said.listed is not None:
            return ()
        first = self._wanted.blind_before % len(singles)
        return singles[first : first + 1]

    def _meeting(self) -> None:
        """The meeting itself: is it on, and what is it called?"""
        said = self._said
        try:
            said.meeting = ask_meeting(self._runtime, self._holding, self._uuid, self._kind)
        except ZoomError as error:
            if error.kind in _ABSENT:
                said.not_live = True
            elif not said.sights and said.listed is None:
                said.trouble = error
            said.missing = frozenset()

    def _count(self, purpose: str, result: str, n: int = 1) -> None:
        self._holding.counts += counted(purpose, result, n)
        if purpose == "qos":
            self._said.calls += n
