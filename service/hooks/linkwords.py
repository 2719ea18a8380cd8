"""What the page of a link says: what a button does before it is pressed, and why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.links import Action, Link
from rules.model import AlertView
from rules.words import Clock, clean


@dataclass(frozen=True, slots=True)
class Words:
    """One action: as the button says it for one alert and for all of a lane, and what it does."""

    button: str
    to_all: str = ""
    does: str = ""


WORDS: Mapping[Action, Words] = {
    "take": Words(
        "Take it",
        "Take all",
        "Whoever takes it is shown in every message, nobody else is called, and they are reminded while it is bad.",
    ),
    "snooze": Words(
        "Snooze 15 min", "Snooze all 15 min", "Nothing is told for 15 minutes. What is still bad then is told then."
    ),
    "mute": Words(
        "Not for this meeting", does="Nobody is told of this person again in this meeting. It is still recorded."
    ),
    "false_alarm": Words(
        "False alarm",
        does="It is closed, and counted for its rules. It stays silent until it was fine once, or is worse.",
    ),
    "show": Words("Open"),
}

STRANGE = "This link is none of ours: it was cut short, or signed with a key of the past. Open a newer message."
GONE = "This alert is not kept any more."
EXPIRED = "This link has expired, so it only shows. The newest message has links that work."
NOTHING = "Nothing is open here any more. Nothing to do."
NOBODY = "Say who you are: the others see who has it."
FORM = "Nothing was done: this browser did not send back the cookie of this page. Allow cookies here, then press again."
SHOWS = "This link shows an alert. It does nothing."
BUSY = "Our store does not answer now, so nothing is known to be done. Read this page again in a moment."
TROUBLE = "Something went wrong on our side. It was logged."
TEST = "This is a test: nothing is wrong."
TESTED = "This was a test. The button works, and nothing was changed."


def title(link: Link) -> str:
    """What the button says."""
    words = WORDS[link.action]
    return words.button if link.alert else words.to_all or words.button


def idle(link: Link, alerts: Sequence[AlertView], clock: Clock) -> str:
    """Why there is no button; "" when there is one. `clock` tells now."""
    if link.action == "show":
        return "" if alerts or link.alert else NOTHING
    if has_expired(link, clock.now):
        return EXPIRED
    if not alerts:
        return NOTHING
    if link.action == "take" and all(alert.taken for alert in alerts):
        return _taken(alerts, clock)
    closed = link.action != "mute" and all(alert.state == "closed" for alert in alerts)
    return "It is closed. Nothing to do." if closed else ""


def has_expired(link: Link, now: datetime) -> bool:
    """Whether a link only shows any more."""
    return link.expires_at <= now


def _taken(alerts: Sequence[AlertView], clock: Clock) -> str:
    taken = alerts[0].taken
    if len(alerts) > 1 or taken is None:
        return "Somebody has each of them already. Nothing to do."
    return f"{clean(taken.by)} already has it since {clock.at(taken.at)}. Nothing to do."
