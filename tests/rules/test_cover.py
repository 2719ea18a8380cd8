"""Who is looked at with which calls: never more of them than needed."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.cover import PAGE, Cover, cover, go_on


def _people(count: int, first: int = 0) -> list[str]:
    return [f"s{number:03}" for number in range(first, first + count)]


@st.composite
def _known(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Some wanted people, and the order of a whole meeting with each of them in it."""
    order = draw(st.permutations(_people(draw(st.integers(0, 45)))))
    wanted = draw(st.lists(st.sampled_from(order), unique=True, max_size=8)) if order else []
    return wanted, order


@st.composite
def _any(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Wanted people, the places that are known, and the whole meeting, which begins with these."""
    meeting = draw(st.permutations(_people(draw(st.integers(0, 60)))))
    wanted = draw(st.lists(st.sampled_from(meeting), unique=True)) if meeting else []
    return wanted, meeting[: draw(st.integers(0, len(meeting)))], meeting


def _subsets(people: Sequence[str]) -> Iterable[frozenset[str]]:
    return (frozenset(some) for size in range(len(people) + 1) for some in combinations(people, size))


def _cheapest(wanted: Sequence[str], order: Sequence[str]) -> int:
    """The optimum, by trying every prefix of pages with every set of single calls."""
    pages = range(-(-len(order) // PAGE) + 1)
    return min(
        prefix + len(singles)
        for singles in _subsets(wanted)
        for prefix in pages
        if set(wanted) <= singles | set(order[: prefix * PAGE])
    )


def _is_cheapest(choose: Callable[[Sequence[str], Sequence[str], int], Cover], wanted: list[str], order: list[str]):
    return choose(wanted, order, len(order)).cost == _cheapest(wanted, order)


@given(_known())
@example((_people(5), _people(50)))
def test_it_is_the_optimum_of_all_choices(known: tuple[list[str], list[str]]) -> None:
    wanted, order = known

    assert _is_cheapest(cover, wanted, order)


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(lambda wanted, order, present: Cover(0, tuple(wanted)), id="always-single-calls"),
        pytest.param(lambda wanted, order, present: Cover(-(-present // PAGE)), id="always-every-page"),
        pytest.param(
            lambda wanted, order, present: min(
                Cover(-(-present // PAGE)), Cover(0, tuple(wanted)), key=lambda each: each.cost
            ),
            id="either-all-pages-or-none",
        ),
        pytest.param(lambda wanted, order, present: Cover(), id="nobody"),
    ],
)
def test_the_optimum_tells_a_poorer_choice_from_it(choose: Callable[..., Cover]) -> None:
    wanted = [*_people(3), *_people(2, first=44)]

    assert not _is_cheapest(choose, wanted, _people(46))
    assert _is_cheapest(cover, wanted, _people(46))


@given(_any())
def test_everybody_is_covered_and_it_is_never_dearer_than_one_kind_of_call_alone(
    some: tuple[list[str], list[str], list[str]],
) -> None:
    wanted, order, meeting = some

    found = cover(wanted, order, len(meeting))

    assert set(wanted) <= set(meeting[: found.pages * PAGE]) | set(found.singles)
    assert set(found.singles) <= set(wanted)
    assert len(set(found.singles)) == len(found.singles)
    assert found.cost <= min(len(wanted), -(-len(meeting) // PAGE))


@given(_any())
def test_the_same_people_get_the_same_cover_in_whatever_order_they_are_named(
    some: tuple[list[str], list[str], list[str]],
) -> None:
    wanted, order, meeting = some

    assert cover(wanted, order, len(meeting)) == cover(set(wanted), order, len(meeting))
    assert cover(wanted, order, len(meeting)) == cover([*wanted, *wanted], [*order, *order], len(meeting))


@pytest.mark.parametrize(
    ("wanted", "order", "present", "expected"),
    [
        pytest.param([], _people(50), 50, Cover(), id="nobody-is-wanted"),
        pytest.param([], [], 0, Cover(), id="nobody-is-there"),
        pytest.param(_people(40), [], 50, Cover(5), id="40-of-50-all-pages"),
        pytest.param(_people(4), [], 50, Cover(0, tuple(_people(4))), id="4-of-50-single-calls"),
        pytest.param(_people(5), [], 50, Cover(5), id="a-tie-goes-to-the-pages"),
        pytest.param(["s049"], _people(50), 50, Cover(0, ("s049",)), id="one-at-the-end"),
        pytest.param(["s000"], _people(50), 50, Cover(1), id="one-at-the-beginning-a-tie"),
        pytest.param([*_people(8), "s049"], _people(50), 50, Cover(1, ("s049",)), id="a-crowd-in-front-and-one-behind"),
        pytest.param([*_people(8), "new"], _people(10), 50, Cover(1, ("new",)), id="one-without-a-place"),
        pytest.param(
            [*_people(8), *_people(5, first=40)], _people(10), 50, Cover(5), id="all-pages-when-they-cost-no-more"
        ),
        pytest.param(_people(30), [], 5, Cover(3), id="more-are-wanted-than-were-counted"),
        pytest.param(_people(300), [], 300, Cover(30), id="everybody"),
    ],
)
def test_which_calls(wanted: list[str], order: list[str], present: int, expected: Cover) -> None:
    assert cover(wanted, order, present) == expected


@given(shown=st.lists(st.integers(0, 4), max_size=8), gone=st.integers(0, 8))
def test_reading_on_never_costs_more_than_single_calls_or_than_all_pages(shown: list[int], gone: int) -> None:
    pages_left, unseen = len(shown), sum(shown) + gone  # how many each page shows, and how many are on none
    most, read = min(pages_left, unseen), 0

    while go_on(unseen, pages_left):
        unseen -= shown[read]
        read, pages_left = read + 1, pages_left - 1

    assert read + (unseen if pages_left else 0) <= most


@pytest.mark.parametrize(
    ("unseen", "pages_left", "expected"),
    [
        pytest.param(0, 3, False, id="all-are-seen"),
        pytest.param(2, 0, False, id="no-page-is-left"),
        pytest.param(2, 2, True, id="a-tie-goes-to-the-page"),
        pytest.param(2, 3, False, id="single-calls-are-cheaper"),
        pytest.param(9, 3, True, id="pages-are-cheaper"),
    ],
)
def test_when_reading_goes_on(unseen: int, pages_left: int, expected: bool) -> None:
    assert go_on(unseen, pages_left) is expected
