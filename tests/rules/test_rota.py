"""Who is on call: turns by local clocks across both changes of the clocks, hours, and covers over them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import rota
from rules.model import Cover, Schedule
from rules.rota import RotaError, Turn

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MADE = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def a_schedule(**changes: object) -> Schedule:
    given = {
        "id": "av",
        "revision": 1,
        "timezone": BERLIN,
        "hand_off": "Mon 09:00",
        "rotation": ("ana", "ben"),
        "every": "1w",
        "created_at": MADE,
    }
    return Schedule(**{**given, **changes})


def a_cover(person: str, start: str, end: str, instead_of: str = "", *, made: int = 0, schedule: str = "av") -> Cover:
    """`made`: minutes after the schedule."""
    at = MADE + timedelta(minutes=made)
    return Cover(f"c{made}", 1, schedule, person, local(start), local(end), at, instead_of=instead_of)


def told(turns: tuple[Turn, ...], zone: str = BERLIN) -> list[str]:
    """ "ana 03-02 09:00": who, from when by the clocks of the zone."""
    return [f"{turn.person} {turn.start.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for turn in turns]


def test_the_turn_in_which_a_schedule_was_made_is_the_first_persons() -> None:
    found = rota.turns(a_schedule(), (), local("2026-02-23T09:00"), local("2026-03-23T09:00"))
    assert told(found) == ["ben 02-23 09:00", "ana 03-02 09:00", "ben 03-09 09:00", "ana 03-16 09:00"]


def test_a_schedule_that_starts_later_has_nobody_before_and_the_first_person_then() -> None:
    schedule = a_schedule(starts_at=local("2026-03-12T15:00"))
    found = rota.turns(schedule, (), local("2026-03-09T00:00"), local("2026-03-24T00:00"))
    assert told(found) == ["None 03-09 00:00", "ana 03-12 15:00", "ben 03-16 09:00", "ana 03-23 09:00"]


@pytest.mark.parametrize(
    ("changes", "at", "person"),
    [
        pytest.param({}, "2026-03-09T08:59:59", "ana", id="just-before-the-hand-off"),
        pytest.param({}, "2026-03-09T09:00", "ben", id="at-the-hand-off"),
        pytest.param({"every": "2w"}, "2026-03-15T12:00", "ana", id="two-weeks-the-first"),
        pytest.param({"every": "2w"}, "2026-03-16T09:00", "ben", id="two-weeks-the-second"),
        pytest.param({"every": "1d", "hand_off": "09:00"}, "2026-03-05T08:59", "ana", id="days-before"),
        pytest.param({"every": "1d", "hand_off": "09:00"}, "2026-03-05T09:00", "ben", id="days-after"),
        pytest.param({"every": "1d", "hand_off": "18:00"}, "2026-03-04T12:59", "ana", id="made-before-its-hand-off"),
        pytest.param({"every": "3d", "hand_off": "00:00"}, "2026-03-07T00:00", "ben", id="midnight"),
        pytest.param({"rotation": ("ana", "ben", "ana", "cem")}, "2026-03-25T12:00", "cem", id="one-twice"),
        pytest.param({"rotation": ("ana",)}, "2027-01-01T00:00", "ana", id="alone"),
        pytest.param({"hand_off": "wed 13:00"}, "2026-03-04T13:01", "ana", id="made-on-the-day-of-the-hand-off"),
        pytest.param({"hand_off": "wed 13:01"}, "2026-03-04T13:01", "ben", id="made-just-before-the-hand-off"),
        pytest.param({"hours": ("Mon-Fri 08:00-18:00",)}, "2026-03-04T07:00", None, id="before-hours"),
        pytest.param({"hours": ("Mon-Fri 08:00-18:00",)}, "2026-03-04T08:00", "ana", id="in-hours"),
    ],
)
def test_who_is_on_call_is_read_off_the_calendar(changes: dict[str, object], at: str, person: str | None) -> None:
    assert rota.on_call(a_schedule(**changes), (), local(at)) == person


# Berlin's clocks skip 02:00-03:00 on 29 March 2026 and show it twice on 25 October; New York's on 8 March, 1 November
@pytest.mark.parametrize(
    ("zone", "hand_off", "every", "begins", "utc", "lasted"),
    [
        pytest.param(BERLIN, "Mon 09:00", "1w", "2026-03-30T09:00", "2026-03-30T07:00", 167, id="spring-week"),
        pytest.param(BERLIN, "Mon 09:00", "1w", "2026-10-26T09:00", "2026-10-26T08:00", 169, id="autumn-week"),
        pytest.param(BERLIN, "09:00", "1d", "2026-03-29T09:00", "2026-03-29T07:00", 23, id="spring-day"),
        pytest.param(BERLIN, "09:00", "1d", "2026-10-25T09:00", "2026-10-25T08:00", 25, id="autumn-day"),
        pytest.param(BERLIN, "Sun 02:30", "1w", "2026-03-29T03:00", "2026-03-29T01:00", 167.5, id="hand-off-skipped"),
        pytest.param(BERLIN, "Sun 02:30", "1w", "2026-10-25T02:30", "2026-10-25T00:30", 168, id="hand-off-doubled"),
        pytest.param(
            "America/New_York", "Mon 09:00", "1w", "2026-03-09T09:00", "2026-03-09T13:00", 167, id="ny-spring"
        ),
        pytest.param(
            "America/New_York", "Mon 09:00", "1w", "2026-11-02T09:00", "2026-11-02T14:00", 169, id="ny-autumn"
        ),
        pytest.param("Asia/Kolkata", "Mon 09:00", "1w", "2026-03-30T09:00", "2026-03-30T03:30", 168, id="no-change"),
    ],
)
def test_turns_change_by_the_clocks_when_the_clocks_change(
    zone: str, hand_off: str, every: str, begins: str, utc: str, lasted: float
) -> None:
    schedule = a_schedule(timezone=zone, hand_off=hand_off, every=every)
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    second = timedelta(seconds=1)
    before, after = rota.on_call(schedule, (), at - second), rota.on_call(schedule, (), at)
    assert {before, after} == {"ana", "ben"}
    [_, ended, *_] = rota.turns(schedule, (), at - 9 * DAY if every == "1w" else at - DAY - HOUR * 3, at + HOUR)
    assert (ended.end, (ended.end - ended.start) / HOUR) == (at, lasted)
    assert f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" == begins


@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        pytest.param((), ["ben 03-09 09:00", "ana 03-16 09:00"], id="none"),
        pytest.param(
            (a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00"),),
            ["ben 03-09 09:00", "cem 03-10 12:00", "ben 03-10 16:00", "ana 03-16 09:00"],
            id="for-whoever-it-is",
        ),
        pytest.param(
            (a_cover("cem", "2026-03-15T09:00", "2026-03-17T09:00", "ben"),),
            ["ben 03-09 09:00", "cem 03-15 09:00", "ana 03-16 09:00"],
            id="for-one-persons-turns-alone",
        ),
        pytest.param(
            (a_cover("cem", "2026-03-15T09:00", "2026-03-17T09:00"),),
            ["ben 03-09 09:00", "cem 03-15 09:00", "ana 03-17 09:00"],
            id="over-a-hand-off",
        ),
        pytest.param(
            (
                a_cover("cem", "2026-03-10T00:00", "2026-03-13T00:00", made=1),
                a_cover("dan", "2026-03-11T00:00", "2026-03-12T00:00", made=2),
            ),
            ["ben 03-09 09:00", "cem 03-10 00:00", "dan 03-11 00:00", "cem 03-12 00:00", "ben 03-13 00:00"],
            id="the-newest-made-wins",
        ),
        pytest.param(
            (
                a_cover("ana", "2026-03-02T09:00", "2026-03-23T09:00", "ben", made=1),
                a_cover("ben", "2026-03-02T09:00", "2026-03-23T09:00", "ana", made=2),
            ),
            ["ana 03-09 09:00", "ben 03-16 09:00"],
            id="two-swap",
        ),
        pytest.param(
            (a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00", schedule="it"),),
            ["ben 03-09 09:00", "ana 03-16 09:00"],
            id="of-another-schedule",
        ),
    ],
)
def test_covers_change_who_is_on_call(covers: tuple[Cover, ...], expected: list[str]) -> None:
    found = rota.turns(a_schedule(), covers, local("2026-03-09T09:00"), local("2026-03-18T00:00"))
    assert told(found)[: len(expected)] == expected
    for turn in found:
        assert rota.on_call(a_schedule(), covers, turn.start) == turn.person
        assert rota.on_call(a_schedule(), reversed(covers), turn.end - timedelta(seconds=1)) == turn.person


def test_a_turn_names_the_cover_that_changed_it() -> None:
    cover = a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00")
    found = rota.turns(a_schedule(), (cover,), local("2026-03-09T09:00"), local("2026-03-11T00:00"))
    assert [turn.cover for turn in found] == ["", cover.id, ""]


def test_a_cover_acts_from_its_start_and_not_at_its_end() -> None:
    cover = a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00")
    assert rota.on_call(a_schedule(), (cover,), cover.starts_at - timedelta(seconds=1)) == "ben"
    assert rota.on_call(a_schedule(), (cover,), cover.starts_at) == "cem"
    assert rota.on_call(a_schedule(), (cover,), cover.ends_at) == "ben"


def test_no_cover_reaches_into_hours_in_which_nobody_is_on_call() -> None:
    schedule = a_schedule(hours=("Mon-Fri 08:00-18:00",))
    cover = a_cover("cem", "2026-03-10T00:00", "2026-03-11T12:00")
    found = rota.turns(schedule, (cover,), local("2026-03-10T07:00"), local("2026-03-11T14:00"))
    assert told(found) == [
        "None 03-10 07:00",
        "cem 03-10 08:00",
        "None 03-10 18:00",
        "cem 03-11 08:00",
        "ben 03-11 12:00",
    ]


def test_a_cover_fills_the_time_before_a_schedule_starts() -> None:
    schedule = a_schedule(starts_at=local("2026-03-12T15:00"))
    assert rota.on_call(schedule, (a_cover("cem", "2026-03-10T00:00", "2026-03-11T00:00"),), local("2026-03-10T12:00"))


@pytest.mark.parametrize(
    ("cover", "nothing"),
    [
        pytest.param(a_cover("ben", "2026-03-10T12:00", "2026-03-10T16:00"), True, id="on-call-anyway"),
        pytest.param(a_cover("ben", "2026-03-10T12:00", "2026-03-16T10:00"), False, id="longer-than-that"),
        pytest.param(a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00", "ana"), True, id="for-who-is-not-on-call"),
        pytest.param(a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00", "ben"), False, id="for-who-is"),
    ],
)
def test_a_cover_that_changes_nothing_is_known(cover: Cover, nothing: bool) -> None:
    assert rota.changes_nothing(a_schedule(), (), cover) is nothing
    assert rota.changes_nothing(a_schedule(), (cover,), cover) is nothing


def test_a_cover_by_who_covers_already_changes_nothing() -> None:
    first = a_cover("cem", "2026-03-10T00:00", "2026-03-12T00:00", made=1)
    again = a_cover("cem", "2026-03-10T12:00", "2026-03-11T12:00", made=2)
    assert rota.changes_nothing(a_schedule(), (first,), again)


@pytest.mark.parametrize(
    ("changes", "at", "person", "until", "then"),
    [
        pytest.param({}, "2026-03-10T12:00", "ben", "2026-03-16T09:00", "ana 03-16 09:00", id="the-turn-after"),
        pytest.param({"rotation": ("ana",)}, "2026-03-10T12:00", "ana", None, None, id="for-ever"),
        pytest.param(
            {"hours": ("Mon-Fri 08:00-18:00",)},
            "2026-03-10T12:00",
            "ben",
            "2026-03-10T18:00",
            "ben 03-11 08:00",
            id="to-the-end-of-the-hours",
        ),
        pytest.param(
            {"hours": ("Mon-Fri 08:00-18:00",)},
            "2026-03-10T20:00",
            None,
            "2026-03-11T08:00",
            "ben 03-11 08:00",
            id="nobody-now",
        ),
        pytest.param({"every": "26w"}, "2026-03-10T12:00", "ana", "2026-08-31T09:00", "ben 08-31 09:00", id="far"),
        pytest.param(
            {"rotation": ("ana", "ana", "ben")},
            "2026-03-04T12:00",
            "ana",
            "2026-03-16T09:00",
            "ben 03-16 09:00",
            id="two-turns-run-on",
        ),
    ],
)
def test_who_stands_knows_until_when_and_who_is_next(
    changes: dict[str, object], at: str, person: str | None, until: str | None, then: str | None
) -> None:
    found = rota.standing(a_schedule(**changes), (), local(at))
    assert found.person == person
    assert found.until == (local(until) if until else None)
    assert (told((found.then,))[0] if found.then else None) == then


def test_a_shift_goes_on_over_the_nights() -> None:
    found = rota.shift(a_schedule(hours=("Mon-Fri 08:00-18:00",)), (), local("2026-03-10T12:00"))
    assert (found.person, found.until) == ("ben", local("2026-03-16T09:00"))
    found = rota.shift(a_schedule(hours=("Mon-Fri 10:00-18:00",)), (), local("2026-03-10T12:00"))
    assert (found.person, found.until) == ("ben", local("2026-03-13T18:00"))
    assert found.then is not None
    assert told((found.then,)) == ["ana 03-16 10:00"]


def test_gaps_are_turns_of_nobody_and_of_people_who_are_not_there() -> None:
    schedule = a_schedule(hours=("Mon-Fri 08:00-18:00",), rotation=("ana", "gone"))
    found = rota.gaps(schedule, (), {"ana"}, local("2026-03-06T17:00"), local("2026-03-09T17:00"))
    assert told(found) == ["None 03-06 18:00", "gone 03-09 09:00"]


def test_hand_offs_are_changes_of_hands() -> None:
    cover = a_cover("cem", "2026-03-10T12:00", "2026-03-10T16:00")
    found = rota.hand_offs(a_schedule(), (cover,), local("2026-03-09T09:00"), local("2026-03-16T09:00"))
    assert told(found) == ["ben 03-09 09:00", "cem 03-10 12:00", "ben 03-10 16:00", "ana 03-16 09:00"]


def test_a_morning_in_the_same_hands_is_no_hand_off() -> None:
    schedule = a_schedule(hours=("Mon-Fri 10:00-18:00",))
    found = rota.hand_offs(schedule, (), local("2026-03-09T00:00"), local("2026-03-17T00:00"))
    assert told(found) == ["ben 03-09 10:00", "ana 03-16 10:00"]


@pytest.mark.parametrize(
    ("hand_off", "every", "words"),
    [
        pytest.param("Mon", "1w", "is no time of a hand-off", id="no-time"),
        pytest.param("Mon 24:00", "1w", "is no time of a hand-off", id="hour-24"),
        pytest.param("Mo 09:00", "1w", "has no day 'Mo'", id="no-such-day"),
        pytest.param("09:00", "1w", 'needs a day, since turns last weeks: "Mon 09:00"', id="weeks-without-a-day"),
        pytest.param("Mon 09:00", "1d", "has a day, and turns last days", id="days-with-a-day"),
    ],
)
def test_a_hand_off_that_can_not_be_is_refused(hand_off: str, every: str, words: str) -> None:
    with pytest.raises(RotaError, match=words):
        rota.change(hand_off, every)


@pytest.mark.parametrize("every", ["", "w", "0w", "1m", "27w", "183d", "-1w", "1w2d"])
def test_a_length_that_can_not_be_is_refused(every: str) -> None:
    with pytest.raises(RotaError, match="is not how long a turn lasts"):
        rota.length_days(every)


_SCHEDULES = st.builds(
    a_schedule,
    timezone=st.sampled_from([BERLIN, NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe"]),
    rotation=st.lists(st.sampled_from(["ana", "ben", "cem"]), min_size=1, max_size=4).map(tuple),
    hand_off=st.sampled_from(["Mon 09:00", "Sun 02:30", "Sat 00:00"]),
    every=st.sampled_from(["1w", "2w"]),
    hours=st.sampled_from([(), ("Mon-Fri 08:00-18:00",), ("22:00-02:30",)]),
    starts_at=st.none() | st.integers(-1000, 1000).map(lambda hours: MADE + hours * HOUR),
)
_COVERS = st.lists(
    st.builds(
        lambda person, start, length, instead, made: Cover(
            f"c{made}",
            1,
            "av",
            person,
            MADE + start * HOUR,
            MADE + (start + length) * HOUR,
            MADE + made * HOUR,
            instead,
        ),
        st.sampled_from(["ana", "ben", "dan"]),
        st.integers(-500, 500),
        st.integers(1, 300),
        st.sampled_from(["", "ana", "ben"]),
        st.integers(0, 9),
    ),
    max_size=3,
)


@given(_SCHEDULES, _COVERS, st.integers(-2000, 6000), st.integers(1, 1000))
def test_turns_leave_no_hole_and_agree_with_every_moment(
    schedule: Schedule, covers: list[Cover], begins: int, length: int
) -> None:
    start, end = MADE + begins * HOUR, MADE + (begins + length) * HOUR
    found = rota.turns(schedule, covers, start, end)
    assert (found[0].start, found[-1].end) == (start, end)
    for one, next_one in pairwise(found):
        assert one.end == next_one.start
        assert (one.person, one.cover) != (next_one.person, next_one.cover)
    for turn in found:
        for part in (0.0, 0.4, 0.999):
            at = turn.start + part * (turn.end - turn.start)
            assert rota.on_call(schedule, covers, at) == turn.person
