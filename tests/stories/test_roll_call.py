"""Three minutes into a meeting every watch says once whom it found, whom not, and who is there unclaimed."""

from typing import Any

import pytest

NUMBER = "97763643886"
COUNCIL = [f"Councillor {n}" for n in range(1, 40)]


@pytest.fixture
def hall(house: Any) -> Any:
    """The town council is on, and Slack hears of it."""
    house.hook = house.channel()
    house.world = house.simulator.world
    house.world.start(NUMBER, topic="Town council")
    return house


def roll_calls(house: Any) -> list[str]:
    """What the channel was told that begins as a roll-call does."""
    posts = house.simulator.inbox.posts(house.hook, accepted=True)
    return [post.body["text"] for post in posts if post.body["text"].startswith("Watching ")]


def test_forty_people_and_a_guest_whose_name_zoom_hides(hall: Any) -> None:
    for name in COUNCIL:
        hall.world.join(NUMBER, name)
    hall.world.join(NUMBER, "Dr Kline", traits=["external", "hipaa"])
    watch = hall.watch(NUMBER, *({"name": name} for name in COUNCIL), {"name": "*Kline*"})

    hall.advance(minutes=2)
    assert roll_calls(hall) == []
    hall.advance(minutes=8)

    assert roll_calls(hall) == [
        "Watching Town council: 39 of 40 found, all fine. Not found: *Kline*. Unclaimed: 1 whose name Zoom hides."
    ]
    assert hall.people(watch)["hidden"] == ["*Kline*"]


def test_whoever_joins_in_the_first_minutes_is_found(hall: Any) -> None:
    hall.world.join(NUMBER, "Dr Rao")
    hall.watch(NUMBER, {"name": "dr rao"}, {"name": "*kline*"}, {"role": "attendee"})
    hall.advance(minutes=1)
    hall.world.join(NUMBER, "M. Kline")

    hall.advance(minutes=6)

    assert roll_calls(hall) == ["Watching Town council: 2 of 2 found, 2 attendees, all fine."]


def test_who_is_not_found_may_be_one_of_those_whom_nobody_names(hall: Any) -> None:
    hall.world.join(NUMBER, "Dr Rao")
    hall.world.join(NUMBER, "M. K. (guest)", traits=["external"])
    hall.watch(NUMBER, {"name": "dr rao"}, {"name": "*kline*"})
    hall.watch(NUMBER, {"email": "lima@hosp.org"})

    hall.advance(minutes=6)

    post = next(post.body for post in hall.simulator.inbox.posts(hall.hook, accepted=True))
    told = " / ".join(block["text"]["text"] for block in post["blocks"] if "text" in block)
    assert '1 of 2 found, fine. Not found: *kline*. Unclaimed: "M. K. (guest)".' in told
    assert "0 of 1 found. Not found: lima@hosp.org; Zoom shows nobody's e-mail address here." in told
    assert len(hall.simulator.inbox.posts(hall.hook, accepted=True)) == 1


def test_a_watch_registered_in_the_middle_has_its_own_three_minutes(hall: Any) -> None:
    hall.world.join(NUMBER, "Dr Rao")
    hall.watch(NUMBER, {"name": "dr rao"})
    hall.advance(minutes=10)
    hall.world.join(NUMBER, "Ana Lima")
    hall.watch(NUMBER, {"name": "ana lima"})
    hall.advance(minutes=2)
    assert len(roll_calls(hall)) == 1

    hall.advance(minutes=4)

    assert roll_calls(hall)[1:] == ["Watching Town council: Ana Lima found, fine."]


def test_a_meeting_that_starts_badly_says_so_and_the_alert_comes_first(hall: Any) -> None:
    rao = hall.world.join(NUMBER, "Dr Rao").user_id
    hall.world.join(NUMBER, "Ana Lima")
    hall.watch(NUMBER, {"name": "dr rao"}, {"name": "ana lima"})
    hall.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 20})

    hall.advance(minutes=6)

    assert roll_calls(hall) == ["Watching Town council: 2 of 2 found, 1 bad (Dr Rao), the other fine."]


def test_the_next_run_of_the_number_is_called_anew(hall: Any) -> None:
    hall.world.join(NUMBER, "Dr Rao")
    hall.watch(NUMBER, {"name": "dr rao"})
    hall.advance(minutes=5)
    hall.world.end(NUMBER)
    hall.advance(minutes=5)
    hall.world.start(NUMBER, topic="Town council, again")

    hall.advance(minutes=20)

    assert roll_calls(hall) == [
        "Watching Town council: Dr Rao found, fine.",
        "Watching Town council, again: 0 of 1 found. Not found: dr rao.",
    ]
