"""A whole story, with refusals and crashes in it, leaves no secret behind: not in logs, jobs, results or Redis."""

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

NUMBER = "97763643886"


def _read(server: Any, key: bytes) -> Any:
    """All that one key holds."""
    match server.type(key):
        case b"string":
            return server.get(key)
        case b"hash":
            return server.hgetall(key)
        case b"list":
            return server.lrange(key, 0, -1)
        case b"set":
            return server.smembers(key)
        case b"zset":
            return server.zrange(key, 0, -1)
        case _:
            return server.xrange(key)


def _pieces(held: Any) -> Iterator[bytes]:
    if isinstance(held, bytes):
        yield held
    elif isinstance(held, dict):
        for name, value in held.items():
            yield from (*_pieces(name), *_pieces(value))
    elif isinstance(held, list | tuple | set):
        for each in held:
            yield from _pieces(each)


def _unwrapped(piece: bytes) -> Iterator[bytes]:
    """The piece as it is, and as RQ may have wrapped it: zlib, or base64 around zlib."""
    yield piece
    for candidate in (piece, _unbased(piece)):
        try:
            yield zlib.decompress(candidate)
        except zlib.error:
            continue


def _unbased(piece: bytes) -> bytes:
    try:
        return base64.b64decode(piece, validate=True)
    except binascii.Error:
        return piece


def _everything(server: Any) -> bytes:
    pieces = (piece for key in server.keys("*") for piece in (key, *_pieces(_read(server, key))))
    return b"\n".join(whole for piece in pieces for whole in _unwrapped(piece))


@pytest.fixture
def watched_dumps(house: Any, redis_client: Any, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What Redis holds before and after every job of the story."""
    dumps: list[bytes] = []
    work = house.work

    def spied(queue: Any) -> None:
        if house.runtime.queues.length(queue):
            dumps.append(_everything(redis_client))
            work(queue)
            dumps.append(_everything(redis_client))

    monkeypatch.setattr(house, "work", spied)
    return dumps


def test_a_whole_story_tells_no_secret(
    house: Any, watched_dumps: list[bytes], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
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
