"""What the tests of single destinations share: a sender's settings, channels, messages made by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rules.facts import Field, Minutes, Said
from rules.message import Action, Message
from rules.model import Channel, Mention

NOW = datetime(2026, 11, 23, 10, 45, tzinfo=UTC)
ALERT = "al_6f3c1b"
FIRST = "CRITICAL: others hear Dr Rao breaking up in Spring Town Hall"


@dataclass
class Given:
    """The settings that a sender reads."""

    qoswatch_https_proxy: str | None = None
    qoswatch_ca_file: Path | None = None
    qoswatch_allow_private_targets: bool = True
    smtp_url: str | None = None


def a_channel(kind, url="", **more):
    return Channel(f"{kind}-av", 1, kind, url, NOW, **more)


def a_message(kind="fire", **more):
    """News of one alert; what is not given is that of a plain line."""
    given = {"severity": "critical", "tone": "bad", "first": FIRST, "brief": FIRST, "zone": "EST", "alert": ALERT}
    return Message(kind, **(given | more))


def a_card(**more):
    """A card with all that one can hold."""
    given = {
        "header": "Others hear Dr Rao breaking up",
        "section": (Said("Sent audio loses 14 %", " (alarm above 10 %) in 2 of 3 minutes, 10:44."),),
        "fields": (
            Field("Try", "Ask for a wired connection", link="https://wiki.example.org/audio"),
            Field("Has it", "Nobody", fresh=", 2 min", lasting=("Then", "Pages \ue100 at 10:50")),
        ),
        "minutes": Minutes("Audio sent", "0 2 14 14", "%", "▁▂██"),
        "actions": (Action("Take it", "https://qw.example.org/a/t1"),),
        "context": (ALERT, "Spring Town Hall"),
        "age": "figures of 10:44",
        "mentions": (Mention("Ana Ruiz", "U02ANA"),),
    }
    return a_message(**(given | more))
