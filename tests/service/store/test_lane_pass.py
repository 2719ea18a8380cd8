"""What a destination has nothing to say of counts as told, and leaves no delivery behind."""

from datetime import timedelta

from service.store import Store, Turn, keys
from tests.service.store.builders import LANE, a_debt, an_attempt, claimed, owe, posted

ID = "dl_1"


def begun(store: Store, *pairs: tuple[str, int]) -> Turn:
    turn = claimed(store)
    assert store.lanes.begin(turn, ID, pairs)
    return turn


def test_it_counts_as_told_and_no_delivery_is_left(store: Store) -> None:
    owe(store, a_debt("al_1", 3))
    assert store.lanes.pass_over(begun(store, ("al_1", 3)), ID)

    assert store.redis.hgetall(keys.told(LANE)) == {b"al_1": b"3"}
    assert store.lanes.delivery(ID) is None
    assert store.lanes.deliveries()[0] == store.lanes.deliveries(channel="slack-av")[0] == ()
    assert store.lanes.first_due() is None
    assert 0 < store.redis.ttl(keys.told(LANE)) <= 7 * 86_400


def test_what_goes_beyond_it_is_owed_at_once(store: Store) -> None:
    owe(store, a_debt("al_1", 3))
    store.lanes.pass_over(begun(store, ("al_1", 2)), ID)
    turn = claimed(store)
    assert (turn.owed, turn.told, turn.sending, turn.attempt) == ({"al_1": 3}, {"al_1": 2}, None, 0)


def test_a_lane_at_rest_keeps_its_rest(store: Store) -> None:
    owe(store, a_debt("al_1", 1))
    posted(store, claimed(store))
    store.clock.advance(seconds=1)
    owe(store, a_debt("al_1", 3))
    turn = begun(store, ("al_1", 2))
    rests_until = store.clock.now() + timedelta(seconds=30)
    store.redis.hset(keys.lane(LANE), "not_before", int(rests_until.timestamp() * 1000))
    store.lanes.pass_over(turn, ID)
    assert store.lanes.first_due() == rests_until


def test_its_channel_may_post_in_another_lane_at_once(store: Store) -> None:
    owe(store, a_debt(), a_debt(lane="slack-av:i2"))
    first = begun(store, ("al_1", 1))
    store.lanes.pass_over(first, ID)
    assert {first.lane, claimed(store).lane} == {LANE, "slack-av:i2"}


def test_what_was_told_before_is_not_forgotten(store: Store) -> None:
    owe(store, a_debt("al_1", 5))
    posted(store, claimed(store))
    store.clock.advance(seconds=1)
    owe(store, a_debt("al_1", 6))
    store.lanes.pass_over(begun(store, ("al_1", 4)), ID)
    assert store.redis.hgetall(keys.told(LANE)) == {b"al_1": b"5"}


def test_a_post_that_was_tried_when_there_was_something_to_say_stays_for_people_to_read(store: Store) -> None:
    owe(store, a_debt())
    turn = begun(store, ("al_1", 1))
    store.lanes.record(turn, an_attempt("refused", 500), gate=store.lanes.gate("slack-av"))
    store.clock.advance(seconds=1)
    store.lanes.pass_over(begun(store, ("al_1", 1)), ID)
    assert [each.id for each in store.lanes.deliveries(state="dead")[0]] == [ID]


def test_a_stale_turn_or_another_post_passes_over_nothing(store: Store) -> None:
    owe(store, a_debt())
    dead = begun(store, ("al_1", 1))
    assert not store.lanes.pass_over(dead, "dl_2")
    store.clock.advance(seconds=60)
    live = claimed(store)
    assert not store.lanes.pass_over(dead, ID)
    assert store.lanes.renew(live, 60)
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_1": b"1"}
