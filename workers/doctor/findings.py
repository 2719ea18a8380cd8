"""What a check finds: a sentence, how grave it is, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from service.settings import Settings
from service.store import Store
from workers.zoom import Zoom

Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `todo` is for a person; "" where the sentence says it already."""

    level: Level
    says: str
    todo: str = ""


@dataclass(slots=True)
class Patient:
    """What is looked over. `store` is None when there is none to look at; `trouble` says why it is not there."""

    settings: Settings
    store: Store | None
    zoom: Zoom
    trouble: str = ""
    is_shut: bool = field(default=False)  #: Zoom lets us in nowhere: asking on would only say it again

    @property
    def kept(self) -> Store:
        """The store, for the checks that run only where there is one."""
        assert self.store is not None
        return self.store


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one thing. `slow` names what is waited for, for somebody at a terminal."""

    name: str
    look: Callable[[Patient], Iterator[Finding]]
    needs_store: bool = False
    slow: str = ""


def ok(says: str) -> Finding:
    """All is well."""
    return Finding("ok", says)


def warning(says: str, todo: str = "") -> Finding:
    """It works, and may bite."""
    return Finding("warning", says, todo)


def fault(says: str, todo: str = "") -> Finding:
    """It does not work."""
    return Finding("fault", says, todo)
