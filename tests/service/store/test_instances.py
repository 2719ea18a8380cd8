"""Instances: what is known of one run, kept until a day after its end."""

from datetime import timedelta

from rules.model import Instance, Round
from service.store import Store, keys
from tests.service.store.builders import START, I, a_plan

RUN = Instance(I, "aDYlohsHRtCd4ii1uC2+hA==", "97763643886", "Board meeting", "webinar", START)


def test_a_run_comes_back_as_it_was_put(store: Store) -> None:
    store.instances.put(RUN)
    assert store.instances.get(I) == RUN
    assert store.instances.get("unknown") is None


def test_what_a_later_look_leaves_blank_stays(store: Store) -> None:
    store.instances.put(RUN)
    store.instances.put(Instance(I, RUN.uuid, "", kind="webinar"))
    assert store.instances.get(I) == RUN


def test_the_end_is_kept_and_all_of_the_run_goes_a_day_later(store: Store) -> None:
    store.instances.put(RUN)
    store.seats.commit(I, [a_plan()], round=Round(1, 1, 0, 0, START))
    over = START + timedelta(hours=1)

    store.instances.end(I, over)

    assert store.instances.get(I).ended_at == over
    for key in (keys.instance(I), keys.seats(I), keys.round_of(I)):
        assert 0 < store.redis.ttl(key) <= 86_400


def test_a_run_that_is_live_after_all_is_kept_again(store: Store) -> None:
    store.instances.put(RUN)
    store.instances.end(I, START)
    store.instances.put(RUN)
    assert store.instances.get(I) == RUN
    assert store.redis.ttl(keys.instance(I)) == -1
