"""Pages: newest first, by keyset, so that what comes meanwhile shifts nothing and nothing is scanned."""

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import TypeVar

from service.store.errors import CursorError
from service.store.link import Link

LOOKED_AT_MAX = 1000  #: a filtered page looks at so many, then ends short with a cursor
_CHUNK = 100
_T = TypeVar("_T")

Place = tuple[int, str]  #: (created_ms, id): where a page ended


def cursor_of(place: Place) -> str:
    """A place as people hand it back, opaque."""
    return base64.urlsafe_b64encode(f"{place[0]}:{place[1]}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """The place that a cursor means. Raises CursorError when no page of ours gave it."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        created, id = raw.split(":", 1)
        place = int(created), id
    except (ValueError, binascii.Error) as error:
        raise CursorError("this cursor is none of ours: leave it out to start at the newest") from error
    if cursor_of(place) != cursor:
        raise CursorError("this cursor is none of ours: leave it out to start at the newest")
    return place


def page(
    link: Link,
    index: str,
    fetch: Callable[[list[str]], dict[str, _T]],
    *,
    limit: int,
    cursor: str | None = None,
    keep: Callable[[_T], bool] = lambda _: True,
) -> tuple[tuple[_T, ...], str | None]:
    """One page of the documents that `fetch` loads, newest first, and the cursor of the next (None: the end)."""
    items: list[_T] = []
    looked_at, last = 0, place_of(cursor) if cursor is not None else None
    for chunk in _chunks(link, index, last):
        found = fetch([id for _, id in chunk])
        for place in chunk:
            if last and (len(items) == limit or looked_at == LOOKED_AT_MAX):
                return tuple(items), cursor_of(last)
            looked_at, last = looked_at + 1, place
            if place[1] in found and keep(found[place[1]]):
                items.append(found[place[1]])
    return tuple(items), None


def _chunks(link: Link, index: str, after: Place | None) -> Iterator[list[Place]]:
    """Members behind a place, newest first; those of one millisecond in falling order of their ids."""
    high, start = (str(after[0]) if after else "+inf"), 0
    while found := link.span(index, "-inf", high, start, _CHUNK, newest=True):
        places = [(score, id) for id, score in found]
        if chunk := [place for place in places if after is None or place < after]:
            yield chunk
            after = chunk[-1]
        lowest = str(places[-1][0])
        high, start = (high, start + len(found)) if lowest == high else (lowest, 0)
