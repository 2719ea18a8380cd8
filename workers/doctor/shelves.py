"""Everything that stands on a shelf, page by page."""

from service.store.shelf import Shelf, T

MOST = 5000  #: documents that one check looks at


def everything(shelf: Shelf[T]) -> list[T]:
    """All documents of a kind, newest first."""
    found: list[T] = []
    cursor = None
    while len(found) < MOST:
        page, cursor = shelf.page(200, cursor)
        found += page
        if cursor is None:
            break
    return found
