"""How numbers, moments, durations and names are written in every sentence that people read."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: The places of the person and the meeting in a sentence that is not yet cut; `clean` lets neither through.
WHO, TOPIC = "\ue000", "\ue001"
#: The places of people who are called: the first of a message's mentions, the second, …
MARKS = tuple(chr(0xE100 + number) for number in range(32))
FIRST_LIMIT = 110  #: what a lock screen and a watch face still show
_SHORTEST_NAME = 10  # a cut name keeps at least this much, or people can not tell whose it is
_JOINERS = "\u200c\u200d"  # Persian words and family emoji need them; every other invisible character goes
_TITLES = frozenset(("Dr", "Prof", "Mr", "Mrs", "Ms", "Miss", "Sir", "Frau", "Herr", "Team", "Room"))
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells moments as the people of one channel read them: in their zone, with the day if not today."""

    zone: str
    now: datetime

    @property
    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")  # a message in another zone beats no message; the zone is named in it

    @property
    def abbreviation(self) -> str:
        """ "CST", "UTC"; zones that have only an offset read "UTC-03"."""
        name = self.now.astimezone(self._zone).tzname() or ""
        return f"UTC{name}" if name[:1] in ("+", "-") else name

    def at(self, moment: datetime) -> str:
        """ "10:43"; "22 Nov 10:43" on another day."""
        local, today = moment.astimezone(self._zone), self.now.astimezone(self._zone)
        time = local.strftime("%H:%M")
        return time if local.date() == today.date() else f"{local.day} {local.strftime('%b')} {time}"

    def span(self, start: datetime, end: datetime) -> str:
        """ "10:42-10:45"; the day is said once."""
        last = Clock(self.zone, start).at(end)  # the end as seen from the day of the start
        return f"{self.at(start)}-{last}"


def quantity(value: float, unit: str, beside: float | None = None) -> str:
    """ "14 %", "340 ms", "−79 dBm", "360p", "3.6": whole, unless a whole number would hide what happened.

    It would below 1, on a score (no unit), and where it lands on the limit `beside` it.
    """
    whole = round(value)
    hides = not unit or 0 < abs(value) < 1 or whole == beside != value
    number = (round(value, 1) if hides else whole) + 0.0  # + 0.0: there is no minus zero
    text = f"{number:.1f}" if hides and not unit else f"{number:.10g}"
    return with_unit(text.replace("-", "−"), unit)


def with_unit(number: str, unit: str) -> str:
    """A number and its unit, with the space that the unit wants."""
    return f"{number}{unit}" if unit == "p" else f"{number} {unit}".rstrip()


def digits(value: float | None, unit: str) -> str:
    """One minute of a row of minutes, without its unit; a minute without a figure keeps its place."""
    if value is None:
        return "·"
    return f"{value:.1f}" if not unit else f"{round(value) + 0:d}"


def bars(values: Iterable[float | None]) -> str:
    """A sparkline from zero (from the lowest, where there are negative numbers) to the highest."""
    values = tuple(values)
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(0.0, *known), max(known)
    span = (high - low) or 1.0
    return "".join("·" if v is None else _BARS[int((v - low) / span * (len(_BARS) - 1))] for v in values)


def duration(seconds: float) -> str:
    """ "45 s", "11 min", "1 h 5 min"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{max(0, round(seconds))} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min".replace(" 0 min", "")


def clean(text: str) -> str:
    """Text of strangers on one line, without characters that hide, turn or break what stands beside them."""
    if text.isprintable():
        return " ".join(text.split())
    seen = (" " if unicodedata.category(letter).startswith("Z") or letter in "\t\n\r" else letter for letter in text)
    kept = (x for x in seen if x in _JOINERS or not unicodedata.category(x).startswith("C"))
    return " ".join("".join(kept).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one "…" when something is missing."""
    if len(text) <= limit:
        return text
    return text[: max(0, limit - 1)].rstrip(f" {_JOINERS}") + "…" if limit > 0 else ""


def fit(sentence: str, who: str, topic: str, limit: int = FIRST_LIMIT) -> str:
    """The sentence with its names, cut to length: first the topic, then the person, the consequence last."""
    topic = _shortened(sentence.replace(WHO, who), TOPIC, topic, limit)
    who = _shortened(sentence.replace(TOPIC, topic), WHO, who, limit)
    return cut(sentence.replace(TOPIC, topic).replace(WHO, who), limit)


def given(name: str) -> str:
    """ "Ana" of "Ana Ruiz", where a name can be told from a title or a role; else the whole name."""
    first, _, last = name.partition(" ")
    plain = first.isalpha() and first.istitle() and last.isalpha() and last.istitle()
    return first if plain and first not in _TITLES else name


def listed(names: Sequence[str], shown: int = 3) -> str:
    """ "Ana Ruiz and Ben Ito"; "Ana Ruiz, Ben Ito, Cleo Sand and 2 more"."""
    left = len(names) - shown
    *others, last = [*names[:shown], f"{left} more"] if left > 0 else (list(names) or [""])
    return f"{', '.join(others)} and {last}" if others else last


def capital(text: str) -> str:
    """The first letter large; a name that comes first stays as its bearer writes it."""
    return text[:1].upper() + text[1:]


def _shortened(sentence: str, place: str, name: str, limit: int) -> str:
    places = sentence.count(place)
    if not places:
        return name
    room = (limit - len(sentence) + places) // places
    return cut(name, max(room, _SHORTEST_NAME))
