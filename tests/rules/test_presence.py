"""How each person of a watch stands: in which state, in which words, and who is not told apart from whom."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from rules.model import AlertState, Listed, Seat, Session, Watch, Who
from rules.presence import Presence, nameless, stands, veil
from tests.rules.builders import MINUTE, START

KLINE = Who("name", "*kline*")
OPEN = AlertState("al_1", 1, START, MINUTE, True, "critical")


def later(minutes: float) -> Any:
    return START + timedelta(minutes=minutes)


def a_watch(*who: Who, **changes: Any) -> Watch:
    return Watch("w1", 1, "977", who, ("speaker",), ("slack-av",), START, **changes)


def listed(session: str, name: str = "", seat: str = "", **more: Any) -> Listed:
    return Listed(f"i.{seat or session}", name, **more)


def seated(session: str, name: str = "Dr Rao", **more: Any) -> Seat:
    given = {"sessions": (Session(session, MINUTE),), "first_seen_at": START, "row_at": START, **more}
    return Seat(f"i.{session}", "i", name, **given)


def look(watch: Watch, people: Mapping[str, Listed] | None = None, *seats: Seat, at: float = 1) -> tuple[Presence, ...]:
    return stands(watch, "i", people or {}, {seat.id: seat for seat in seats}, later(at))


RAO = {"7": listed("7", "Dr Rao", joined_at=START)}


@pytest.mark.parametrize(
    ("people", "seat", "at", "state", "says"),
    [
        pytest.param(RAO, seated("7"), 1, "watching", "Dr Rao is watched; nothing is wrong.", id="fine"),
        pytest.param(RAO, seated("7", alert=OPEN), 1, "watching", "Dr Rao is watched; alert al_1 is open.", id="bad"),
        pytest.param(
            RAO, seated("7", row_at=None), 4, "watching", "Dr Rao is there; no figures came yet.", id="just-begun"
        ),
        pytest.param(RAO, None, 4, "watching", "Dr Rao is there; no figures came yet.", id="listed-and-not-yet-judged"),
        pytest.param(
            RAO, seated("7"), 6, "no_figures", "Dr Rao is there, but Zoom gives no figures.", id="rows-stopped"
        ),
        pytest.param(
            RAO,
            seated("7", row_at=None),
            6,
            "no_figures",
            "Dr Rao is there, but Zoom gives no figures.",
            id="a-room-or-a-dial-in-phone-never-has-any",
        ),
        pytest.param(
            {},
            seated("7", away_at=START),
            2,
            "not_here",
            "Dr Rao is not in the meeting since 10:00 UTC.",
            id="not-found-when-asked-for",
        ),
        pytest.param(
            {"7": listed("7", "Dr Rao", left_at=later(2)), "9": listed("9", "Dr Rao", "7", joined_at=later(3))},
            seated("7", away_at=later(2)),
            4,
            "watching",
            "Dr Rao is watched; nothing is wrong.",
            id="back-under-another-session",
        ),
        pytest.param(
            {"7": listed("7", "Dr Rao", left_at=later(2), leave_reason="Network connection error.")},
            seated("7"),
            3,
            "left",
            "Dr Rao left at 10:02 UTC (Network connection error.).",
            id="left",
        ),
        pytest.param(
            {},
            seated("7", sessions=(Session("7", MINUTE, left_at=later(2)),)),
            3,
            "left",
            "Dr Rao left at 10:02 UTC.",
            id="left-as-only-the-seat-knows",
        ),
        pytest.param(
            {"7": listed("7", "Dr Rao", waiting=True)},
            None,
            1,
            "not_here",
            "Dr Rao is in the waiting room.",
            id="waits-to-be-let-in",
        ),
        pytest.param(
            {"7": listed("7", "Dr Rao", left_at=later(1)), "9": listed("9", "Dr Rao", "7", waiting=True)},
            seated("7"),
            2,
            "not_here",
            "Dr Rao is in the waiting room.",
            id="put-back-outside-after-a-rejoin",
        ),
    ],
)
def test_somebody_who_is_meant_has_a_state_and_a_sentence(
    people: dict[str, Listed], seat: Seat | None, at: float, state: str, says: str
) -> None:
    [told] = look(a_watch(Who("participant_id", "7")), people, *([seat] if seat else []), at=at)

    assert (told.seat, told.state, told.says, told.ambiguous) == ("i.7", state, says, False)


@pytest.mark.parametrize(
    ("who", "people", "state", "says"),
    [
        pytest.param(
            Who("participant_id", "8"), RAO, "not_here", "Nobody was seen under this id yet.", id="participant"
        ),
        pytest.param(
            Who("zoom_user", "u8"),
            {"7": listed("7", zoom_user="u7")},
            "not_here",
            "Nobody here is signed in as this user yet.",
            id="user",
        ),
        pytest.param(
            Who("email", "k@x.org"),
            {"7": listed("7", email="a@x.org"), "8": listed("8"), "9": listed("9")},
            "not_here",
            "Nobody here has this e-mail address yet.",
            id="an-outsider-s-blank-address-hides-nobody",
        ),
        pytest.param(
            Who("email", "k@x.org"),
            {"7": listed("7", "Ana"), "8": listed("8", "Ben")},
            "hidden",
            "Zoom shows nobody's e-mail address here: nobody can be found by it."
            " Bind them, or watch by participant id.",
            id="no-address-of-anybody",
        ),
        pytest.param(
            Who("email", "k@x.org"),
            RAO,
            "not_here",
            "Nobody here has this e-mail address yet.",
            id="one-blank-tells-none",
        ),
        pytest.param(KLINE, RAO, "not_here", "Nobody here has this name yet.", id="name"),
        pytest.param(KLINE, {}, "not_here", "Nobody here has this name yet.", id="an-empty-room-hides-nobody"),
        pytest.param(
            KLINE,
            {**RAO, "8": listed("8")},
            "hidden",
            "Not found, but Zoom hides the name of 1 person here: bind whoever is meant.",
            id="one-hidden-guest",
        ),
        pytest.param(
            KLINE,
            {**RAO, "8": listed("8", left_at=START), "9": listed("9", waiting=True)},
            "not_here",
            "Nobody here has this name yet.",
            id="blank-ones-who-are-not-here-hide-nobody",
        ),
        pytest.param(
            KLINE,
            {"7": listed("7"), "8": listed("8")},
            "hidden",
            "Names are hidden on this account: nobody can be found by it. Bind them, or watch by participant id.",
            id="no-name-of-anybody",
        ),
    ],
)
def test_an_entry_that_means_nobody_says_why(who: Who, people: dict[str, Listed], state: str, says: str) -> None:
    assert look(a_watch(who), people) == (Presence(who, None, None, "", state, says),)


def test_a_name_that_fits_several_watches_all_of_them_and_says_so() -> None:
    people = {"7": listed("7", "Clinic A"), "8": listed("8", "Clinic B"), "9": listed("9", "Clinic C", left_at=START)}

    told = look(a_watch(Who("name", "*clinic*")), people, seated("7", "Clinic A"))

    assert [(each.name, each.state, each.ambiguous) for each in told] == [
        ("Clinic A", "watching", True),
        ("Clinic B", "no_figures", True),
        ("Clinic C", "left", False),
    ]
    assert told[0].says == ("Clinic A is watched; nothing is wrong. 2 people here fit *clinic*: all are watched.")


def test_one_person_with_two_devices_is_not_ambiguous() -> None:
    people = {"7": listed("7", "Dr Kline"), "8": listed("8", "Dr Kline's phone", "7")}

    [told] = look(a_watch(KLINE), people, seated("7", "Dr Kline"))

    assert (told.ambiguous, told.session) == (False, "8")


def test_roles_and_everyone_mean_many_or_none() -> None:
    people = {"7": listed("7", "Dr Rao", role="host"), "8": listed("8", "Ana", role="attendee")}
    watch = a_watch(Who("role", "host"), Who("role", "panelist"), Who("everyone", ""))

    told = look(watch, people, seated("7"), seated("8", "Ana"))

    assert [(each.who.kind, each.name, each.ambiguous) for each in told] == [
        ("role", "Dr Rao", False),
        ("everyone", "Dr Rao", False),
        ("everyone", "Ana", False),
    ]


def test_who_was_claimed_is_found_under_the_name_that_nobody_shows() -> None:
    people = {"7": listed("7", claimed=("*Kline*",)), "8": listed("8")}

    [told] = look(a_watch(KLINE), people, seated("7", ""))

    assert (told.state, told.seat, told.name) == ("watching", "i.7", "")
    assert told.says == "Participant 7 is watched; nothing is wrong."
    assert nameless(people) == 1


def test_a_participant_id_of_another_run_means_nobody_here() -> None:
    watch = a_watch(Who("participant_id", "7"), Who("name", "dr rao"), bound="another")

    by_id, by_name = look(watch, RAO, seated("7"))

    assert (by_id.seat, by_id.state) == (None, "not_here")
    assert by_id.says == "This id belongs to another run: Zoom numbers people anew in each."
    assert by_name.seat == "i.7"


def test_a_phone_without_a_name_beside_a_laptop_with_one_hides_nobody() -> None:
    people = {"7": listed("7", "Dr Rao"), "8": listed("8", "", "7"), "9": listed("9", "Ana")}

    assert (nameless(people), veil("name", people)) == (0, "")
