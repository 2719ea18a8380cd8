"""What each metrics path shows of the world, after the caller was found to be allowed to look."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from werkzeug.datastructures import MultiDict

from simulator import reports, rosters
from simulator.answers import Answer, refusal
from simulator.endpoints import Endpoint
from simulator.pages import Expired
from simulator.people import Person
from simulator.runs import Instance

if TYPE_CHECKING:
    from simulator.server import Simulator

T = TypeVar("T")
Query = MultiDict[str, str]
_LONGEST, _OLDEST = timedelta(days=31), timedelta(days=184)


class Refused(Exception):
    """The question itself is wrong; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.body)


def invalid(field: str, words: str) -> Refused:
    """Zoom's words for a parameter that can not be."""
    errors = [{"field": field, "message": words}]
    return Refused(Answer(400, {"code": 300, "message": "Validation Failed.", "errors": errors}))


class Views:
    """Looks at the world of one simulator. The world's lock is held by the caller."""

    def __init__(self, simulator: "Simulator") -> None:
        self._sim, self._world = simulator, simulator.world

    def show(self, endpoint: Endpoint, parts: dict[str, str], query: Query) -> reports.Json:
        """The body of a good answer. Raises Refused."""
        want = query.get("type", "live")
        if want not in endpoint.types:
            raise invalid("type", f"Invalid field: must be one of {', '.join(endpoint.types)}.")
        now = self._world.clock.now()
        if endpoint.view == "list":
            return self._list(endpoint, query, want, now)
        run = self._run(endpoint, parts["meeting"], want)
        if endpoint.view == "one":
            return reports.meeting(run, now)
        if endpoint.view == "qos":
            return self._qos(run, unquote(parts["person"]), now, want)
        return self._people(endpoint, run, query, want, now)

    def _run(self, endpoint: Endpoint, raw: str, want: str) -> Instance:
        """The run that the path means, if it is such a one as was asked for."""
        run = next((found for name in _names(raw) if (found := self._world.find(name, want))), None)
        if run is None or (_needs_two(run.uuid) and unquote(raw) == run.uuid) or not self._is(run, endpoint, want):
            kind = endpoint.kind.capitalize()
            words = f"{kind} does not exist." if want == "live" else f"{kind} ID is invalid or not end."
            raise Refused(refusal("3001", message=words))
        return run

    def _is(self, run: Instance, endpoint: Endpoint, want: str) -> bool:
        """Whether the run is of the kind that the path names, and live or past as asked."""
        now = self._world.clock.now()
        if run.kind != endpoint.kind or (want == "pastOne" and len(run.people) != 1):
            return False
        return run.live(now) if want == "live" else run.over(now - self._world.knobs.past_lag_s)

    def _list(self, endpoint: Endpoint, query: Query, want: str, now: float) -> reports.Json:
        start, end = _dates(query, now)
        runs = [run for run in self._world.instances if run.started_at <= now and self._is(run, endpoint, want)]
        if want != "live":
            runs = [run for run in runs if start <= _day(run.started_at) <= end]
        runs.sort(key=lambda run: -run.started_at)
        key = f"{endpoint.kind}|list|{want}|{start}|{end}"
        page, body = self._page(endpoint, runs, key, query)
        items = [reports.listed(run, now, self._world.knobs) for run in page]
        return {"from": str(start), "to": str(end), **body, f"{endpoint.kind}s": items}

    def _people(self, endpoint: Endpoint, run: Instance, query: Query, want: str, now: float) -> reports.Json:
        past, knobs = want != "live", self._world.knobs
        people = rosters.listed(run, now)
        if endpoint.view == "bulk":
            people = [person for person in people if person.entered(now)]
        page, body = self._page(endpoint, people, f"{run.uuid}|{endpoint.view}|{want}", query)
        if endpoint.view == "bulk":
            each = [reports.participant(person, run, now, knobs, past=past) for person in page]
            return {**body, f"{run.kind}_number": run.number, "participants": each}
        registrants = query.get("include_fields") == "registrant_id"
        listed = [rosters.entry(p, run, now, knobs, past=past, registrants=registrants) for p in page]
        return {**body, "participants": listed}

    def _qos(self, run: Instance, person_id: str, now: float, want: str) -> reports.Json:
        person: Person | None = run.people.get(person_id)
        knobs = self._world.knobs
        if person is not None and person.entered(now):
            return reports.participant(person, run, now, knobs, past=want == "past")
        if knobs.unknown_participant == "empty":
            return {"user_id": person_id, "user_qos": []}
        raise Refused(refusal("3001", message=f"This {run.kind}'s detail info is not available."))

    def _page(self, endpoint: Endpoint, items: Sequence[T], key: str, query: Query) -> tuple[Sequence[T], reports.Json]:
        size, token, knobs = self._size(endpoint, query), query.get("next_page_token", ""), self._world.knobs
        try:
            page, after = self._sim.pages.cut(items, f"{key}|{size}", size, token, knobs.page_token_s)
        except Expired:
            raise Refused(refusal("300", message="The next page token is invalid or expired.")) from None
        counts = {"page_count": -(-len(items) // size), "page_size": size, "total_records": len(items)}
        return page, {**counts, "next_page_token": after}

    def _size(self, endpoint: Endpoint, query: Query) -> int:
        usual, most = endpoint.pages
        given = query.get("page_size") or str(usual)
        size = int(given) if given.isdigit() else 0
        if size > most and self._world.knobs.oversize == "clamp":
            return most
        if not 1 <= size <= most:
            raise invalid("page_size", f"Invalid field: must be between 1 and {most}.")
        return size


def _names(raw: str) -> Iterator[str]:
    """What a path segment may mean: decoded once, or, as some clients send every UUID, twice."""
    once = unquote(raw)
    yield once
    if unquote(once) != once:
        yield unquote(once)


def _needs_two(uuid: str) -> bool:
    """Zoom's rule: a UUID that begins with / or holds // is to be encoded twice."""
    return uuid.startswith("/") or "//" in uuid


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def _dates(query: Query, now: float) -> tuple[date, date]:
    """from and to, which no list goes without: at most a month, within the last six."""
    found = []
    for name in ("from", "to"):
        try:
            found.append(date.fromisoformat(query.get(name, "")))
        except ValueError:
            raise invalid(name, "Invalid field: a date as yyyy-mm-dd is required.") from None
    start, end = found
    if not start <= end <= start + _LONGEST:
        raise invalid("to", "The range is at most one month.")
    if start < _day(now) - _OLDEST:
        raise invalid("from", "The start date must be within the last six months.")
    return start, end
