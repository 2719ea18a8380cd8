"""Shelves whose documents hold secrets: sealed before they are written, and sealed anew when the key changes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from rules.model import Channel, Person
from service.store.codec import decode
from service.store.errors import SealedElsewhere, StoreError
from service.store.shelf import Shelf
from service.store.tokens import Tokens
from service.store.vault import Vault

S = TypeVar("S", Channel, Person)
TOKEN = "the Zoom token"
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Seals:
    """What lies under which key, by name: "channel slack-av", "person ana"."""

    newest: tuple[str, ...] = ()
    older: tuple[str, ...] = ()  #: open to us, under a key that is to go
    lost: tuple[str, ...] = ()  #: open to nobody with the keys that were given


class SealedShelf(Shelf[S]):
    """A shelf of documents with secrets in them."""

    _vault: Vault

    def reseal(self, id: str) -> bool:
        """Seal a document with the newest key, as the same revision. False: it is gone. Raises SealedElsewhere."""
        for _ in range(_TRIES):
            blob = self._link.get(self._key(id))
            if blob is None:
                return False
            doc = self._opened(decode(self._shape, blob))
            if self._write(blob, doc, doc):
                return True
        raise StoreError(f"{self.kind} {id} is being changed by others all the time: try again")

    def seal_of(self, doc: S) -> str:
        """Under which key a document lies that was read `unopened`: "newest", "older" or "lost"; "" without secrets."""
        found: list[str] = []

        def noted(sealed: str) -> str:
            found.append(sealed)
            return sealed

        self._each_secret(doc, noted)
        return _oldest(self._vault.seal_of(sealed) for sealed in found)

    def _sealed(self, doc: S) -> S:
        return self._each_secret(doc, self._vault.seal)

    def _opened(self, doc: S) -> S:
        return self._each_secret(doc, self._vault.open)

    def _each_secret(self, doc: S, turn: Callable[[str], str]) -> S:
        """The document with each of its secrets turned."""
        raise NotImplementedError


class Sealing:
    """All that is sealed: what lies under which key, and how to bring everything under the newest."""

    def __init__(self, shelves: Iterable[SealedShelf[Channel] | SealedShelf[Person]], tokens: Tokens) -> None:
        self._shelves, self._tokens = tuple(shelves), tokens

    def look(self) -> Seals:
        """Under which key everything lies now."""
        found: dict[str, list[str]] = {"newest": [], "older": [], "lost": []}
        for shelf in self._shelves:
            for name, _, seal in _lying(shelf):
                found[seal].append(name)
        if token := self._tokens.seal():
            found[token].append(TOKEN)
        return Seals(*(tuple(sorted(names)) for names in found.values()))

    def renew(self) -> int:
        """Bring everything under the newest key that can be opened; answers how many documents were sealed anew.

        A token is forgotten instead: whoever needs one next gets one.
        """
        renewed = 0
        for shelf in self._shelves:
            for _, id, seal in _lying(shelf):
                renewed += seal == "older" and _renewed(shelf, id)
        if self._tokens.seal() == "older" and (held := self._tokens.get()):
            self._tokens.drop(held[0])
        return renewed


def _lying(shelf: SealedShelf[Channel] | SealedShelf[Person]) -> Iterable[tuple[str, str, str]]:
    """Name, id and seal of every document that holds a secret."""
    for doc in shelf.unopened():
        if seal := shelf.seal_of(doc):  # type: ignore[arg-type]  # a shelf gives its own kind
            yield f"{shelf.kind} {doc.id}", doc.id, seal


def _renewed(shelf: SealedShelf[Channel] | SealedShelf[Person], id: str) -> bool:
    try:
        return shelf.reseal(id)
    except SealedElsewhere:  # somebody with another key wrote it a moment ago
        return False


def _oldest(seals: Iterable[str]) -> str:
    found = set(seals)
    return next((seal for seal in ("lost", "older", "newest") if seal in found), "")
