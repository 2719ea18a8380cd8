"""Destinations misbehave beside healthy ones: they delay nobody, lose nothing, and are tried with patience."""

import threading
import time
from typing import Any

import pytest

from workers.deliver import deliver

NUMBER = "97763643886"
HANG_S = 6


@pytest.fixture
def breaking(house: Any) -> Any:
    """Dr Rao's call breaks within a minute or two."""
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    house.rao = str(house.simulator.world.join(NUMBER, "Dr Rao").user_id)
    house.simulator.world.figures(NUMBER, house.rao, "audio_input", {"avg_loss": 14}, start=house.simulator.clock.now())
    return house


def test_eleven_hanging_receivers_do_not_hold_up_the_twelfth(breaking: Any) -> None:
    inbox = breaking.simulator.inbox
    hanging = [breaking.channel(f"slack-{n:02}", hook=f"T1/B{n}/hangs") for n in range(11)]
    healthy = breaking.channel("teams-av", "teams")
    names = tuple(f"slack-{n:02}" for n in range(11))
    breaking.watch(NUMBER, breaking.rao, notify=(*names, "teams-av"))
    for hook in hanging:
        inbox.behave(hook, "hang", seconds=HANG_S)

    for _ in range(20):
        breaking.move(15)
        breaking.scheduler.tick()
        breaking.work("poll")
        if breaking.runtime.queues.length("deliver"):
            break
    breaking.move(1)

    delivering = threading.Thread(target=deliver, args=(breaking.runtime,))
    delivering.start()
    try:
        [post] = inbox.wait(1, healthy, timeout_s=HANG_S * 5)
        others = {each.state for name in names for each in breaking.store.lanes.deliveries(channel=name)[0]}
    finally:
        for hook in hanging:
            inbox.recover(hook)
        delivering.join()

    assert post.accepted
    assert others == {"leased"}


def test_who_waits_for_a_slow_destination_at_the_end_of_its_time_goes_on_for_the_quick(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.deliver.DRAIN_S", 0.2)
    inbox, runtime = house.simulator.inbox, house.runtime
    slow, quick = house.channel(), house.channel("teams-av", "teams")
    runtime.quick.add("teams-av")
    inbox.behave(slow, "hang", seconds=HANG_S)
    house.api("POST", "/v1/channels/slack-av/test")

    delivering = threading.Thread(target=deliver, args=(runtime,))
    delivering.start()
    try:
        time.sleep(1)  # its time is over
        house.api("POST", "/v1/channels/teams-av/test")
        [post] = inbox.wait(1, quick, timeout_s=HANG_S * 5)
        waits = {each.state for each in house.store.lanes.deliveries(channel="slack-av")[0]}
    finally:
        inbox.recover(slow)
        delivering.join()

    assert post.accepted
    assert waits == {"leased"}


@pytest.mark.parametrize("trouble", ["429", "500", "503", "no_service", "invalid_token", "reset"])
def test_one_that_refuses_costs_the_other_nothing_and_gets_its_own_later(breaking: Any, trouble: str) -> None:
    inbox = breaking.simulator.inbox
    slack, teams = breaking.channel(), breaking.channel("teams-av", "teams")
    breaking.watch(NUMBER, breaking.rao, notify=("slack-av", "teams-av"))
    inbox.behave(slack, trouble)
    breaking.advance(minutes=6)

    fires = [text for text in breaking.texts(teams) if "others hear Dr Rao" in text]
    assert len(fires) == 1
    assert breaking.texts(slack) == []

    inbox.recover(slack)
    breaking.channel()
    breaking.advance(minutes=3)

    told = [text for text in breaking.texts(slack) if "others hear Dr Rao" in text]
    assert len(told) == 1
    assert len({post.delivery for post in breaking.posts(slack)}) == len(breaking.texts(slack))


def test_a_post_of_unknown_fate_is_repeated_under_its_own_id(breaking: Any) -> None:
    slack = breaking.channel()
    breaking.watch(NUMBER, breaking.rao)
    breaking.simulator.inbox.behave(slack, "lost", count=1)
    breaking.advance(minutes=6)

    first, again = breaking.posts(slack, accepted=None)
    assert (first.accepted, again.accepted) == (False, True)
    assert first.delivery == again.delivery


def test_a_message_that_slack_can_never_take_is_dead_and_can_be_redelivered(breaking: Any) -> None:
    slack = breaking.channel()
    breaking.watch(NUMBER, breaking.rao)
    breaking.simulator.inbox.behave(slack, "invalid_payload", count=1)
    breaking.advance(minutes=4)
    [dead] = breaking.api("GET", "/v1/deliveries?state=dead")["items"]
    assert breaking.texts(slack) == []

    breaking.api("POST", f"/v1/deliveries/{dead['id']}/redeliver")
    breaking.advance(minutes=1)

    [post] = breaking.posts(slack)
    assert post.delivery == dead["id"]
    assert breaking.api("GET", f"/v1/deliveries/{dead['id']}")["state"] == "accepted"
