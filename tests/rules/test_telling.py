"""What one post tells of an alert: a chat hears the whole, a machine hears step by step who has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.model import AlertView, Channel, Entry, WatchView
from rules.news import share_of
from rules.telling import News, news_of, was_critical
from tests.rules.alerts import an_alert

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
KINDS = ("slack", "teams", "email", "pagerduty", "webhook")


def a_channel(kind: str = "slack") -> Channel:
    return Channel("ch", 1, kind, "https://example.org", START)


def view(severity: str | None = "critical", *, held: bool = False) -> WatchView:
    return WatchView("w1", severity, ("ch",), ("audio-sent",) if severity else (), held)


def an_entry(seq: int, kind: str, severity: str | None = "critical", taken: str = "", **changes: Any) -> Entry:
    at = START + timedelta(minutes=seq)
    entry = Entry(seq, kind, 0, at, "because", severity is not None, "critical", False, (view(severity),))
    return replace(entry, taken_by=taken, **changes)


def told_of(kind: str, entries: list[Entry], heard: int | None, **ends: bool) -> News | None:
    """The news when the channel has heard the first `heard` entries; None: none of them."""
    last = entries[-1]
    alert = replace(
        an_alert(), seq=last.seq, watches=last.watches, taken_by=last.taken_by or None, snoozed_until=last.snoozed_until
    )
    told = share_of(entries[heard - 1], "ch") if heard else None
    unsaid = entries[heard or 0 :]
    return news_of(alert, told, unsaid, a_channel(kind), **{"fine": False, "back": False, **ends})


def said(kind: str, entries: list[Entry], heard: int | None = None, **ends: bool) -> list[tuple[str, int]]:
    """Post after post, until there is nothing new."""
    posts: list[tuple[str, int]] = []
    while (news := told_of(kind, entries, heard, **ends)) and len(posts) < 9:
        posts.append((news.kind, news.seq))
        heard = news.seq
    return posts


FIRE, WARNED = an_entry(1, "fire"), an_entry(1, "fire", "warning")
TAKEN = an_entry(2, "taken", taken="Ana")


@pytest.mark.parametrize(
    ("entries", "heard", "chat", "machine"),
    [
        pytest.param([FIRE], None, [("fire", 1)], [("fire", 1)], id="fire"),
        pytest.param([FIRE, TAKEN], 1, [("taken", 2)], [("taken", 2)], id="taken"),
        pytest.param(
            [FIRE, an_entry(2, "better", "warning"), an_entry(3, "taken", "warning", "Ana")],
            1,
            [("better", 3)],
            [("better", 2), ("taken", 3)],
            id="better-and-taken",
        ),
        pytest.param(
            [WARNED, an_entry(2, "worse"), an_entry(3, "taken", taken="Ana")],
            1,
            [("worse", 3)],
            [("worse", 2), ("taken", 3)],
            id="worse-and-taken",
        ),
        pytest.param(
            [FIRE, TAKEN, an_entry(3, "untaken")],
            1,
            [],
            [],
            id="taken-and-given-back",
        ),
        pytest.param(
            [FIRE, TAKEN, an_entry(3, "untaken"), an_entry(4, "taken", taken="Ben")],
            2,
            [("taken", 4)],
            [("taken", 4)],
            id="from-one-to-the-other",
        ),
        pytest.param(
            [FIRE, TAKEN, an_entry(3, "better", "warning", "Ana")],
            1,
            [("better", 3)],
            [("taken", 2), ("better", 3)],
            id="taken-and-better",
        ),
        pytest.param(
            [FIRE, an_entry(2, "gone"), an_entry(3, "taken", taken="Ana")],
            1,
            [("taken", 3)],
            [("taken", 3)],
            id="what-is-no-news-does-not-stand-in-the-way",
        ),
        pytest.param(
            [FIRE, TAKEN, an_entry(3, "closed", None, "Ana")],
            1,
            [("closed_bad", 3)],
            [("closed_bad", 3)],
            id="over-is-over",
        ),
    ],
)
def test_a_chat_hears_the_whole_and_a_machine_who_has_it_by_itself(
    entries: list[Entry], heard: int | None, chat: list[tuple[str, int]], machine: list[tuple[str, int]]
) -> None:
    assert {kind: said(kind, entries, heard) for kind in KINDS} == {
        **dict.fromkeys(("slack", "teams", "email"), chat),
        **dict.fromkeys(("pagerduty", "webhook"), machine),
    }


def test_a_pager_is_not_told_first_of_what_somebody_has_already() -> None:
    assert said("pagerduty", [FIRE, TAKEN]) == []
    assert said("pagerduty", [FIRE, TAKEN, an_entry(3, "untaken")]) == [("fire", 3)]
    assert said("webhook", [FIRE, TAKEN]) == [("fire", 1), ("taken", 2)]
    assert said("slack", [FIRE, TAKEN]) == [("fire", 2)]


CALLED = an_entry(2, "escalated", tells=("ch",))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([FIRE, CALLED], ["escalated"], id="nobody-took-it"),
        pytest.param([FIRE, CALLED, an_entry(3, "taken", taken="Ana")], ["taken"], id="somebody-did-meanwhile"),
        pytest.param([FIRE, an_entry(2, "reminder", tells=("ch",))], ["reminder"], id="reminded"),
        pytest.param(
            [FIRE, an_entry(2, "reminder", tells=("ch",)), an_entry(3, "taken", taken="Ana")],
            ["taken"],
            id="reminded-and-taken",
        ),
    ],
)
def test_a_call_that_somebody_answered_calls_nobody_any_more(
    kind: str, entries: list[Entry], expected: list[str]
) -> None:
    assert [told for told, _ in said(kind, entries, 1)] == expected


def test_a_reminder_to_who_has_it_stands() -> None:
    entries = [FIRE, TAKEN, an_entry(3, "reminder", taken="Ana", tells=("ch",))]
    assert said("slack", entries, 2) == [("reminder", 3)]


def test_the_entry_behind_the_news_is_the_newest_of_its_kind() -> None:
    again = an_entry(3, "escalated", tells=("ch",))
    others = an_entry(4, "escalated", tells=("teams-av",))
    news = told_of("slack", [FIRE, CALLED, again, others], 1)
    assert news is not None
    assert (news.kind, news.entry, news.at) == ("escalated", again, CALLED.at)


def test_the_end_of_a_snooze_is_behind_a_reminder() -> None:
    unsnoozed = an_entry(2, "unsnoozed", tells=("ch",))
    news = told_of("slack", [FIRE, unsnoozed], 1)
    assert news is not None
    assert (news.kind, news.entry) == ("reminder", unsnoozed)


@pytest.mark.parametrize(
    ("timeline", "now", "expected"),
    [
        pytest.param([WARNED], "warning", False, id="never"),
        pytest.param([WARNED, an_entry(2, "worse")], "warning", True, id="once"),
        pytest.param([], "critical", True, id="now"),
        pytest.param([], None, False, id="nothing-is-known"),
    ],
)
def test_whether_it_was_critical(timeline: list[Entry], now: str | None, expected: bool) -> None:
    alert: AlertView = replace(an_alert(), watches=(view(now),))
    assert was_critical(timeline, share_of(alert, "ch"), "ch") is expected
