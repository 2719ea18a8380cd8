"""Who is on call, in sentences that are read in a hurry."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rules import oncall_words
from rules.model import AlertView, Schedule, Taken
from rules.rota import Standing, Turn
from tests.rules.alerts import an_alert

BERLIN = "Europe/Berlin"
NAMES = {"ana": "Ana Ruiz", "ben": "Ben Ito"}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


NOW = local("2026-03-02T09:00")  # a Monday
AV = Schedule("av", 1, BERLIN, "Mon 09:00", ("ana", "ben"), "1w", NOW)
FRIDAY = local("2026-03-06T18:00")
THEN = Turn("ana", FRIDAY, local("2026-03-13T18:00"))


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        pytest.param("2026-03-02T18:00", "18:00", id="today"),
        pytest.param("2026-03-03T08:59", "Tue 08:59", id="tomorrow"),
        pytest.param("2026-03-08T09:00", "Sun 09:00", id="this-week"),
        pytest.param("2026-03-09T09:00", "Mon 9 Mar 09:00", id="the-same-day-of-the-next-week"),
        pytest.param("2027-03-01T09:00", "Mon 1 Mar 2027 09:00", id="next-year"),
    ],
)
def test_a_moment_is_told_as_people_say_it(moment: str, told: str) -> None:
    assert oncall_words.when(local(moment), BERLIN, NOW) == told


def an_open_alert(who: str, taken_by: str = "") -> AlertView:
    return an_alert(who=who, taken=Taken(taken_by, NOW) if taken_by else None)


@pytest.mark.parametrize(
    ("alerts", "named", "told"),
    [
        pytest.param((), True, "Open: nothing.", id="none"),
        pytest.param((("Dr Rao", "Ana"),), True, "Open: 1 alert (Dr Rao, taken by Ana).", id="one-taken"),
        pytest.param((("Dr Rao", "Ana"),), False, "Open: 1 alert.", id="no-names"),
        pytest.param(
            (("Dr Rao", "Ana"), ("Dr Chen", "")), True, "Open: 2 alerts (Dr Rao, taken by Ana; Dr Chen).", id="two"
        ),
        pytest.param((("A", ""),) * 5, True, "Open: 5 alerts (A; A; A; +2).", id="many"),
    ],
)
def test_a_hand_over_says_who_until_when_who_is_next_and_what_is_open(
    alerts: tuple[tuple[str, str], ...], named: bool, told: str
) -> None:
    found = Standing("ben", FRIDAY, then=THEN)
    said = oncall_words.hand_over(
        AV, found, NAMES, [an_open_alert(*each) for each in alerts], zone=BERLIN, now=NOW, named=named
    )
    assert said == f"Now on call for av: Ben Ito until Fri 18:00. Then: Ana Ruiz. {told}"


def test_a_hand_over_is_told_by_the_clocks_of_who_reads_it() -> None:
    said = oncall_words.hand_over(AV, Standing("ben", FRIDAY, then=THEN), NAMES, (), zone="America/New_York", now=NOW)
    assert "until Fri 12:00" in said


def test_a_hand_over_for_good_names_no_end() -> None:
    said = oncall_words.hand_over(AV, Standing("ben", None), NAMES, (), zone=BERLIN, now=NOW)
    assert said == "Now on call for av: Ben Ito. Open: nothing."


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(
            Standing("ben", FRIDAY, then=THEN),
            "Ben Ito is on call for av until Fri 18:00 (Europe/Berlin), then Ana Ruiz.",
            id="until-the-next",
        ),
        pytest.param(
            Standing("ben", local("2026-03-02T18:00"), then=THEN),
            "Ben Ito is on call for av until 18:00 (Europe/Berlin), then Ana Ruiz from Fri 18:00.",
            id="a-gap-before-the-next",
        ),
        pytest.param(
            Standing("ben", FRIDAY, "c1", THEN),
            "Ben Ito stands in for av until Fri 18:00 (Europe/Berlin), then Ana Ruiz.",
            id="by-a-cover",
        ),
        pytest.param(
            Standing(None, FRIDAY, then=THEN),
            "Nobody is on call for av until Fri 18:00 (Europe/Berlin), then Ana Ruiz.",
            id="nobody",
        ),
        pytest.param(
            Standing("ben", FRIDAY),
            "Ben Ito is on call for av until Fri 18:00 (Europe/Berlin), and nobody after that.",
            id="the-last",
        ),
        pytest.param(Standing("zoe", None), "zoe is on call for av.", id="for-good-and-unknown"),
    ],
)
def test_who_is_on_call_is_one_sentence(found: Standing, told: str) -> None:
    assert oncall_words.standing(AV, found, NAMES, NOW) == told


def test_names_of_people_can_not_break_a_sentence() -> None:
    names = {"ben": "Ben\u202eIto " + "x" * 99}
    said = oncall_words.standing(AV, Standing("ben", None), names, NOW)
    assert "\u202e" not in said
    assert len(said) < 80
