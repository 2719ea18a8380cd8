"""Names in Redis: each with an example; ids that are derived come out the same whoever derives them."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.store import keys

MADE_UP = {"kind": "watch"}
BUILDERS = [f for name, f in vars(keys).items() if inspect.isfunction(f) and f.__module__ == keys.__name__]
NAMES = [f for f in BUILDERS if f.__name__ not in ("instance_id", "delivery_id", "number_member", "claims", "fence")]


@pytest.mark.parametrize("build", [pytest.param(f, id=f.__name__) for f in NAMES])
def test_a_key_is_as_its_example_and_says_how_long_it_lives(build: object) -> None:
    wanted = {name: MADE_UP.get(name, "x") for name in inspect.signature(build).parameters}
    example, lifetime = build.__doc__.split('"')[1], build.__doc__.rpartition("; ")[2]

    made = build(**wanted)

    assert made.startswith(keys.PREFIX)
    assert made.split(":")[1] == example.split(":")[1]
    assert made.count(":") <= example.count(":")
    assert lifetime.strip()


@given(st.lists(st.tuples(st.text(), st.integers(1, 99))), st.randoms())
def test_a_delivery_has_one_id_in_whatever_order_it_tells(pairs: list[tuple[str, int]], chance: object) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert keys.delivery_id("slack-av:i", pairs) == keys.delivery_id("slack-av:i", shuffled)


def test_other_news_or_another_lane_make_another_id() -> None:
    ids = {
        keys.delivery_id("slack-av:i", [("al_1", 1)]),
        keys.delivery_id("slack-av:i", [("al_1", 2)]),
        keys.delivery_id("slack-av:i", [("al_1", 1), ("al_2", 1)]),
        keys.delivery_id("teams-av:i", [("al_1", 1)]),
    }
    assert len(ids) == 4
    assert all(id.startswith("dl_") for id in ids)


def test_an_instance_id_is_short_and_safe_whatever_the_uuid() -> None:
    assert keys.instance_id("/abc//==") == keys.instance_id("/abc//==")
    assert keys.instance_id("/abc//==").isalnum()
    assert len(keys.instance_id("aDYlohsHRtCd4ii1uC2+hA==")) == 12
