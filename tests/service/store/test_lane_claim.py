"""Claiming lanes: one sender a lane, one post a channel, no sooner than gate and spacing allow, and in order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from rules.gate import Gate
from service.store import Sending, Store, keys
from tests.service.store.builders import LANE, OPEN, START, I, a_debt, claimed, owe, posted

SECOND = timedelta(seconds=1)


def lane(channel: str, subject: str = I) -> str:
    return f"{channel}:{subject}"


def test_a_turn_tells_what_is_owed_and_what_was_told(store: Store) -> None:
    owe(store, a_debt("al_1", 2), a_debt("al_2"))
    turn = claimed(store)
    assert (turn.lane, turn.channel, turn.subject) == (LANE, "slack-av", I)
    assert (turn.owed, turn.told, turn.sending, turn.attempt) == ({"al_1": 2, "al_2": 1}, {}, None, 0)

    posted(store, turn)
    owe(store, a_debt("al_1", 3))
    store.clock.advance(seconds=1)

    again = claimed(store)
    assert (again.owed, again.told) == ({"al_1": 3}, {"al_1": 2, "al_2": 1})


def test_a_lane_is_held_by_one_sender(store: Store) -> None:
    owe(store, a_debt())
    claimed(store)
    assert store.lanes.claim(9, 60) == []


def test_a_dead_sender_s_lane_is_claimed_again_with_its_set(store: Store) -> None:
    owe(store, a_debt())
    dead = claimed(store)
    assert store.lanes.begin(dead, "dl_1", (("al_1", 1),))
    store.clock.advance(seconds=60)

    turn = claimed(store)

    assert (turn.sending, turn.attempt) == (Sending("dl_1", (("al_1", 1),)), 1)
    assert not store.lanes.renew(dead, 60)
    assert store.lanes.renew(turn, 60)


def test_two_lanes_of_one_channel_are_never_in_flight_together(store: Store) -> None:
    owe(store, a_debt(lane=lane("slack-av", "i1")), a_debt(lane=lane("slack-av", "i2")), a_debt(lane=lane("teams-av")))
    turns = store.lanes.claim(9, 60)
    assert sorted(turn.channel for turn in turns) == ["slack-av", "teams-av"]

    store.clock.advance(seconds=30)
    assert store.lanes.claim(9, 60) == [], "the first post still runs"

    posted(store, next(turn for turn in turns if turn.channel == "slack-av"))
    store.clock.advance(seconds=2)
    assert claimed(store).channel == "slack-av"


def test_posts_of_one_channel_are_a_second_apart(store: Store) -> None:
    owe(store, a_debt(lane=lane("slack-av", "i1")), a_debt(lane=lane("slack-av", "i2")))
    posted(store, claimed(store))
    assert store.lanes.claim(9, 60) == []
    store.clock.advance(milliseconds=900)
    assert store.lanes.claim(9, 60) == []
    store.clock.advance(milliseconds=101)
    assert claimed(store)


def test_lanes_that_wait_for_one_channel_keep_their_order(store: Store) -> None:
    wanted = [lane("slack-av", f"i{n}") for n in (5, 3, 4, 1, 2)]
    for n, name in enumerate(wanted):
        owe(store, a_debt(lane=name), session=str(n))
    told = []
    for _ in wanted:
        turn = claimed(store)
        told.append(turn.lane)
        posted(store, turn)
        store.clock.advance(milliseconds=1001)
    assert told == wanted


def test_a_shut_gate_puts_all_lanes_of_its_channel_off(store: Store) -> None:
    owe(store, a_debt(lane=lane("slack-av", "i1")), a_debt(lane=lane("slack-av", "i2")), a_debt(lane=lane("teams-av")))
    slack = next(turn for turn in store.lanes.claim(9, 60) if turn.channel == "slack-av")
    until = START + timedelta(hours=1)
    posted(store, slack, "refused", gate=Gate(until, 1, START, None, "no_service"))
    store.clock.advance(minutes=59)

    assert [turn.channel for turn in store.lanes.claim(9, 60)] == ["teams-av"], "its own lease ran out"

    store.clock.put(until + SECOND)
    assert len([turn for turn in store.lanes.claim(9, 60) if turn.channel == "slack-av"]) == 1, "one trial"


def test_a_lane_that_spoke_rests_for_its_window(store: Store) -> None:
    owe(store, a_debt())
    rests_until = store.clock.now() + timedelta(seconds=30)
    posted(store, claimed(store), lane_not_before=rests_until)

    owe(store, a_debt("al_2"))

    assert store.lanes.first_due() == rests_until, "put off when it is armed"
    store.lanes._leases.arm(LANE, store.clock.now())
    assert store.lanes.claim(9, 60) == [], "and when it is claimed"
    assert store.lanes.first_due() == rests_until
    store.clock.put(rests_until + SECOND)
    assert claimed(store).owed == {"al_2": 1}


def test_a_lane_that_owes_nothing_is_forgotten(store: Store) -> None:
    owe(store, a_debt())
    store.redis.delete(keys.owed(LANE))
    assert store.lanes.claim(9, 60) == []
    assert store.lanes.first_due() is None


def test_no_more_turns_than_were_asked_for(store: Store) -> None:
    owe(store, *(a_debt(lane=lane(f"c{n}")) for n in range(5)))
    assert len(store.lanes.claim(2, 60)) == 2
    assert len(store.lanes.claim(9, 60)) == 3


def test_senders_side_by_side_never_share_a_lane_or_a_channel(store: Store) -> None:
    owe(store, *(a_debt(lane=lane(f"c{n % 20}", f"i{n}")) for n in range(60)))
    with ThreadPoolExecutor(8) as pool:
        turns = [turn for claims in pool.map(lambda _: store.lanes.claim(3, 60), range(30)) for turn in claims]
    assert len(turns) == len({turn.channel for turn in turns}) == 20


def test_how_late_lanes_are_is_told_in_real_seconds(store: Store) -> None:
    owe(store, a_debt())
    store.clock.advance(seconds=61)
    assert store.lanes.overdue(60) == 1
    posted(store, claimed(store), gate=OPEN)
    assert store.lanes.overdue(60) == 0


def test_a_claim_among_channels_leaves_the_others_as_they_are(store: Store) -> None:
    owe(store, a_debt("al_1", 1, "slack-av:i1"), a_debt("al_2", 1, "teams-av:i1"))
    store.clock.advance(seconds=1)

    assert [turn.channel for turn in store.lanes.claim(5, 60, among=["teams-av"])] == ["teams-av"]
    assert store.lanes.claim(5, 60, among=[]) == []
    assert [turn.channel for turn in store.lanes.claim(5, 60)] == ["slack-av"]


def in_a_moment(store: Store) -> None:
    store.clock.advance(milliseconds=3)


def test_a_channel_that_needs_no_second_has_its_posts_one_after_the_other(store: Store) -> None:
    wanted = [lane("hook", f"al_{n}") for n in range(4)]
    for n, name in enumerate(wanted):
        owe(store, a_debt(lane=name), session=str(n))
    first = claimed(store)
    assert store.lanes.claim(9, 60) == [], "one post on its way, and nobody knows yet that a second is not needed"
    posted(store, first, spacing_s=0.002)

    told = [first.lane]
    for _ in wanted[1:]:
        in_a_moment(store)
        turn = claimed(store)
        assert store.lanes.claim(9, 60) == []
        posted(store, turn, spacing_s=0.002)
        told.append(turn.lane)

    assert told == wanted


def test_lanes_of_such_a_channel_wait_for_as_many_posts_as_stand_before_them(store: Store) -> None:
    owe(store, *(a_debt(lane=lane("hook", f"al_{n}")) for n in range(4)))
    posted(store, claimed(store), spacing_s=0.002)
    in_a_moment(store)
    claimed(store)
    assert store.lanes.claim(9, 60) == []

    waits = sorted(due - store.clock.now_ms() for _, due in store.redis.zrange(keys.lanes(), 0, -1, withscores=True))

    assert [round(each) for each in waits[:2]] == [2, 4], "the third is held: until its lease ends"


def test_such_a_channel_that_refuses_is_left_alone_like_any_other(store: Store) -> None:
    owe(store, *(a_debt(lane=lane("hook", f"al_{n}")) for n in range(3)))
    posted(store, claimed(store), spacing_s=0.002)
    in_a_moment(store)
    gate = Gate(store.clock.now() + SECOND, 1, store.clock.now())
    posted(store, claimed(store), "refused", gate=gate, spacing_s=0.002)

    in_a_moment(store)
    assert store.lanes.claim(9, 60) == []
    store.clock.advance(seconds=1)
    assert claimed(store).gate == gate, "and its sender is told what its answers were"


def test_many_lanes_of_others_hide_none_of_those_that_are_asked_for(store: Store) -> None:
    owe(store, *(a_debt(lane=lane(f"c{n}")) for n in range(150)))
    store.clock.advance(seconds=1)
    owe(store, a_debt("al_2", lane=lane("teams-av")))
    assert [turn.channel for turn in store.lanes.claim(5, 60, among=["teams-av"])] == ["teams-av"]
    assert len(store.lanes.claim(200, 60)) == 150


def test_who_is_wanted_is_found_behind_any_number_of_others_lanes(store: Store) -> None:
    owe(store, *(a_debt(lane=lane("slack-av", f"i{n}")) for n in range(600)))
    store.clock.advance(seconds=1)
    owe(store, a_debt(lane=lane("teams-av")), a_debt(lane=lane("teams-b")), session="8")
    store.clock.advance(seconds=1)
    assert [turn.channel for turn in store.lanes.claim(4, 60, among={"teams-av", "nope"})] == ["teams-av"]
    assert store.redis.zcount(keys.lanes(), "-inf", store.clock.now_ms()) == 601, "the others are left as they are"
