"""A shelf of documents that people registered: read, written by comparison, listed newest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from rules.model import Channel, Cover, Person, Policy, Rule, Schedule, Silence, Watch
from service.store import keys, paging
from service.store.clock import Clock
from service.store.codec import decode, encode
from service.store.errors import SealedElsewhere, StoreError
from service.store.link import Link
from service.store.room import Room

T = TypeVar("T", Watch, Rule, Channel, Policy, Person, Schedule, Cover, Silence)

_TRIES = 10


@dataclass(frozen=True, slots=True)
class Places:
    """Where a document stands beside its own key, and what its writing makes due."""

    leaves: str = ""  #: an index
    enters: str = ""
    instance: str = ""  #: a key to make when it is missing, with these fields
    fields: tuple[str, ...] = ()
    member: str = ""  #: what to arm, and when
    at_ms: int = 0
    revisions: str = ""  #: where a document that goes leaves its last one


class Shelf(Generic[T]):
    """All documents of one kind."""

    def __init__(self, link: Link, clock: Clock, kind: str, shape: type[T], room: Room | None = None) -> None:
        """`room`: what is new is taken only while there is some."""
        self._link, self._clock, self._room = link, clock, room
        self.kind = kind
        self._shape: type[T] = shape

    def get(self, id: str) -> T | None:
        """One document."""
        return self._read(self._link.get(self._key(id)))

    def lying(self, id: str) -> T | None:
        """One document; as it lies, where its key is lost: it can still be set anew, or taken away."""
        return self._before(self._link.get(self._key(id)))

    def get_many(self, ids: Iterable[str]) -> dict[str, T]:
        """Those of the ids that are there."""
        wanted = list(ids)
        found = zip(wanted, self._link.many([self._key(id) for id in wanted]), strict=True)
        return {id: doc for id, blob in found if (doc := self._read(blob)) is not None}

    def put(self, doc: T) -> T:
        """Make or replace a document. An edit makes the next revision; the same again changes nothing.

        Raises:
            StoreFull: it would be a new one, and there is no room.
        """
        return self._settled(doc.id, lambda old: self._admitted(doc, old)) or doc

    def delete(self, id: str) -> bool:
        """Take a document away. False: there was none."""
        for _ in range(_TRIES):
            blob = self._link.get(self._key(id))
            if blob is None:
                return False
            if self._write(blob, self._before(blob), None):
                return True
        raise _crowded(self.kind, id)

    def page(self, limit: int = 50, cursor: str | None = None) -> tuple[tuple[T, ...], str | None]:
        """A page, newest first, and the cursor of the next."""
        return paging.page(self._link, keys.documents(self.kind), self.get_many, limit=limit, cursor=cursor)

    def ids(self) -> list[str]:
        """The id of every document, oldest first."""
        return [id for id, _ in self._link.span(keys.documents(self.kind), "-inf", "+inf", 0, -1, newest=False)]

    def all(self) -> list[T]:
        """Every document, newest first."""
        found: list[T] = []
        cursor: str | None = None
        while True:
            items, cursor = self.page(200, cursor)
            found += items
            if cursor is None:
                return found

    def unopened(self) -> list[T]:
        """Every document as it lies, secrets sealed: for those who need none, and must not fail for want of a key."""
        blobs = self._link.many([self._key(id) for id in self.ids()])
        return [decode(self._shape, blob) for blob in blobs if blob is not None]

    def count(self) -> int:
        """How many there are."""
        return int(self._link.do("ZCARD", keys.documents(self.kind)))

    def change(self, id: str, edit: Callable[[T], T]) -> T | None:
        """Change a document in place, as the same revision. None: there is none."""
        return self._settled(id, lambda old: None if old is None else edit(old))

    def _admitted(self, doc: T, old: T | None) -> T:
        if old is None and self._room is not None:
            self._room.admit(self.kind)
        return self._next(doc, old)

    def _settled(self, id: str, make: Callable[[T | None], T | None]) -> T | None:
        """Read, make, write; again when somebody else wrote in between."""
        for _ in range(_TRIES):
            blob = self._link.get(self._key(id))
            old = self._before(blob)
            new = make(old)
            if new is None or self._write(blob, old, new):
                return new
        raise _crowded(self.kind, id)

    def _write(self, blob: bytes | None, old: T | None, new: T | None) -> bool:
        doc: T | None = new or old
        if doc is None:
            return True
        places: Places = self._places(old, new)
        now_ms = self._clock.now_ms()
        key, index, due = self._key(doc.id), keys.documents(self.kind), keys.due()
        sealed = encode(self._sealed(new)) if new else b""
        created_ms = self._created_ms(doc, now_ms)
        beside: tuple[str | int, ...] = (places.member, places.at_ms, doc.revision, *places.fields)
        written = self._link.run(
            "document_put",
            (key, index, places.leaves, places.enters, places.instance, due, keys.claims(due), places.revisions),
            (now_ms, doc.id, blob or b"", sealed, created_ms, *beside),
        )
        return bool(written)

    def _read(self, blob: bytes | None) -> T | None:
        return None if blob is None else self._opened(decode(self._shape, blob))

    def _key(self, id: str) -> str:
        return keys.document(self.kind, id)

    # What a kind of document may do its own way

    def _before(self, blob: bytes | None) -> T | None:
        """What a write replaces; sealed, where its key is lost."""
        try:
            return self._read(blob)
        except SealedElsewhere:
            return None if blob is None else decode(self._shape, blob)

    def _next(self, doc: T, old: T | None) -> T:
        if old is None:
            return replace(doc, revision=1)
        same = replace(doc, revision=old.revision)
        return old if same == old else replace(same, revision=old.revision + 1)

    def _places(self, old: T | None, new: T | None) -> Places:
        return Places()

    def _created_ms(self, doc: T, now_ms: int) -> int:
        return now_ms

    def _sealed(self, doc: T) -> T:
        return doc

    def _opened(self, doc: T) -> T:
        return doc


def _crowded(kind: str, id: str) -> StoreError:
    return StoreError(f"{kind} {id} is being changed by others all the time: try again")
