"""Pages: every item once, newest first, whatever comes meanwhile; a cursor that is not ours is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.store import CursorError, Store, keys
from service.store.link import Link
from service.store.paging import LOOKED_AT_MAX, cursor_of, page, place_of

INDEX = keys.documents("rule")


def _shelve(store: Store, *ids: str, at: int = 5) -> None:
    store.redis.zadd(INDEX, dict.fromkeys(ids, at))


def _page(store: Store, limit: int, cursor: str | None = None, **more: object) -> tuple[tuple[str, ...], str | None]:
    return page(Link(store.redis), INDEX, lambda ids: {id: id for id in ids}, limit=limit, cursor=cursor, **more)


@pytest.mark.parametrize("limit", [1, 3, 100, 200])
def test_following_the_cursor_shows_everything_once(store: Store, limit: int) -> None:
    wanted = [f"r{n:03}" for n in range(150)]
    for n, id in enumerate(wanted):
        _shelve(store, id, at=n // 40)  # many were made in the same millisecond
    seen: list[str] = []
    cursor = None
    while True:
        items, cursor = _page(store, limit, cursor)
        seen += items
        if cursor is None:
            break
    assert seen == sorted(wanted, reverse=True)


def test_what_comes_meanwhile_shifts_nothing(store: Store) -> None:
    _shelve(store, "a", "b", "c")
    first, cursor = _page(store, 2)
    _shelve(store, "z", at=9)
    second, end = _page(store, 2, cursor)
    assert (first, second, end) == (("c", "b"), ("a",), None)


def test_the_last_full_page_says_that_it_is_the_last(store: Store) -> None:
    _shelve(store, "a", "b")
    assert _page(store, 2) == (("b", "a"), None)


def test_a_filter_that_fits_little_ends_a_page_short_with_a_cursor(store: Store) -> None:
    store.redis.zadd(INDEX, {f"r{n}": n for n in range(LOOKED_AT_MAX + 5)})
    items, cursor = _page(store, 50, keep=lambda id: id == "r2")
    assert (items, cursor is None) == ((), False)
    assert _page(store, 50, cursor, keep=lambda id: id == "r2") == (("r2",), None)


@given(st.integers(0, 2**53), st.text(min_size=1))
def test_a_cursor_means_its_place(created: int, id: str) -> None:
    assert place_of(cursor_of((created, id))) == (created, id)


@pytest.mark.parametrize("cursor", ["", "!", "abc", "MTIz", "bm90OmE", "é", "MTpi=", "MTpi\n"])
def test_a_cursor_that_is_none_of_ours_is_named(cursor: str) -> None:
    with pytest.raises(CursorError, match="none of ours"):
        place_of(cursor)
