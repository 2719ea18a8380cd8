"""What Zoom pushes, from its own signed POST to the roster, the next look and the alert."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.store import keys
from simulator import Simulator
from tests.stories.conftest import House

SECRET = "the-secret-token-of-a-story"
NUMBER = "97763643886"
ANA = "ana@example.com"
WHO = {"email": ANA}


@pytest.fixture
def house(redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Simulator) -> Iterator[House]:
    """A product to which Zoom pushes."""
    built = House(f"unix://{redis_socket}", tmp_path, simulator, ZOOM_WEBHOOK_SECRET=SECRET)
    simulator.push.to(f"{built.url}/hooks/zoom", SECRET)
    built.channel()
    yield built
    built.close()


def go(house: House, minutes: float = 0, seconds: float = 0, step_s: float = 15) -> None:
    """Let time pass; Zoom sends what happens as it happens."""
    left = minutes * 60 + seconds
    while left > 0:
        house.advance(seconds=min(step_s, left))
        house.simulator.push.flush()
        house.run()
        left -= step_s


def hear(house: House) -> None:
    """A second passes, Zoom sends, we listen; nobody looks."""
    house.move(1)
    house.simulator.push.flush()
    house.runtime.queues.drain()
    house.work("poll")


def people(house: House, uuid: str) -> dict[str, Any]:
    return dict(house.store.seats.roster(keys.instance_id(uuid))[1].people)


def hooks(house: House, name: str) -> int:
    return house.store.health.counters().get(f"hooks:{name}", 0)


def test_a_meeting_that_begins_is_watched_without_being_asked_for(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, WHO)
    house.run()  # asked for once: it is not live yet
    run = simulator.world.start(NUMBER, kind="webinar")
    simulator.calls.clear()
    hear(house)

    instance = house.store.instances.get(keys.instance_id(run.uuid))
    assert instance is not None
    assert (instance.kind, instance.topic) == ("webinar", "Weekly call")
    assert instance.id in house.store.due.members()
    assert simulator.calls.count() == 0


def test_who_joins_moves_waits_and_leaves_is_known_without_a_list(house: House, simulator: Simulator) -> None:
    watch = house.watch(NUMBER, WHO)
    world, run = simulator.world, simulator.world.start(NUMBER)
    hear(house)
    ana = world.join(NUMBER, "Ana", email=ANA, waiting=True)
    simulator.calls.clear()
    hear(house)
    assert house.people(watch) == {"not_here": ["Ana"]}
    assert people(house, run.uuid)[ana.user_id].waiting

    world.admit(NUMBER, ana.user_id)
    hear(house)
    assert house.people(watch) == {"watching": ["Ana"]}

    room = world.breakout(NUMBER, ana.user_id)
    hear(house)
    known = people(house, run.uuid)
    assert known[ana.user_id].left_at is not None
    assert known[room.user_id].seat == known[ana.user_id].seat
    assert house.people(watch) == {"watching": ["Ana"]}

    world.leave(NUMBER, room.user_id)
    hear(house)
    assert house.people(watch) == {"left": ["Ana"]}
    assert simulator.calls.count() == 0


def test_events_in_any_order_and_twice_leave_the_same_people(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, WHO)
    simulator.push.behave("shuffle")
    simulator.push.behave("duplicate", copies=2, seconds=3)
    world, run = simulator.world, simulator.world.start(NUMBER)
    ana = world.join(NUMBER, "Ana", email=ANA, waiting=True)
    house.move(5)
    world.admit(NUMBER, ana.user_id)
    house.move(5)
    again = world.rejoin(NUMBER, ana.user_id)
    bob = world.join(NUMBER, "Bob")
    house.move(5)
    world.drop_out(NUMBER, bob.user_id)
    for _ in range(10):
        hear(house)

    known = people(house, run.uuid)
    assert len(simulator.push.log("participant", accepted=True)) > 3 * 5
    assert {session for session, listed in known.items() if listed.left_at is None} == {again.user_id}
    assert known[ana.user_id].seat == known[again.user_id].seat != known[bob.user_id].seat
    assert known[bob.user_id].leave_reason == "Network connection error."


def test_an_event_before_the_first_list_and_one_after_it_tell_of_the_same_people(
    house: House, simulator: Simulator
) -> None:
    run = simulator.world.start(NUMBER)
    ana = simulator.world.join(NUMBER, "Ana", email=ANA)
    house.watch(NUMBER, WHO)
    hear(house)  # before anybody has looked
    go(house, minutes=1)
    bob = simulator.world.join(NUMBER, "Bob")
    simulator.push.behave("delay", "joined", seconds=90)
    go(house, minutes=8)  # a list may tell of Bob before his event does

    known = people(house, run.uuid)
    assert set(known) == {ana.user_id, bob.user_id}
    assert len({listed.seat for listed in known.values()}) == 2
    assert all(listed.left_at is None for listed in known.values())


def test_an_end_is_confirmed_by_one_look(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, WHO)
    run = simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=3)
    simulator.world.end(NUMBER)
    hear(house)
    house.run()

    instance = house.store.instances.get(keys.instance_id(run.uuid))
    assert instance is not None
    assert instance.ended_at is not None


def test_an_end_that_is_none_ends_nothing(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, WHO)
    run = simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=2)
    simulator.push.send("meeting.ended", {"uuid": run.uuid, "id": NUMBER})
    hear(house)
    house.run()

    instance = house.store.instances.get(keys.instance_id(run.uuid))
    assert instance is not None
    assert instance.ended_at is None
    assert house.store.seats.roster(instance.id)[1].ended_at is None
    assert instance.id in house.store.due.members()


def test_a_forged_or_stale_event_changes_nothing_and_is_counted(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, WHO)
    run = simulator.world.start(NUMBER)
    hear(house)
    simulator.push.behave("forge", "participant", count=1)
    simulator.push.behave("stale", "participant", seconds=400)
    simulator.world.join(NUMBER, "Ana", email=ANA)
    simulator.world.join(NUMBER, "Bob")
    hear(house)

    assert people(house, run.uuid) == {}
    assert (hooks(house, "refused"), hooks(house, "stale")) == (1, 1)


def test_zoom_finds_us_good_at_its_challenges(house: House, simulator: Simulator) -> None:
    assert simulator.push.validate()
    assert simulator.push.validate(signed=False)
    assert not simulator.push.disabled


def test_a_warning_of_zoom_is_looked_into_at_once(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, WHO)
    simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=3)
    simulator.calls.clear()
    simulator.push.alert(NUMBER, "Unstable audio quality")
    hear(house)
    house.run()
    assert house.asked("/qos") == 1


def test_pushed_figures_raise_the_alert_while_nothing_can_be_asked(house: House, simulator: Simulator) -> None:
    simulator.push.knobs.qss = True
    simulator.push.behave("duplicate", "qos")
    simulator.push.behave("shuffle", "qos")
    house.watch(NUMBER, WHO, rules=["audio-sent"])
    simulator.world.start(NUMBER)
    ana = simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=2)
    simulator.faults.add("500", "/qos")
    simulator.world.figures(NUMBER, ana.user_id, "audio_input", {"avg_loss": 14})
    go(house, minutes=6)

    (alert,) = [one for one in house.alerts(state="open") if one["who"] == "Ana"]
    assert alert["severity"] == "critical"
    assert [text for text in house.texts() if "Ana" in text] != []


def test_a_fed_meeting_is_looked_at_every_180_s_until_its_events_stop(house: House, simulator: Simulator) -> None:
    simulator.push.knobs.qss = True
    house.watch(NUMBER, WHO)
    simulator.world.start(NUMBER)
    simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=6)
    simulator.calls.clear()
    go(house, minutes=9)
    assert house.asked("/qos") == 3

    simulator.push.knobs.qss = False
    go(house, minutes=6)  # what was fed grows old
    simulator.calls.clear()
    go(house, minutes=9)
    assert house.asked("/qos") == 9


def test_somebody_is_followed_through_any_meeting_by_events_alone(house: House, simulator: Simulator) -> None:
    house.watch("any", WHO)
    house.run()
    simulator.world.start("11111111111")
    run = simulator.world.start("22222222222", "Court 7")
    hear(house)
    simulator.world.join("11111111111", "Bob")
    simulator.calls.clear()
    simulator.world.join("22222222222", "Ana", email=ANA)
    hear(house)
    assert house.store.instances.live() == {keys.instance_id(run.uuid)}
    assert simulator.calls.count() == 0


def test_webhooks_that_went_silent_are_told_once_and_polling_goes_on(house: House, simulator: Simulator) -> None:
    watch = house.watch(NUMBER, {"name": "an*"})
    simulator.world.start(NUMBER)
    go(house, minutes=2)
    assert house.store.intake.heard_at() is not None
    simulator.push.knobs.silent = True
    simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=20)

    told = [text for text in house.texts() if "webhooks" in text]
    assert len(told) == 1
    assert told[0].startswith("WARNING: Zoom's webhooks are silent since 10:02")
    assert house.people(watch) == {"watching": ["Ana"]}

    simulator.push.knobs.silent = False
    simulator.world.join(NUMBER, "Bob")
    go(house, minutes=3)
    told = [text for text in house.texts() if "webhooks" in text]
    assert len(told) == 2
    assert told[1].startswith("Zoom's webhooks come again since")


def test_webhooks_that_work_are_not_called_silent(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, {"name": "an*"})
    simulator.world.start(NUMBER)
    go(house, minutes=2)
    simulator.world.join(NUMBER, "Ana", email=ANA)
    go(house, minutes=20)
    assert [text for text in house.texts() if "webhooks" in text] == []


def test_a_storm_is_taken_in_whole(house: House, simulator: Simulator) -> None:
    house.watch(NUMBER, {"everyone": True})
    simulator.world.start(NUMBER)
    for n in range(10):
        simulator.world.join(NUMBER, f"Person {n}")
    go(house, minutes=3)

    storm = simulator.push.storm(300, threads=4)
    assert dict(storm.statuses) == {200: 300}
    house.move(1)
    house.runtime.queues.drain()
    house.work("poll")
    assert house.store.intake.waiting() == 0
    assert house.store.health.counters()["events:figures"] == 300
