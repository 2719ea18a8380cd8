"""A note is owed: note, debt, delivery and the lane's arming in one write."""

from service.store import Store, keys
from tests.service.store.builders import START, a_debt, a_note, claimed, posted

LANE = "slack-av:service"


def test_a_note_s_delivery_exists_before_it_is_sent(store: Store) -> None:
    id = store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())

    assert id == keys.delivery_id(LANE, [("nt_1", 1)])
    delivery = store.lanes.delivery(id)
    assert (delivery.state, delivery.alerts, delivery.channel, delivery.lane) == ("owed", ("nt_1",), "slack-av", LANE)
    assert (delivery.attempts, delivery.created_at) == ((), START)
    assert store.lanes.note("nt_1") == a_note()
    assert [each.id for each in store.lanes.deliveries(channel="slack-av")[0]] == [id]


def test_its_lane_is_due_at_once_and_the_post_keeps_the_id(store: Store) -> None:
    id = store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())
    turn = claimed(store)
    assert (turn.channel, turn.subject, turn.owed) == ("slack-av", "service", {"nt_1": 1})
    assert posted(store, turn) == id
    assert store.lanes.delivery(id).state == "accepted"


def test_the_same_note_twice_is_one_delivery_and_does_not_undo_it(store: Store) -> None:
    id = store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())
    posted(store, claimed(store))
    store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())
    assert store.lanes.delivery(id).state == "accepted"
    assert len(store.lanes.deliveries()[0]) == 1


def test_a_note_that_may_be_told_beside_others_has_no_delivery_before_its_post(store: Store) -> None:
    assert store.lanes.owe(a_debt("nt_1", 1, LANE), a_note(), alone=False) == ""
    assert store.lanes.owe(a_debt("nt_2", 1, LANE), a_note("nt_2"), alone=False) == ""
    assert not store.lanes.deliveries()[0]

    turn = claimed(store)
    assert turn.owed == {"nt_1": 1, "nt_2": 1}
    id = posted(store, turn)

    assert [each.id for each in store.lanes.deliveries()[0]] == [id]
    assert store.lanes.delivery(id).alerts == ("nt_1", "nt_2")
    assert store.lanes.owing("slack-av") == frozenset()


def test_a_note_nobody_owes_is_none(store: Store) -> None:
    assert store.lanes.note("nope") is None
