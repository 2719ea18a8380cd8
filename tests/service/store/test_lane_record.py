"""What became of a post: who has been told, what is still owed, when lane and channel may go again."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.gate import Gate
from service.store import Sending, Store, keys
from tests.service.store.builders import LANE, OPEN, START, a_debt, an_attempt, claimed, owe, posted

LATER = START + timedelta(minutes=1)


def test_an_accepted_post_has_told_its_set_and_the_lane_rests(store: Store) -> None:
    owe(store, a_debt("al_1", 2), a_debt("al_2"))
    id = posted(store, claimed(store))

    assert store.lanes.delivery(id).state == "accepted"
    assert store.redis.hgetall(keys.told(LANE)) == {b"al_1": b"2", b"al_2": b"1"}
    assert not store.redis.exists(keys.owed(LANE))
    assert store.lanes.first_due() is None
    assert 0 < store.redis.ttl(keys.told(LANE)) <= 7 * 86_400


def test_news_that_came_while_the_post_was_on_its_way_is_still_owed(store: Store) -> None:
    owe(store, a_debt("al_1", 1))
    turn = claimed(store)
    owe(store, a_debt("al_1", 2), a_debt("al_2"))
    posted(store, turn)
    store.clock.advance(seconds=1)

    again = claimed(store)

    assert (again.owed, again.told) == ({"al_1": 2, "al_2": 1}, {"al_1": 1})
    assert store.redis.ttl(keys.told(LANE)) == -1, "what was told is kept while something is owed"


def test_a_refused_post_is_composed_anew(store: Store) -> None:
    owe(store, a_debt())
    id = posted(store, claimed(store), "refused")
    assert store.lanes.delivery(id).state == "owed"
    store.clock.advance(seconds=1)
    turn = claimed(store)
    assert (turn.sending, turn.owed, turn.attempt) == (None, {"al_1": 1}, 1)


def test_a_post_of_unknown_fate_goes_again_as_it_was_before_anything_newer(store: Store) -> None:
    owe(store, a_debt())
    id = posted(store, claimed(store), "unknown")
    owe(store, a_debt("al_1", 2))
    store.clock.advance(seconds=1)

    turn = claimed(store)
    assert turn.sending == Sending(id, (("al_1", 1),))
    assert posted(store, turn) == id
    store.clock.advance(seconds=1)
    assert claimed(store).owed == {"al_1": 2}


def test_a_dead_post_is_given_up_with_its_set_and_newer_news_are_not(store: Store) -> None:
    owe(store, a_debt("al_1"), a_debt("al_2"))
    turn = claimed(store)
    owe(store, a_debt("al_2", 2))
    id = posted(store, turn, "dead")

    assert [each.id for each in store.lanes.deliveries(state="dead")[0]] == [id]
    assert not store.redis.exists(keys.told(LANE))
    store.clock.advance(seconds=1)
    assert claimed(store).owed == {"al_2": 2}


@pytest.mark.parametrize(
    ("gate_until", "lane_until", "due"),
    [
        pytest.param(None, None, START + timedelta(milliseconds=300), id="neither waits: now"),
        pytest.param(LATER, None, LATER, id="the gate is shut"),
        pytest.param(None, LATER, LATER, id="the lane rests"),
        pytest.param(LATER, START, LATER, id="the later of the two"),
    ],
)
def test_when_the_lane_goes_again(store: Store, gate_until: object, lane_until: object, due: object) -> None:
    owe(store, a_debt())
    posted(store, claimed(store), "refused", gate=Gate(not_before=gate_until), lane_not_before=lane_until)
    assert store.lanes.first_due() == due


def test_the_gate_is_kept_as_it_was_decided(store: Store) -> None:
    assert store.lanes.gate("slack-av") == Gate()
    gate = Gate(LATER, 3, START, START, "no_service")
    owe(store, a_debt())
    posted(store, claimed(store), "refused", gate=gate)
    assert store.lanes.gate("slack-av") == gate


def test_a_trial_that_succeeds_opens_the_channel_s_other_lanes(store: Store) -> None:
    owe(store, a_debt(), a_debt(lane="slack-av:i2"), a_debt(lane="slack-av2:i3"))
    turn = next(turn for turn in store.lanes.claim(9, 60) if turn.channel == "slack-av")
    shut_until = store.clock.now() + timedelta(hours=1)
    posted(store, turn, "refused", gate=Gate(not_before=shut_until, fails=9))
    store.clock.advance(seconds=5)
    store.lanes.claim(9, 60)  # the second lane is put off to the gate as well
    store.redis.hdel(keys.gate("slack-av"), "not_before")
    store.lanes._leases.arm(LANE, store.clock.now())
    trial = next(turn for turn in store.lanes.claim(9, 60) if turn.lane == LANE)
    store.redis.hset(keys.gate("slack-av"), "not_before", int(shut_until.timestamp() * 1000))

    posted(store, trial)

    assert store.redis.zscore(keys.lanes(), "slack-av:i2") == store.clock.now_ms()
    assert store.redis.zscore(keys.lanes(), "slack-av2:i3") > store.clock.now_ms(), "another channel's lease"


def test_a_stale_turn_records_nothing(store: Store) -> None:
    owe(store, a_debt())
    dead = claimed(store)
    assert store.lanes.begin(dead, "dl_1", (("al_1", 1),))
    store.clock.advance(seconds=60)
    claimed(store)
    assert not store.lanes.record(dead, an_attempt(), gate=OPEN, lane_not_before=None)
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_1": b"1"}


def test_what_was_never_begun_can_not_be_recorded(store: Store) -> None:
    owe(store, a_debt())
    assert not store.lanes.record(claimed(store), an_attempt(), gate=OPEN, lane_not_before=None)


def test_the_last_twenty_attempts_are_kept_with_a_kilobyte_of_the_answer(store: Store) -> None:
    owe(store, a_debt())
    for _ in range(22):
        turn = claimed(store)
        store.lanes.begin(turn, "dl_1", (("al_1", 1),))
        store.lanes.record(turn, an_attempt("refused", 500, "é" * 5000), gate=OPEN, lane_not_before=None)
        store.clock.advance(seconds=1)
    attempts = store.lanes.delivery("dl_1").attempts
    assert len(attempts) == 20
    assert all(len(attempt.answer.encode()) == 1000 for attempt in attempts)
    assert claimed(store).attempt == 22


def test_deliveries_are_found_by_state_channel_and_alert(store: Store) -> None:
    owe(store, a_debt("al_1"), a_debt("al_2", lane="teams-av:i"))
    first, second = (posted(store, turn) for turn in store.lanes.claim(9, 60))
    found = {
        name: [each.id for each in store.lanes.deliveries(**wanted)[0]]
        for name, wanted in {
            "accepted": {"state": "accepted"}, "teams": {"channel": "teams-av"}, "al_1": {"alert": "al_1"},
            "dead": {"state": "dead"},
        }.items()
    }  # fmt: skip
    slack, teams = sorted((first, second), key=lambda id: store.lanes.delivery(id).channel)
    assert found == {"accepted": sorted((first, second), reverse=True), "teams": [teams], "al_1": [slack], "dead": []}


def test_deliveries_are_swept_when_their_time_is_over(store: Store) -> None:
    owe(store, a_debt())
    id = posted(store, claimed(store), "dead")
    store.clock.advance(days=91)
    assert store.sweep() == 1
    assert store.lanes.delivery(id) is None
    assert not [key for key in store.redis.keys("*") if store.redis.type(key) == b"zset"]


@given(st.lists(st.sampled_from(["news", "accepted", "refused", "unknown", "killed"]), max_size=12))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example flushes by itself
)
def test_whatever_happens_on_the_way_the_last_news_is_told_and_no_id_accepted_twice(
    store: Store, fates: list[str]
) -> None:
    store.redis.flushall()
    store.clock.put(START)
    seq, accepted = 1, []
    owe(store, a_debt(seq=seq))
    for fate in [*fates, "accepted", "accepted"]:
        store.clock.advance(seconds=61)
        turns = store.lanes.claim(1, 60)
        if fate == "news":
            seq += 1
            owe(store, a_debt(seq=seq))
        if not turns:
            continue
        if fate == "killed":
            pairs = turns[0].sending.pairs if turns[0].sending else tuple(turns[0].owed.items())
            store.lanes.begin(turns[0], keys.delivery_id(LANE, pairs), pairs)
        else:
            outcome = "accepted" if fate == "news" else fate
            id = posted(store, turns[0], outcome)
            accepted += [id] if outcome == "accepted" else []
    assert store.redis.hgetall(keys.told(LANE)) == {b"al_1": str(seq).encode()}
    assert len(accepted) == len(set(accepted))
    assert store.lanes.first_due() is None


def test_a_lane_remembers_its_posts_in_a_row_and_when_the_last_was_accepted(store: Store) -> None:
    owe(store, a_debt())
    first = claimed(store)
    assert (first.posts, first.last_at, first.put_off) == (0, None, None)
    posted(store, first, posts=1)
    last_at = store.clock.now()
    store.clock.advance(seconds=30)
    owe(store, a_debt("al_2"))

    turn = claimed(store)
    assert (turn.posts, turn.last_at) == (1, last_at)
    store.lanes.put_off(turn, store.clock.now() + timedelta(minutes=5))
    store.clock.advance(minutes=5)
    posted(store, claimed(store), posts=2)
    owe(store, a_debt("al_3"))
    store.clock.advance(seconds=1)
    assert (claimed(store).posts, claimed_memory(store)) == (2, {b"posts": b"2"})


def claimed_memory(store: Store) -> dict[bytes, bytes]:
    held = store.redis.hgetall(keys.lane(LANE))
    return {name: value for name, value in held.items() if name in (b"posts", b"put_off")}


@pytest.mark.parametrize("outcome", ["refused", "unknown"])
def test_a_post_that_was_not_accepted_and_a_roll_call_change_no_memory(store: Store, outcome: str) -> None:
    owe(store, a_debt())
    until = store.clock.now() + timedelta(minutes=5)
    store.lanes.put_off(claimed(store), until)
    store.clock.put(until)
    posted(store, claimed(store), outcome)
    store.clock.advance(seconds=1)
    turn = claimed(store)
    assert (turn.posts, turn.last_at, turn.put_off) == (0, None, until)


def test_a_dead_post_of_a_part_gives_up_the_whole_that_it_was_composed_of(store: Store) -> None:
    owe(store, a_debt("al_1", 3))
    turn = claimed(store)
    assert store.lanes.begin(turn, "dl_1", (("al_1", 2),))
    store.lanes.record(turn, an_attempt("dead", 400), gate=OPEN)
    assert store.lanes.first_due() is None, "or the same post would die for ever"


def test_a_part_that_was_told_leaves_the_rest_owed(store: Store) -> None:
    owe(store, a_debt("al_1", 3))
    turn = claimed(store)
    assert store.lanes.begin(turn, "dl_1", (("al_1", 2),))
    store.lanes.record(turn, an_attempt(), gate=OPEN)
    store.clock.advance(seconds=1)
    again = claimed(store)
    assert (again.owed, again.told) == ({"al_1": 3}, {"al_1": 2})


def test_what_is_counted_of_a_post_is_written_with_it(store: Store) -> None:
    owe(store, a_debt())
    turn = claimed(store)
    posted(store, turn, counts={"deliveries:accepted": 1, "told_ms_sum": 250})
    assert not store.lanes.record(turn, an_attempt(), gate=OPEN, counts={"deliveries:accepted": 1})
    assert store.health.counters() == {"deliveries:accepted": 2, "told_ms_sum": 250}, "also of a lane lost meanwhile"
