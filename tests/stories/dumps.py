"""What Redis holds, all of it, as somebody reads it who is after secrets."""

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Any

import pytest


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


def everything(server: Any) -> bytes:
    pieces = (piece for key in server.keys("*") for piece in (key, *_pieces(_read(server, key))))
    return b"\n".join(whole for piece in pieces for whole in _unwrapped(piece))


def watching(house: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Fills with what Redis holds before and after every job of a story."""
    dumps: list[bytes] = []
    work = house.work

    def spied(queue: Any) -> None:
        if house.runtime.queues.length(queue):
            dumps.append(everything(server))
            work(queue)
            dumps.append(everything(server))

    monkeypatch.setattr(house, "work", spied)
    return dumps
