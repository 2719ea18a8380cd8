"""What a channel is told: the difference between what it heard and what is true."""

from dataclasses import replace

import pytest

from rules.duty import Duty
from rules.model import Entry, WatchView
from rules.news import Share, as_it_stands, kind, share
from rules.routing import debts
from tests.rules.builders import START, Story, a_rule, a_wish

NOTHING = Share()
WARNING = Share("warning", frozenset({"a"}))
CRITICAL = Share("critical", frozenset({"a"}))
TWO = Share("warning", frozenset({"a", "b"}))
GONE = Share("critical", frozenset({"a", "dropped"}))
HELD = Share("warning", frozenset({"a"}), held=True)
TAKEN = replace(WARNING, taken_by="Ana Ruiz")
SNOOZED = replace(WARNING, snoozed_until=START)
FLAPPING = replace(WARNING, flapping=True)
SILENCED = Share(silenced=True)


def an_entry(past: Share, kind: str = "fire", *tells: str) -> Entry:
    """An entry of a timeline after which the channel slack-av saw this."""
    view = WatchView("w1", past.severity, ("slack-av",), tuple(past.rules), past.held)
    return Entry(
        1, kind, 0, START, "", past.open, past.severity or "warning", past.held, (view,), tells,
        taken_by=past.taken_by, snoozed_until=past.snoozed_until, flapping=past.flapping,
    )  # fmt: skip


def a_step(past: Share, kind: str = "escalated") -> Entry:
    """An entry that calls slack-av by itself, where no watch tells it."""
    return an_entry(past, kind, "slack-av")


@pytest.mark.parametrize(
    ("told", "between", "now", "expected"),
    [
        pytest.param(None, [WARNING], WARNING, "fire", id="first-news"),
        pytest.param(None, [WARNING, CRITICAL], CRITICAL, "fire", id="worse-before-it-was-told-is-still-a-fire"),
        pytest.param(None, [WARNING, NOTHING], NOTHING, "broke_and_recovered", id="over-before-it-was-told"),
        pytest.param(None, [NOTHING], NOTHING, None, id="never-this-channels-trouble"),
        pytest.param(WARNING, [], CRITICAL, "worse", id="worse"),
        pytest.param(CRITICAL, [], WARNING, "better", id="better"),
        pytest.param(WARNING, [CRITICAL], WARNING, None, id="up-and-down-within-one-look-is-nothing"),
        pytest.param(WARNING, [], TWO, "also", id="a-second-rule"),
        pytest.param(TWO, [], WARNING, None, id="one-of-two-over-is-not-news"),
        pytest.param(WARNING, [], HELD, "held", id="on-hold"),
        pytest.param(HELD, [], WARNING, "resumed", id="off-hold"),
        pytest.param(WARNING, [], NOTHING, "resolved", id="fine-again"),
        pytest.param(NOTHING, [], WARNING, "reopened", id="bad-again"),
        pytest.param(None, [], GONE, "dropped", id="dropped-out"),
        pytest.param(NOTHING, [], GONE, "dropped", id="dropped-out-again"),
        pytest.param(WARNING, [], GONE, "dropped", id="dropped-out-goes-before-worse"),
        pytest.param(GONE, [], GONE, None, id="still-gone"),
        pytest.param(None, [GONE], NOTHING, "broke_and_recovered", id="back-before-it-was-told"),
        pytest.param(NOTHING, [WARNING], NOTHING, "broke_and_recovered", id="bad-again-and-over-untold"),
    ],
)
def test_the_kind_of_news(told: Share | None, between: list, now: Share, expected: str | None) -> None:
    assert kind(told, [an_entry(past) for past in between], now, "slack-av", fine=True) == expected


@pytest.mark.parametrize(
    ("told", "unsaid", "now", "expected"),
    [
        pytest.param(None, [a_step(WARNING)], WARNING, "fire", id="a-step-brings-the-news"),
        pytest.param(None, [a_step(WARNING)], TAKEN, None, id="a-step-that-somebody-was-faster-than"),
        pytest.param(None, [a_step(WARNING)], NOTHING, None, id="a-step-that-came-after-the-end"),
        pytest.param(None, [an_entry(WARNING), a_step(WARNING)], TAKEN, "fire", id="its-own-watch-tells-it"),
        pytest.param(
            None, [an_entry(WARNING), a_step(WARNING)], NOTHING, "broke_and_recovered", id="and-that-it-broke"
        ),
        pytest.param(WARNING, [a_step(WARNING)], WARNING, "escalated", id="a-step-calls-again"),
        pytest.param(WARNING, [a_step(WARNING)], CRITICAL, "worse", id="worse-goes-before-a-step"),
        pytest.param(WARNING, [a_step(WARNING)], NOTHING, "resolved", id="a-step-and-then-fine"),
        pytest.param(WARNING, [a_step(WARNING, "reminder")], WARNING, "reminder", id="a-reminder"),
        pytest.param(WARNING, [a_step(TWO, "reminder")], TWO, "also", id="a-second-rule-goes-before-a-reminder"),
        pytest.param(TAKEN, [a_step(TAKEN, "reminder")], TAKEN, "reminder", id="a-reminder-for-the-taker"),
        pytest.param(WARNING, [], TAKEN, "taken", id="taken"),
        pytest.param(TAKEN, [], WARNING, "untaken", id="given-back"),
        pytest.param(WARNING, [], SNOOZED, "snoozed", id="snoozed"),
        pytest.param(SNOOZED, [a_step(WARNING, "unsnoozed")], WARNING, "reminder", id="the-snooze-is-over"),
        pytest.param(NOTHING, [], FLAPPING, "flapping", id="bad-again-once-too-often"),
        pytest.param(WARNING, [], FLAPPING, "flapping", id="bad-and-good-and-bad-within-one-look"),
        pytest.param(FLAPPING, [], FLAPPING, None, id="flapping-is-said-once"),
        pytest.param(WARNING, [an_entry(SILENCED, "silenced")], SILENCED, None, id="silenced"),
        pytest.param(None, [an_entry(SILENCED)], SILENCED, None, id="silenced-from-the-start"),
        pytest.param(None, [an_entry(SILENCED), a_step(WARNING, "unsilenced")], WARNING, "fire", id="then-told"),
        pytest.param(WARNING, [a_step(WARNING, "unsilenced")], WARNING, "reminder", id="told-again-after-a-silence"),
        pytest.param(WARNING, [an_entry(SILENCED, "silenced")], NOTHING, "resolved", id="over-during-a-silence"),
    ],
)
def test_the_news_of_acts_steps_and_silences(told: Share | None, unsaid: list, now: Share, expected: str) -> None:
    assert kind(told, unsaid, now, "slack-av", fine=True) == expected


def test_only_fine_is_told_as_fine() -> None:
    assert kind(WARNING, [], NOTHING, "slack-av", fine=False) == "closed_bad"


@pytest.mark.parametrize(
    ("now", "back", "expected"),
    [
        pytest.param(NOTHING, True, "back", id="back-and-nothing-else-is-bad"),
        pytest.param(CRITICAL, True, "back", id="back-and-as-bad-as-before"),
        pytest.param(CRITICAL, False, None, id="no-longer-asked-for"),
        pytest.param(NOTHING, False, "closed_bad", id="never-back"),
    ],
)
def test_who_dropped_out_is_told_to_be_back(now: Share, back: bool, expected: str | None) -> None:
    assert kind(GONE, [], now, "slack-av", fine=False, back=back) == expected


@pytest.mark.parametrize(
    ("now", "ends", "expected"),
    [
        (WARNING, {"fine": False, "back": False}, "fire"),
        (GONE, {"fine": False, "back": False}, "dropped"),
        (NOTHING, {"fine": True, "back": False}, "resolved"),
        (NOTHING, {"fine": False, "back": True}, "back"),
        (NOTHING, {"fine": False, "back": False}, "closed_bad"),
    ],
)
def test_an_alert_told_again_is_told_as_it_stands(now: Share, ends: dict, expected: str) -> None:
    assert as_it_stands(now, **ends) == expected


def test_a_channel_shares_what_its_own_watches_see() -> None:
    views = (
        WatchView("w1", "warning", ("slack-av", "teams-av"), ("a",)),
        WatchView("w2", "critical", ("teams-av",), ("b",)),
        WatchView("w3", None, ("slack-av",)),
    )

    assert share(views, "slack-av") == WARNING
    assert share(views, "teams-av") == Share("critical", frozenset({"a", "b"}))


def _owed(story: Story, before) -> dict[str, int]:
    owed = {}
    for alert, entries in story.decision.changes:
        owed |= {debt.channel: debt.seq for debt in debts(before, alert, entries, "i", Duty())}
    return owed


def test_two_watches_that_tell_one_channel_tell_it_once() -> None:
    story = Story(a_wish(watch="w1"), a_wish(watch="w2", notify=("slack-av", "teams-av")))

    story.minutes(14, 14)

    assert _owed(story, None) == {"slack-av": 1, "teams-av": 1}


def test_a_watch_that_joins_an_open_alert_is_told_of_it() -> None:
    story = Story(a_wish(watch="w1")).minutes(14, 14)
    before = story.seat.alert

    story.wishes = (a_wish(watch="w1"), a_wish(watch="w2", notify=("teams-av",)))
    story.minutes(14)

    assert _owed(story, before) == {"teams-av": 2}


def test_a_watch_of_other_rules_hears_nothing() -> None:
    other = a_rule(id="delay", warning="audio_input.latency > 300 ms", critical=None, clear=None)
    story = Story(a_wish(watch="w1"), a_wish(other, watch="w2", notify=("teams-av",)))

    story.minutes(14, 14)

    assert _owed(story, None) == {"slack-av": 1}


def test_a_channel_whose_watch_went_hears_the_end() -> None:
    story = Story(a_wish(watch="w1"), a_wish(watch="w2", notify=("teams-av",))).minutes(14, 14)
    before = story.seat.alert

    story.wishes = (a_wish(watch="w1"),)
    story.minutes(14)

    assert "teams-av" in _owed(story, before)
