"""What people in trouble have in common and the others do not: one network, one place, one kind of connection.

Of each fact, the value with the greatest difference between its share among the bad and among the fine. It is said
when it covers at least three people and two thirds of the bad, and less than a quarter of the fine.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.words import capital, clean, cut

Facts = Mapping[str, str]

LEAST = 3  #: people
_NETWORKS = {"Wifi": "Wi-Fi", "Wired": "cable", "Cellular": "mobile network"}
_TEXT = 60
#: fact → how people share it, how one of them does, and where to look then. In the order in which ties are told.
_WORDS: Mapping[str, tuple[str, str, str]] = {
    "ip_address": ("come from {}", "does", "Look at that network, not at people."),
    "location": ("are in {}", "is", "Look at that place, not at people."),
    "network_type": ("are on {}", "is", "Look at that kind of network, not at people."),
    "connection_type": ("are connected by {}", "is", "Look at what keeps them from another way, such as a firewall."),
    "data_center": ("go through {}", "does", "Look at Zoom's status page for that data centre, not at people."),
    "version": ("run Zoom {}", "does", "Look at that version of Zoom, not at people."),
}
_PLURAL = {"does": "do", "is": "are"}


@dataclass(frozen=True, slots=True)
class Shared:
    """What is common, in a sentence, and where to look."""

    text: str
    so: str = ""


def common(bad: Sequence[Facts], fine: Sequence[Facts]) -> Shared:
    """ "19 of 22 come from 203.0.113.9 (Lyon, Wi-Fi); none of the 18 fine ones do."; or that nothing is common."""
    best = max((each for name in _WORDS if (each := _best(name, bad, fine))), key=lambda each: each[0], default=None)
    if best is None:
        return Shared(capital(nothing(bad).partition(", ")[2]))
    _, name, value = best
    having = [facts for facts in bad if facts.get(name) == value]
    others = sum(1 for facts in fine if facts.get(name) == value)
    says, verb, so = _WORDS[name]
    what = says.format(f"{_named(name, value)}{_beside(name, having)}")
    return Shared(f"{len(having)} of {len(bad)} {what}{_among(others, len(fine), verb)}.", so)


def nothing(bad: Sequence[Facts]) -> str:
    """ "9 people, nothing in common (3 Wi-Fi, 2 cellular, 4 unknown)."; what the fine ones share too is nothing."""
    networks = _networks(bad)
    beyond = "" if "," in networks or "unknown" in networks else " that the fine ones do not share"
    return f"{len(bad)} people, nothing in common{beyond} ({networks})."


def _best(name: str, bad: Sequence[Facts], fine: Sequence[Facts]) -> tuple[float, str, str] | None:
    """The value of one fact that tells the bad from the fine best; None when none is worth a word."""
    ours, theirs = (Counter(facts[name] for facts in some if facts.get(name)) for some in (bad, fine))
    fits = [
        (count / len(bad) - theirs[value] / max(len(fine), 1), name, value)
        for value, count in ours.items()
        if count >= LEAST and 3 * count >= 2 * len(bad) and 4 * theirs[value] < max(len(fine), 1)
    ]
    return max(fits, key=lambda each: each[0], default=None)


def _among(others: int, fine: int, verb: str) -> str:
    """How many of those who are fine share it too."""
    if not fine:
        return "; nobody is fine to compare with"
    if others == 0:
        return f"; the one fine one {verb} not" if fine == 1 else f"; none of the {fine} fine ones {_PLURAL[verb]}"
    return f"; {others} of the {fine} fine ones {verb if others == 1 else _PLURAL[verb]}"


def _beside(name: str, having: Sequence[Facts]) -> str:
    """Where a network is, and of what kind: what those who share it share too."""
    if name != "ip_address":
        return ""
    also = (("location", _whole("location", having)), ("network_type", _whole("network_type", having)))
    told = ", ".join(_named(name, value) for name, value in also if value)
    return f" ({told})" if told else ""


def _whole(name: str, having: Sequence[Facts]) -> str:
    values = {facts.get(name, "") for facts in having}
    return values.pop() if len(values) == 1 else ""


def _named(name: str, value: str) -> str:
    told = cut(clean(value).replace(" )", ")"), _TEXT)
    return _NETWORKS.get(told, told) if name == "network_type" else told


def _networks(bad: Sequence[Facts]) -> str:
    """ "3 Wi-Fi, 2 cellular, 4 unknown"."""
    names = {"Wifi": "Wi-Fi", "Wired": "cable", "Cellular": "cellular"}
    counts = Counter(names.get(facts.get("network_type", ""), "unknown") for facts in bad)
    return ", ".join(f"{counts[name]} {name}" for name in (*names.values(), "unknown") if counts[name])
