"""A whole story, with refusals and crashes in it, leaves no secret behind: not in logs, jobs, results or Redis."""

from typing import Any

import pytest

from tests.stories.dumps import watching

NUMBER = "97763643886"


def test_a_whole_story_tells_no_secret(
    house: Any, redis_client: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched_dumps = watching(house, redis_client, monkeypatch)
    world, inbox = house.simulator.world, house.simulator.inbox
    world.start(NUMBER, topic="Spring Town Hall")
    person = str(world.join(NUMBER, "Dr Rao").user_id)
    hook = house.channel(hook="T0SECRET/B0SECRET/x0verysecretwebhook")
    house.watch(NUMBER, person)
    house.api("POST", "/v1/channels/slack-av/test")
    world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})
    inbox.behave(hook, "503", count=2)
    house.advance(minutes=4)
    house.simulator.faults.add("124", path="/qos", count=3)
    house.advance(minutes=3)

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError("something unexpected")

    monkeypatch.setattr(house.runtime.sender, "post", explode)
    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 0})
    house.advance(minutes=4)

    logs = "".join(capfd.readouterr()).encode()
    held = house.store.tokens.get()
    tokens = [held[0].encode()] if held else []
    secrets = [b"x0verysecretwebhook", house.simulator.tokens.client_secret.encode(), house.key.encode(), *tokens]
    assert tokens
    assert house.texts(hook)
    for dump in (logs, *watched_dumps):
        assert [secret for secret in secrets if secret in dump] == []
    assert b"turn failed" in logs
    assert any(b"workers.jobs.poll" in dump for dump in watched_dumps)
