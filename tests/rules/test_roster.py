"""Sessions become people: rejoin, second device, guests of one name; and who is meant by a watch."""

from datetime import timedelta

import pytest

from rules.model import Listed, Sight, Who
from rules.roster import is_meant, meant, present, seated, sessions_of
from tests.rules.builders import START


def a_sight(session: str, name: str = "", joined_min: float = 0, left_min: float | None = None, **more) -> Sight:
    left_at = None if left_min is None else START + timedelta(minutes=left_min)
    return Sight(session, name=name, joined_at=START + timedelta(minutes=joined_min), left_at=left_at, **more)


def the_seats(*people: Sight) -> list[list[str]]:
    """Seat by seat the sessions, after one listing after the other."""
    roster: dict[str, Listed] = {}
    for sight in people:
        roster = seated(roster, [sight], "i", START + timedelta(hours=1), complete=False)
    return [list(sessions) for sessions in sessions_of(roster).values()]


@pytest.mark.parametrize(
    ("people", "seats"),
    [
        pytest.param([a_sight("1", "Ana"), a_sight("2", "Ben")], [["1"], ["2"]], id="two-people"),
        pytest.param(
            [a_sight("1", "Ana", left_min=5), a_sight("2", "Ana", 6)], [["1", "2"]], id="rejoin-by-name-soon-after"
        ),
        pytest.param(
            [a_sight("1", "Ana", left_min=5), a_sight("2", "Ana", 16)], [["1"], ["2"]], id="by-name-only-within-ten-min"
        ),
        pytest.param([a_sight("1", "Ana"), a_sight("2", "Ana", 1)], [["1"], ["2"]], id="two-guests-of-one-name"),
        pytest.param(
            [a_sight("1", "iPhone", left_min=5), a_sight("2", "iPhone", 1, 5), a_sight("3", "iPhone", 6)],
            [["1"], ["2"], ["3"]],
            id="which-of-two-iphones-came-back-nobody-knows",
        ),
        pytest.param(
            [a_sight("1", "Ana", left_min=5, email="a@x.org"), a_sight("2", "Ana", 6, email="b@x.org")],
            [["1"], ["2"]],
            id="a-namesake-with-another-address",
        ),
        pytest.param(
            [
                a_sight("1", "Ana", left_min=5, uuid="u"),
                a_sight("2", "Ana", uuid="v"),
                a_sight("3", "Ana", 5, uuid="u"),
            ],
            [["1", "3"], ["2"]],
            id="the-room-changes-and-the-uuid-stays",
        ),
        pytest.param(
            [a_sight("1", "Ana", email="a@x.org"), a_sight("2", "Ana's phone", 1, email="A@x.org")],
            [["1", "2"]],
            id="laptop-and-phone-share-an-email",
        ),
        pytest.param(
            [a_sight("1", "Ana", zoom_user="u1", left_min=5), a_sight("2", "Ana", 90, zoom_user="u1")],
            [["1", "2"]],
            id="a-signed-in-user-is-known-however-late",
        ),
        pytest.param([a_sight("1", left_min=5), a_sight("2", "", 6)], [["1"], ["2"]], id="blank-names-name-nobody"),
    ],
)
def test_sessions_are_seated(people: list[Sight], seats: list[list[str]]) -> None:
    assert the_seats(*people) == seats


def test_a_seat_is_called_after_its_first_session_and_never_renamed() -> None:
    roster = seated({}, [a_sight("1", "Ana", left_min=5)], "i", START, complete=False)
    roster = seated(roster, [a_sight("2", "Ana", 6)], "i", START, complete=False)

    assert {listed.seat for listed in roster.values()} == {"i.1"}


def test_only_a_complete_listing_makes_people_gone() -> None:
    roster = seated({}, [a_sight("1", "Ana"), a_sight("2", "Ben")], "i", START, complete=True)

    told = seated(roster, [a_sight("1", "Ana")], "i", START, complete=False)
    assert set(present(told)) == {"1", "2"}
    listed = seated(roster, [a_sight("1", "Ana")], "i", START + timedelta(minutes=2), complete=True)
    assert set(present(listed)) == {"1"}


@pytest.mark.parametrize(("after_s", "here"), [(5, True), (119, True), (120, False)])
def test_who_came_a_moment_ago_need_not_be_in_a_list_yet(after_s: int, here: bool) -> None:
    roster = seated({}, [a_sight("1", "Ana"), a_sight("2", "Ben", 1)], "i", START, complete=True)

    now = START + timedelta(seconds=60 + after_s)
    told = seated(roster, [a_sight("1", "Ana")], "i", now, complete=True, listed=True)
    assert ("2" in present(told)) is here


def test_who_waits_outside_is_not_present() -> None:
    roster = seated({}, [a_sight("1", "Ana", waiting=True)], "i", START, complete=True)
    assert present(roster) == {}

    admitted = seated(roster, [a_sight("1", "Ana")], "i", START, complete=True)
    assert set(present(admitted)) == {"1"}


def test_what_a_later_answer_blanks_stays_known() -> None:
    roster = seated({}, [a_sight("1", "Ana", email="a@x.org", role="host")], "i", START, complete=True)
    roster = seated(roster, [a_sight("1")], "i", START, complete=True)

    assert (roster["1"].name, roster["1"].email, roster["1"].role) == ("Ana", "a@x.org", "host")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        pytest.param("participant_id", "7", True, id="its-session"),
        pytest.param("participant_id", "8", False, id="another-session"),
        pytest.param("zoom_user", "u1", True, id="its-zoom-user"),
        pytest.param("email", "RAO@x.org", True, id="email-in-any-case"),
        pytest.param("email", "", False, id="no-email-is-nobody"),
        pytest.param("name", "*rao*", True, id="a-glob-in-any-case"),
        pytest.param("name", "rao", False, id="a-glob-is-of-the-whole-name"),
        pytest.param("role", "host", True, id="its-role"),
        pytest.param("role", "attendee", False, id="another-role"),
        pytest.param("everyone", "", True, id="everyone"),
    ],
)
def test_an_entry_means_a_session(kind: str, value: str, expected: bool) -> None:
    listed = Listed("i.7", name="Dr Rao", email="rao@x.org", zoom_user="u1", role="host")

    assert is_meant(Who(kind, value), "7", listed) is expected


def test_one_matching_session_means_the_whole_person() -> None:
    roster = {"1": Listed("i.1", name="Dr Rao", email="rao@x.org"), "2": Listed("i.1", name="iPhone")}

    assert meant([Who("name", "iphone")], roster) == {"i.1"}


def test_who_takes_another_name_is_meant_by_both() -> None:
    people = seated({}, [a_sight("1", "Dr Rao")], "i", START, complete=False)
    people = seated(people, [a_sight("1", "Rao (Cardiology)")], "i", START, complete=False)

    assert is_meant(Who("name", "dr rao"), "1", people["1"])
    assert is_meant(Who("name", "*cardiology*"), "1", people["1"])
    assert people["1"].name == "Rao (Cardiology)"


@pytest.mark.parametrize(
    ("after_min", "listed", "here"),
    [
        pytest.param(1, True, False, id="a-list-of-the-same-minute-may-be-older"),
        pytest.param(3, True, True, id="a-later-list-takes-it-back"),
        pytest.param(3, False, False, id="figures-of-somebody-who-left-do-not"),
    ],
)
def test_what_zoom_said_of_a_departure_stands_until_a_later_list(after_min: int, listed: bool, here: bool) -> None:
    gone = a_sight("1", "Ana", left_min=5, leave_reason="Ana left the meeting.")
    people = seated({}, [gone], "i", START + timedelta(minutes=5), complete=False)
    now = START + timedelta(minutes=5 + after_min)

    people = seated(people, [a_sight("1", "Ana")], "i", now, complete=False, listed=listed)

    assert bool(present(people)) == here


def test_a_session_may_be_claimed_as_several_entries() -> None:
    listed = Listed("i.1", name="iPad", claimed=("*Kline*", "kline@hosp.org"))

    assert is_meant(Who("name", "*kline*"), "1", listed)
    assert is_meant(Who("email", "KLINE@hosp.org"), "1", listed)
    assert not is_meant(Who("name", "*rao*"), "1", listed)


def test_many_entries_mean_who_each_of_them_means() -> None:
    people = {
        "1": Listed("i.1", "Dr Rao", zoom_user="u1"),
        "2": Listed("i.2", "Kline", email="kline@hosp.org"),
        "3": Listed("i.3", "Guest", claimed=("KLINE@hosp.org", "9")),
        "4": Listed("i.4", role="host"),
        "5": Listed("i.5", "Nobody"),
    }
    kinds = ("participant_id", "zoom_user", "email", "name", "role")
    entries = [Who(kind, value) for kind in kinds for value in ("1", "9", "u1", "Kline@Hosp.org", "dr *", "host", "")]
    for some in (entries, *([each] for each in entries)):
        pairs = ((person.seat, is_meant(each, session, person)) for session, person in people.items() for each in some)
        assert meant(some, people) == {seat for seat, means in pairs if means}


def test_a_thousand_who_come_at_once_are_each_somebody_else() -> None:
    crowd = [Sight(str(n), "Guest", zoom_user=f"u{n}" if n % 2 else "") for n in range(1000)]
    people = seated({}, crowd, "i", START, complete=True, listed=True)
    assert len({listed.seat for listed in people.values()}) == 1000
    again = seated(people, [Sight("new", "Guest", zoom_user="u7")], "i", START, complete=False)
    assert again["new"].seat == "i.7"


def test_of_several_who_could_be_meant_the_first_is() -> None:
    people = seated({}, [Sight("1", email="a@x.org"), Sight("2", zoom_user="u")], "i", START, complete=False)
    people = seated(people, [Sight("1", email="b@x.org")], "i", START, complete=False)
    new = [Sight("3", email="A@x.org"), Sight("4", email="B@x.org", zoom_user="u"), Sight("5", zoom_user="u")]
    people = seated(people, new, "i", START, complete=False)
    assert [people[each].seat for each in ("3", "4", "5")] == ["i.3", "i.1", "i.2"]
