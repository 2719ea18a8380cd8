"""Redis fills up: alerts go on, people are told before it is too late, and once more when there is room."""

import re
from collections.abc import Callable

from tests.stories.conftest import House

NUMBER = "97763643886"


def test_alerts_go_on_while_redis_is_nearly_full(house: House, press: Callable[[float], None]) -> None:
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    rao = str(house.simulator.world.join(NUMBER, "Dr Rao").user_id)
    hook = house.channel()
    watch = house.watch(NUMBER, rao)
    house.advance(minutes=4)
    kept = house.api("GET", f"/v1/watches/{watch}/samples")["items"]
    assert kept

    press(0.88)
    house.simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 14})
    house.advance(minutes=5)

    full, breaking = house.texts(hook)
    assert re.fullmatch(
        r"WARNING: Redis is nearly full since 10:04: It uses 8[789] % of its maxmemory of \d+ MB\.", full
    )
    assert breaking == "CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Nobody has it."
    assert len(house.api("GET", f"/v1/watches/{watch}/samples")["items"]) == len(kept), "no row was kept since"

    press(0.83)
    house.advance(minutes=2)
    assert len(house.texts(hook)) == 2, "a little room is no room yet"

    press(0.5)
    house.simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 0})
    house.advance(minutes=4)
    assert [text.partition(" since")[0] for text in house.texts(hook)[2:]] == [
        "Redis has room again",
        "Fine again: others hear Dr Rao well",
    ]
