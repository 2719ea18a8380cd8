"""People are named as people know them, and stay the same person however they come and go."""

from typing import Any

import pytest

NUMBER = "97763643886"
FIRE = "CRITICAL: others hear {} breaking up. Board. Nobody has it."


@pytest.fixture
def board(house: Any) -> Any:
    """A board meeting is on; nobody is in it yet."""
    house.hook = house.channel()
    house.world = house.simulator.world
    house.world.start(NUMBER, topic="Board")
    return house


def _breaks(house: Any, session: str, percent: float = 14, **more: Any) -> None:
    house.world.figures(NUMBER, session, "audio_input", {"avg_loss": percent}, **more)


def test_an_address_a_user_and_a_name_find_their_people(board: Any) -> None:
    rao = board.world.join(NUMBER, "Dr Rao", email="Rao@hosp.org")
    kline = board.world.join(NUMBER, "M. Kline (guest)")
    lima = board.world.join(NUMBER, "Ana Lima", email="ana@hosp.org")
    watch = board.watch(NUMBER, {"email": "rao@HOSP.org"}, {"name": "*kline*"}, {"zoom_user": lima.account_id})
    board.advance(minutes=3)
    for person in (rao, kline, lima):
        _breaks(board, person.user_id)

    board.advance(minutes=5)

    assert board.people(watch) == {"watching": ["Ana Lima", "Dr Rao", "M. Kline (guest)"]}
    assert {alert["who"] for alert in board.alerts(state="open")} == {"Ana Lima", "Dr Rao", "M. Kline (guest)"}


def test_who_comes_later_is_found_by_the_next_list(board: Any) -> None:
    watch = board.watch(NUMBER, {"email": "rao@hosp.org"})
    board.advance(minutes=8)
    assert board.people(watch) == {"not_here": ["rao@hosp.org"]}

    board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org")
    board.advance(minutes=6)

    assert board.people(watch) == {"watching": ["Dr Rao"]}


def test_a_line_that_drops_every_two_minutes_is_one_person_and_fires(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    board.watch(NUMBER, {"email": "rao@hosp.org"}, rules=["audio-sent"])
    board.advance(minutes=2)
    for _ in range(4):
        _breaks(board, session)
        board.advance(minutes=2)
        session = board.world.rejoin(NUMBER, session).user_id

    [alert] = board.alerts()
    assert alert["who"] == "Dr Rao"
    assert board.texts()[0] == FIRE.format("Dr Rao")


def test_another_device_is_the_same_person(board: Any) -> None:
    laptop = board.world.join(NUMBER, "Dr Rao").user_id
    board.watch(NUMBER, {"name": "Dr Rao"})
    board.advance(minutes=3)
    _breaks(board, laptop)
    board.advance(minutes=4)
    phone = board.world.rejoin(NUMBER, laptop, device="iOS").user_id
    _breaks(board, phone)
    board.advance(minutes=4)
    [alert] = board.alerts()
    assert alert["state"] == "open"

    board.world.fine(NUMBER, phone)
    board.advance(minutes=5)

    assert [text.split(":")[0] for text in board.texts()] == ["CRITICAL", "Fine again"]


def test_a_broken_phone_beside_a_laptop_is_heard(board: Any) -> None:
    laptop = board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    board.watch(NUMBER, {"email": "rao@hosp.org"})
    board.advance(minutes=3)
    phone = board.world.rejoin(NUMBER, laptop, device="iOS", both=True).user_id
    board.advance(minutes=6)
    _breaks(board, phone)

    board.advance(minutes=4)

    assert board.texts()[-1] == FIRE.format("Dr Rao")
    assert len(board.alerts()) == 1


def test_two_guests_of_one_name_are_two_people(board: Any) -> None:
    one = board.world.join(NUMBER, "iPhone").user_id
    board.world.join(NUMBER, "iPhone")
    watch = board.watch(NUMBER, {"name": "iPhone"})
    board.advance(minutes=3)
    _breaks(board, one)
    board.advance(minutes=4)

    [alert] = board.alerts()
    assert alert["severity"] == "critical"
    people = board.api("GET", f"/v1/watches/{watch}")["people"]
    assert [(person["state"], person["ambiguous"]) for person in people] == [("watching", True)] * 2


def test_a_breakout_room_is_no_departure(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao").user_id
    board.world.join(NUMBER, "Dr Rao")  # a namesake: the name alone would not do
    board.watch(NUMBER, session)
    board.advance(minutes=3)
    _breaks(board, session)
    board.advance(minutes=4)
    room = board.world.breakout(NUMBER, session).user_id
    _breaks(board, room)
    board.advance(minutes=5)

    assert len(board.alerts(state="open")) == 1
    assert len(board.texts()) == 1


def test_who_waits_to_be_let_in_is_not_polled(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao", waiting=True).user_id
    watch = board.watch(NUMBER, {"name": "Dr Rao"})
    board.advance(minutes=3)
    assert board.people(watch) == {"not_here": ["Dr Rao"]}
    assert board.asked("/qos") == 0

    board.world.admit(NUMBER, session)
    board.advance(minutes=4)
    assert board.people(watch) == {"watching": ["Dr Rao"]}

    board.world.leave(NUMBER, session)
    board.advance(minutes=4)
    asked = board.asked("/qos")
    board.advance(minutes=10)
    assert board.people(watch) == {"left": ["Dr Rao"]}
    assert board.asked("/qos") == asked


def test_the_next_run_of_a_number_is_watched_anew(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao").user_id
    watch = board.watch(NUMBER, {"name": "*Rao"})
    board.advance(minutes=3)
    _breaks(board, session)
    board.advance(minutes=4)
    board.world.end(NUMBER)
    board.advance(minutes=30)
    assert board.texts()[-1].startswith("Closed: Board ended")
    assert board.api("GET", f"/v1/watches/{watch}")["state"] == "waiting"

    board.world.start(NUMBER, topic="Board again")
    again = board.world.join(NUMBER, "Dr Rao").user_id
    _breaks(board, again)
    board.advance(minutes=22)

    last, first = board.alerts()
    assert (last["topic"], first["topic"]) == ("Board again", "Board")
    assert last["uuid"] != first["uuid"]


def test_a_drop_out_is_told_and_its_end_too(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    board.watch(NUMBER, {"email": "rao@hosp.org"})
    board.advance(minutes=3)
    board.world.drop_out(NUMBER, session)
    board.advance(minutes=3)
    [text] = board.texts()
    assert text.startswith("CRITICAL: Dr Rao dropped out of Board at 10:03")
    assert "network" in text

    board.world.rejoin(NUMBER, session)
    board.advance(minutes=2)

    assert board.texts()[1].startswith("Dr Rao is back (10:0")
    assert board.alerts(state="open") == []


def test_a_drop_of_a_minute_is_not_told(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao").user_id
    board.watch(NUMBER, {"name": "Dr Rao"})
    board.advance(minutes=3)
    board.world.drop_out(NUMBER, session)
    board.advance(minutes=1)
    board.world.rejoin(NUMBER, session)

    board.advance(minutes=6)

    assert board.texts() == []


def test_a_meeting_that_ends_while_a_breach_is_pending_tells_nothing(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao").user_id
    board.watch(NUMBER, {"name": "Dr Rao"})
    board.advance(minutes=3)
    _breaks(board, session, 7)
    board.advance(minutes=2)
    board.world.end(NUMBER)

    board.advance(minutes=6)

    assert board.texts() == []


def test_a_panelist_of_a_webinar_is_found_by_role(house: Any) -> None:
    house.channel()
    world = house.simulator.world
    world.start("82212345678", topic="Lecture", kind="webinar")
    panelist = world.join("82212345678", "Prof. Ito", role="panelist").user_id
    for number in range(20):
        world.join("82212345678", f"Listener {number}", role="attendee")
    watch = house.watch("82212345678", {"role": "panelist"})
    house.advance(minutes=3)
    world.figures("82212345678", panelist, "audio_input", {"avg_loss": 14})

    house.advance(minutes=4)

    assert house.people(watch) == {"watching": ["Prof. Ito"]}
    assert house.texts() == ["CRITICAL: others hear Prof. Ito breaking up. Meeting 82212345678. Nobody has it."]


def test_hidden_names_are_said_to_be_hidden(board: Any) -> None:
    for number in range(4):
        board.world.join(NUMBER, f"Patient {number}", traits=["hipaa"])
    watch = board.watch(NUMBER, {"name": "*Kline*"}, {"email": "kline@hosp.org"})

    board.advance(minutes=4)

    assert board.people(watch) == {"hidden": ["*Kline*", "kline@hosp.org"]}


def test_a_claimed_guest_is_watched(board: Any) -> None:
    board.world.join(NUMBER, "Ana Lima")
    guest = board.world.join(NUMBER, "iPad").user_id
    watch = board.watch(NUMBER, {"name": "*Kline*"})
    board.advance(minutes=3)

    board.api("POST", f"/v1/watches/{watch}/bind", {"participant_id": guest, "as": "*Kline*"})
    board.advance(minutes=2)
    _breaks(board, guest)
    board.advance(minutes=4)

    assert board.texts()[-1] == FIRE.format("iPad")


def test_a_person_is_followed_into_any_meeting(house: Any) -> None:
    house.channel()
    world = house.simulator.world
    world.start("81100000001", topic="Ward round", host_email="rao@hosp.org")
    world.start("81100000002", topic="Grand round")
    world.join("81100000001", "Dr Rao", email="rao@hosp.org")
    world.join("81100000002", "Ana Lima", email="ana@hosp.org")
    house.watch("any", {"email": "rao@hosp.org"})
    house.advance(minutes=3)
    rao = world.join("81100000002", "Dr Rao", email="rao@hosp.org").user_id
    house.advance(minutes=7)
    world.figures("81100000002", rao, "audio_input", {"avg_loss": 14})

    house.advance(minutes=4)

    assert house.texts() == ["CRITICAL: others hear Dr Rao breaking up. Meeting 81100000002. Nobody has it."]


def test_forty_people_cost_pages_and_not_forty_calls(board: Any) -> None:
    for number in range(40):
        board.world.join(NUMBER, f"Delegate {number}")
    board.watch(NUMBER, {"everyone": True})
    board.advance(minutes=3)
    board.simulator.calls.clear()

    board.advance(minutes=10)

    assert board.asked("/qos") == 40


def test_an_expired_page_token_begins_anew_and_loses_nobody(board: Any) -> None:
    sessions = [board.world.join(NUMBER, f"Delegate {number}").user_id for number in range(40)]
    board.watch(NUMBER, {"everyone": True}, rules=["speaker"])
    board.advance(minutes=3)
    board.simulator.faults.add("300", "/participants/qos", count=1)
    _breaks(board, sessions[-1])

    board.advance(minutes=5)

    assert board.texts() == [f"CRITICAL: others hear Delegate 39 breaking up. Meeting {NUMBER}. Nobody has it."]


def test_two_watches_of_one_person_cost_one_call(board: Any) -> None:
    session = board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    board.watch(NUMBER, {"email": "rao@hosp.org"})
    board.watch(NUMBER, session, {"name": "dr *"}, rules=["listener"])
    board.advance(minutes=3)
    board.simulator.calls.clear()

    board.advance(minutes=10)

    assert board.asked("/qos") == 10
