"""A delivery that was given up goes again, as the very set it was, under its own id."""

from service.store import Store
from tests.service.store.builders import a_debt, a_note, claimed, posted

LANE = "slack-av:service"


def test_a_dead_delivery_goes_again_under_its_id(store: Store) -> None:
    store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())
    id = posted(store, claimed(store), outcome="dead")
    store.clock.advance(seconds=5)

    assert store.lanes.redeliver(id)

    assert store.lanes.delivery(id).state == "owed"
    assert store.lanes.deliveries(state="dead")[0] == ()
    turn = claimed(store)
    assert turn.sending.id == id
    assert turn.sending.pairs == (("nt_1", 1),)
    assert posted(store, turn) == id
    assert store.lanes.delivery(id).state == "accepted"
    assert len(store.lanes.delivery(id).attempts) == 2


def test_what_is_not_dead_is_left_alone(store: Store) -> None:
    store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())
    id = posted(store, claimed(store))

    assert not store.lanes.redeliver(id)
    assert not store.lanes.redeliver("dl_unknown")
    assert store.lanes.delivery(id).state == "accepted"


def test_what_another_is_about_to_send_goes_first(store: Store) -> None:
    store.lanes.owe(a_debt("nt_1", 1, LANE), a_note())
    id = posted(store, claimed(store), outcome="dead")
    store.clock.advance(seconds=5)
    store.lanes.owe(a_debt("nt_2", 1, LANE), a_note("nt_2"))
    turn = claimed(store)

    assert not store.lanes.redeliver(id)
    assert store.lanes.delivery(id).state == "dead", "what they write down as sent would put an end to it"

    posted(store, turn)
    store.clock.advance(seconds=5)
    assert store.lanes.redeliver(id)
    assert claimed(store).sending.id == id
