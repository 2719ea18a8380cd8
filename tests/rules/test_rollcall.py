"""The roll-call: when it is due, who is unclaimed, and how its one line reads."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rules import rollcall, rollwords
from rules.model import AlertState, Instance, Listed, Roster, Seat, Session, Watch, WatchView, Who
from rules.presence import stands
from tests.rules.builders import MINUTE, START

RUN = Instance("i", "uuid==", "97763643886", "Spring Town Hall", started_at=START)
EVERYONE = Who("everyone", "")


def later(minutes: float) -> Any:
    return START + timedelta(minutes=minutes)


def named(*names: str) -> tuple[Who, ...]:
    return tuple(Who("name", name) for name in names)


def a_watch(*who: Who, id: str = "w1", **changes: Any) -> Watch:
    given = {"meeting": "97763643886", "created_at": later(-60), **changes}
    return Watch(id=id, revision=1, who=who, rules=("speaker",), notify=("slack-av",), **given)


def people_of(*names: str, **more: Any) -> dict[str, Listed]:
    return {str(n): Listed(f"i.{n}", name, joined_at=START, **more) for n, name in enumerate(names, 1)}


def seats_of(people: dict[str, Listed], **changes: Any) -> dict[str, Seat]:
    return {
        listed.seat: Seat(
            listed.seat, "i", listed.name, sessions=(Session(session, MINUTE),), **{"row_at": later(2), **changes}
        )
        for session, listed in people.items()
    }


def bad(seat: Seat, watch: str = "w1") -> Seat:
    views = (WatchView(watch, "critical", ("slack-av",)),)
    return replace(seat, alert=AlertState("al_1", 1, START, MINUTE, True, "critical", watches=views))


def says(
    watch: Watch,
    people: dict[str, Listed],
    *changed: Seat,
    others: Iterable[Watch] = (),
    run: Instance = RUN,
    **more: Any,
) -> str:
    seats = seats_of(people) | {seat.id: seat for seat in changed}
    strangers = rollcall.unclaimed([watch, *others], "i", people)
    return rollwords.line(run, watch, stands(watch, "i", people, seats, later(3)), people, seats, strangers, **more)


def test_the_line_reads_as_people_know_it() -> None:
    people = people_of("Dr Rao", "Ana Lima", "Ben Ito", "K. Lim", "M. K. (guest)")

    told = says(a_watch(*named("Dr Rao", "Ana*", "Ben*", "*Lim", "*Kline*")), people)

    assert told == (
        'Watching Spring Town Hall: 4 of 5 found, all fine. Not found: *Kline*. Unclaimed: "M. K. (guest)".'
    )


def test_forty_people_and_a_hidden_guest_read_well() -> None:
    names = [f"Councillor {n}" for n in range(1, 40)]
    people = people_of(*names, "")

    told = says(a_watch(*named(*names, "*Kline*")), people)

    assert told == (
        "Watching Spring Town Hall: 39 of 40 found, all fine. Not found: *Kline*. Unclaimed: 1 whose name Zoom hides."
    )


RAO_LEFT = {"1": Listed("i.1", "Dr Rao", left_at=later(1)), "2": Listed("i.2", "Ana Lima")}
RAO_WAITS = {"1": Listed("i.1", "Dr Rao", waiting=True), "2": Listed("i.2", "Ana Lima")}
ROLES = {
    "1": Listed("i.1", "Dr Rao", role="host"),
    "2": Listed("i.2", "Ana Lima", role="attendee"),
    "3": Listed("i.3", "Ben Ito", role="attendee"),
}


@pytest.mark.parametrize(
    ("who", "people", "line"),
    [
        pytest.param(named("dr rao"), people_of("Dr Rao"), "Dr Rao found, fine.", id="one-person-by-name"),
        pytest.param(
            (Who("participant_id", "1"), *named("ana*")),
            people_of("Dr Rao", "Ana", "Stranger"),
            "2 of 2 found, all fine.",
            id="who-is-unclaimed-matters-only-when-somebody-is-missing",
        ),
        pytest.param(
            named("*kline*"),
            people_of("Ben", "Cy", "Di", "Eve", "Flo", "Gus", "Hal"),
            '0 of 1 found. Not found: *kline*. Unclaimed: "Ben", "Cy", "Di", "Eve", "Flo" +2.',
            id="a-few-unclaimed-by-name",
        ),
        pytest.param(
            named("*kline*", "*rao*"),
            people_of("", "", ""),
            "0 of 2 found. Not found: *kline*, *rao*; names are hidden on this account."
            " Unclaimed: 3 whose name Zoom hides.",
            id="an-account-that-hides-names",
        ),
        pytest.param(
            (Who("email", "k@x.org"),),
            people_of("Ana", "Ben"),
            '0 of 1 found. Not found: k@x.org; Zoom shows nobody\'s e-mail address here. Unclaimed: "Ana", "Ben".',
            id="an-account-that-hides-addresses",
        ),
        pytest.param(
            named("*kline*"),
            people_of("Ana", ""),
            '0 of 1 found. Not found: *kline*. Unclaimed: "Ana" and 1 whose name Zoom hides.',
            id="named-and-nameless-strangers",
        ),
        pytest.param(
            named("dr rao", "ana*"), RAO_LEFT, "1 of 2 found, fine. Not there any more: Dr Rao.", id="found-and-gone"
        ),
        pytest.param(
            named("dr rao", "ana*"), RAO_WAITS, "1 of 2 found, fine. In the waiting room: Dr Rao.", id="waits-outside"
        ),
        pytest.param(
            named("ana*", "dr rao"),
            people_of("Ana Lima", "Ana Osei", "Dr Rao"),
            "2 of 2 found, all fine. ana* fits 2: all are watched.",
            id="a-name-that-fits-two",
        ),
        pytest.param((Who("role", "attendee"),), ROLES, "2 attendees found, all fine.", id="a-role"),
        pytest.param(
            (*named("dr rao"), Who("role", "attendee"), Who("role", "panelist")),
            ROLES,
            "1 of 1 found, 2 attendees, no panelists, all fine.",
            id="a-name-and-roles",
        ),
        pytest.param((Who("role", "host"),), people_of("Ana"), "no host found.", id="no-host-yet"),
        pytest.param((EVERYONE,), ROLES, "3 people found, all fine.", id="everyone"),
        pytest.param(
            (EVERYONE, *named("dr rao")), ROLES, "1 of 1 found, 3 people, all fine.", id="nobody-counts-twice"
        ),
        pytest.param((EVERYONE,), {}, "no people found.", id="an-empty-room"),
    ],
)
def test_what_is_found_and_what_not(who: tuple[Who, ...], people: dict[str, Listed], line: str) -> None:
    assert says(a_watch(*who), people) == f"Watching Spring Town Hall: {line}"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"1": "bad"}, "3 of 3 found, 1 bad (Dr Rao), the others fine.", id="one-bad"),
        pytest.param({"1": "bad", "2": "bad"}, "3 of 3 found, 2 bad (Dr Rao, Ana), the other fine.", id="two-bad"),
        pytest.param(
            {"1": "bad", "2": "silent"},
            "3 of 3 found, 1 bad (Dr Rao), 1 without figures (Ana), the other fine.",
            id="nobody-is-fine-of-whom-no-figure-came",
        ),
        pytest.param({"1": "elsewhere"}, "3 of 3 found, all fine.", id="a-breach-that-only-others-are-told-of"),
    ],
)
def test_who_is_bad_is_named(changes: dict[str, str], line: str) -> None:
    people = people_of("Dr Rao", "Ana", "Ben")
    seats = seats_of(people)
    made = {
        "bad": bad,
        "elsewhere": lambda seat: bad(seat, "another"),
        "silent": lambda seat: replace(seat, row_at=None, first_seen_at=later(1)),
    }
    changed = [made[how](seats[f"i.{session}"]) for session, how in changes.items()]

    assert says(a_watch(*named("dr rao", "ana", "ben")), people, *changed) == f"Watching Spring Town Hall: {line}"


def test_whom_another_watch_names_is_not_unclaimed_but_whom_it_only_counts_is() -> None:
    people = people_of("Ana", "Ben", "Cy")
    others = [a_watch(*named("ben"), id="w2"), a_watch(EVERYONE, Who("role", "attendee"), id="w3")]

    assert says(a_watch(*named("ana", "*kline*")), people, others=others).endswith('Unclaimed: "Cy".')


def test_outsiders_come_first_since_it_is_they_whose_names_go_wrong() -> None:
    people = {
        "1": Listed("i.1", "Colleague", zoom_user="u1"),
        "2": Listed("i.2", "Guest"),
        "3": Listed("i.3", "Gone", left_at=START),
        "4": Listed("i.4", "Outside", waiting=True),
    }

    assert rollcall.unclaimed([a_watch(*named("x"))], "i", people) == ("Guest", "Colleague")


def test_only_names_of_strangers_are_told() -> None:
    people = people_of("M. K.", email="mk@private.example", zoom_user="u-secret")

    told = says(a_watch(*named("*kline*")), people)

    assert '"M. K."' in told
    assert "private" not in told
    assert "secret" not in told


def test_a_watch_on_any_meeting_tells_only_who_is_here() -> None:
    watch = a_watch(*named("dr rao", "*kline*"), meeting="any")

    assert says(watch, people_of("Dr Rao", "Ana")) == "Watching Spring Town Hall: Dr Rao found, fine."
    assert says(watch, people_of("Dr Rao", "Dr Kline")) == "Watching Spring Town Hall: 2 found, all fine."


def test_a_meeting_without_a_topic_is_called_by_its_number_and_a_test_says_so() -> None:
    told = says(a_watch(*named("ana")), people_of("Ana"), run=replace(RUN, topic=""), test=True)

    assert told == "TEST, nothing is wrong: Watching meeting 97763643886: Ana found, fine."


def test_the_longest_line_is_bounded_and_still_names_somebody_of_each_sort() -> None:
    names = [f"{'Bartholomew-' * 6}{n}" for n in range(60)]
    people = people_of(*names) | {
        "w": Listed("i.w", "Wanda " * 20, waiting=True),
        "l": Listed("i.l", "Lena " * 20, left_at=START),
    }
    seats = seats_of(people)
    changed = [bad(seats[f"i.{n}"]) for n in range(1, 20)] + [replace(seats["i.30"], row_at=None)]
    lost = [f"*lost person of a very long name {n}*" for n in range(20)]
    run = replace(RUN, topic="All hands " * 20)

    told = says(a_watch(*named(*names[:40], "wanda*", "lena*", *lost)), people, *changed, run=run)

    assert len(told) <= rollwords.LIMIT
    assert "40 of 62 found, 19 bad (Bartholomew" in told
    assert "Not found: *lost" in told
    assert "+19" in told


@pytest.mark.parametrize(
    ("watch", "run", "at"),
    [
        pytest.param(a_watch(EVERYONE), RUN, later(3), id="three-minutes-after-going-live"),
        pytest.param(a_watch(EVERYONE, created_at=later(10)), RUN, later(13), id="registered-later"),
        pytest.param(a_watch(EVERYONE, starts_at=later(20)), RUN, later(23), id="its-time-begins-later"),
        pytest.param(a_watch(EVERYONE, starts_at=later(-5)), RUN, later(3), id="its-time-began-before"),
        pytest.param(a_watch(EVERYONE), replace(RUN, started_at=None), later(4), id="as-the-first-one-joined"),
    ],
)
def test_the_moment_is_three_minutes_after_all_of_it_began(watch: Watch, run: Instance, at: Any) -> None:
    people = {"1": Listed("i.1", "Ana", joined_at=later(1)), "2": Listed("i.2", "Ben", joined_at=later(2))}

    assert rollcall.due_at(watch, run, people) == at


def test_while_nobody_knows_when_it_began_nothing_is_due() -> None:
    run, roster = replace(RUN, started_at=None), Roster({}, listed_at=START)

    assert rollcall.due_at(a_watch(EVERYONE), run, {}) is None
    assert rollcall.due([a_watch(EVERYONE)], run, roster, later(60)) == ()


LOST = named("dr rao", "*kline*")


@pytest.mark.parametrize(
    ("watch", "listed_at", "at", "called", "due", "wants_list"),
    [
        pytest.param(a_watch(*LOST), 2, 2.9, (), False, False, id="too-early"),
        pytest.param(a_watch(*LOST), 2, 3, (), True, False, id="freshly-listed"),
        pytest.param(a_watch(*LOST), 2, 3, ("w1",), False, False, id="once"),
        pytest.param(a_watch(*LOST), 0, 3, (), False, True, id="somebody-lost-may-have-come-since-the-list"),
        pytest.param(a_watch(*LOST), 0, 5, (), True, False, id="a-list-that-never-comes-is-not-waited-for"),
        pytest.param(a_watch(*named("dr rao")), 0, 3, (), True, False, id="all-found-and-a-list-adds-nobody"),
        pytest.param(a_watch(Who("role", "host")), 0, 3, (), False, True, id="of-a-role-more-may-have-come"),
        pytest.param(a_watch(*LOST), None, 4, (), False, True, id="not-listed-yet"),
        pytest.param(a_watch(*LOST), None, 9, (), True, False, id="never-listed-is-not-waited-for-either"),
        pytest.param(a_watch(*LOST, meeting="any"), 0, 3, (), True, False, id="any-meeting-with-somebody-of-it"),
        pytest.param(a_watch(*named("*kline*"), meeting="any"), 3, 9, (), False, False, id="any-meeting-with-nobody"),
    ],
)
def test_a_roll_is_called_when_enough_is_known(
    watch: Watch, listed_at: float | None, at: float, called: tuple[str, ...], due: bool, wants_list: bool
) -> None:
    roster = Roster(people_of("Dr Rao"), None if listed_at is None else later(listed_at), called=called)

    assert bool(rollcall.due([watch], RUN, roster, later(at))) is due
    assert rollcall.wants_list([watch], RUN, roster, later(at)) is wants_list


def test_made_again_it_is_the_same_note_and_another_run_s_is_another() -> None:
    assert rollcall.note_id("w1", "i") == rollcall.note_id("w1", "i")
    assert len({rollcall.note_id("w1", "i"), rollcall.note_id("w1", "j"), rollcall.note_id("w2", "i")}) == 3


def test_a_list_that_broke_off_is_no_fresh_list() -> None:
    roster = Roster(people_of("Dr Rao"), later(3), whole=False)

    assert rollcall.due([a_watch(*LOST)], RUN, roster, later(4)) == ()
    assert rollcall.wants_list([a_watch(*LOST)], RUN, roster, later(4))
    assert rollcall.due([a_watch(*LOST)], RUN, roster, later(5)) == (a_watch(*LOST),)
