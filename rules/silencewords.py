"""What is said of silences, and when: at their start, ten minutes before their end, and to whoever reads them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from rules import silencing
from rules.model import Privacy, Silence
from rules.words import Clock, clean, cut

Notice = Literal["on", "ends"]

LEAD = timedelta(minutes=10)  #: how long before its end a silence is spoken of again
KEPT = timedelta(days=7)  #: how long one that is over can be read
MARKS_KEPT = 6
_WHAT, _BY, _COMMENT = 90, 40, 60
_MEANWHILE = "Alerts are recorded, not sent. Service alerts still come."


@dataclass(frozen=True, slots=True)
class Named:
    """What the matchers mean in words, where that is known: the meeting's topic, the name behind a seat."""

    topic: str = ""
    who: str = ""


def due(silence: Silence, now: datetime) -> tuple[Notice, ...]:
    """The notices that are to be given now. One for a meeting ends with it, so that its end is not told."""
    if not silencing.is_on(silence, now):
        return ()
    wanted: list[Notice] = ["on"]
    until = silencing.ends_at(silence, now)
    if "seat" not in silence.matchers and until and until - now <= LEAD and silencing.is_on(silence, until - LEAD):
        wanted.append("ends")  # a shorter one has just said when it ends
    return tuple(notice for notice in wanted if mark(silence, notice, now) not in silence.announced)


def mark(silence: Silence, notice: Notice, now: datetime) -> str:
    """The name of a notice: the same until the silence stands anew, ends at another time, or covers something else."""
    until = silencing.ends_at(silence, now)
    moment = silence.starts_at if notice == "on" and not silence.weekly else until
    about = f"{silence.created_at.timestamp()} {sorted(silence.matchers.items())}"
    digest = hashlib.sha256(about.encode()).hexdigest()[:8]
    return f"{notice} {moment.isoformat() if moment else 'always'} {digest}"


def note_id(silence: Silence, mark: str, privacy: Privacy) -> str:
    """The id of a notice: made again, it is the same note."""
    return "nt_" + hashlib.sha256(f"{silence.id} {mark} {privacy}".encode()).hexdigest()[:20]


def marked(silence: Silence, marks: Iterable[str]) -> tuple[str, ...]:
    """The notices given, with these among them; old ones are forgotten."""
    return tuple(dict.fromkeys((*silence.announced, *marks)))[-MARKS_KEPT:]


def is_spent(silence: Silence, now: datetime) -> bool:
    """Whether it was over long ago."""
    return silence.ends_at is not None and now >= silence.ends_at + KEPT


def sentence(silence: Silence, notice: Notice, now: datetime, bad: int, named: Named, privacy: Privacy = "full") -> str:
    """A notice, as the channels of one privacy are told it. `bad`: the alerts that it covers now."""
    about = what(silence, named, privacy)
    if notice == "on":
        until = " to the end of the meeting" if "seat" in silence.matchers else _until(silence, now)
        comment = "" if privacy == "ids" else f": {cut(clean(silence.comment), _COMMENT)}"
        return f"Silence on: {about}{until} ({cut(clean(silence.by), _BY)}{comment}). {_MEANWHILE}"
    at = _at(silence, silencing.ends_at(silence, now) or now, now)
    return f"Silence for {about} ends {at}. {_still(bad)}"


def says(silence: Silence, now: datetime) -> str:
    """One sentence on how it stands, for readers of the API."""
    about, whose = what(silence, Named()), f"({silence.by}: {silence.comment})"
    match silencing.state(silence, now):
        case "on":
            return f"On{_until(silence, now)}: {about} {whose}. Alerts are recorded, not sent."
        case "pending":
            begins = silencing.begins_at(silence, now) or silence.starts_at
            return f"On from {_at(silence, begins, now)}: {about} {whose}."
        case "over":
            since = f" since {_at(silence, silence.ends_at, now)}" if silence.ends_at and silence.ends_at <= now else ""
            return f"Over{since}: {about} {whose}."


def what(silence: Silence, named: Named, privacy: Privacy = "full") -> str:
    """What it covers: "warnings, *Kline*, Spring Town Hall, watch board, site Lyon"."""
    given = silence.matchers
    topic = clean(named.topic) if privacy == "full" else ""
    parts = []
    if "severity" in given:
        parts.append("warnings" if given["severity"] == "warning" else "critical alerts")
    if "rule" in given:
        parts.append(f"rule {given['rule']}")
    if "person" in given:
        parts.append("one person" if privacy == "ids" else clean(given["person"]))
    if "seat" in given:
        parts.append((clean(named.who) if privacy != "ids" else "") or "one person")
    if "meeting" in given:
        parts.append(topic or f"meeting {given['meeting']}")
    elif "seat" in given and topic:
        parts.append(topic)
    if "watch" in given:
        parts.append(f"watch {given['watch']}")
    if "label" in given:
        parts.append(" ".join(filter(None, map(clean, given["label"].split("=", 1)))))
    return cut(", ".join(parts), _WHAT)


def _still(bad: int) -> str:
    if not bad:
        return "Nothing is bad there now."
    return f"Still bad there: {bad}. {'It' if bad == 1 else 'They'} will be told then."


def _until(silence: Silence, now: datetime) -> str:
    until = silencing.ends_at(silence, now)
    return f" until {_at(silence, until, now)}" if until else ""


def _at(silence: Silence, moment: datetime, now: datetime) -> str:
    """A moment by the silence's own zone, which is named: the channels that read it may have others."""
    return f"{Clock(silence.timezone, now).at(moment)} {Clock(silence.timezone, moment).abbreviation}"
