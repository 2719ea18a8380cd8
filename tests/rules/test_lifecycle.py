"""What minutes, silence, departures and edits do to an alert."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.lifecycle import Seen
from rules.model import Sight, Span
from tests.rules.builders import IDLE, MINUTE, MISSING, START, Story, a_row, a_rule, a_wish

BAD, WORSE, FINE, SO_SO = 6, 14, 0, 3


@pytest.mark.parametrize(
    ("told", "kinds", "ending"),
    [
        pytest.param([FINE] * 6, [], None, id="a-calm-call-says-nothing"),
        pytest.param([BAD, BAD], [], None, id="two-bad-minutes-are-pending-only"),
        pytest.param([BAD, BAD, BAD], ["fire"], None, id="three-of-five-fire"),
        pytest.param([BAD, FINE, BAD, SO_SO, BAD], ["fire"], None, id="three-of-five-need-not-be-in-a-row"),
        pytest.param([BAD, BAD, None, None, None, BAD], [], None, id="a-hole-holds-its-place"),
        pytest.param([BAD, BAD, *[None] * 30, BAD], [], None, id="minutes-half-an-hour-apart-never-add-up"),
        pytest.param([BAD, BAD, MISSING, MISSING, BAD], ["fire"], None, id="a-missing-metric-neither-fires-nor-clears"),
        pytest.param([BAD] * 3 + [SO_SO] * 9, ["fire"], None, id="between-alarm-and-clear-it-stays"),
        pytest.param([BAD] * 3 + [FINE], ["fire"], None, id="one-clear-minute-is-not-enough"),
        pytest.param([BAD] * 3 + [FINE, SO_SO, FINE], ["fire"], None, id="clear-minutes-must-be-the-last-two"),
        pytest.param([BAD] * 3 + [FINE, FINE], ["fire", "closed"], "fine", id="two-clear-minutes-close"),
        pytest.param([BAD] * 3 + [FINE] * 8, ["fire", "closed"], "fine", id="old-bad-minutes-do-not-fire-again"),
        pytest.param([WORSE, WORSE], ["fire"], None, id="critical-fires-by-its-own-count"),
        pytest.param([BAD] * 3 + [WORSE] * 2, ["fire", "worse"], None, id="warning-turns-critical"),
        pytest.param([WORSE] * 2 + [BAD] * 3, ["fire", "better"], None, id="critical-turns-warning"),
        pytest.param([BAD] * 3 + [FINE] * 2 + [BAD] * 3, ["fire", "closed", "reopened"], None, id="back-within-ten"),
        pytest.param(
            [BAD] * 3 + [FINE] * 14 + [BAD] * 3, ["fire", "closed", "fire"], None, id="later-it-is-a-new-alert"
        ),
        pytest.param([BAD] * 3 + [IDLE], ["fire", "held"], None, id="a-muted-microphone-holds"),
        pytest.param([BAD] * 3 + [IDLE, IDLE, BAD], ["fire", "held", "resumed"], None, id="unmuted-and-still-bad"),
        pytest.param(
            [BAD] * 3 + [IDLE] * 6, ["fire", "held", "closed"], "stopped_sending", id="five-idle-minutes-end-it"
        ),
        pytest.param([IDLE] * 20, [], None, id="a-muted-person-alone-says-nothing"),
        pytest.param([BAD] * 3 + [None] * 4, ["fire"], None, id="no-rows-for-less-than-five-minutes"),
        pytest.param([BAD] * 3 + [None] * 5, ["fire", "held"], None, id="no-data-keep-holds"),
        pytest.param([BAD] * 3 + [None] * 5 + [BAD], ["fire", "held", "resumed"], None, id="figures-again"),
    ],
)
def test_minutes_decide(told: list, kinds: list[str], ending: str | None) -> None:
    story = Story().minutes(*told)

    assert story.kinds == kinds
    assert (story.seat.alert.ending if story.seat.alert else None) == ending


@pytest.mark.parametrize(
    ("no_data", "kinds", "ending"),
    [
        pytest.param("close", ["fire", "closed"], "no_figures", id="close-ends-it-and-never-as-fine"),
        pytest.param("keep", ["fire", "held"], None, id="keep-holds-it"),
        pytest.param("alert", ["fire", "held"], None, id="alert-holds-what-is-open"),
    ],
)
def test_missing_figures_do_what_the_rule_says(no_data: str, kinds: list[str], ending: str | None) -> None:
    story = Story(a_wish(a_rule(no_data=no_data))).minutes(BAD, BAD, BAD, *[None] * 6)

    assert story.kinds == kinds
    assert story.seat.alert.ending == ending


def test_no_data_alert_warns_of_a_person_without_figures_and_ends_when_they_come() -> None:
    story = Story(a_wish(a_rule(no_data="alert"))).minutes(FINE, *[None] * 5, FINE)

    assert [(entry.kind, entry.severity) for entry in story.entries] == [("fire", "warning"), ("closed", "warning")]
    assert story.seat.alert.ending == "figures_back"


def test_a_person_who_left_is_held_for_three_minutes_and_closed_as_left() -> None:
    story = Story().minutes(BAD, BAD, BAD)
    gone = Sight("7", left_at=START + timedelta(minutes=3))

    story.look(Seen((gone,)), at=3.5)
    assert story.kinds == ["fire", "held"]
    story.look(Seen(), at=6.1)

    assert story.kinds == ["fire", "held", "closed"]
    assert story.seat.alert.ending == "left"


def test_one_missing_answer_closes_nobody() -> None:
    story = Story().minutes(BAD, BAD, BAD)

    story.look(Seen(missing=True), at=4)
    assert story.seat.away_at is None
    story.minutes(BAD)

    assert story.kinds == ["fire"]
    assert story.seat.missed_at is None


def test_twice_missing_is_away_and_then_left() -> None:
    story = Story().minutes(BAD, BAD, BAD)

    for at in (4, 5, 6, 7):
        story.look(Seen(missing=True), at=at)

    assert story.kinds == ["fire", "held", "closed"]
    assert story.seat.alert.ending == "left"


def test_the_end_of_the_meeting_closes_as_such_and_opens_nothing_again() -> None:
    story = Story().minutes(BAD, BAD, BAD)

    story.look(Seen(over_at=START + timedelta(minutes=4)), at=5)

    assert story.seat.alert.ending == "meeting_over"
    assert story.kinds == ["fire", "closed"]


def test_an_edited_threshold_starts_with_an_empty_ring_and_keeps_the_open_breach() -> None:
    story = Story().minutes(BAD, BAD, BAD)

    story.wishes = (a_wish(a_rule(revision=2, warning="audio_input.avg_loss > 1%")),)
    story.minutes(SO_SO)

    assert story.kinds == ["fire"]
    assert story.seat.rings["audio-sent"].revision == 2
    assert story.seat.rings["audio-sent"].warning_bad == 1


@pytest.mark.parametrize(
    ("wishes", "kind", "ending"),
    [
        pytest.param((), "closed", "unwatched", id="the-last-watch-went"),
        pytest.param((a_wish(a_rule(id="other")),), "closed", "rule_changed", id="the-rule-went"),
        pytest.param((a_wish(a_rule(revision=2, critical=None)),), "better", None, id="the-level-went"),
        pytest.param((a_wish(a_rule(revision=2, warning=None)),), None, None, id="another-level-went"),
    ],
)
def test_edits_end_or_lower_a_breach(wishes: tuple, kind: str | None, ending: str | None) -> None:
    story = Story().minutes(WORSE, WORSE)

    story.wishes = wishes
    story.look(Seen())

    assert story.kinds == ["fire", kind] if kind else ["fire"]
    assert story.seat.alert.ending == ending


def test_a_watch_hears_of_its_own_rules_only() -> None:
    delay = a_rule(id="delay", warning="audio_input.latency > 300 ms", critical=None, clear=None)
    story = Story(a_wish(watch="w1"), a_wish(delay, watch="w2", notify=("teams-av",)))

    story.minutes(WORSE, WORSE)

    assert {view.id: view.severity for view in story.seat.alert.watches} == {"w1": "critical", "w2": None}


def test_a_new_seat_starts_with_the_five_minutes_before_it_was_seen() -> None:
    story = Story()
    rows = tuple(a_row(minute, WORSE) for minute in range(20))

    story.look(Seen((Sight("7", samples=rows),)), at=20)

    assert [sample.minute - MINUTE for sample in story.decision.samples] == [15, 16, 17, 18, 19]


def test_half_an_hour_at_once_keeps_every_step_and_owes_only_what_stands() -> None:
    story = Story().minutes(FINE)
    rows = tuple(a_row(m, BAD if m % 20 < 5 else FINE) for m in range(1, 40))

    story.look(Seen((Sight("7", samples=rows),)), at=40)

    assert story.kinds == ["fire", "closed", "fire", "closed"]
    assert len(story.decision.changes) == 2


def test_a_second_device_may_worsen_a_minute_that_the_first_called_fine() -> None:
    story = Story(a_wish(a_rule(warning_for=Span(2, 3), critical=None)))
    for minute in range(3):
        laptop = Sight("7", samples=(a_row(minute, FINE),))
        phone = Sight("8", samples=(a_row(minute, BAD, session="8"),))
        story.look(Seen((laptop, phone)), at=minute + 1)

    assert story.kinds == ["fire"]


def test_a_muted_second_device_does_not_hide_the_first() -> None:
    story = Story()
    for minute in range(3):
        phone = Sight("8", samples=(a_row(minute, IDLE, session="8"),))
        laptop = Sight("7", samples=(a_row(minute, BAD),))
        story.look(Seen((phone, laptop)), at=minute + 1)

    assert story.kinds == ["fire"]


def _pushed(story: Story, session: str, **minutes: object) -> Story:
    """One session alone tells of minutes: m3=14."""
    rows = tuple(a_row(int(name[1:]), told, session) for name, told in minutes.items())
    return story.look(Seen((Sight(session, samples=rows),)), at=20)


def test_a_late_row_breaks_a_rule_in_its_own_minute_and_not_only_in_the_newest() -> None:
    story = Story(a_wish(a_rule(warning=None, critical_for=Span(1, 1))))
    story.look(Seen((Sight("7"), Sight("8"))), at=0)

    _pushed(story, "7", m0=FINE, m1=FINE, m2=SO_SO)
    _pushed(story, "8", m1=WORSE)

    assert story.kinds == ["fire"]
    assert story.seat.alert.breaches[0].fired_minute == MINUTE + 1


def test_minutes_that_an_end_has_spent_break_nothing_when_another_session_tells_them_again() -> None:
    story = Story()
    story.look(Seen((Sight("7"), Sight("8"))), at=0)

    _pushed(story, "7", m0=BAD, m1=BAD, m2=BAD, m3=FINE, m4=FINE)
    _pushed(story, "8", m0=BAD, m1=BAD, m2=BAD)

    assert story.kinds == ["fire", "closed"]


def test_a_late_row_takes_an_end_back_that_it_makes_untrue() -> None:
    story = Story()
    story.look(Seen((Sight("7"), Sight("8"))), at=0)

    _pushed(story, "7", m0=BAD, m1=BAD, m2=BAD, m3=FINE, m4=FINE)
    _pushed(story, "8", m4=BAD)

    assert story.kinds == ["fire", "closed", "reopened"]
    assert story.seat.alert.severity == "warning"


def test_rows_from_before_a_departure_break_nothing_after_it() -> None:
    story = Story().minutes(BAD, BAD, BAD)
    gone = Sight("7", left_at=START + timedelta(minutes=3))
    story.look(Seen((gone, Sight("8"))), at=3).look(Seen((gone, Sight("8", left_at=gone.left_at))), at=7)

    _pushed(story, "8", m0=BAD, m1=BAD, m2=BAD)

    assert story.kinds[-1] == "closed"
    assert story.seat.alert.ending == "left"


TOLD = st.lists(st.sampled_from([FINE, SO_SO, BAD, WORSE, IDLE, MISSING, None]), min_size=1, max_size=40)


@settings(max_examples=150, deadline=None)
@given(told=TOLD, cuts=st.lists(st.integers(1, 6), min_size=40, max_size=40), again=st.integers(0, 5))
def test_how_rows_are_split_or_repeated_never_changes_what_minutes_cause(
    told: list, cuts: list[int], again: int
) -> None:
    """Rows in order, in any portions, with the last ones told again: the same transitions at the same minutes."""
    rule = a_rule(no_data_for_s=10**9)
    rows = [a_row(minute, what) for minute, what in enumerate(told) if what is not None]
    one_by_one, in_portions = Story(a_wish(rule)), Story(a_wish(rule))
    first = replace(one_by_one.seat, sessions=())
    one_by_one.seat = in_portions.seat = first
    for story in (one_by_one, in_portions):
        story.look(Seen((Sight("7"),)), at=0)

    for row in rows:
        one_by_one.look(Seen((Sight("7", samples=(row,)),)), at=100)
    start = 0
    for size in cuts:
        portion = rows[max(0, start - again) : start + size]
        in_portions.look(Seen((Sight("7", samples=tuple(portion)),)), at=100)
        start += size

    def told_of(story: Story) -> list[tuple]:
        return [(e.kind, e.minute, e.severity, e.held, e.sentence) for e in story.entries]

    assert told_of(in_portions) == told_of(one_by_one)
    _is_sound(one_by_one)


def _is_sound(story: Story) -> None:
    """Every close follows an open, and there is never a second alert beside an open one."""
    is_open = False
    for entry in story.entries:
        if entry.kind in ("fire", "reopened"):
            assert not is_open
        else:
            assert is_open
        is_open = entry.open
