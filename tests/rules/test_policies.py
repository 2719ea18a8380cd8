"""Policies in words: delays as people write them, ladders in one sentence, what is left undone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rules import policies
from rules.duty import Duty
from rules.model import Person, Policy, Step, Target, When

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
CHAT, PAGER, ANA = Target("channel", "slack-av"), Target("channel", "pager"), Target("person", "ana")
KNOWN = Duty(
    kinds={"slack-av": "slack", "teams-av": "teams", "pager": "pagerduty"},
    people={"ana": Person("ana", 1, "Ana Ruiz", START, slack_user="U02ANA")},
)


def a_policy(*steps: Step, repeat: int = 0) -> Policy:
    return Policy("av", 1, steps, START, repeat)


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        pytest.param("0s", 0, "0s", id="at-once"),
        pytest.param("90s", 90, "90s", id="no-whole-minute"),
        pytest.param("5m", 300, "5m", id="minutes"),
        pytest.param("300", 300, "5m", id="bare-seconds"),
        pytest.param("90m", 5400, "90m", id="no-whole-hour"),
        pytest.param("1 h", 3600, "1h", id="hours"),
        pytest.param("24h", 86_400, "24h", id="the-longest"),
    ],
)
def test_a_delay_is_read_and_written_again(text: str, seconds: int, written: str) -> None:
    assert policies.delay(text) == seconds
    assert policies.written(seconds) == written
    assert policies.delay(written) == seconds


@pytest.mark.parametrize("text", ["", "-5m", "5 minutes", "1.5h", "86401", "25h", "1d"])
def test_other_texts_are_no_delay(text: str) -> None:
    with pytest.raises(policies.DelayError):
        policies.delay(text)


@pytest.mark.parametrize(
    ("tell", "when"),
    [
        pytest.param([CHAT], When(), id="slack"),
        pytest.param([Target("channel", "teams-av"), CHAT], When(), id="two-chats"),
        pytest.param([PAGER], When("critical"), id="a-pager"),
        pytest.param([CHAT, PAGER], When("critical"), id="a-chat-and-a-pager"),
        pytest.param([ANA], When("critical"), id="a-person"),
        pytest.param([Target("schedule", "av")], When("critical"), id="on-call"),
    ],
)
def test_what_is_more_than_a_line_in_a_chat_waits_for_a_critical_alert(tell: list[Target], when: When) -> None:
    assert policies.usual_when(tell, KNOWN) == when


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        pytest.param(a_policy(Step(0, (CHAT,))), "While nobody takes it: at once tells slack-av.", id="one-step"),
        pytest.param(
            a_policy(Step(90, (CHAT, PAGER, ANA)), Step(3600, (ANA,), When("critical"))),
            "While nobody takes it: 90 s later tells slack-av, pager and calls ana; 1 h later calls ana (when "
            "critical).",
            id="whom-by-how",
        ),
        pytest.param(
            a_policy(Step(300, (CHAT,), When(None, ("Mon-Fri 08:00-18:00",), {"site": "Lyon"})), repeat=1),
            "While nobody takes it: 5 min later tells slack-av (in Mon-Fri 08:00-18:00, for site=Lyon). "
            "The steps run once more, at least 5 min after the last.",
            id="circumstances",
        ),
    ],
)
def test_a_ladder_is_one_sentence(policy: Policy, says: str) -> None:
    assert policies.says(policy) == says


ONLY_CHATS = "No step calls a person: every one of them only tells a chat."
NO_WARNING = "No step is taken for a warning: a watch that names no channel of its own tells nobody of one."
NOBODY = "Step 1 would reach nobody now; the next one is taken at once."


@pytest.mark.parametrize(
    ("policy", "known", "warned"),
    [
        pytest.param(a_policy(Step(0, (CHAT,)), Step(300, (ANA,), When("critical"))), KNOWN, (), id="nothing"),
        pytest.param(a_policy(Step(0, (CHAT,))), KNOWN, (ONLY_CHATS,), id="only-chats"),
        pytest.param(a_policy(Step(0, (PAGER,), When("critical"))), KNOWN, (NO_WARNING,), id="only-critical"),
        pytest.param(
            a_policy(Step(0, (PAGER,)), Step(300, (CHAT,))),
            replace(KNOWN, broken=frozenset({"pager"})),
            ("Step 1: pager is broken now.", NOBODY),
            id="a-dead-first-step",
        ),
        pytest.param(
            a_policy(Step(0, (ANA,))),
            replace(KNOWN, kinds={"pager": "pagerduty"}),
            ("Step 1: no way to Ana Ruiz now.", NOBODY, "This policy would reach nobody now."),
            id="a-person-whom-only-a-chat-could-call",
        ),
        pytest.param(
            a_policy(Step(0, (CHAT,)), Step(300, (Target("channel", "gone"), ANA))),
            KNOWN,
            ("Step 2: there is no channel gone now.",),
            id="a-channel-that-went",
        ),
    ],
)
def test_what_is_left_undone_is_warned_of(policy: Policy, known: Duty, warned: tuple[str, ...]) -> None:
    assert policies.warnings(policy, known, START) == warned
