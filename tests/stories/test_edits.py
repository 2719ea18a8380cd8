"""People change their minds while a call is on, Zoom stumbles, processes die: nobody stops being watched unsaid."""

from typing import Any

import pytest

from service.store.errors import StoreUnavailable
from workers import deciding

NUMBER = "97763643886"


@pytest.fixture
def town_hall(house: Any) -> Any:
    world = house.simulator.world
    world.start(NUMBER, topic="Spring Town Hall")
    house.rao = str(world.join(NUMBER, "Dr Rao").user_id)
    house.ana = str(world.join(NUMBER, "Ana Lima").user_id)
    house.hook = house.channel()
    return house


def _breaks(house: Any, person: str, percent: float = 14) -> None:
    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": percent})


def _body(house: Any, *people: str, **more: Any) -> dict[str, Any]:
    who = [{"participant_id": person} for person in people]
    return {"meeting": NUMBER, "who": who, "notify": ["slack-av"], **more}


def test_paused_and_resumed_is_watched_again(town_hall: Any) -> None:
    watch = town_hall.watch(NUMBER, town_hall.rao)
    town_hall.advance(minutes=3)
    town_hall.api("POST", f"/v1/watches/{watch}/pause")
    town_hall.advance(minutes=3)
    town_hall.api("POST", f"/v1/watches/{watch}/resume")
    _breaks(town_hall, town_hall.rao)
    town_hall.advance(minutes=5)

    assert any("others hear Dr Rao" in text for text in town_hall.texts())


def test_one_whose_answer_is_always_spoilt_blinds_nobody_else_and_is_told(town_hall: Any) -> None:
    town_hall.watch(NUMBER, town_hall.rao, town_hall.ana)
    town_hall.advance(minutes=2)
    town_hall.simulator.faults.add("not-json", path=f"(/{town_hall.rao}|participants)/qos")
    town_hall.simulator.faults.add("503", path="/metrics", for_s=70)
    town_hall.advance(minutes=3)
    _breaks(town_hall, town_hall.ana)
    town_hall.advance(minutes=6)

    texts = town_hall.texts()
    assert any("others hear Ana Lima" in text for text in texts)
    assert any(text.startswith("CRITICAL: qoswatch is BLIND") for text in texts)
    posts = town_hall.simulator.inbox.posts(town_hall.hook, accepted=True)
    assert "Dr Rao in Spring Town Hall" in "".join(str(post.body) for post in posts)


def test_a_meeting_that_zoom_loses_for_two_minutes_is_watched_on(town_hall: Any) -> None:
    town_hall.watch(NUMBER, town_hall.rao)
    town_hall.advance(minutes=3)
    town_hall.simulator.faults.add("3001", path="/metrics", for_s=150)
    town_hall.advance(minutes=6)
    _breaks(town_hall, town_hall.rao)
    town_hall.advance(minutes=8)

    assert any("others hear Dr Rao" in text for text in town_hall.texts())


def test_the_second_of_two_bookings_of_one_room_is_watched_too(town_hall: Any) -> None:
    start = town_hall.store.clock.now()
    first_ends, second_starts = (start.replace(minute=minute).isoformat() for minute in (15, 20))
    town_hall.watch(NUMBER, "99999999", ends_at=first_ends)
    town_hall.watch(NUMBER, town_hall.rao, starts_at=second_starts)
    town_hall.advance(minutes=25)
    _breaks(town_hall, town_hall.rao)
    town_hall.advance(minutes=5)

    assert any("others hear Dr Rao" in text for text in town_hall.texts())


def test_a_redis_that_stumbles_at_the_end_of_a_run_loses_no_number(
    town_hall: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town_hall.watch(NUMBER, "88888888")
    town_hall.advance(minutes=3)
    real, failed = town_hall.store.due.arm, []

    def stumble(member: str, at: Any) -> None:
        if member.startswith("n") and not failed:
            failed.append(member)
            raise StoreUnavailable("a lost reply")
        real(member, at)

    monkeypatch.setattr(town_hall.store.due, "arm", stumble)
    town_hall.simulator.world.end(NUMBER)
    town_hall.advance(minutes=6)
    assert failed
    town_hall.simulator.world.start(NUMBER, topic="The next one")
    town_hall.simulator.world.join(NUMBER, "Late Guest", user_id="88888888")
    _breaks(town_hall, "88888888")
    town_hall.advance(minutes=25)

    assert any("others hear Late Guest" in text for text in town_hall.texts())


def test_a_channel_that_is_told_no_more_hears_the_end(town_hall: Any) -> None:
    teams = town_hall.channel("teams-av", "teams")
    town_hall.api("PUT", "/v1/watches/rao", _body(town_hall, town_hall.rao))
    _breaks(town_hall, town_hall.rao)
    town_hall.advance(minutes=5)
    town_hall.api("PUT", "/v1/watches/rao", _body(town_hall, town_hall.rao) | {"notify": ["teams-av"]})
    town_hall.advance(minutes=3)

    slack = town_hall.texts()
    assert len(slack) == 2
    assert "Fine again" not in slack[1]
    assert "no longer watched" in slack[1]
    assert town_hall.texts(teams)[0].startswith("CRITICAL: others hear Dr Rao")


def test_a_look_that_raises_is_told_as_blindness(town_hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    town_hall.watch(NUMBER, town_hall.rao)
    town_hall.advance(minutes=3)

    def explode(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(deciding.lifecycle, "decide", explode)
    town_hall.advance(minutes=10)

    assert any(text.startswith("CRITICAL: qoswatch is BLIND") for text in town_hall.texts())


def test_a_rule_made_anew_under_its_old_id_inherits_nothing(town_hall: Any) -> None:
    rule = {"says": "{who} loses a lot", "warning": "audio_input.avg_loss > 2%", "for": "4 of 5"}
    town_hall.api("PUT", "/v1/rules/mine", rule)
    town_hall.api("PUT", "/v1/watches/rao", _body(town_hall, town_hall.rao, rules=["mine"]))
    town_hall.advance(minutes=2)
    _breaks(town_hall, town_hall.rao, 3)
    town_hall.advance(minutes=3)
    town_hall.api("DELETE", "/v1/rules/mine?force=true")
    anew = {**rule, "warning": "audio_input.avg_loss > 50%", "for": "2 of 5"}
    town_hall.api("PUT", "/v1/rules/mine", anew)
    town_hall.api("PUT", "/v1/watches/rao", _body(town_hall, town_hall.rao, rules=["mine"]))
    town_hall.advance(minutes=4)

    assert town_hall.api("GET", "/v1/rules/mine")["revision"] == 2
    assert town_hall.texts() == []


def test_a_watch_deleted_while_zoom_is_blind_costs_nothing_more(town_hall: Any) -> None:
    watch = town_hall.watch(NUMBER, town_hall.rao)
    _breaks(town_hall, town_hall.rao)
    town_hall.advance(minutes=5)
    town_hall.simulator.faults.add("200", path="/metrics")
    town_hall.advance(minutes=6)
    town_hall.api("DELETE", f"/v1/watches/{watch}")
    town_hall.advance(minutes=2)
    calls = town_hall.simulator.calls.count()
    town_hall.advance(minutes=10)

    assert town_hall.simulator.calls.count() == calls
    assert town_hall.alerts(state="open") == []
    assert not any("sees again" in text or "Fine again" in text for text in town_hall.texts())


def test_an_id_with_zeros_in_front_is_the_same_person(town_hall: Any) -> None:
    town_hall.watch(NUMBER, f"00{town_hall.rao}")
    _breaks(town_hall, town_hall.rao)
    town_hall.advance(minutes=5)

    assert any("others hear Dr Rao" in text for text in town_hall.texts())
