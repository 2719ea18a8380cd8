"""What a channel is told: the difference between what it heard and what is true."""

import pytest

from rules.model import WatchView
from rules.news import Share, as_it_stands, kind, share
from rules.routing import debts
from tests.rules.builders import Story, a_rule, a_wish

NOTHING = Share()
WARNING = Share("warning", frozenset({"a"}))
CRITICAL = Share("critical", frozenset({"a"}))
TWO = Share("warning", frozenset({"a", "b"}))
GONE = Share("critical", frozenset({"a", "dropped"}))
HELD = Share("warning", frozenset({"a"}), held=True)


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
    assert kind(told, between, now, fine=True) == expected


def test_only_fine_is_told_as_fine() -> None:
    assert kind(WARNING, [], NOTHING, fine=False) == "closed_bad"


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
    assert kind(GONE, [], now, fine=False, back=back) == expected


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
        owed |= {debt.channel: debt.seq for debt in debts(before, alert, entries, "i")}
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
