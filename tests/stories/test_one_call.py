"""One person, one meeting: the call breaks, people are told, it ends, and it ends in its own words."""

from typing import Any

import pytest

NUMBER = "97763643886"


@pytest.fixture
def town_hall(house: Any) -> Any:
    """Spring Town Hall is live; Dr Rao and Ana are in it; Slack hears of both."""
    world = house.simulator.world
    world.start(NUMBER, topic="Spring Town Hall")
    house.rao = world.join(NUMBER, "Dr Rao", traits=["wifi"]).user_id
    house.ana = world.join(NUMBER, "Ana Lima").user_id
    house.hook = house.channel()
    house.watch_id = house.watch(NUMBER, house.rao, house.ana)
    house.advance(minutes=3)
    return house


def _loses(house: Any, percent: float, minutes: int | None = None) -> None:
    house.simulator.world.figures(NUMBER, house.rao, "audio_input", {"avg_loss": percent}, minutes=minutes)


def test_a_calm_call_says_nothing(town_hall: Any) -> None:
    town_hall.advance(minutes=10)

    assert town_hall.texts() == []
    assert town_hall.alerts() == []


def test_a_storm_fires_once_and_closes_as_fine(town_hall: Any) -> None:
    _loses(town_hall, 14)
    town_hall.advance(minutes=4)
    assert town_hall.texts() == ["CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Nobody has it."]
    [alert] = town_hall.alerts(state="open")
    assert alert["severity"] == "critical"

    _loses(town_hall, 0)
    town_hall.advance(minutes=5)

    assert len(town_hall.texts()) == 2
    assert town_hall.texts()[1].startswith("Fine again: others hear Dr Rao well since")
    assert town_hall.alerts(state="open") == []
    [delivery, first, *_] = town_hall.api("GET", "/v1/deliveries")["items"]
    assert (delivery["state"], first["state"]) == ("accepted", "accepted")


def test_slack_and_teams_are_told_the_same_sentence(town_hall: Any) -> None:
    flow = town_hall.channel("teams-av", "teams")
    town_hall.watch(NUMBER, town_hall.rao, notify=("teams-av", "slack-av"))

    _loses(town_hall, 14)
    town_hall.advance(minutes=4)

    assert town_hall.texts(flow) == town_hall.texts(town_hall.hook)
    assert len(town_hall.texts(flow)) == 1


def test_warning_then_critical_is_told_as_worse(town_hall: Any) -> None:
    _loses(town_hall, 7)
    town_hall.advance(minutes=5)
    _loses(town_hall, 15)
    town_hall.advance(minutes=4)

    first, second = town_hall.texts()
    assert first.startswith("WARNING: others hear Dr Rao breaking up")
    assert second.startswith("CRITICAL now: others hear Dr Rao breaking up")


def test_a_person_who_leaves_while_bad_is_closed_as_not_fixed(town_hall: Any) -> None:
    _loses(town_hall, 14)
    town_hall.advance(minutes=4)
    town_hall.simulator.world.leave(NUMBER, town_hall.rao)
    town_hall.advance(minutes=6)

    assert town_hall.texts()[-1].startswith("Closed, not fixed: Dr Rao left")
    assert not any("Fine again" in text for text in town_hall.texts())


def test_muting_is_on_hold_and_then_not_known(town_hall: Any) -> None:
    _loses(town_hall, 14)
    town_hall.advance(minutes=4)
    town_hall.simulator.world.mute(NUMBER, town_hall.rao, ["audio_input", "video_input", "as_input"])
    town_hall.advance(minutes=9)

    held, closed = town_hall.texts()[1:]
    assert held.startswith("On hold: Dr Rao stopped sending")
    assert closed.startswith("Closed, not known if fixed: Dr Rao stopped sending")


def test_the_end_of_the_meeting_ends_the_alert_in_its_own_words(town_hall: Any) -> None:
    _loses(town_hall, 14)
    town_hall.advance(minutes=4)
    town_hall.simulator.world.end(NUMBER)
    town_hall.advance(minutes=4)

    assert town_hall.texts()[-1].startswith("Closed: Spring Town Hall ended")
    assert town_hall.alerts(state="open") == []
    assert town_hall.api("GET", f"/v1/watches/{town_hall.watch_id}")["state"] == "over"


def test_the_next_run_of_the_number_inherits_nothing(town_hall: Any) -> None:
    world = town_hall.simulator.world
    _loses(town_hall, 14)
    town_hall.advance(minutes=4)
    world.end(NUMBER)
    town_hall.advance(minutes=20)
    told = len(town_hall.texts())

    world.start(NUMBER, topic="Spring Town Hall, again")
    world.join(NUMBER, "Somebody else", user_id=town_hall.rao)
    world.figures(NUMBER, town_hall.rao, "audio_input", {"avg_loss": 30})
    calls = town_hall.simulator.calls.count(path="/qos")
    town_hall.advance(minutes=20)

    assert len(town_hall.texts()) == told
    assert town_hall.simulator.calls.count(path="/qos") == calls


def test_a_short_trouble_while_slack_is_away_is_one_line_afterwards(town_hall: Any) -> None:
    town_hall.simulator.inbox.behave(town_hall.hook, "503")
    _loses(town_hall, 14, minutes=4)
    town_hall.advance(minutes=12)
    assert town_hall.texts() == []

    town_hall.simulator.inbox.recover(town_hall.hook)
    town_hall.advance(minutes=3)

    [line] = town_hall.texts()
    assert "roke and recovered" in line


def test_a_deleted_watch_closes_its_alert_and_stops_the_calls(town_hall: Any) -> None:
    _loses(town_hall, 14)
    town_hall.advance(minutes=4)
    town_hall.api("DELETE", f"/v1/watches/{town_hall.watch_id}")
    town_hall.advance(minutes=3)
    calls = town_hall.simulator.calls.count()
    town_hall.advance(minutes=10)

    assert town_hall.alerts(state="open") == []
    assert town_hall.simulator.calls.count() == calls
    assert "no longer watched" in town_hall.texts()[-1]


def test_a_changed_rule_is_used_at_the_next_round(town_hall: Any) -> None:
    town_hall.api(
        "PUT",
        "/v1/rules/audio-sent",
        {"says": "others hear {who} crackle", "warning": "audio_input.avg_loss > 1%", "for": "1 of 1"},
    )
    _loses(town_hall, 2)
    town_hall.advance(minutes=3)

    assert town_hall.texts()[0].startswith("WARNING: others hear Dr Rao crackle")
