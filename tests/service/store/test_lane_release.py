"""Debts that no longer stand, and turns that end without a post."""

from service.store import Store, keys
from tests.service.store.builders import LANE, a_debt, a_note, claimed, owe, posted


def test_a_released_turn_leaves_the_lane_due(store: Store) -> None:
    owe(store, a_debt())
    assert store.lanes.release(claimed(store))
    assert store.lanes.first_due() == store.clock.now()
    store.clock.advance(seconds=1)
    assert claimed(store).owed == {"al_1": 1}


def test_a_turn_goes_on_with_what_still_stands(store: Store) -> None:
    owe(store, a_debt("al_1"), a_debt("al_2"))
    turn = claimed(store)
    assert store.lanes.drop(turn, ["al_1"])
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_2": b"1"}
    assert store.lanes.begin(turn, "dl_1", (("al_2", 1),))


def test_a_turn_ends_when_nothing_stands_any_more(store: Store) -> None:
    owe(store, a_debt())
    turn = claimed(store)
    assert store.lanes.drop(turn, ["al_1"])
    assert store.lanes.first_due() is None
    assert not store.lanes.renew(turn, 60)


def test_a_debt_that_has_grown_meanwhile_stands(store: Store) -> None:
    owe(store, a_debt("al_1", 1))
    turn = claimed(store)
    owe(store, a_debt("al_1", 2))
    store.lanes.drop(turn, ["al_1", "unknown"])
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_1": b"2"}


def test_a_post_of_unknown_fate_is_given_up_with_all_that_it_told(store: Store) -> None:
    owe(store, a_debt("al_1"), a_debt("al_2"))
    id = posted(store, claimed(store), "unknown")
    store.clock.advance(seconds=1)
    turn = claimed(store)

    store.lanes.drop(turn, ["al_1"])
    assert store.lanes.delivery(id).state == "owed", "it told of al_2 as well"
    store.lanes.drop(turn, ["al_1", "al_2"])

    assert store.lanes.delivery(id).state == "dead"
    assert store.lanes.first_due() is None


def test_a_note_that_can_not_be_told_any_more_is_a_dead_delivery(store: Store) -> None:
    id = store.lanes.owe(a_debt("nt_1", 1, "slack-av:service"), a_note())
    store.lanes.drop(claimed(store), ["nt_1"])
    assert [each.id for each in store.lanes.deliveries(state="dead")[0]] == [id]


def test_a_refused_digest_that_nobody_wants_any_more_is_dead(store: Store) -> None:
    owe(store, a_debt("al_1"), a_debt("al_2"))
    id = posted(store, claimed(store), "refused")
    store.clock.advance(seconds=1)
    store.lanes.drop(claimed(store), ["al_1", "al_2"])
    assert store.lanes.delivery(id).state == "dead"


def test_a_stale_turn_drops_and_releases_nothing(store: Store) -> None:
    owe(store, a_debt())
    dead = claimed(store)
    store.clock.advance(seconds=60)
    live = claimed(store)
    assert not store.lanes.drop(dead, ["al_1"])
    assert not store.lanes.release(dead)
    assert store.lanes.release(live)
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_1": b"1"}
