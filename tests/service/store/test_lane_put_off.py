"""News that can wait: its lane is put off, whatever is owed meanwhile brings it forward, and no channel is held up."""

from datetime import timedelta

from rules.gate import Gate
from service.store import Store, keys
from service.store.clock import moment
from tests.service.store.builders import LANE, START, a_debt, claimed, owe, posted

FIVE = timedelta(minutes=5)


def test_a_lane_that_is_put_off_is_not_due_before_its_moment_and_not_late(store: Store) -> None:
    owe(store, a_debt())
    until = store.clock.now() + FIVE
    assert store.lanes.put_off(claimed(store), until)
    assert store.lanes.first_due() == until

    store.clock.put(until - timedelta(milliseconds=1))
    assert store.lanes.claim(9, 60) == []
    assert store.lanes.overdue(60) == 0

    store.clock.put(until)
    turn = claimed(store)
    assert (turn.owed, turn.put_off) == ({"al_1": 1}, until)


def test_what_comes_to_be_owed_brings_it_forward(store: Store) -> None:
    owe(store, a_debt())
    store.lanes.put_off(claimed(store), store.clock.now() + FIVE)
    owe(store, a_debt("al_2"))
    assert claimed(store).owed == {"al_1": 1, "al_2": 1}


def test_what_was_owed_while_it_was_looked_at_is_looked_at_at_once(store: Store) -> None:
    owe(store, a_debt())
    turn = claimed(store)
    owe(store, a_debt("al_2"))
    store.lanes.put_off(turn, store.clock.now() + FIVE)
    assert store.lanes.first_due() == store.clock.now()


def test_a_resting_lane_is_brought_forward_to_the_end_of_its_rest_and_no_further(store: Store) -> None:
    owe(store, a_debt())
    rests_until = store.clock.now() + timedelta(seconds=30)
    posted(store, claimed(store), lane_not_before=rests_until, posts=1)
    store.clock.put(rests_until)
    owe(store, a_debt("al_2"))
    turn = claimed(store)
    store.redis.hset(keys.lane(LANE), "not_before", int((rests_until + FIVE / 2).timestamp() * 1000))
    owe(store, a_debt("al_3"))
    store.lanes.put_off(turn, rests_until + FIVE)
    assert store.lanes.first_due() == rests_until + FIVE / 2


def test_its_channel_may_post_in_another_lane_at_once(store: Store) -> None:
    owe(store, a_debt(), a_debt(lane="slack-av:i2"))
    first = claimed(store)
    store.lanes.put_off(first, store.clock.now() + FIVE)
    assert {first.lane, claimed(store).lane} == {LANE, "slack-av:i2"}


def test_lanes_of_one_channel_that_are_all_put_off_do_not_call_each_other_back(store: Store) -> None:
    owe(store, a_debt(), a_debt(lane="slack-av:i2"))
    soon = store.clock.now() + timedelta(milliseconds=500)
    for _ in range(2):
        store.lanes.put_off(claimed(store), soon)
    assert store.lanes.claim(9, 60) == []
    assert store.lanes.first_due() == soon


def test_a_gate_that_opens_leaves_what_can_wait_and_calls_what_has_to_go(store: Store) -> None:
    owe(store, a_debt(lane="slack-av:calm"))
    until = store.clock.now() + FIVE
    store.lanes.put_off(claimed(store), until)
    urgent = {"slack-av:i2", "slack-av:i3"}
    owe(store, *(a_debt(lane=lane) for lane in sorted(urgent)))
    posted(store, claimed(store), "refused", gate=Gate(until - FIVE / 2, 1, START, None, "no_service"))
    store.clock.put(until - FIVE / 2)
    turn = claimed(store)
    posted(store, turn)
    (left,) = urgent - {turn.lane}
    assert store.redis.zscore(keys.lanes(), left) == store.clock.now_ms()
    assert moment(store.redis.zscore(keys.lanes(), "slack-av:calm")) == until


def test_a_channel_that_was_set_anew_meanwhile_keeps_what_it_has_learnt_since(store: Store) -> None:
    owe(store, a_debt())
    turn = claimed(store)
    store.lanes.reset_gate("slack-av")
    assert store.lanes.put_off(turn, store.clock.now() + FIVE)
    assert store.redis.hexists(keys.gate("slack-av"), "next_at"), "it is another's by now"


def test_a_stale_turn_puts_nothing_off(store: Store) -> None:
    owe(store, a_debt())
    dead = claimed(store)
    store.clock.advance(seconds=60)
    live = claimed(store)
    assert not store.lanes.put_off(dead, store.clock.now() + FIVE)
    assert store.lanes.renew(live, 60)


def test_a_debt_that_stands_no_longer_takes_the_memory_of_the_waiting_with_it(store: Store) -> None:
    owe(store, a_debt())
    store.lanes.put_off(claimed(store), store.clock.now() + FIVE)
    store.clock.advance(minutes=5)
    store.lanes.drop(claimed(store), ["al_1"])
    owe(store, a_debt("al_2"))
    store.clock.advance(seconds=1)
    assert claimed(store).put_off is None
