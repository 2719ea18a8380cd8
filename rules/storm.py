"""A whole meeting in trouble, as one message: how many, since when, what they have in common, who has it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from rules import sharing, veil
from rules.case import noun
from rules.crowd import LEAST, Crowd, Victim, crowd
from rules.facts import Field, Said
from rules.model import AlertView, Breach, Mention, Privacy, Round, Seat, moment_of
from rules.news import NewsKind
from rules.shapes import TEST, TONES, Message, Tone
from rules.takewords import WHO_HAS_IT
from rules.words import MARKS, TOPIC, Clock, capital, clean, cut, fit, listed, quantity

_NAMES_SHOWN, _NAME, _HEADER = 5, 24, 120
#: news that is worth the whole picture; where all of it is calm, the digest says enough
_LOUD: frozenset[NewsKind] = frozenset(
    ("fire", "worse", "dropped", "escalated", "reopened", "flapping", "also", "reminder")
)
_FIGURES = {
    "avg_loss": "loss",
    "max_loss": "peak loss",
    "jitter": "jitter",
    "latency": "round trip",
    "bitrate": "bitrate",
    "resolution": "resolution",
    "frame_rate": "frame rate",
    "mos": "score",
    "avg_rssi": "signal",
    "system_max_cpu_usage": "CPU",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One alert of the digest, the kind of its news, and the message that it would be alone."""

    alert: AlertView
    kind: NewsKind
    message: Message


@dataclass(frozen=True, slots=True)
class _Picture:
    """What is told, and what may be said of it by which clock."""

    crowd: Crowd
    clock: Clock
    privacy: Privacy

    @property
    def victims(self) -> tuple[Victim, ...]:
        """The worst first."""
        return self.crowd.victims


def compose(
    hits: Sequence[Hit],
    seats: Mapping[str, Seat],
    channel: str,
    look: Round | None,
    *,
    topic: str,
    tz: str,
    now: datetime,
    privacy: Privacy = "full",
) -> Message | None:
    """The one message of a meeting in which most are bad; None when it is not the whole meeting."""
    if not any(hit.kind in _LOUD for hit in hits):
        return None
    place = veil.place(topic, hits[0].alert.meeting, privacy)
    found = crowd(seats, channel)
    if found is None:
        return None
    picture = _Picture(found, Clock(tz, now), privacy)
    lead = TEST if all(hit.message.test for hit in hits) else ""
    holder, mentions = _holder(picture, hits)
    most, many = found.harm
    spelt = f"{found.severity.upper()}: {_most(picture)} of {TOPIC} {most}: {found.count} watched"
    first = fit(f"{lead}{spelt}. {_has_it(picture)}.", "", place)
    return Message(
        "storm",
        found.severity,
        TONES[found.severity],
        first,
        first,
        picture.clock.abbreviation,
        header=fit(f"{lead}{TOPIC}: {found.count} {many}", "", place, _HEADER),
        section=(Said(*_figures(picture)), *_silent(picture)),
        fields=(*_common(picture), Field("Who", _names(picture)), holder),
        lines=_others(hits, picture),
        context=(", ".join(sorted({victim.breach.rule for victim in picture.victims}))[:80],),
        age=f"read {picture.clock.at(look.at)}" if look else "",
        test=bool(lead),
        mentions=mentions,
        place=place,
    )


def shared(hits: Sequence[Hit], seats: Mapping[str, Seat], privacy: Privacy = "full") -> str:
    """What three or more people of an ordinary digest have in common, or that it is nothing; "" for fewer."""
    ids = {hit.alert.subject for hit in hits if hit.message.severity and hit.alert.subject in seats}
    if len(ids) < LEAST:
        return ""
    here = (seat for seat in seats.values() if seat.row_at and not seat.away_at)
    fine = [seat for seat in here if seat.alert is None or not seat.alert.open]
    bad = [veil.facts(seats[id].facts, privacy) for id in sorted(ids)]
    told = sharing.common(bad, [veil.facts(seat.facts, privacy) for seat in fine])
    return f"In common: {told.text} {told.so}" if told.so else sharing.nothing(bad)


def _most(picture: _Picture) -> str:
    count = len(picture.victims)
    return "all" if count == picture.crowd.seen else "most" if 2 * count > picture.crowd.seen else "half"


def _figures(picture: _Picture) -> tuple[str, str]:
    """ "Received audio", and ", median loss 11 %, worst 31 % (K. Lim). 3 people at 10:41, 22 at 10:43."."""
    operands = Counter(victim.breach.operand for victim in picture.victims if victim.breach.value is not None)
    what, grew = capital(noun(picture.victims[0].breach)), _growth(picture)
    if not operands:
        return what, f". {grew}"
    operand = operands.most_common(1)[0][0]  # the figure that broke for most of them
    known = [each for each in picture.victims if each.breach.operand == operand and each.breach.value is not None]
    top, figure = known[0], _FIGURES.get(operand.rpartition(".")[2].rstrip(")"), "")
    middle = median(victim.breach.value or 0.0 for victim in known)
    middling = _words("median", figure, quantity(middle, top.breach.unit, top.breach.threshold))
    return what, f", {middling}, worst {_value(top.breach)} ({_called(top.seat, picture)}). {grew}"


def _words(*words: str) -> str:
    """What is there of the words."""
    return " ".join(word for word in words if word)


def _growth(picture: _Picture) -> str:
    """ "3 people at 10:41, 22 at 10:43."; how fast it grew tells a cut cable from an evening at home."""
    minutes = sorted(victim.breach.since_minute for victim in picture.victims)
    start, end = (picture.clock.at(moment_of(minute)) for minute in (minutes[0], minutes[-1]))
    if minutes[0] == minutes[-1]:
        return f"All since {start}."
    at_first = minutes.count(minutes[0])
    return f"{at_first} {'person' if at_first == 1 else 'people'} at {start}, {len(minutes)} at {end}."


def _silent(picture: _Picture) -> tuple[Said, ...]:
    return (Said("", f"{picture.crowd.silent} more without figures."),) if picture.crowd.silent else ()


def _common(picture: _Picture) -> tuple[Field, ...]:
    """What they have in common, and where to look then."""
    some = ((victim.seat for victim in picture.victims), picture.crowd.fine)
    bad, fine = ([veil.facts(seat.facts, picture.privacy) for seat in seats] for seats in some)
    told = sharing.common(bad, fine)
    return tuple(Field(name, text) for name, text in (("In common", told.text), ("So", told.so)) if text)


def _names(picture: _Picture) -> str:
    """ "K. Lim 31 %, A. Osei 24 %, +17 more"."""
    shown = [f"{_called(each.seat, picture)} {_value(each.breach)}".strip() for each in picture.victims[:_NAMES_SHOWN]]
    left = len(picture.victims) - len(shown)
    return ", ".join([*shown, f"+{left} more"] if left else shown)


def _holder(picture: _Picture, hits: Sequence[Hit]) -> tuple[Field, tuple[Mention, ...]]:
    """Who has how many of them, and who is called next for the others."""
    coming = [hit.alert.next_call for hit in hits if hit.alert.next_call and hit.alert.next_call.names]
    call = min(coming, key=lambda call: call.at, default=None)
    have = _have(picture)
    who = "; ".join(f"{name} {count} of {len(picture.victims)}" for name, count in have.items()) or "Nobody"
    who = next(iter(have)) if len(have) == 1 and sum(have.values()) == len(picture.victims) else who
    if call is None:
        return Field(WHO_HAS_IT, f"{who}.", lasting=None if have else ("Next", "")), ()
    called = listed([MARKS[place] for place, _ in enumerate(call.names[: len(MARKS)])])
    does, at = "pages" if call.pages else "tells", picture.clock.at(call.at)
    next_one = None if have else ("Next", f"{does} {called} {at}")
    return Field(WHO_HAS_IT, f"{who}. {capital(does)} {called} at {at}.", lasting=next_one), call.names[: len(MARKS)]


def _has_it(picture: _Picture) -> str:
    have = _have(picture)
    if not have:
        return "Nobody has it"
    name, count = next(iter(have.items()))
    if len(have) > 1:
        return f"{sum(have.values())} are taken"
    return f"{name} has it" if count == len(picture.victims) else f"{name} has {count}"


def _have(picture: _Picture) -> dict[str, int]:
    """Who has how many of their alerts; most first."""
    states = [victim.seat.alert for victim in picture.victims]
    return dict(Counter(cut(clean(s.taken.by), _NAME) for s in states if s and s.taken).most_common(3))


def _others(hits: Sequence[Hit], picture: _Picture) -> tuple[tuple[Tone, str], ...]:
    """The news of those who are not in the picture: who is fine again, or bad in another way."""
    inside = {victim.seat.id for victim in picture.victims}
    return tuple((hit.message.tone, hit.message.brief) for hit in hits if hit.alert.subject not in inside)


def _called(seat: Seat, picture: _Picture) -> str:
    return cut(veil.seat(seat, picture.privacy), _NAME)


def _value(breach: Breach) -> str:
    return "" if breach.value is None else quantity(breach.value, breach.unit, breach.threshold)
