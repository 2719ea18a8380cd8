"""The one write door: a subject is written whole or not at all, and losing the race is an answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from rules.model import MeetingRecord, Round
from service.store import Store, keys
from tests.service.store.builders import (
    LANE,
    MINUTE,
    START,
    I,
    a_change,
    a_closed_view,
    a_debt,
    a_plan,
    a_row,
    a_seat,
    a_view,
    an_entry,
    claimed,
    owe,
    posted,
)  # fmt: skip

SEAT = f"{I}.7"
LATER = START + timedelta(minutes=1)
ROUND = Round(watched=3, fine=2, bad=1, no_figures=0, at=START)


def everything(store: Store) -> dict[bytes, object]:
    """All that lies in Redis, to see that nothing moved."""
    return {key: store.redis.dump(key) for key in store.redis.keys("*")}


def test_a_new_seat_is_written_and_loaded_with_its_version(store: Store) -> None:
    assert store.seats.commit(I, [a_plan(seat=a_seat(name="Dr Rao"))]) == frozenset()
    assert store.seats.load(I) == {SEAT: ("000000000001", a_seat(name="Dr Rao"))}


def test_a_seat_goes_on_from_the_version_that_was_loaded(store: Store) -> None:
    store.seats.commit(I, [a_plan()])
    assert not store.seats.commit(I, [a_plan(was="000000000001", seat=a_seat(newest=9))])
    assert store.seats.load(I)[SEAT] == ("000000000002", a_seat(newest=9))


@pytest.mark.parametrize(
    "was",
    [
        pytest.param("", id="somebody made the seat meanwhile"),
        pytest.param("000000000002", id="a version that never was"),
        pytest.param("1", id="a version of another shape"),
    ],
)
def test_a_seat_that_moved_on_is_refused_and_nothing_of_it_is_written(store: Store, was: str) -> None:
    store.seats.commit(I, [a_plan()])
    before = everything(store)

    plan = a_plan(was=was, samples=(a_row(),), alerts=(a_change(None, an_entry()),), debts=(a_debt(),))

    assert store.seats.commit(I, [plan]) == {SEAT}
    assert everything(store) == before


def test_the_same_plan_again_is_refused_and_changes_nothing(store: Store) -> None:
    plan = a_plan(samples=(a_row(),), alerts=(a_change(None, an_entry()),), debts=(a_debt(),))
    assert not store.seats.commit(I, [plan])
    before = everything(store)
    assert store.seats.commit(I, [plan]) == {SEAT}
    assert everything(store) == before


def test_a_refused_seat_does_not_hold_up_the_others(store: Store) -> None:
    store.seats.commit(I, [a_plan("7")])
    assert store.seats.commit(I, [a_plan("6"), a_plan("7"), a_plan("8")]) == {SEAT}
    assert set(store.seats.load(I)) == {f"{I}.6", SEAT, f"{I}.8"}


def test_many_seats_go_in_several_scripts_and_the_last_brings_the_rest(store: Store) -> None:
    store.due.arm(I, START)
    (claim,) = store.due.claim(1, 90)
    plans = [a_plan(str(n)) for n in range(120)]

    refused = store.seats.commit(
        I, plans, record=("", MeetingRecord(rounds=1)), round=ROUND, claim=claim, next_at=LATER
    )

    assert not refused
    assert len(store.seats.load(I)) == 120
    assert store.seats.record(I) == ("000000000001", MeetingRecord(rounds=1))
    assert store.round(I) == ROUND
    assert store.due.first() == (I, LATER)


def test_fifty_seats_are_the_last_chunk_themselves(store: Store) -> None:
    assert not store.seats.commit(I, [a_plan(str(n)) for n in range(50)], record=("", MeetingRecord()))
    assert store.seats.record(I)[0] == "000000000001"


def test_a_round_without_seats_is_committed_too(store: Store) -> None:
    store.seats.commit(I, [], record=("", MeetingRecord(blind_since=START)), round=ROUND)
    assert store.seats.record(I)[1].blind_since == START
    assert store.seats.load(I) == {}


def test_a_refused_record_is_named(store: Store) -> None:
    store.seats.commit(I, [], record=("", MeetingRecord()))
    assert store.seats.commit(I, [a_plan()], record=("", MeetingRecord(rounds=9))) == {"meeting"}
    assert store.seats.record(I)[1].rounds == 0


def test_a_stale_token_moves_no_next_look_but_the_seats_are_written(store: Store) -> None:
    store.due.arm(I, START)
    (stale,) = store.due.claim(1, 90)
    store.clock.advance(seconds=90)
    (live,) = store.due.claim(1, 90)
    ends = store.due.first()

    assert not store.seats.commit(I, [a_plan()], claim=stale, next_at=LATER)

    assert store.due.first() == ends
    assert store.due.done(live, LATER)


def test_the_next_look_is_set_also_when_seats_were_refused(store: Store) -> None:
    store.seats.commit(I, [a_plan()])
    store.due.arm(I, START)
    (claim,) = store.due.claim(1, 90)
    assert store.seats.commit(I, [a_plan()], claim=claim, next_at=LATER) == {SEAT}
    assert store.due.first() == (I, LATER)


@pytest.mark.parametrize(
    ("next_at", "wanted", "first"),
    [
        pytest.param(None, False, None, id="over: it leaves due"),
        pytest.param(None, True, (I, START), id="over, but wanted meanwhile: due at once"),
        pytest.param(LATER, True, (I, START), id="wanted meanwhile: not only later"),
    ],
)
def test_the_next_look_after_a_commit(store: Store, next_at: object, wanted: bool, first: object) -> None:
    store.due.arm(I, START)
    (claim,) = store.due.claim(1, 90)
    if wanted:
        store.due.arm(I, START)
    store.seats.commit(I, [a_plan()], claim=claim, next_at=next_at)
    assert store.due.first() == first


def test_an_alert_enters_its_lists_with_its_timeline(store: Store) -> None:
    store.seats.commit(I, [a_plan(alerts=(a_change(None, an_entry(1), an_entry(2)),))])

    assert store.alerts.get("al_1") == a_view()
    assert [entry.seq for entry in store.alerts.timeline("al_1")] == [1, 2]
    for index in (
        keys.alerts(), keys.alerts_open(), keys.alerts_of_watch("w_1"), keys.alerts_of_meeting("97763643886"),
    ):  # fmt: skip
        assert store.redis.zrange(index, 0, -1) == [b"al_1"]
    assert store.redis.ttl(keys.alert("al_1")) == -1


def test_a_closed_alert_leaves_the_open_ones_and_will_go(store: Store) -> None:
    store.seats.commit(I, [a_plan(alerts=(a_change(),))])
    store.seats.commit(I, [a_plan(was="000000000001", alerts=(a_change(a_closed_view(), an_entry(2)),))])

    assert store.redis.zrange(keys.alerts_open(), 0, -1) == []
    assert store.redis.zscore(keys.alerts_closed(), "al_1") == START.timestamp() * 1000
    assert store.redis.ttl(keys.alert("al_1")) > 90 * 86_400
    assert store.redis.ttl(keys.timeline("al_1")) > 90 * 86_400


def test_an_alert_that_opens_again_is_kept_again(store: Store) -> None:
    store.seats.commit(I, [a_plan(alerts=(a_change(a_closed_view(), an_entry()),))])
    store.seats.commit(I, [a_plan(was="000000000001", alerts=(a_change(None, an_entry(2)),))])

    assert store.redis.zrange(keys.alerts_closed(), 0, -1) == []
    assert store.redis.zrange(keys.alerts_open(), 0, -1) == [b"al_1"]
    assert store.redis.ttl(keys.alert("al_1")) == store.redis.ttl(keys.timeline("al_1")) == -1


def test_one_commit_may_end_an_alert_and_open_the_next(store: Store) -> None:
    store.seats.commit(I, [a_plan(alerts=(a_change(a_closed_view()), a_change(a_view("al_2"))))])
    assert store.redis.zrange(keys.alerts_open(), 0, -1) == [b"al_2"]
    assert store.redis.zcard(keys.alerts()) == 2


def test_a_timeline_keeps_its_newest_two_hundred(store: Store) -> None:
    store.seats.commit(I, [a_plan(alerts=(a_change(None, *(an_entry(n) for n in range(250))),))])
    timeline = store.alerts.timeline("al_1")
    assert (len(timeline), timeline[-1].seq) == (200, 249)


def test_rows_are_kept_and_a_late_one_is_let_go(store: Store) -> None:
    store.seats.commit(I, [a_plan(samples=(a_row(2), a_row(1)))])
    assert not store.seats.commit(I, [a_plan(was="000000000001", samples=(a_row(0), a_row(3)))])
    assert [row.minute - MINUTE for row in store.samples.recent(I, "7", 9)] == [1, 2, 3]
    assert store.redis.ttl(keys.samples(I, "7")) > 6 * 86_400


def test_rows_older_than_they_are_kept_are_trimmed(store: Store) -> None:
    store.seats.commit(I, [a_plan(samples=(a_row(0), a_row(1)))])
    store.clock.advance(days=7, seconds=30)
    store.seats.commit(I, [a_plan(was="000000000001", samples=(a_row(7 * 1440),))])
    assert [row.minute - MINUTE for row in store.samples.recent(I, "7", 9)] == [1, 7 * 1440]


def test_a_debt_makes_its_lane_due_300_ms_later_so_that_a_round_travels_together(store: Store) -> None:
    store.seats.commit(I, [a_plan(debts=(a_debt(),))])
    assert store.lanes.first_due() == START + timedelta(milliseconds=300)
    store.clock.advance(milliseconds=200)
    store.seats.commit(I, [a_plan("8", debts=(a_debt("al_2"),))])
    assert store.lanes.first_due() == START + timedelta(milliseconds=300)
    store.clock.advance(milliseconds=100)
    (turn,) = store.lanes.claim(1, 60)
    assert turn.owed == {"al_1": 1, "al_2": 1}


def test_what_a_whole_round_owes_is_due_at_once(store: Store) -> None:
    store.seats.commit(I, [a_plan(str(n), debts=(a_debt(f"al_{n}"),)) for n in range(120)], round=ROUND)
    assert store.lanes.first_due() == START
    (turn,) = store.lanes.claim(1, 60)
    assert len(turn.owed) == 120, "from its first chunk to its last"


def test_a_round_s_news_waits_for_a_lane_that_rests(store: Store) -> None:
    rests_until = START + timedelta(seconds=30)
    owe(store, a_debt())
    posted(store, claimed(store), lane_not_before=rests_until)
    store.seats.commit(I, [a_plan("8", debts=(a_debt("al_2"),))], round=ROUND)
    assert store.lanes.first_due() == rests_until


@pytest.mark.parametrize("place", [pytest.param(3, id="first chunk"), pytest.param(119, id="last chunk")])
def test_what_is_left_of_a_round_waits_for_whoever_is_decided_again(store: Store, place: int) -> None:
    plans = [a_plan(str(n), debts=(a_debt(f"al_{n}"),), was="000000000007" if n == place else "") for n in range(120)]
    assert store.seats.commit(I, plans, round=ROUND) == {f"{I}.{place}"}
    assert store.lanes.first_due() == START + timedelta(milliseconds=300)


def test_a_debt_never_goes_back(store: Store) -> None:
    store.seats.commit(I, [a_plan("7", debts=(a_debt(seq=5),)), a_plan("8", debts=(a_debt(seq=3),))])
    assert store.redis.hgetall(keys.owed(LANE)) == {b"al_1": b"5"}


def test_two_committers_of_one_seat_one_wins_and_the_other_hears_it(store: Store) -> None:
    def climb(_: int) -> None:
        refused = True
        while refused:
            was, seat = store.seats.load(I)[SEAT]
            refused = bool(store.seats.commit(I, [a_plan(was=was, seat=a_seat(newest=seat.newest + 1))]))

    store.seats.commit(I, [a_plan()])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(climb, range(40)))

    was, seat = store.seats.load(I)[SEAT]
    assert seat.newest == 40, "no write was lost"
    assert was == f"{41:012}"


def test_our_own_subjects_go_through_the_same_door(store: Store) -> None:
    assert not store.seats.commit("service", [a_plan(subject="service.zoom")])
    assert set(store.seats.load("service")) == {"service.zoom"}


def test_whoever_lost_the_claim_writes_no_older_round_over_the_newer_one(store: Store) -> None:
    store.due.arm(I, START)
    (slow,) = store.due.claim(1, 90)
    store.clock.advance(seconds=91)
    (quick,) = store.due.claim(1, 90)
    newer = replace(ROUND, at=LATER, bad=2, fine=1)
    store.seats.commit(I, [], round=newer, claim=quick, next_at=LATER)

    store.seats.commit(I, [], round=ROUND, claim=slow, next_at=START)

    assert store.round(I) == newer
    assert store.due.when(I) == LATER


def test_a_seat_never_seen_and_a_round_never_made_are_nothing(store: Store) -> None:
    assert store.seats.load(I) == {}
    assert store.seats.record(I) == ("", MeetingRecord())
    assert store.round(I) is None
