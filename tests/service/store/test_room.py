"""A Redis that is nearly full: what may wait is refused in a sentence, what alerts need goes on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from rules.model import Person, Policy, Schedule, Silence
from service.store import Store, keys
from service.store.errors import StoreFull
from service.store.room import UNBOUNDED, Memory, memory_of
from tests.service.store.builders import (
    LANE,
    MINUTE,
    OPEN,
    START,
    I,
    a_change,
    a_channel,
    a_debt,
    a_plan,
    a_row,
    a_rule,
    a_watch,
    an_attempt,
    an_entry,
    claimed,
    owe,
)  # fmt: skip

Press = Callable[[float], None]
SILENCE = Silence("s_1", 0, {"seat": f"{I}.7"}, "Ana", "planned work", START, START, START + timedelta(hours=1))


def test_what_info_tells() -> None:
    assert memory_of({"used_memory": 900, "maxmemory": 1000, "mem_not_counted_for_evict": 50}) == Memory(850, 1000)
    assert memory_of({}) == UNBOUNDED
    assert str(Memory(445 << 20, 512 << 20)) == "87 % of its maxmemory of 512 MB"


def test_a_server_without_a_limit_is_never_full(store: Store) -> None:
    assert not store.room.is_tight()


@pytest.mark.parametrize(
    ("shelf", "new"),
    [
        pytest.param("watches", a_watch("w_2"), id="watch"),
        pytest.param("rules", a_rule("r_2"), id="rule"),
        pytest.param("channels", a_channel("c_2"), id="channel"),
        pytest.param("people", Person("ben", 0, "Ben Ito", START), id="person"),
        pytest.param("policies", Policy("p_2", 0, (), START), id="policy"),
        pytest.param("schedules", Schedule("s_2", 0, "UTC", "Mon 09:00", ("ana",), "1w", START), id="schedule"),
    ],
)
def test_nothing_new_is_registered_and_what_is_there_can_be_changed(
    store: Store, press: Press, shelf: str, new: object
) -> None:
    own = getattr(store.documents, shelf)
    press(0.80)
    own.put(new)

    press(0.87)
    with pytest.raises(StoreFull, match="raise maxmemory, delete what nobody needs"):
        own.put(replace(new, id="another"))
    own.change(new.id, lambda doc: doc)
    own.put(new)
    assert own.delete(new.id)
    assert own.ids() == []


def test_whoever_steers_alerts_may(store: Store, press: Press) -> None:
    press(0.90)
    assert store.documents.silences.put(SILENCE).revision == 1


def test_rows_are_not_kept_and_all_else_is_decided_as_ever(store: Store, press: Press) -> None:
    press(0.87)
    plan = a_plan(samples=(a_row(),), alerts=(a_change(None, an_entry()),), debts=(a_debt(),))

    assert not store.seats.commit(I, [plan])

    assert store.samples.recent(I, "7", 9) == ()
    assert store.alerts.get("al_1") is not None
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_1": b"1"}
    press(0.80)
    assert not store.seats.commit(I, [a_plan(was="000000000001", samples=(a_row(1),))])
    assert [row.minute for row in store.samples.recent(I, "7", 9)] == [MINUTE + 1]


def test_a_server_that_is_quite_full_writes_nothing_by_halves(store: Store, press: Press) -> None:
    store.documents.put_watch(a_watch())
    press(1.1)
    plan = a_plan(alerts=(a_change(None, an_entry()),), debts=(a_debt(),))
    before = {key: store.redis.dump(key) for key in store.redis.keys("*")}

    for write in (
        lambda: store.seats.commit(I, [plan]),
        lambda: store.documents.put_watch(a_watch("w_2")),
        lambda: store.health.tick(START),
        lambda: store.health.count_all({"rounds:seen": 1, "samples": 2}),
    ):
        with pytest.raises(StoreFull):
            write()

    assert {key: store.redis.dump(key) for key in store.redis.keys("*")} == before
    assert store.documents.watches.get("w_1"), "what is there is read"
    assert store.documents.watches.change("w_1", lambda watch: replace(watch, paused=True)), "and changed"
    assert store.documents.watches.delete("w_1"), "and taken away, which makes room"


def test_a_post_that_went_out_is_recorded_on_a_full_server_too(store: Store, press: Press) -> None:
    owe(store, a_debt())
    turn = claimed(store)
    pairs = tuple(turn.owed.items())
    assert store.lanes.begin(turn, "dl_1", pairs)
    press(1.1)

    assert store.lanes.record(turn, an_attempt(), gate=OPEN)

    assert store.redis.hgetall(keys.told(LANE)) == {b"al_1": b"1"}
    assert store.lanes.first_due() is None


def test_a_key_opens_the_door_of_a_full_server(store: Store, press: Press) -> None:
    _, secret = store.keys_.create("admin", "ops")
    press(1.1)
    assert store.keys_.use(secret).key is not None
