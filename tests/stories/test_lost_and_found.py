"""Lists that fail, events that get lost, people who are not who they seem: nobody is lost, and nobody mistaken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import Simulator
from tests.stories.conftest import House

NUMBER, WARD = "97763643886", "81100000001"
SECRET = "the-secret-token-of-a-story"
LIST = "/participants$"


@pytest.fixture
def board(house: Any) -> Any:
    """A board meeting is on, and nobody is in it yet."""
    house.channel()
    house.world = house.simulator.world
    house.world.start(NUMBER, topic="Board")
    return house


@pytest.fixture
def hearing(redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Simulator) -> Iterator[Any]:
    """A house to which webhooks come."""
    house: Any = House(f"unix://{redis_socket}", tmp_path, simulator, ZOOM_WEBHOOK_SECRET=SECRET)
    simulator.push.to(f"{house.url}/hooks/zoom", SECRET)
    house.channel()
    house.world = simulator.world
    yield house
    house.close()


def _go(house: Any, minutes: float) -> None:
    """Let time pass while events come."""
    for _ in range(round(minutes * 4)):
        house.advance(seconds=15)
        house.simulator.push.flush()
        house.run()


def _breaks(house: Any, session: str, number: str = NUMBER) -> None:
    house.world.figures(number, session, "audio_input", {"avg_loss": 14})


def _fires(house: Any, name: str) -> bool:
    return any(text.startswith(f"CRITICAL: others hear {name}") for text in house.texts())


def _lists(house: Any) -> int:
    return sum(1 for call in house.simulator.calls.log() if call.path.endswith("/participants"))


def _crowd(house: Any, people: int = 25) -> None:
    for number in range(people):
        house.world.join(NUMBER, f"Member {number}")


def test_a_list_that_is_not_found_ends_no_meeting_that_is_on(board: Any) -> None:
    _crowd(board)
    rao = board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    board.watch(NUMBER, {"email": "rao@hosp.org"})
    board.advance(minutes=3)
    board.simulator.faults.add("3001", LIST)
    _breaks(board, rao)

    board.advance(minutes=20)

    assert _fires(board, "Dr Rao")
    assert not any("ended" in text for text in board.texts())


@pytest.mark.parametrize("fault", ["3001", "4711", "500"])
def test_without_a_list_people_are_found_on_the_pages_of_figures(board: Any, fault: str) -> None:
    _crowd(board)
    board.simulator.faults.add(fault, LIST, detail="dashboard:read:list_meeting_participants:admin")
    watch = board.watch(NUMBER, {"email": "rao@hosp.org"}, {"name": "*kline*"})
    rao = board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    board.advance(minutes=8)
    kline = board.world.join(NUMBER, "M. Kline").user_id
    _breaks(board, rao)
    _breaks(board, kline)

    board.advance(minutes=12)

    assert _fires(board, "Dr Rao")
    assert _fires(board, "M. Kline") or any("M. Kline" in str(post.body) for post in board.posts())
    assert board.people(watch) == {"watching": ["Dr Rao", "M. Kline"]}
    assert board.rolls()


def test_a_list_that_may_not_be_asked_for_is_told(board: Any) -> None:
    board.simulator.faults.add("4711", LIST, detail="dashboard:read:list_meeting_participants:admin")
    board.watch(NUMBER, {"role": "host"})

    board.advance(minutes=8)

    [told] = board.texts()
    assert told.startswith("CRITICAL: qoswatch is BLIND")
    assert "list_meeting_participants" in str(board.posts()[0].body)


@pytest.mark.parametrize("way", ["paused", "by number before"])
def test_a_run_that_rested_is_found_again_by_who_follows_people(house: Any, way: str) -> None:
    house.channel()
    house.world = house.simulator.world
    house.world.knobs.quality = False
    house.world.start(WARD, topic="Ward round")
    rao = house.world.join(WARD, "Dr Rao", email="rao@hosp.org").user_id
    watch = house.watch("any" if way == "paused" else WARD, {"email": "rao@hosp.org"})
    house.advance(minutes=4)
    if way == "paused":
        house.api("POST", f"/v1/watches/{watch}/pause")
        house.advance(minutes=3)
        house.api("POST", f"/v1/watches/{watch}/resume")
    else:
        house.api("DELETE", f"/v1/watches/{watch}")
        house.advance(minutes=2)
        house.watch("any", {"email": "rao@hosp.org"})
    house.advance(minutes=3)
    _breaks(house, rao, WARD)

    house.advance(minutes=5)

    assert _fires(house, "Dr Rao")


def test_one_lost_event_hides_nobody_for_long(hearing: Any) -> None:
    hearing.simulator.push.behave("drop", "participant_joined", count=1)
    hearing.watch(NUMBER, {"email": "rao@hosp.org"})
    hearing.world.start(NUMBER, topic="Board")
    _go(hearing, 8)
    _breaks(hearing, hearing.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id)
    for number in range(8):
        hearing.world.join(NUMBER, f"Member {number}")
        _go(hearing, 2)

    assert _fires(hearing, "Dr Rao")


def test_who_is_followed_anew_is_looked_for_at_once(hearing: Any) -> None:
    hearing.watch("any", {"email": "ana@hosp.org"})
    _go(hearing, 1)
    hearing.world.start(WARD, topic="Grand round")
    rao = hearing.world.join(WARD, "Dr Rao", email="rao@hosp.org").user_id
    _go(hearing, 2)
    hearing.watch("any", {"email": "rao@hosp.org"})
    _breaks(hearing, rao, WARD)

    _go(hearing, 6)

    assert _fires(hearing, "Dr Rao")


def test_events_wake_a_run_that_was_ended_by_mistake(hearing: Any) -> None:
    run = hearing.world.start(NUMBER, topic="Board")
    ana = hearing.world.join(NUMBER, "Ana Lima", email="ana@hosp.org").user_id
    hearing.watch(run.uuid, {"email": "ana@hosp.org"})
    _go(hearing, 4)
    hearing.simulator.faults.add("3001", "/metrics", for_s=20 * 60)
    _go(hearing, 21)
    _breaks(hearing, ana)
    hearing.world.join(NUMBER, "Ben Ito")

    _go(hearing, 5)

    assert _fires(hearing, "Ana Lima")


def test_who_is_named_by_an_id_and_comes_back_late_is_found(board: Any) -> None:
    ana = board.world.join(NUMBER, "Ana Lima", email="ana@hosp.org").user_id
    board.watch(NUMBER, ana)
    board.advance(minutes=4)
    board.world.leave(NUMBER, ana)
    board.advance(minutes=6)
    _breaks(board, board.world.rejoin(NUMBER, ana).user_id)

    board.advance(minutes=10)

    assert _fires(board, "Ana Lima")


def test_who_takes_another_name_is_still_meant(board: Any) -> None:
    person = board.world.join(NUMBER, "Dr Rao")
    board.watch(NUMBER, {"name": "Dr Rao"})
    board.advance(minutes=4)
    person.name = "Rao (Cardiology)"
    board.advance(minutes=6)
    _breaks(board, person.user_id)

    board.advance(minutes=5)

    assert _fires(board, "Rao (Cardiology)")


def test_a_namesake_with_another_address_is_another_person(board: Any) -> None:
    one = board.world.join(NUMBER, "Dr Rao", email="rao1@hosp.org").user_id
    board.watch(NUMBER, {"email": "rao1@hosp.org"})
    board.advance(minutes=3)
    board.world.drop_out(NUMBER, one)
    board.advance(minutes=3)
    other = board.world.join(NUMBER, "Dr Rao", email="rao2@hosp.org").user_id
    _breaks(board, other)

    board.advance(minutes=6)

    [text] = board.texts()
    assert "dropped out" in text


def test_an_id_of_an_earlier_run_means_nobody_in_the_next(board: Any) -> None:
    ana = board.world.join(NUMBER, "Ana Lima", waiting=True).user_id
    board.watch(NUMBER, ana)
    board.advance(minutes=5)
    board.world.leave(NUMBER, ana)
    board.advance(minutes=2)
    board.world.end(NUMBER)
    board.advance(minutes=10)
    board.world.start(NUMBER, topic="Board again")
    stranger = board.world.join(NUMBER, "Stranger").user_id
    assert stranger == ana
    _breaks(board, stranger)

    board.advance(minutes=20)

    assert board.texts() == []


def test_silence_while_we_are_blind_is_nobody_s(hearing: Any) -> None:
    rule = {"says": "others hear {who} breaking up", "warning": "audio_input.avg_loss > 5%", "no_data": "alert"}
    hearing.api("PUT", "/v1/rules/mine", rule)
    hearing.world.start(NUMBER, topic="Board")
    rao = hearing.world.join(NUMBER, "Dr Rao", email="rao@hosp.org").user_id
    hearing.watch(NUMBER, {"email": "rao@hosp.org"}, rules=["mine"])
    _go(hearing, 4)
    hearing.simulator.faults.add("500", "/metrics")
    _go(hearing, 8)
    hearing.world.breakout(NUMBER, rao)
    _go(hearing, 1)

    assert not any("Rao" in text for text in hearing.texts())


def test_an_app_that_may_not_see_webinars_is_not_blind(house: Any) -> None:
    house.channel()
    house.world = house.simulator.world
    house.simulator.faults.add("4711", "/metrics/webinars", detail="dashboard:read:list_webinars:admin")
    house.world.start(WARD, topic="Ward round")
    house.world.join(WARD, "Dr Rao", email="rao@hosp.org")
    house.watch("any", {"email": "rao@hosp.org"})
    house.watch(NUMBER, {"email": "rao@hosp.org"})
    house.advance(minutes=12)

    assert house.texts() == []
    assert house.asked(NUMBER) <= 4


def test_the_end_of_a_meeting_costs_a_few_calls_and_not_one_a_person(board: Any) -> None:
    people = [f"d{number}@hosp.org" for number in range(40)]
    for address in people:
        board.world.join(NUMBER, address.split("@", 1)[0], email=address)
    board.watch(NUMBER, *({"email": address} for address in people))
    board.advance(minutes=4)
    board.simulator.calls.clear()
    board.world.end(NUMBER)

    board.advance(minutes=4)

    assert board.asked("/qos") <= 2
    assert board.alerts(state="open") == []


def test_who_never_has_figures_costs_no_list_each_round(board: Any) -> None:
    ana = board.world.join(NUMBER, "Ana Lima", email="ana@hosp.org").user_id
    phone = board.world.join(NUMBER, "Phone", traits=["phone"]).user_id
    _crowd(board, 30)
    board.watch(NUMBER, ana, phone)
    board.simulator.faults.add("3001", f"/participants/{phone}/qos")
    board.advance(minutes=5)
    board.simulator.calls.clear()

    board.advance(minutes=10)

    assert _lists(board) <= 3


def test_where_events_tell_who_comes_nobody_is_listed_each_round(hearing: Any) -> None:
    hearing.world.start(NUMBER, topic="Board")
    hearing.world.join(NUMBER, "Ana Lima", email="ana@hosp.org")
    hearing.world.join(NUMBER, "Dr Rao", email="rao@hosp.org", waiting=True)
    hearing.watch(NUMBER, {"email": "rao@hosp.org"}, {"email": "ana@hosp.org"})
    _go(hearing, 6)
    hearing.simulator.calls.clear()
    for number in range(3):
        hearing.world.join(NUMBER, f"Member {number}")
        _go(hearing, 4)

    assert _lists(hearing) <= 2


def test_while_we_are_blind_nobody_is_said_to_have_no_figures(board: Any) -> None:
    board.world.join(NUMBER, "Dr Rao", email="rao@hosp.org")
    watch = board.watch(NUMBER, {"email": "rao@hosp.org"})
    board.advance(minutes=4)
    board.simulator.faults.add("500", "/metrics")
    board.advance(minutes=8)

    [person] = board.api("GET", f"/v1/watches/{watch}")["people"]
    assert person["state"] == "watching"
    assert person["says"].startswith("Not seen since 10:0")
