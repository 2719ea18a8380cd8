"""What the client needs of the store, and what it makes do with when nothing of ours runs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from workers.zoom.urls import Label, Purpose


class Taken(Protocol):
    """What the budget answers."""

    @property
    def ok(self) -> bool: ...
    @property
    def wait_ms(self) -> int: ...
    @property
    def left_today(self) -> int: ...


class Budget(Protocol):
    """The calls that the account may still make, counted for all processes."""

    def take(self, label: Label, purpose: Purpose) -> Taken: ...
    def correct(self, label: Label, daily: bool, until: datetime | None) -> None: ...
    def hear(self, left_today: int) -> None: ...


class TokenShelf(Protocol):
    """The account's token, shared by all processes."""

    def get(self) -> tuple[str, datetime] | None: ...
    def put(self, token: str, expires_at: datetime) -> None: ...
    def lock(self, ttl_s: float) -> AbstractContextManager[bool]: ...
    def drop(self, if_token: str) -> object: ...


class Clock(Protocol):
    """What time it is, and how many of its milliseconds so many real seconds are."""

    def now(self) -> datetime: ...
    def real(self, seconds: float) -> int: ...


class Shared(Protocol):
    """The part of the store that a client uses."""

    @property
    def budget(self) -> Budget: ...
    @property
    def tokens(self) -> TokenShelf: ...
    @property
    def clock(self) -> Clock: ...


@dataclass(frozen=True, slots=True)
class _Room:
    ok: bool = True
    wait_ms: int = 0
    left_today: int = 1


@dataclass(slots=True)
class Alone:
    """For one command in a terminal while no server of ours runs: nobody to share a token or a budget with."""

    held: tuple[str, datetime] | None = None
    budget: "Budget" = field(init=False)
    tokens: "TokenShelf" = field(init=False)
    clock: "Clock" = field(init=False)

    def __post_init__(self) -> None:
        self.budget = self.tokens = self.clock = self

    def take(self, label: Label, purpose: Purpose) -> Taken:
        """Room for the one call."""
        return _Room()

    def correct(self, label: Label, daily: bool, until: datetime | None) -> None:
        """Nobody else to tell."""

    def hear(self, left_today: int) -> None:
        """Nobody counts."""

    def get(self) -> tuple[str, datetime] | None:
        """The token made for this command."""
        return self.held

    def put(self, token: str, expires_at: datetime) -> None:
        """Keep it for this command."""
        self.held = (token, expires_at)

    @contextmanager
    def lock(self, ttl_s: float) -> Iterator[bool]:
        """Ours at once."""
        yield True

    def drop(self, if_token: str) -> None:
        """Forget it."""
        self.held = None

    def now(self) -> datetime:
        """This machine's time: there is no other."""
        return datetime.now(UTC)

    def real(self, seconds: float) -> int:
        """Real time is the only time."""
        return round(seconds * 1000)
