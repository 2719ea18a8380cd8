"""Beginning a post: its id and set are on record before anybody hears it."""

from dataclasses import replace
from datetime import timedelta

from service.store import Sending, Store, keys
from tests.service.store.builders import LANE, START, a_debt, a_note, claimed, owe, posted

PAIRS = (("al_1", 1),)
ID = keys.delivery_id(LANE, PAIRS)


def test_a_post_is_written_down_before_it_goes(store: Store) -> None:
    owe(store, a_debt())
    assert store.lanes.begin(claimed(store), ID, PAIRS)

    delivery = store.lanes.delivery(ID)
    assert (delivery.state, delivery.lane, delivery.alerts, delivery.attempts) == ("leased", LANE, ("al_1",), ())
    store.clock.advance(seconds=60)
    assert claimed(store).sending == Sending(ID, PAIRS)


def test_a_stale_turn_may_not_post(store: Store) -> None:
    owe(store, a_debt())
    dead = claimed(store)
    store.clock.advance(seconds=60)
    claimed(store)
    assert not store.lanes.begin(dead, ID, PAIRS)
    assert store.lanes.delivery(ID) is None


def test_a_repeat_keeps_the_moment_of_the_first(store: Store) -> None:
    owe(store, a_debt())
    posted(store, claimed(store), "unknown")
    first = store.lanes.delivery(ID).created_at
    store.clock.advance(seconds=5)
    posted(store, claimed(store))
    assert store.lanes.delivery(ID).created_at == first
    assert [attempt.outcome for attempt in store.lanes.delivery(ID).attempts] == ["unknown", "accepted"]


def test_a_refused_post_that_is_composed_anew_goes_on_as_the_new_one(store: Store) -> None:
    owe(store, a_debt("al_1"))
    first = posted(store, claimed(store), "refused")
    owe(store, a_debt("al_2"))
    store.clock.advance(seconds=5)

    second = posted(store, claimed(store))

    assert first != second
    assert store.lanes.delivery(first) is None, "nobody waits for it any more"
    delivery = store.lanes.delivery(second)
    assert (delivery.state, delivery.alerts) == ("accepted", ("al_1", "al_2"))
    assert [attempt.outcome for attempt in delivery.attempts] == ["refused", "accepted"]
    assert delivery.created_at == START + timedelta(milliseconds=300)
    assert [each.id for each in store.lanes.deliveries(channel="slack-av")[0]] == [second]


def test_a_refused_note_keeps_its_own_delivery_when_another_goes_first(store: Store) -> None:
    lane = "slack-av:service"
    ids = [store.lanes.owe(a_debt(note, 1, lane), a_note(note)) for note in ("nt_1", "nt_2")]

    def post(note: str, outcome: str) -> None:
        posted(store, replace(claimed(store), owed={note: 1}), outcome)
        store.clock.advance(seconds=2)

    post("nt_1", "refused")
    post("nt_2", "accepted")
    post("nt_1", "accepted")

    assert [store.lanes.delivery(id).state for id in ids] == ["accepted", "accepted"]
