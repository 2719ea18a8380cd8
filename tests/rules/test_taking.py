"""What people do to an alert, what time reminds of, what a silence hides, and what goes bad and good."""

from datetime import timedelta

import pytest

from rules.model import Silence, Span
from rules.timeline import is_flapping
from tests.rules.builders import IDLE, START, Story, a_rule, a_wish

NOW_AND_THEN = a_rule(
    warning=None, critical="audio_input.avg_loss > 10%", critical_for=Span(1, 1), clear_for=Span(1, 1), clear=None
)


def bad() -> Story:
    return Story().minutes(14, 14)


def at(minutes: float):
    return START + timedelta(minutes=minutes)


def test_taking_says_who_has_it_and_when_they_are_reminded() -> None:
    done = bad().does("acknowledge", 3, comment="calling him")

    assert done.says == 'Ana Ruiz has it (10:03 UTC): "calling him". Paging stopped. I remind Ana Ruiz at 10:18.'
    assert [entry.kind for entry in done.entries] == ["taken"]


@pytest.mark.parametrize(
    ("kind", "first", "says"),
    [
        pytest.param("acknowledge", "acknowledge", "Ana Ruiz already has it since 10:03 UTC.", id="taken"),
        pytest.param("unacknowledge", None, "Nobody has it. Nothing to do.", id="nobody-has-it"),
        pytest.param("resolve", "resolve", "Ana Ruiz closed it at 10:03 UTC. It stays closed until", id="closed"),
        pytest.param("acknowledge", "resolve", "Ana Ruiz closed it at 10:03 UTC.", id="taking-what-is-closed"),
        pytest.param("snooze", "snooze", "Ana Ruiz snoozed it until 10:20 UTC. Paging paused.", id="snoozed"),
    ],
)
def test_doing_what_is_done_already_says_what_is_true(kind: str, first: str | None, says: str) -> None:
    story = bad()
    if first:
        story.does(first, 3, until=at(20))
    before = story.seat

    done = story.does(kind, 4, by="Ben Ito", until=at(20))

    assert done.entries == ()
    assert done.says.startswith(says)
    assert story.seat == before


def test_a_link_acts_once() -> None:
    story = bad()
    story.does("snooze", 3, until=at(5), link="abc")
    story.passes(5)

    assert story.does("snooze", 6, until=at(20), link="abc").entries == ()
    assert story.does("snooze", 6, until=at(20), link="def").entries


def test_what_a_person_closed_stays_closed_while_it_is_as_bad() -> None:
    story = bad()
    story.does("resolve", 2.5, reason="false_alarm", comment="a test call")

    story.minutes(14, 14, 14)

    assert not story.alert.open
    assert story.kinds == ["fire", "closed"]
    assert story.alert.ending == "resolved"
    assert story.alert.resolved is not None
    assert story.alert.resolved.reason == "false_alarm"


def test_what_a_person_closed_opens_again_when_it_was_clear_once() -> None:
    story = bad()
    story.does("resolve", 2.5)

    story.minutes(0, 0, 14, 14)

    assert story.kinds == ["fire", "closed", "reopened"]
    assert story.alert.resolved is None


def test_what_a_person_closed_as_a_warning_opens_when_it_turns_critical() -> None:
    story = Story(a_wish(a_rule(warning_for=Span(2, 3)))).minutes(6, 6)
    story.does("resolve", 2.5)

    story.minutes(14, 14)

    assert story.kinds == ["fire", "closed", "reopened"]
    assert story.alert.severity == "critical"


def test_what_a_person_closed_is_silent_also_beside_a_new_alert_of_the_same_seat() -> None:
    other = a_rule(id="heard", warning=None, critical="audio_output.avg_loss > 10%", clear=None)
    story = Story(a_wish(a_rule(), other)).minutes(14, 14)
    story.does("resolve", 2.5)
    story.minutes(*[14] * 14)

    story.does("acknowledge", 17)
    assert [breach.muted for breach in story.alert.breaches] == ["critical"]
    assert story.kinds == ["fire", "closed"]


def test_nobody_having_it_is_said_at_growing_intervals_up_to_an_hour() -> None:
    story = bad()

    for minute in range(3, 260):
        story.passes(minute)

    reminders = [when for when, kind, _ in story.told if kind == "reminder"]
    assert reminders == [12, 32, 72, 132, 192, 252]


def test_the_taker_is_reminded_while_it_is_bad_and_stays_the_taker() -> None:
    story = bad()
    story.does("acknowledge", 3)

    for minute in range(4, 50):
        story.passes(minute)

    assert [when for when, kind, _ in story.told if kind == "reminder"] == [18, 48]
    assert story.alert.taken is not None
    assert "Ana Ruiz has had it for 15 min" in story.entries[-2].sentence


def test_nobody_is_reminded_of_what_nobody_can_tell() -> None:
    story = bad().minutes(IDLE)

    story.passes(30)

    assert story.told == []


def test_who_goes_bad_and_good_needs_ten_good_minutes_at_the_fourth_time() -> None:
    story = Story(a_wish(NOW_AND_THEN)).minutes(14, 0, 14, 0, 14, 0, 14)
    assert is_flapping(story.alert)

    story.minutes(*[0] * 9)
    assert story.alert.open

    story.minutes(0)
    assert not story.alert.open
    assert story.kinds == ["fire", "closed", "reopened", "closed", "reopened", "closed", "reopened", "closed"]
    assert story.entries[-1].sentence == "clear for 10 of 10 minutes"


def test_four_times_in_an_hour_is_no_flapping() -> None:
    story = Story(a_wish(NOW_AND_THEN))
    for _ in range(4):
        story.minutes(14, *[0] * 8)

    assert not is_flapping(story.alert)
    assert len(story.alert.opened) < 4


def a_silence(**matchers: str) -> Silence:
    return Silence("quiet", 1, matchers, "Ana Ruiz", "core switch", START, START, START + timedelta(hours=1))


def test_a_silence_records_and_tells_nobody_and_its_end_tells_what_is_still_bad() -> None:
    story = Story(a_wish(silences=(a_silence(person="Dr Rao"),))).minutes(14, 14, 14)

    assert story.alert.open
    assert story.alert.watches[0].severity is None
    assert story.alert.watches[0].silenced == ("quiet",)
    story.passes(14)
    assert story.told == [], "no step, no reminder"

    story.wishes = (a_wish(),)
    story.minutes(14)

    assert story.entries[-1].kind == "unsilenced"
    assert story.entries[-1].tells == ("slack-av",)


def test_a_silence_that_begins_mid_alert_is_written_down() -> None:
    story = bad()
    story.wishes = (a_wish(silences=(a_silence(rule="audio-sent"),)),)

    story.minutes(14)

    assert story.entries[-1].kind == "silenced"
    assert story.entries[-1].sentence == "silenced by quiet: recorded, not told"


def test_a_silence_of_another_rule_hides_nothing() -> None:
    story = Story(a_wish(silences=(a_silence(rule="delay"),))).minutes(14, 14)

    assert story.alert.watches[0].severity == "critical"
