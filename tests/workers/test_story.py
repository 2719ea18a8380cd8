"""What the demonstration prints, from what the API and the inbox say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workers.story import Story

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
CAST = {"topic": "Spring Town Hall", "people": {"Dr Rao": "1", "Ana": "2", "Kim": "3"}, "star": "Dr Rao"}


@pytest.fixture
def story() -> Story:
    return Story("Dr Rao", ZoneInfo("UTC"))


def rows(*losses: float | None) -> list[dict[str, Any]]:
    """Minutes from 10:00 on, newest first as the API gives them; None: nothing was sent."""
    made = [
        {
            "at": (TEN + timedelta(minutes=n)).isoformat(),
            "values": {} if loss is None else {"audio_input.avg_loss": loss, "audio_input.jitter": 5.0},
            "blank": ["audio_input"] if loss is None else [],
        }
        for n, loss in enumerate(losses)
    ]
    return made[::-1]


def an_alert(*kinds: str) -> dict[str, Any]:
    entries = [{"seq": n, "kind": kind, "says": kind, "at": TEN.isoformat()} for n, kind in enumerate(kinds, 1)]
    return {"id": "al_1", "who": "Dr Rao", "state": "closed" if "closed" in kinds else "open", "timeline": entries}


def a_post(text: str, *, kind: str = "slack", status: int = 200, section: str = "") -> dict[str, Any]:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": section}}] if section else []
    return {"kind": kind, "status": status, "destination": "T1/B1/av", "body": {"text": text, "blocks": blocks}}


def test_it_opens_with_who_is_watched(story: Story) -> None:
    assert story.opening(CAST, TEN) == "10:00  Spring Town Hall is live. Watching Dr Rao and 2 others. All fine."


@pytest.mark.parametrize(
    ("losses", "says"),
    [
        pytest.param([0.0, 0.0], [], id="nothing-while-all-is-fine"),
        pytest.param([0.0, 0.0, 6.0], ["sent audio  0 0 6 %", "1 bad minute of 3"], id="the-first-bad-minute"),
        pytest.param([0.0, 6.0, 12.0], ["sent audio  0 6 12 %", "2 bad minutes of 3"], id="they-add-up"),
        pytest.param([None, 6.0], ["sent audio  – 6 %"], id="a-muted-minute-is-no-zero"),
        pytest.param([6.0, 0.0], [], id="a-better-minute-needs-no-word"),
    ],
)
def test_figures_are_told_when_they_turn_bad(story: Story, losses: list[float | None], says: list[str]) -> None:
    told = "\n".join(story.figures(rows(*losses), alarmed=False))
    assert all(each in told for each in says)
    assert bool(told) == bool(says)


def test_a_minute_is_told_once_and_not_over_an_alert(story: Story) -> None:
    assert list(story.figures(rows(0.0, 6.0), alarmed=False))
    assert not list(story.figures(rows(0.0, 6.0), alarmed=False))
    assert not list(story.figures(rows(0.0, 6.0, 6.0), alarmed=True))


def test_each_change_of_an_alert_is_told_once(story: Story) -> None:
    first = list(story.alerts([an_alert("fire")], rows(0.0, 6.0, 12.0)))
    assert [line.split()[-1] for line in first] == ["ALERT"]
    assert list(story.alerts([an_alert("fire", "closed")], rows())) == ["10:00  Dr Rao     closed"]


def test_a_message_is_shown_as_slack_shows_it(story: Story) -> None:
    told = list(story.posts([a_post("Others hear &lt;you&gt;", section="*Loses* 14 %"), a_post("", kind="teams")]))
    assert told[0].lstrip().startswith("┌ Slack #av ─")
    assert [line.strip() for line in told[1:-1]] == ["│ Others hear <you>", "│ Loses 14 %"]
    assert not list(story.posts([a_post("x"), a_post("y")])), "what was shown is not shown again"


def test_what_a_name_does_to_a_terminal_is_taken_out(story: Story) -> None:
    assert "\x1b" not in "".join(story.posts([a_post("Dr \x1b[31mRao\x07 is back")]))


def test_a_refused_post_is_said(story: Story) -> None:
    assert "slack answered 429" in "".join(story.posts([a_post("x", status=429)]))


def test_it_is_over_when_all_closed_and_was_shown(story: Story) -> None:
    list(story.posts([a_post("broke"), a_post("fine again")]))
    assert not story.is_over([an_alert("fire")])
    assert story.is_over([an_alert("fire", "closed")])
