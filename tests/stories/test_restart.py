"""The machine goes down with an alert open, and comes up again on the same data."""

from pathlib import Path

from simulator import Simulator
from tests.stories.conftest import House
from workers.embedded import EmbeddedRedis

NUMBER = "97763643886"


def test_a_restart_on_the_same_data_finds_everything_again(tmp_path: Path, simulator: Simulator) -> None:
    data = tmp_path / "data"
    with EmbeddedRedis(data) as server:
        house = House(server.url, tmp_path, simulator)
        simulator.world.start(NUMBER, topic="Spring Town Hall")
        person = str(simulator.world.join(NUMBER, "Dr Rao").user_id)
        hook = house.channel()
        watch = house.watch(NUMBER, person)
        house.api("PUT", "/v1/rules/mine", {"says": "{who} is far away", "warning": "audio_input.latency > 900 ms"})
        simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})
        house.advance(minutes=4)
        [alert] = house.alerts(state="open")
        key, now = house.key, house.store.clock.now()
        house.close()

    with EmbeddedRedis(data) as server:
        house = House(server.url, tmp_path, simulator)
        house.store.clock.put(now)
        house.key = key
        assert house.api("GET", f"/v1/watches/{watch}")["notify"] == ["slack-av"]
        assert house.api("GET", "/v1/rules/mine")["says"] == "{who} is far away"
        assert house.api("GET", "/v1/channels/slack-av")["kind"] == "slack"
        assert [each["id"] for each in house.alerts(state="open")] == [alert["id"]]

        simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 0})
        house.advance(minutes=5)
        assert [text.partition(":")[0] for text in house.texts(hook)] == ["CRITICAL", "Fine again"]
        house.close()
