"""Somebody whose connection broke: when that is an alert, what the alert says meanwhile, and how it ends."""

from datetime import timedelta

import pytest

from rules.documents import stock_rules
from rules.lifecycle import Seen, drop_moment
from rules.model import Sight
from tests.rules.builders import START, Story, a_row, a_rule, a_wish

DROPPED = stock_rules()["dropped"]
NETWORK = "Network connection error."
BAD, FINE = 14, 0


def watched(*rules) -> Story:
    return Story(a_wish(*(rules or (a_rule(), DROPPED))))


def gone(at: float, reason: str = NETWORK, session: str = "7", **more) -> Sight:
    return Sight(session, left_at=START + timedelta(minutes=at), leave_reason=reason, **more)


def here(at: float, session: str = "8", *rows, **more) -> Sight:
    return Sight(session, joined_at=START + timedelta(minutes=at), samples=rows, **more)


def standing(story: Story) -> dict[str, str | None]:
    return {breach.rule: breach.hold for breach in story.seat.alert.breaches if breach.ending is None}


def ending(story: Story, rule: str = "dropped") -> str | None:
    return next(breach.ending for breach in story.seat.alert.breaches if breach.rule == rule)


def test_ninety_seconds_after_a_connection_broke_it_is_a_critical_alert_of_the_minute_of_leaving() -> None:
    story = watched().minutes(FINE, FINE)

    story.look(Seen((gone(2.2),)), at=3.6)
    assert story.entries == []
    story.look(Seen((gone(2.2),)), at=3.7)

    (breach,) = story.seat.alert.breaches
    assert (breach.rule, breach.severity, breach.hold) == ("dropped", "critical", None)
    assert (breach.operand, breach.because) == ("", "network error, not back after 90 s")
    assert breach.since_minute * 60 == (START + timedelta(minutes=2)).timestamp()
    assert [(entry.kind, entry.severity, entry.held) for entry in story.entries] == [("fire", "critical", False)]


@pytest.mark.parametrize(
    ("reason", "drops"),
    [
        pytest.param(NETWORK, True, id="as-lists-say-it"),
        pytest.param("Dr Rao left the meeting.<br>Reason: Network connection error.", True, id="as-events-say-it"),
        pytest.param("Dr Rao got disconnected from the meeting.", True, id="disconnected"),
        pytest.param("NETWORK CONNECTION ERROR", True, id="letters-are-all-one"),
        pytest.param("Dr Rao left the meeting.", False, id="left-on-purpose"),
        pytest.param("Removed by host.", False, id="removed"),
        pytest.param("", False, id="no-reason"),
    ],
)
def test_only_zoom_s_network_words_tell_of_a_broken_connection(reason: str, drops: bool) -> None:
    story = watched().minutes(FINE, FINE)

    story.look(Seen((gone(2, reason),)), at=4)

    assert story.kinds == (["fire"] if drops else [])


def test_a_reason_that_a_later_answer_leaves_out_is_kept() -> None:
    story = watched().minutes(FINE, FINE)

    story.look(Seen((gone(2),)), at=2.5)
    story.look(Seen((gone(2, reason=""),)), at=4)

    assert story.kinds == ["fire"]


def test_nobody_who_does_not_ask_for_it_hears_of_it() -> None:
    story = watched(a_rule()).minutes(FINE, FINE)

    story.look(Seen((gone(2),)), at=4)

    assert (story.kinds, drop_moment(story.seat, story.wishes)) == ([], None)


def test_the_alert_says_that_they_dropped_and_outlasts_the_grace_for_coming_back() -> None:
    story = watched().minutes(BAD, BAD)

    story.look(Seen((gone(2.5),)), at=3)
    assert (story.kinds, story.seat.alert.held) == (["fire", "held"], True)
    story.look(Seen((gone(2.5),)), at=4)
    assert (story.kinds, story.seat.alert.held) == (["fire", "held", "also"], False)
    assert standing(story) == {"dropped": None, "audio-sent": "away"}
    assert next(iter(standing(story))) == "dropped"
    story.look(Seen((gone(2.5),)), at=6)

    assert story.kinds == ["fire", "held", "also", "gone"]
    assert standing(story) == {"dropped": None}
    assert (ending(story, "audio-sent"), story.seat.alert.open) == ("left", True)


def test_a_late_look_says_the_same_under_the_same_id() -> None:
    in_time, late = watched().minutes(FINE), watched().minutes(FINE)

    in_time.look(Seen((gone(1.3),)), at=2.8)
    late.look(Seen((gone(1.3),)), at=9)

    assert late.seat.alert.id == in_time.seat.alert.id
    assert late.seat.alert.breaches == in_time.seat.alert.breaches


def test_being_back_ends_it_with_the_minute_of_joining() -> None:
    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3)

    story.look(Seen((gone(1), here(4.5, name="Dr Rao", facts={"device": "Phone"}))), at=6)

    assert story.kinds == ["fire", "closed"]
    assert (story.seat.alert.ending, ending(story)) == ("back", "back")
    assert story.seat.alert.breaches[0].ended_minute * 60 == (START + timedelta(minutes=4)).timestamp()
    assert story.seat.away_at is None


def test_what_was_bad_is_bad_again_when_they_are_back_within_the_grace() -> None:
    story = watched().minutes(BAD, BAD)
    story.look(Seen((gone(2.1),)), at=3.7)

    story.look(Seen((gone(2.1), here(4.2))), at=4.5)

    assert standing(story) == {"audio-sent": None}
    assert (ending(story), story.kinds[-1]) == ("back", "gone")


def test_who_drops_again_within_ten_minutes_opens_the_same_alert_again() -> None:
    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3).look(Seen((here(4),)), at=5)

    story.look(Seen((gone(6, session="8"),)), at=8)

    assert story.kinds == ["fire", "closed", "reopened"]


def test_after_half_an_hour_nobody_waits_any_more_and_it_is_never_told_anew() -> None:
    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3)

    for at in (30.9, 31.1, 33, 45):
        story.look(Seen((gone(1),)), at=at)

    assert story.kinds == ["fire", "reminder", "closed"]
    assert story.seat.alert.ending == "did_not_return"


def test_the_end_of_the_meeting_ends_it_and_opens_none() -> None:
    story = watched().minutes(FINE)
    over = Seen((gone(1),), over_at=START + timedelta(minutes=2))
    assert story.look(over, at=4).kinds == []

    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3)
    story.look(Seen(over_at=START + timedelta(minutes=5)), at=6)

    assert story.seat.alert.ending == "meeting_over"


@pytest.mark.parametrize(("wishes", "end"), [((), "unwatched"), ((a_wish(),), "rule_changed")])
def test_it_ends_with_its_watch_or_its_rule(wishes: tuple, end: str) -> None:
    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3)

    story.wishes = wishes
    story.look(Seen(), at=4)

    assert story.seat.alert.ending == end


def test_new_words_of_the_rule_do_not_end_it() -> None:
    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3)

    story.wishes = (a_wish(a_rule(id="dropped", revision=2, says="we lost {who}", warning=None, critical=None)),)
    story.look(Seen(), at=4)

    assert (story.kinds, story.seat.alert.breaches[0].says) == (["fire"], "we lost {who}")


@pytest.mark.parametrize(
    ("left", "kinds"),
    [
        pytest.param(-31, [], id="half-an-hour-ago"),
        pytest.param(-6, [], id="before-the-last-five-minutes"),
        pytest.param(-4, ["fire"], id="a-moment-before-we-came"),
    ],
)
def test_who_was_gone_when_we_first_saw_them_is_history_unless_they_had_just_left(left: int, kinds: list[str]) -> None:
    story = watched()

    story.look(Seen((gone(left),)), at=0)

    assert story.kinds == kinds


def test_after_a_long_outage_of_ours_nobody_is_told_of_who_dropped_half_an_hour_ago() -> None:
    story = watched().minutes(FINE)

    story.look(Seen((gone(2),)), at=33)

    assert story.kinds == []


def test_the_last_session_tells_how_somebody_left() -> None:
    story = watched().minutes(FINE)
    on_two_devices = Seen((Sight("7"), here(0, "8")))
    story.look(on_two_devices, at=1)

    story.look(Seen((gone(2),)), at=4)
    assert (story.seat.away_at, story.kinds) == (None, [])
    story.look(Seen((gone(5, "Dr Rao left the meeting.", "8"),)), at=8)

    assert story.seat.away_at == START + timedelta(minutes=5)
    assert story.kinds == []


def test_the_moment_is_told_while_it_is_pending() -> None:
    story = watched().minutes(FINE)
    assert drop_moment(story.seat, story.wishes) is None

    story.look(Seen((gone(1),)), at=1.5)
    assert drop_moment(story.seat, story.wishes) == START + timedelta(minutes=2.5)
    story.look(Seen((gone(1),)), at=2.5)

    assert drop_moment(story.seat, story.wishes) is None
    assert story.kinds == ["fire"]


def test_the_waiting_room_is_neither_the_meeting_nor_a_broken_connection() -> None:
    story = watched().minutes(BAD, BAD)

    for at in (3, 4, 5, 6.5):
        story.look(Seen((Sight("7", waiting=True),)), at=at)

    assert story.kinds == ["fire", "held", "closed"]
    assert (story.seat.alert.ending, story.seat.away_at) == ("left", START + timedelta(minutes=3))


def test_who_waits_to_be_let_in_again_is_not_back() -> None:
    story = watched().minutes(FINE)
    story.look(Seen((gone(1),)), at=3)

    story.look(Seen((gone(1), here(4, waiting=True))), at=4)
    assert (story.kinds, story.seat.away_at) == (["fire"], START + timedelta(minutes=4))
    story.look(Seen((gone(1), here(4))), at=6)

    assert (story.kinds, ending(story)) == (["fire", "closed"], "back")


def test_figures_of_minutes_before_somebody_left_bring_nobody_back() -> None:
    story = watched().minutes(FINE, FINE)
    story.look(Seen((gone(3.5),)), at=4)

    story.look(Seen((Sight("7", samples=(a_row(2, FINE), a_row(3, FINE))),)), at=4.5)
    assert (story.seat.away_at, story.seat.newest - story.seat.sessions[0].first_minute) == (
        START + timedelta(minutes=3.5),
        7,
    )
    story.look(Seen((Sight("7", samples=(a_row(4, FINE),)),)), at=5)

    assert story.seat.away_at is None


def test_a_push_about_one_device_leaves_the_other_where_it_is() -> None:
    story = watched().minutes(FINE)
    story.look(Seen((Sight("7"), here(1, "8"))), at=1)

    story.look(Seen((gone(2),)), at=4)  # only what is told of session 7
    story.look(Seen((Sight("8", samples=(a_row(4, FINE, "8"),)),)), at=5)
    assert (story.seat.away_at, [session.left_at is None for session in story.seat.sessions]) == (None, [False, True])
    story.look(Seen((gone(6, session="8"),)), at=7.5)

    assert story.kinds == ["fire"]


def test_a_sight_without_figures_moves_no_window() -> None:
    story = watched().minutes(BAD, BAD)
    before = story.seat

    story.look(Seen((Sight("7", name="Dr Rao"),), asked=False), at=2.5)

    assert story.seat == before


def test_silence_counts_only_where_figures_were_asked_for_and_only_since_they_are_here() -> None:
    loud = a_rule(no_data="alert")
    story = watched(loud).minutes(FINE)
    story.look(Seen((Sight("7"),), asked=False), at=9)
    assert story.kinds == []
    story.look(Seen((gone(9, "Dr Rao left the meeting."),)), at=10)
    story.look(Seen((here(20),)), at=20)
    assert story.kinds == []
    story.look(Seen((here(20),)), at=25)

    assert [(entry.kind, entry.sentence) for entry in story.entries] == [("fire", "no figures for 5 minutes")]


def test_another_machine_tells_nothing_of_the_one_that_is_gone() -> None:
    story = watched()
    story.look(Seen((Sight("7", facts={"device": "Windows", "network_type": "Wifi"}),)), at=0)
    story.look(Seen((gone(1),)), at=2)

    story.look(Seen((here(3, facts={"device": "Phone"}),)), at=3)

    assert story.seat.facts == {"device": "Phone"}
