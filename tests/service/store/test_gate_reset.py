"""A channel set anew: nothing is held against it, its lanes may try at once."""

from datetime import timedelta

from rules.gate import Gate
from service.store import Store, keys
from tests.service.store.builders import LANE, START, a_debt, an_attempt, claimed, owe, posted

BROKEN = Gate(START + timedelta(hours=1), 1, START, None, "no_service")


def test_lanes_that_waited_for_the_hourly_trial_may_try_at_once(store: Store) -> None:
    owe(store, a_debt(), a_debt(lane="slack-av:i2"), a_debt(lane="slack-av2:i"))
    for turn in store.lanes.claim(9, 60):
        posted(store, turn, "refused", gate=BROKEN)
    store.clock.advance(seconds=5)
    assert store.lanes.claim(9, 60) == []

    store.lanes.reset_gate("slack-av")

    assert store.lanes.gate("slack-av") == Gate()
    assert claimed(store).channel == "slack-av"
    assert store.lanes.gate("slack-av2") == BROKEN


def test_an_answer_of_the_old_address_is_not_held_against_the_new_one(store: Store) -> None:
    owe(store, a_debt())
    turn = claimed(store)
    store.lanes.begin(turn, "dl_1", (("al_1", 1),))

    store.lanes.reset_gate("slack-av")
    assert store.lanes.record(turn, an_attempt("refused", 404, "no_service"), gate=BROKEN, lane_not_before=None)

    assert store.lanes.gate("slack-av") == Gate()
    store.clock.advance(seconds=2)
    store.lanes.reset_gate("slack-av")
    assert claimed(store).lane == LANE


def test_a_post_on_its_way_still_keeps_the_channel_to_itself(store: Store) -> None:
    owe(store, a_debt(), a_debt(lane="slack-av:i2"))
    claimed(store)
    store.lanes.reset_gate("slack-av")
    store.clock.advance(seconds=5)
    assert store.lanes.claim(9, 60) == []


def test_a_channel_without_a_past_may_be_reset(store: Store) -> None:
    store.lanes.reset_gate("slack-av")
    assert store.lanes.gate("slack-av") == Gate()
    assert not store.redis.exists(keys.gate("slack-av"))


def test_what_may_be_of_another_kind_now_keeps_its_distance_until_it_has_answered(store: Store) -> None:
    owe(store, *(a_debt(lane=f"slack-av:al_{n}") for n in range(3)))
    posted(store, claimed(store), spacing_s=0.002)
    store.clock.advance(milliseconds=3)

    store.lanes.reset_gate("slack-av")

    posted(store, claimed(store))
    store.clock.advance(milliseconds=900)
    assert store.lanes.claim(9, 60) == []
    store.clock.advance(milliseconds=101)
    assert claimed(store)


def test_what_waited_for_the_end_of_its_quiet_hours_looks_again(store: Store) -> None:
    owe(store, a_debt())
    store.lanes.put_off(claimed(store), START + timedelta(hours=8))
    assert store.lanes.claim(9, 60) == []

    store.lanes.reset_gate("slack-av")

    assert claimed(store).lane == LANE
