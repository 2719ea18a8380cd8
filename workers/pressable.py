"""The links of a message: what a reader may do about it, each signed for one alert and one conversation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self, get_args

from rules import links
from rules.links import Action as Act
from rules.links import Link
from rules.offers import Offer
from rules.shapes import Action

_ACTS: dict[str, Act] = {act: act for act in get_args(Act)}


class LinkSettings(Protocol):
    """What links need of the settings."""

    @property
    def public_url(self) -> str | None: ...
    @property
    def secret_keys(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Links:
    """Where our pages are, and the key that signs the ways to them."""

    url: str
    key: bytes

    @classmethod
    def of(cls, settings: LinkSettings) -> Self | None:
        """None: nobody can reach our pages, so no message offers any."""
        if not settings.public_url:
            return None
        return cls(settings.public_url.rstrip("/"), links.link_key(settings.secret_keys[0]))

    def to(self, offers: Iterable[Offer], alert: str, lane: str, now: datetime) -> tuple[Action, ...]:
        """The links for what is offered. `alert` "": for every alert of the lane."""
        ends_at = now + links.LIFE
        signed = ((name, links.sign(self.key, Link(_ACTS[act], alert, lane, ends_at))) for name, act in offers)
        return tuple(Action(name, f"{self.url}/a/{token}") for name, token in signed)
