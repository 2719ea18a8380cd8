"""Where a policy would call nobody: gaps of the schedules that it tells, and people whom nothing reaches."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.coverage import Lack, lacks
from rules.duty import Duty
from rules.model import Cover, Person, Policy, Schedule, Step, Target, When

BERLIN = "Europe/Berlin"
MADE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
DAYS, NIGHTS = ("Mon-Fri 08:00-18:00",), ("18:00-08:00",)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


NOON, NIGHT = local("2026-03-03T12:00"), local("2026-03-03T22:00")  # a Tuesday


def a_schedule(id: str = "av", person: str = "ana", hours: tuple[str, ...] = (), **changes: object) -> Schedule:
    given = {"timezone": BERLIN, "hand_off": "Mon 09:00", "rotation": (person,), "every": "1w", "created_at": MADE}
    return Schedule(id, 1, hours=hours, **{**given, **changes})


def a_step(*schedules: str, hours: tuple[str, ...] = (), person: str = "", channel: str = "") -> Step:
    people = (Target("person", person),) if person else ()
    channels = (Target("channel", channel),) if channel else ()
    return Step(0, (*(Target("schedule", id) for id in schedules), *people, *channels), When(hours=hours))


def a_duty(*steps: Step, schedules: tuple[Schedule, ...] = (), **changes: object) -> Duty:
    people = {"ana": Person("ana", 1, "Ana Ruiz", MADE, email="ana@example.org"), "ben": Person("ben", 1, "Ben", MADE)}
    given = {"kinds": {"slack-av": "slack"}, "people": people, "covers": ()}
    return Duty(
        schedules={schedule.id: schedule for schedule in schedules},
        policies={"p1": Policy("p1", 1, steps, MADE, timezone=BERLIN)},
        **{**given, **changes},
    )


def found(duty: Duty, at: datetime, *heard: str) -> list[Lack]:
    return list(lacks(duty, {"p1": heard}, at))


@pytest.mark.parametrize(
    ("duty", "at", "lacking"),
    [
        pytest.param(a_duty(a_step("av"), schedules=(a_schedule(),)), NOON, [], id="covered"),
        pytest.param(a_duty(a_step("av"), schedules=(a_schedule(hours=DAYS),)), NIGHT, ["av"], id="out-of-hours"),
        pytest.param(a_duty(a_step("av"), schedules=(a_schedule(hours=DAYS),)), NOON, [], id="in-hours"),
        pytest.param(a_duty(a_step("it"), schedules=(a_schedule(hours=DAYS),)), NIGHT, [], id="told-by-no-policy"),
        pytest.param(
            a_duty(a_step("av", hours=DAYS), schedules=(a_schedule(hours=DAYS),)), NIGHT, [], id="step-has-hours-too"
        ),
        pytest.param(
            a_duty(a_step("av", "nights"), schedules=(a_schedule(hours=DAYS), a_schedule("nights", hours=NIGHTS))),
            NIGHT,
            [],
            id="another-team-has-the-night",
        ),
        pytest.param(
            a_duty(a_step("av"), a_step(person="ana"), schedules=(a_schedule(hours=DAYS),)),
            NIGHT,
            [],
            id="a-later-step-calls-somebody",
        ),
        pytest.param(
            a_duty(a_step("av", channel="slack-av"), schedules=(a_schedule(hours=DAYS),)),
            NIGHT,
            ["av"],
            id="a-chat-is-nobody",
        ),
        pytest.param(
            a_duty(a_step("av"), schedules=(a_schedule(starts_at=NIGHT),)), NOON, ["av"], id="not-started-yet"
        ),
        pytest.param(a_duty(a_step("av"), schedules=(a_schedule(person="gone"),)), NOON, ["av"], id="person-is-gone"),
        pytest.param(a_duty(a_step("av"), schedules=(a_schedule(person="ben"),)), NOON, ["av"], id="no-way-to-them"),
    ],
)
def test_a_lack_is_where_a_policy_would_call_nobody(duty: Duty, at: datetime, lacking: list[str]) -> None:
    assert [lack.schedule.id for lack in found(duty, at)] == lacking


def test_a_gap_is_told_from_its_start_to_its_end() -> None:
    [lack] = found(a_duty(a_step("av"), schedules=(a_schedule(hours=DAYS),)), NIGHT)
    assert (lack.since, lack.until, lack.person) == (local("2026-03-03T18:00"), local("2026-03-04T08:00"), None)
    assert lack.because == "its hours leave this time to nobody"


def test_a_gap_before_the_start_counts_from_the_making_of_the_schedule() -> None:
    [lack] = found(a_duty(a_step("av"), schedules=(a_schedule(starts_at=NIGHT),)), NOON)
    assert (lack.since, lack.until, lack.because) == (MADE, NIGHT, "it has not started yet")


def test_a_cover_fills_a_gap() -> None:
    cover = Cover("c1", 1, "av", "ana", NOON - timedelta(hours=1), NOON + timedelta(hours=1), MADE)
    duty = a_duty(a_step("av"), schedules=(a_schedule(person="gone"),), covers=(cover,))
    assert found(duty, NOON) == []
    assert [lack.because for lack in found(duty, NIGHT)] == ["gone is not there any more"]


def test_who_is_only_mentioned_is_reached_where_the_alert_is_told() -> None:
    ben = Person("ben", 1, "Ben Ito", MADE, slack_user="U02BEN")
    duty = a_duty(a_step("av"), schedules=(a_schedule(person="ben"),), people={"ben": ben})
    assert found(duty, NOON, "slack-av") == []
    [lack] = found(duty, NOON)
    assert (lack.person, lack.because) == (ben, "no way to Ben Ito")


def test_who_is_reached_by_a_broken_channel_alone_is_out_of_reach() -> None:
    ben = Person("ben", 1, "Ben Ito", MADE, channels=("slack-av",))
    duty = a_duty(a_step("av"), schedules=(a_schedule(person="ben"),), people={"ben": ben})
    assert found(duty, NOON) == []
    broken = a_duty(
        a_step("av"), schedules=(a_schedule(person="ben"),), people={"ben": ben}, broken=frozenset({"slack-av"})
    )
    assert [lack.because for lack in found(broken, NOON)] == ["slack-av is broken"]
