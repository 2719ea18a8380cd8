"""A channel that refuses us is told of through others, and never through itself, whatever hears of our own troubles."""

import argparse
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.gate import Gate
from service.store import keys
from service.store.codec import encode
from simulator import Simulator
from tests.stories.conftest import House
from workers.commands import deliveries

NUMBER = "97763643886"
HOOKS = {"av": "T1/B1/av", "clinic": "T1/B2/clinic", "ops": "T1/B3/ops"}
STEP_S = 30
Opened = Callable[..., House]


@pytest.fixture
def opened(redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Simulator) -> Iterator[Opened]:
    """A house with channels of these names, the first ones told of Dr Rao; with other settings if wished."""
    houses: list[House] = []

    def open_(*channels: str, notify: tuple[str, ...] = ("av",), **environ: str) -> House:
        house = House(f"unix://{redis_socket}", tmp_path, simulator, **environ)
        houses.append(house)
        simulator.world.start(NUMBER, topic="Spring Town Hall")
        rao = str(simulator.world.join(NUMBER, "Dr Rao").user_id)
        for name in channels:
            house.channel(name, hook=HOOKS[name])
        house.watch(NUMBER, rao, notify=notify)
        house.advance(minutes=4, step_s=STEP_S)  # the roll is called
        simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 14})
        return house

    yield open_
    for house in houses:
        house.close()


def refuse(house: House, *names: str) -> None:
    """These are revoked, and something is owed to them."""
    for name in names:
        house.simulator.inbox.behave(HOOKS[name], "no_service")
    house.advance(minutes=4, step_s=STEP_S)


def mend(house: House, *names: str) -> None:
    """They take messages again, and are set anew."""
    for name in names:
        house.simulator.inbox.recover(HOOKS[name])
        house.channel(name, hook=HOOKS[name])
    house.advance(minutes=2, step_s=STEP_S)


def refusals(house: House, name: str) -> list[str]:
    """Whose refusing a channel has been told of, alone or several in one message."""
    told = json.dumps([post.body for post in house.posts(HOOKS[name])])
    return sorted(set(re.findall(r"Channel (\w+) refuses us", told)))


def own(house: House) -> set[str]:
    """Our own alerts that are open."""
    seats = {str(alert["seat"]) for alert in house.alerts(state="open")}
    return {seat for seat in seats if seat.startswith("service.")}


def test_the_only_one_is_told_nothing_of_itself_and_the_api_tells_it(opened: Opened) -> None:
    house = opened("av")
    refuse(house, "av")

    assert own(house) == {"service.channel.av"}
    told = house.api("GET", "/v1/channels/av")
    assert (told["state"], "no_service" in told["reason"]) == ("broken", True)

    mend(house, "av")
    assert own(house) == set()
    texts = house.texts(HOOKS["av"])
    assert texts[0].startswith("CRITICAL: others hear Dr Rao")
    assert not any("Channel av" in text for text in texts)


@pytest.mark.parametrize(
    ("names", "notify", "broken", "environ"),
    [
        pytest.param(("av", "clinic"), ("av", "clinic"), ("av",), {}, id="another of the watch"),
        pytest.param(("av", "clinic"), ("av",), ("av",), {}, id="one that the watch does not name"),
        pytest.param(("av", "ops"), ("av",), ("av",), {"QOSWATCH_OPS_CHANNEL": "ops"}, id="the operations channel"),
        pytest.param(("av", "clinic"), ("av", "clinic"), ("av",), {"QOSWATCH_OPS_CHANNEL": "av"}, id="which is itself"),
        pytest.param(("av", "clinic", "ops"), ("av", "clinic"), ("av", "clinic"), {}, id="the one that still listens"),
        pytest.param(
            ("av", "ops"), ("av", "ops"), ("av", "ops"), {"QOSWATCH_OPS_CHANNEL": "ops"}, id="nobody listens any more"
        ),
    ],
)
def test_it_is_told_through_another_and_never_through_itself(
    names: tuple[str, ...], notify: tuple[str, ...], broken: tuple[str, ...], environ: dict[str, str], opened: Opened
) -> None:
    house = opened(*names, notify=notify, **environ)
    refuse(house, *broken)

    assert own(house) == {f"service.channel.{name}" for name in broken}
    for name in names:
        assert refusals(house, name) == ([] if name in broken else sorted(broken))

    mend(house, *broken)
    assert own(house) == set()
    for name in broken:
        assert name not in refusals(house, name)
        assert any(text.startswith("CRITICAL: others hear Dr Rao") for text in house.texts(HOOKS[name]))


def test_a_policy_that_would_tell_only_the_one_that_refuses_is_passed_by(opened: Opened) -> None:
    house = opened("av", "clinic", QOSWATCH_OPS_CHANNEL="policy:ops")
    house.policy("ops", ("0s", [{"channel": "av"}], None))
    refuse(house, "av")

    assert refusals(house, "clinic") == ["av"]

    mend(house, "av")
    assert refusals(house, "av") == []


def test_a_policy_tells_through_whom_it_reaches_otherwise(opened: Opened) -> None:
    house = opened("av", "clinic", "ops", QOSWATCH_OPS_CHANNEL="policy:ops")
    house.policy("ops", ("0s", [{"channel": "av"}], None), ("5m", [{"channel": "ops"}], None))
    refuse(house, "av")

    assert refusals(house, "ops") == ["av"]
    assert refusals(house, "clinic") == []


def test_a_dead_delivery_is_sent_again_from_the_command_line_under_its_id(opened: Opened) -> None:
    house = opened("av")
    house.simulator.inbox.behave(HOOKS["av"], "invalid_payload", count=1)
    house.advance(minutes=4, step_s=STEP_S)
    [dead] = house.api("GET", "/v1/deliveries?state=dead")["items"]

    parser = argparse.ArgumentParser()
    deliveries.add(parser.add_subparsers())
    args = parser.parse_args(["deliveries", "redeliver", dead["id"]])
    assert args.func(args, house.settings) == 0
    house.advance(minutes=1)

    [post] = house.posts(HOOKS["av"])
    assert post.delivery == dead["id"]
    assert house.api("GET", f"/v1/deliveries/{dead['id']}")["state"] == "accepted"


def test_a_way_of_somebody_s_own_that_refuses_us_is_told_with_who_mends_it(opened: Opened) -> None:
    """Policies leave it out as long as it is broken: without this nobody would know, and nothing would end it."""
    house = opened("av")
    ways = {"pagerduty_key": "k" * 32}
    house.person("ana", "Ana Ruiz", **ways)
    broken = encode(Gate(broken="the routing key is not one that PagerDuty knows"))
    house.store.redis.hset(keys.gate("ana~pagerduty"), "gate", broken)
    house.advance(minutes=2, step_s=STEP_S)
    assert own(house) == {"service.channel.ana~pagerduty"}
    told = json.dumps([post.body for post in house.posts(HOOKS["av"])])
    assert "Channel ana~pagerduty refuses us" in told
    assert "PUT /v1/people/ana." in told

    house.person("ana", "Ana Ruiz", **ways)
    house.advance(minutes=2, step_s=STEP_S)
    assert own(house) == set()
    assert "ana~pagerduty" not in house.store.duty().broken


def test_a_policy_s_channel_that_has_mended_itself_is_told_again_when_its_trial_is_due(opened: Opened) -> None:
    house = opened("av", "clinic", notify=("clinic",))
    house.policy("p", ("0s", [{"channel": "av"}], None))
    people = [str(house.simulator.world.join(NUMBER, name).user_id) for name in ("Ana Ito", "Ben Ode")]
    house.watch(NUMBER, *people, notify=(), policy="p")
    house.advance(minutes=4, step_s=STEP_S)
    due = house.store.clock.now() + timedelta(minutes=10)
    house.store.redis.hset(keys.gate("av"), "gate", encode(Gate(due, 1, broken="HTTP 404")))
    house.simulator.world.figures(NUMBER, people[0], "audio_input", {"avg_loss": 14})
    house.advance(minutes=6, step_s=STEP_S)
    assert not house.posts(HOOKS["av"]), "left out while it is broken"

    house.advance(minutes=5, step_s=STEP_S)
    house.simulator.world.figures(NUMBER, people[1], "audio_input", {"avg_loss": 14})
    house.advance(minutes=6, step_s=STEP_S)
    assert any("Ben Ode" in text for text in house.texts(HOOKS["av"]))
    assert house.api("GET", "/v1/channels/av")["state"] == "ok"
    assert "service.channel.av" not in own(house)


def test_a_trial_that_is_refused_again_goes_on_to_the_next_step_at_once(opened: Opened) -> None:
    house = opened("av", "clinic", "ops", notify=("ops",))
    house.policy("p", ("0s", [{"channel": "av"}], None), ("2h", [{"channel": "clinic"}], None))
    ito = str(house.simulator.world.join(NUMBER, "Ana Ito").user_id)
    house.watch(NUMBER, ito, notify=(), policy="p")
    house.advance(minutes=4, step_s=STEP_S)
    gate = Gate(house.store.clock.now(), 1, house.store.clock.now(), broken="HTTP 404")
    house.store.redis.hset(keys.gate("av"), "gate", encode(gate))
    house.simulator.inbox.behave(HOOKS["av"], "no_service")
    house.simulator.world.figures(NUMBER, ito, "audio_input", {"avg_loss": 14})
    house.advance(minutes=6, step_s=STEP_S)
    assert any("Ana Ito" in text for text in house.texts(HOOKS["clinic"]))
