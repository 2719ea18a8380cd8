"""Privacy: what a channel may know of the people in a meeting, taken away before anything is said.

`watched`: nothing but the watched person: no topic, nobody else's name, no address. `ids`: no name of anybody in the
meeting. Those who are called or have an alert keep their names in both: nobody can act on "somebody has it".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rules.model import AlertView, BreachView, Entry, Privacy, Seat, Taken
from rules.words import clean

#: What may be told of somebody's machine where addresses may not.
_PLAIN_FACTS = frozenset(("device", "os", "version", "network_type", "connection_type", "data_center", "label", "then"))
_ADDRESS = re.compile(r"\S+@\S+\.\S+")


def veiled(alert: AlertView, privacy: Privacy) -> AlertView:
    """An alert as a channel of this privacy may know it. What we say of ourselves names meetings and people too."""
    if privacy == "full":
        return alert
    if alert.subject.startswith("service."):
        told = {name: text for name, text in alert.facts.items() if name != "note"}
        return replace(alert, facts={**told, "names": told.get("names", "").partition(":")[0]})
    who = person(alert.who, alert.session or alert.subject.rpartition(".")[2], privacy)
    return replace(
        alert,
        topic="",
        who=who,
        says=_renamed(alert.says, alert.who, who),
        breaches=breaches(alert.breaches, alert.who, who),
        facts=facts(alert.facts, privacy),
        taken=_unspoken(alert.taken),
        was_taken=_unspoken(alert.was_taken),
        resolved=_unspoken(alert.resolved),
        snooze=replace(alert.snooze, comment="") if alert.snooze else None,
    )


def breaches(told: Sequence[BreachView], was: str, who: str) -> tuple[BreachView, ...]:
    """Breaches whose sentences speak of a person by the name that may be told."""
    return tuple(
        replace(
            each,
            says=_renamed(each.says, was, who),
            because=_renamed(each.because, was, who),
            hint=_renamed(each.hint, was, who),
        )
        for each in told
    )


def entry(told: Entry | None, privacy: Privacy) -> Entry | None:
    """An entry without what people wrote: anybody's name may stand in it."""
    return told if told is None or privacy == "full" else replace(told, comment="")


def person(name: str, session: str, privacy: Privacy) -> str:
    """What somebody in the meeting is called. A name that is an address is none."""
    hidden = privacy == "ids" or (privacy == "watched" and _ADDRESS.search(name))
    return f"participant {session}" if hidden or not clean(name) else name


def seat(told: Seat, privacy: Privacy) -> str:
    """The same, of a seat."""
    session = told.sessions[-1].id if told.sessions else told.id.rpartition(".")[2]
    return clean(person(told.name, session, privacy))


def place(topic: str, number: str, privacy: Privacy) -> str:
    """What the meeting is called."""
    return (clean(topic) if privacy == "full" else "") or f"Meeting {clean(number)}".strip()


def facts(told: Mapping[str, str], privacy: Privacy) -> Mapping[str, str]:
    """Facts of somebody's machine, without what tells where they are."""
    return told if privacy == "full" else {name: text for name, text in told.items() if name in _PLAIN_FACTS}


def _renamed(text: str, was: str, who: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(was)}(?!\w)", lambda _: who, text) if was and was != who else text


def _unspoken(taken: Taken | None) -> Taken | None:
    return replace(taken, comment="") if taken else None
