"""How much is tried at random: a little in `make test`, the same each time; FUZZ times as much in `make fuzz`."""

import copy
import os
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("FUZZ") or 1)


def tries(examples: int) -> settings:
    """So many examples, or FUZZ times as many; other ones each time only there."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
        ],  # slow by design
    )


_TEXTS = st.text(st.characters(), max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "\ud800",
        "\x00",
        "0",
        "-1",
        "1e999",
        "nan",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "a" * 5000,
    ]
)
_NUMBERS = st.integers() | st.floats() | st.sampled_from([10**40, -(10**400), 2**63, 1e308, 253402300800000])

#: Anything that JSON can hold, and what Python's reader takes for JSON beside it.
JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn, real: Any) -> Any:
    """What is real, with something else in up to three places of it."""
    made = copy.deepcopy(real)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(made))
        where, key = draw(st.sampled_from(places)) if places else (None, None)
        if where is None:
            return draw(JSON)
        if draw(st.booleans()):
            where[key] = draw(JSON)
        else:
            where[key] = [where[key], draw(JSON)] if draw(st.booleans()) else {"x": where[key]}
    return made


def _places(thing: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in lists and objects, outermost first."""
    pairs = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, inner in list(pairs):
        yield thing, key
        yield from _places(inner)


def written(words: list[str], letters: str = " ") -> st.SearchStrategy[str]:
    """Texts made of words that a parser knows, of other text, and of both."""
    pieces = st.lists(st.sampled_from(words) | st.text(max_size=3), max_size=14)
    return st.text(max_size=40) | pieces.map(letters.join) | pieces.map("".join)


#: What stands where something else is expected; the first are what broke something once.
ODD = (
    [], {}, "9999-12-31T23:59:59Z", 10**400, float("nan"), "\ud800", None, "a" * 5000, True,
    *(-1, 0, 1.5, float("inf"), "", "\x00", "0001-01-01T00:00:00+14:00", [[]], [{}], [None], {"a": 1}, 253402214400000),
)  # fmt: skip


def each_spoilt(real: Any) -> Iterator[Any]:
    """What is real, with one place of it odd, for every place; in `make test` by the first few of what is odd."""
    odd = ODD if TIMES > 1 else ODD[:6]
    for path in list(_paths(real)):
        for value in odd:
            made = copy.deepcopy(real)
            inner = made
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value
            yield made


def _paths(thing: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ():
        yield (*before, key)
        yield from _paths(inner, (*before, key))
