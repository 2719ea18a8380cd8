"""The fewest calls that show everybody watched in a meeting: pages of its bulk figures, single calls, or both.

Zoom tells of ten people a page, and of page 2 only after page 1. So a cover is the first few pages, and a single call
for each wanted session that they do not show.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

PAGE = 10  #: people on a page of bulk figures, the most that Zoom allows


@dataclass(frozen=True, slots=True)
class Cover:
    """The first `pages` of the bulk figures, then a call for each of `singles`."""

    pages: int = 0
    singles: tuple[str, ...] = ()

    @property
    def cost(self) -> int:
        """Calls."""
        return self.pages + len(self.singles)


def cover(wanted: Collection[str], order: Sequence[str], present: int) -> Cover:
    """The cheapest cover of `wanted`, by each session's place in the last pass (`order`, which may have ended early).

    Nobody knows which page shows a session without a place: it gets a single call, unless all pages cost no more.
    Of covers that cost the same, the one with more pages: it also finds newcomers, and the places of those who had
    none, so that the next cover can be cheaper. A pass that ends early because all are seen only costs less.
    """
    people = sorted(set(wanted))
    page_of = {session: place // PAGE for place, session in enumerate(dict.fromkeys(order))}
    shown = Counter(page_of[session] for session in people if session in page_of)
    # Each page costs one call and saves one for each of the people whom it shows.
    costs = list(accumulate((1 - shown[page] for page in range(_pages(len(page_of)))), initial=len(people)))
    pages = min(range(len(costs)), key=lambda pages: (costs[pages], -pages))
    whole = _pages(max(present, len(page_of.keys() | people)))
    if whole <= costs[pages]:
        return Cover(whole)
    return Cover(pages, tuple(session for session in people if page_of.get(session, pages) >= pages))


def go_on(unseen: int, pages_left: int) -> bool:
    """Whether to read one more page after the planned ones, for those whom they should have shown and did not.

    Places shift while people come and go. Reading on costs at most the pages left, and stopping at any time one call
    for each who is still unseen. So as long as no more pages are left than people, both together never cost more
    than the cheaper of the two would have alone, wherever these people are. A tie goes to the page: who is on none
    of them has left, and that would take a call for each to hear.
    """
    return 0 < pages_left <= unseen


def _pages(people: int) -> int:
    return -(-people // PAGE)
