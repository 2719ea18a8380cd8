"""Several alerts of one meeting in one message: how many, how they stand, a line each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rules.facts import Said
from rules.news import STRENGTH
from rules.shapes import TEST, TONES, Message, Tone
from rules.words import FIRST_LIMIT, TOPIC, clean, cut, fit

#: As many alerts as one digest names for certain within the limits of every chat; beyond, some are only counted.
DIGEST_LINES = 60
_TEXT = 300
_ORDER: tuple[Tone, ...] = ("bad", "warn", "grey", "good")
_COUNTED: Mapping[str, str] = {
    "bad": "critical",
    "warn": "warning",
    "taken": "taken",
    "snoozed": "snoozed",
    "back": "back",
    "grey": "on hold or closed",
    "good": "fine again",
}


def digest(messages: Sequence[Message], topic: str, quiet: str = "", shared: str = "") -> Message:
    """Several alerts in one message, the strongest news first. `quiet`: the hours in which they waited.

    `shared` is what the bad ones have in common. The meeting is named as the messages themselves may name it.
    """
    ordered = sorted(messages, key=_strength)
    worst: Tone = min((message.tone for message in ordered), key=_ORDER.index)
    severity = next((severity for severity, tone in TONES.items() if tone == worst), None)
    place = clean(next((message.place for message in ordered if message.place), topic)) or "one meeting"
    told = _after(ordered, quiet) if quiet else f"{len(ordered)} alerts in {TOPIC}: {_counts(ordered)}."
    lead = TEST if all(message.test for message in ordered) else ""  # else something is wrong
    first = fit(f"{lead}{f'{severity.upper()}: ' if severity and not quiet else ''}{told}", "", place)
    peak = max((message.gist for message in ordered if message.gist), key=lambda gist: gist.harm, default=None)
    worst_of_all = f"Worst: {peak.text}." if peak and quiet else ""
    roomy = f"{first} {worst_of_all}".strip()
    said = tuple(text for text in ("" if len(roomy) <= FIRST_LIMIT else worst_of_all, shared) if text)
    return replace(
        ordered[0],
        kind="digest",
        severity=severity,
        tone=worst,
        first=roomy if len(roomy) <= FIRST_LIMIT else first,
        brief=first,
        lines=tuple((message.tone, message.brief) for message in ordered),
        header="",
        section=tuple(Said("", cut(text, _TEXT)) for text in said),
        still="",
        fields=(),
        minutes=None,
        context=(place,) if quiet and place not in first else (),
        test=bool(lead),
        alert="",
        mentions=(),
        actions=(),
        gist=None,
    )


def _after(messages: Sequence[Message], quiet: str) -> str:
    """ "While quiet (22:00-07:00): 3 alerts, all over."."""
    over = sum(1 for message in messages if message.severity is None)
    alerts = "1 alert" if len(messages) == 1 else f"{len(messages)} alerts"
    state = ("all over" if over > 1 else "over") if over == len(messages) else _counts(messages)
    return f"While quiet ({clean(quiet)}): {alerts}, {state}."


def _counts(messages: Sequence[Message]) -> str:
    labels = [_label(message) for message in messages]
    return ", ".join(f"{labels.count(label)} {word}" for label, word in _COUNTED.items() if label in labels)


def _label(message: Message) -> str:
    if message.kind in ("taken", "snoozed"):
        return message.kind
    return "back" if message.kind == "back" and message.severity is None else message.tone


def _strength(message: Message) -> tuple[int, int]:
    kind = message.kind
    rank = STRENGTH.index(kind) if kind in STRENGTH else len(STRENGTH)
    return rank, _ORDER.index(message.tone)
