"""Steps of policies: when each is taken, whom it tells, what pauses, ends and begins a run."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import escalation
from rules.duty import Duty
from rules.model import Cover, Person, Schedule
from rules.severities import RANK
from tests.rules.builders import IDLE, START, Story, a_policy, a_rule, a_step, a_wish

ANA = Person("ana", 1, "Ana Ruiz", START, slack_user="U02ANA", pagerduty_key="k" * 32)
BEN = Person("ben", 1, "Ben Ito", START, slack_user="U02BEN")
AV = Schedule("av", 1, "UTC", "Mon 09:00", ("ana",), "1w", START)
KINDS = {"slack-av": "slack", "teams-av": "teams", "pd-av": "pagerduty", "lead": "slack"}
DUTY = Duty(kinds=KINDS, people={"ana": ANA, "ben": BEN}, schedules={"av": AV})
CRITICAL_RULE = a_rule(warning=None, critical_for=a_rule().critical_for)
LADDER = a_policy(a_step(0, "slack-av"), a_step(300, "person:ana", severity="critical"), a_step(300, "lead"))


def a_story(policy=LADDER, *rules, duty: Duty = DUTY, notify: tuple[str, ...] = (), **more) -> Story:
    """Somebody whose loss is critical after two minutes, watched under a policy."""
    return Story(a_wish(*(rules or (CRITICAL_RULE,)), notify=notify, backing=policy, **more), duty=duty)


def test_each_step_waits_its_time_from_the_one_before() -> None:
    story = a_story().minutes(14, 14)

    for at in (3, 6.9, 7, 7.1, 11.9, 12, 12.1, 13):
        story.passes(at)

    steps = [told for told in story.told if told[1] == "escalated"]
    assert [(at, tells) for at, _, tells in steps] == [
        (2, ("slack-av",)),
        (7, ("ana~pagerduty", "slack-av")),
        (12, ("lead",)),
    ]


def test_an_outage_shifts_the_ladder_and_takes_one_step_at_a_time() -> None:
    story = a_story().minutes(14, 14)

    story.passes(32)

    assert [(at, tells) for at, kind, tells in story.told if kind == "escalated"] == [
        (2, ("slack-av",)),
        (32, ("ana~pagerduty", "slack-av")),
    ]
    assert escalation.next_at(story.alert, DUTY) == START + timedelta(minutes=37)


def test_a_warning_starts_the_steps_that_are_meant_for_it_and_passes_the_others() -> None:
    story = a_story(LADDER, a_rule(critical=None, warning_for=a_rule().critical_for)).minutes(14, 14)

    for at in (7, 8, 12):
        story.passes(at)

    assert [(at, tells) for at, _, tells in story.told if tells] == [(2, ("slack-av",)), (7, ("lead",))]


def test_a_policy_for_what_is_critical_leaves_a_warning_alone() -> None:
    only = a_policy(a_step(0, "slack-av", severity="critical"))
    story = a_story(only, a_rule(critical=None)).minutes(14, 14, 14)

    assert story.alert.open
    assert story.alert.runs == ()


def test_taking_ends_it_and_giving_back_begins_the_wait_again() -> None:
    story = a_story().minutes(14, 14)

    story.does("acknowledge", 3)
    story.passes(10)
    assert escalation.next_at(story.alert, DUTY) is None

    story.does("unacknowledge", 11)
    assert escalation.next_at(story.alert, DUTY) == START + timedelta(minutes=16)


def test_a_warning_that_was_taken_and_turns_critical_enters_the_policy_again() -> None:
    rule = a_rule(warning_for=a_rule().critical_for)
    story = a_story(LADDER, rule).minutes(6, 6)
    story.does("acknowledge", 2.5)

    story.minutes(14, 14)

    assert story.alert.taken is None
    assert story.alert.was_taken is not None
    assert story.alert.was_taken.by == "Ana Ruiz"
    assert [kind for _, kind, _ in story.told] == ["escalated", "taken", "escalated"]
    assert story.alert.runs[0].done == 1


@pytest.mark.parametrize(
    ("after", "until"),
    [pytest.param([IDLE], None, id="held"), pytest.param([], 20, id="snoozed")],
)
def test_steps_wait_while_nothing_can_be_told_or_is_wanted(after: list, until: int | None) -> None:
    story = a_story().minutes(14, 14, *after)
    if until:
        story.does("snooze", 3, until=START + timedelta(minutes=until))

    story.passes(9)

    assert [kind for _, kind, _ in story.told].count("escalated") == 1


def test_the_end_of_a_snooze_is_told_and_the_ladder_goes_on() -> None:
    story = a_story().minutes(14, 14)
    story.does("snooze", 3, until=START + timedelta(minutes=20))

    assert story.alert.next_at == START + timedelta(minutes=20)
    story.passes(20)

    assert [(kind, tells) for at, kind, tells in story.told if at == 20] == [
        ("unsnoozed", ("slack-av",)),
        ("escalated", ("ana~pagerduty", "slack-av")),
    ]


def test_a_policy_repeats_never_sooner_than_five_minutes_after_its_last_step() -> None:
    story = a_story(a_policy(a_step(0, "slack-av"), a_step(60, "lead"), repeat=1)).minutes(14, 14)

    for minute in range(3, 40):
        story.passes(minute)

    steps = [at for at, kind, _ in story.told if kind == "escalated"]
    assert steps == [2, 3, 8, 9]


@pytest.mark.parametrize(
    ("duty", "why"),
    [
        pytest.param(replace(DUTY, broken=frozenset({"slack-av"})), "slack-av is broken", id="broken"),
        pytest.param(replace(DUTY, kinds={"lead": "slack"}), "there is no channel slack-av", id="gone"),
    ],
)
def test_what_reaches_nobody_falls_to_the_next_step_at_once(duty: Duty, why: str) -> None:
    story = a_story(duty=duty).minutes(14, 14)

    assert [(at, tells) for at, _, tells in story.told] == [(2, ()), (2, ("ana~pagerduty",))]
    assert why in story.entries[-2].sentence


def test_a_channel_that_breaks_after_it_was_told_falls_to_the_next_step_at_once() -> None:
    story = a_story().minutes(14, 14)
    story.duty = replace(DUTY, broken=frozenset({"slack-av"}))

    story.passes(2.5)

    assert story.told[-1] == (2.5, "escalated", ("ana~pagerduty", "slack-av"))


def test_who_is_on_call_is_asked_at_the_step() -> None:
    policy = a_policy(a_step(0, "slack-av"), a_step(300, "schedule:av"))
    story = a_story(policy).minutes(14, 14)
    cover = Cover("c1", 1, "av", "ben", START + timedelta(minutes=5), START + timedelta(hours=1), START)
    story.duty = replace(DUTY, covers=(cover,))

    story.passes(7)

    call = story.entries[-1].call
    assert call is not None
    assert [name.name for name in call.names] == ["Ben Ito"]
    assert call.channels == ("slack-av",), "he has no way of his own, so he is called by name where it is told"


def test_a_run_keeps_the_policy_that_it_began_with() -> None:
    story = a_story().minutes(14, 14)
    edited = replace(a_policy(a_step(0, "teams-av")), revision=2)

    story.wishes = (a_wish(CRITICAL_RULE, notify=(), backing=edited),)
    story.minutes(14)
    story.passes(7)

    assert story.told[-1] == (7, "escalated", ("ana~pagerduty", "slack-av"))


def test_hours_and_labels_say_which_steps_are_meant() -> None:
    night = a_step(60, "pd-av", hours=("22:00-06:00",))
    lyon = a_step(60, "teams-av", labels={"site": "lyon"})
    policy = a_policy(a_step(0, "slack-av"), night, lyon, a_step(120, "lead"))
    here, there = (a_story(policy, labels={"site": site}).minutes(14, 14) for site in ("lyon", "oslo"))

    for minute in (3, 4, 5):
        here.passes(minute)
        there.passes(minute)

    assert [(at, tells) for at, _, tells in here.told] == [(2, ("slack-av",)), (3, ("teams-av",)), (5, ("lead",))]
    assert [(at, tells) for at, _, tells in there.told] == [(2, ("slack-av",)), (4, ("lead",))]


def test_whoever_a_step_reached_hears_how_it_ends() -> None:
    story = a_story().minutes(14, 14)
    story.passes(7)

    assert story.alert.watches[0].notify == ("slack-av", "ana~pagerduty")
    story.at = 7
    story.minutes(0, 0)
    assert not story.alert.open
    assert story.alert.watches[0].notify == ("slack-av", "ana~pagerduty")


def test_what_comes_next_is_known_before_it_comes() -> None:
    story = a_story().minutes(14, 14)

    ahead = escalation.upcoming(story.alert, DUTY, START + timedelta(minutes=2))

    assert ahead is not None
    assert (ahead.at, ahead.step, ahead.of, ahead.pages) == (START + timedelta(minutes=7), 2, 3, True)
    assert [name.name for name in ahead.names] == ["Ana Ruiz"]


def test_a_channel_without_a_kind_of_its_own_is_one_made_of_a_person() -> None:
    assert DUTY.kind("ana~pagerduty") == "pagerduty"
    assert DUTY.kind("ben~pagerduty") is None
    assert DUTY.kind("nobody~email") is None


# Whatever happens, in whatever order: no step twice, none before its time, none while somebody has it

_EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0.1, 9).map(lambda minutes: round(minutes, 1))),
    st.tuples(st.just("row"), st.sampled_from([0, 6, 14, 14, 14, IDLE])),
    st.tuples(st.just("act"), st.sampled_from(["acknowledge", "acknowledge", "unacknowledge", "snooze", "resolve"])),
)
_STEPS = st.lists(st.sampled_from([0, 30, 60, 300, 420]), min_size=1, max_size=4)


@settings(max_examples=200, deadline=timedelta(seconds=5))
@given(afters=_STEPS, repeat=st.integers(0, 2), events=st.lists(_EVENTS, min_size=3, max_size=40))
def test_no_step_is_taken_twice_or_early_and_none_after_a_taking_until_it_worsens(afters, repeat, events) -> None:
    steps = (a_step(after, "slack-av" if nth % 2 else "lead") for nth, after in enumerate(afters))
    policy = a_policy(*steps, repeat=repeat)
    story = a_story(policy, a_rule(warning_for=a_rule().critical_for)).minutes(6, 6)
    now = 2.0
    for what, given_ in events:
        now = round(now + (given_ if what == "wait" else 0.1), 1)
        if what == "wait":
            story.passes(now)
        elif what == "act":
            story.does(given_, now, **({"until": START + timedelta(minutes=now + 7)} if given_ == "snooze" else {}))
        else:
            story.at = max(int(now), story.at)
            story.minutes(given_)
            now = max(now, float(story.at))
    _held_to(story, policy)


def _held_to(story: Story, policy) -> None:
    """Read the whole timeline as somebody would who distrusts it."""
    taken = False
    taken_steps = 0
    last = None
    severity = "warning"
    for entry in story.entries:
        if RANK[entry.severity] > RANK[severity] and entry.kind in ("worse", "reopened"):
            taken, taken_steps, last = False, 0, entry.at
        severity = entry.severity
        if entry.kind == "fire":
            taken, taken_steps, last = False, 0, entry.at
        elif entry.kind == "taken":
            taken = True
        elif entry.kind == "untaken":
            taken, last = False, entry.at
        elif entry.kind == "escalated":
            assert not taken, f"a step at {entry.at} though it was taken"
            assert entry.open
            place = taken_steps % len(policy.steps)
            assert entry.call is not None
            assert entry.call.step == place + 1, "each step in its turn, none twice"
            assert taken_steps < len(policy.steps) * (policy.repeat + 1)
            assert last is not None
            wait = max(policy.steps[0].after_s, 300) if taken_steps and not place else policy.steps[place].after_s
            assert entry.at - last >= timedelta(seconds=wait), "before its time"
            taken_steps, last = taken_steps + 1, entry.at
