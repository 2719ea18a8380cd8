"""/v1/silences: news that nobody is to be told for a while. It is recorded all the same; service alerts still come."""

from collections.abc import Callable, Iterable

from rules import silencewords, silencing
from rules.model import Silence
from service.api import silence_preview
from service.api.errors import NotFound, did_you_mean, shown
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.registry import everything, refuse
from service.api.silence_body import PreviewBody, SilenceAnswer, SilenceBody
from service.api.silence_preview import PreviewAnswer
from service.store import Store

PATH = "/v1/silences"


class Silences:
    """Silences, one resource."""

    tag = "silences"
    ids = "silence_id"

    def __init__(self, store: Store, *, default_zone: str, new_id: Callable[[str], str]) -> None:
        self._store, self._zone, self._new_id = store, default_zone, new_id
        self._shelf = store.documents.silences

    @op("GET", PATH, scope="read", answers={200: Page[SilenceAnswer]})
    def list(self, query: PageQuery) -> Page[SilenceAnswer]:
        """List silences, newest first; those that are over stay for a week"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        return Page(items=[self._answer(silence) for silence in items], next_cursor=cursor)

    @op("POST", PATH, scope="write", answers={201: SilenceAnswer})
    def create(self, body: SilenceBody) -> Reply:
        """Silence what fits, under an id of our making"""
        return self._put(self._new_id("si_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="write", answers={200: SilenceAnswer, 201: SilenceAnswer})
    def put(self, id: str, body: SilenceBody) -> Reply:
        """Silence what fits, under an id of yours, or change a silence: a later `ends_at` extends it"""
        return self._put(id, body, self._shelf.get(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: SilenceAnswer})
    def get(self, id: str) -> SilenceAnswer:
        """Read a silence, and whether it is on"""
        return self._answer(self._known(id))

    @op("DELETE", f"{PATH}/{{id}}", scope="write", answers={204: None})
    def delete(self, id: str) -> None:
        """End a silence now

        It is taken away; what it covered and is still bad is told.
        """
        self._known(id)
        self._shelf.delete(id)

    @op("POST", f"{PATH}/preview", scope="read", answers={200: PreviewAnswer})
    def preview(self, body: PreviewBody) -> PreviewAnswer:
        """See what a silence would catch now: open alerts, and people who are watched"""
        now = self._store.clock.now()
        matchers = body.matchers.matchers()
        asked = Silence("preview", 0, matchers, "", "", now, now)
        return silence_preview.preview(self._store, asked, now, self._warnings(asked))

    def _put(self, id: str, body: SilenceBody, before: Silence | None) -> Reply:
        now = self._store.clock.now()
        refuse([*body.faults(now=now, before=before)])
        kept = self._shelf.put(body.silence(id, zone=self._zone, now=now, before=before))
        status = 200 if before else 201
        return Reply(self._answer(kept), status, {} if before else {"Location": f"{PATH}/{id}"})

    def _known(self, id: str) -> Silence:
        silence = self._shelf.get(id)
        if silence is None:
            raise NotFound("silence", id, self._shelf.ids())
        return silence

    def _answer(self, silence: Silence) -> SilenceAnswer:
        now = self._store.clock.now()
        return SilenceAnswer(
            id=silence.id,
            revision=silence.revision,
            matchers=dict(silence.matchers),
            by=silence.by,
            comment=silence.comment,
            starts_at=silence.starts_at,
            ends_at=silence.ends_at,
            weekly=silence.weekly,
            timezone=silence.timezone,
            created_at=silence.created_at,
            state=silencing.state(silence, now),
            on_until=silencing.ends_at(silence, now),
            next_at=silencing.begins_at(silence, now),
            says=silencewords.says(silence, now),
            warnings=self._warnings(silence),
        )

    def _warnings(self, silence: Silence) -> tuple[str, ...]:
        """Matchers that nothing can fit as things are now: a silence may be made before what it covers."""
        documents, given = self._store.documents, silence.matchers
        found = []
        if "watch" in given:
            found += _absent("watch", given["watch"], documents.watches.ids())
        if "rule" in given:
            found += _absent("rule", given["rule"], documents.rules.ids())
        if "label" in given:
            watches = everything(documents.watches)
            if not any(silencing.bears(given["label"], watch.labels) for watch in watches):
                found.append("No watch bears this label now.")
        return tuple(found)


def _absent(kind: str, name: str, known: Iterable[str]) -> list[str]:
    ids = list(known)
    return [] if name in ids else [f"There is no {kind} {shown(name)} now{did_you_mean(name, ids) or '.'}"]
