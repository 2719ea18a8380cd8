"""Cuts long lists into pages; the token of the next one counts for a while and for its list only."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from simulator.clock import Clock
from simulator.people import digest

T = TypeVar("T")


class Expired(ValueError):
    """The token is not of this list, or its time is over."""


class Pages:
    """The tokens of one simulator. They hold the place themselves, so nothing is kept."""

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self._clock, self._seed = clock, seed

    def cut(self, items: Sequence[T], key: str, size: int, token: str, lasts_s: float) -> tuple[Sequence[T], str]:
        """A page of the list that `key` names, and the token of the next; empty at the end. Raises Expired."""
        start = self._place(key, token) if token else 0
        end = start + size
        return items[start:end], self._token(key, end, self._clock.now() + lasts_s) if end < len(items) else ""

    def _token(self, key: str, place: int, until: float) -> str:
        content = f"{place}|{until}"
        seal = digest(self._seed, key, content)[:12]
        return base64.urlsafe_b64encode(seal + content.encode()).decode().rstrip("=")

    def _place(self, key: str, token: str) -> int:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            seal, content = raw[:12], raw[12:].decode()
        except ValueError as error:
            raise Expired(token) from error
        if seal != digest(self._seed, key, content)[:12]:
            raise Expired(token)
        place, _, until = content.partition("|")
        if float(until) <= self._clock.now():
            raise Expired(token)
        return int(place)
