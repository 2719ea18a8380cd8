"""What to tell, in no vendor's form: the first sentence a sleepy person understands, then the rest.

Two shapes only: a card for what is new and bad, a line for all else. Everything comes in as arguments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from rules import details
from rules.case import Case, says
from rules.details import TEXT_LIMIT, Field, Minutes, Said
from rules.model import AlertView, BreachView, Channel, Round, Sample, Severity
from rules.news import STRENGTH, NewsKind
from rules.sentences import sentence
from rules.words import FIRST_LIMIT, TOPIC, WHO, Clock, capital, clean, cut, fit

OwnKind = Literal["blind", "sees_again", "channel_broken", "channel_mended", "budget", "webhooks"]
MessageKind = Literal[NewsKind, OwnKind, "digest", "test", "roll_call"]
Shape = Literal["card", "line"]
Tone = Literal["bad", "warn", "good", "grey"]

#: As many alerts as one digest shows for certain within the limits of every chat: put no more into one post.
DIGEST_LINES = 60
TEST = "TEST, nothing is wrong: "
_HEADER_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of message: its shape, what leads its header, and whether it tells an end."""

    shape: Shape
    lead: str = ""
    closing: bool = False


KINDS: Mapping[MessageKind, Row] = {
    "fire": Row("card"),
    "worse": Row("card", lead="Worse: "),
    "dropped": Row("card"),
    "also": Row("line"),
    "reopened": Row("card", lead="Bad again: "),
    "resolved": Row("line", closing=True),
    "closed_bad": Row("line", closing=True),
    "broke_and_recovered": Row("line", closing=True),
    "back": Row("line"),
    "better": Row("line"),
    "held": Row("line"),
    "resumed": Row("line"),
    "blind": Row("card"),
    "sees_again": Row("line", closing=True),
    "channel_broken": Row("card"),
    "channel_mended": Row("line", closing=True),
    "budget": Row("card"),
    "webhooks": Row("card"),
    "digest": Row("line"),
    "test": Row("line"),
    "roll_call": Row("line"),
}
_TONES: Mapping[Severity, Tone] = {"critical": "bad", "warning": "warn"}
_COUNTED: Mapping[Tone, str] = {
    "bad": "critical",
    "warn": "warning",
    "grey": "on hold or closed",
    "good": "fine again",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in no vendor's form. Every text is clean and bounded, and none is escaped for anybody.

    `first` is the sentence of lock screens (≤ 110; a roll-call ≤ 300), `brief` the same as a line of a digest. A
    line has only `first`, `lines`, `context` and `age`. `zone` tells which clock the times were read from.
    """

    kind: MessageKind
    severity: Severity | None
    tone: Tone
    first: str
    brief: str
    zone: str
    header: str = ""
    section: tuple[Said, ...] = ()
    still: str = ""
    fields: tuple[Field, ...] = ()
    minutes: Minutes | None = None
    lines: tuple[tuple[Tone, str], ...] = ()
    context: tuple[str, ...] = ()
    age: str = ""
    test: bool = False


def compose(
    alert: AlertView,
    kind: NewsKind,
    *,
    breaches: Sequence[BreachView],
    severity: Severity | None = None,
    round: Round | None = None,
    samples: Sequence[Sample] = (),
    tz: str = "UTC",
    now: datetime,
    test: bool = False,
    over_at: datetime | None = None,
) -> Message:
    """The news of an alert in the shape of its kind. `over_at`: when an alert that is back had closed."""
    own = tuple(breaches) or alert.breaches
    case = Case(alert, own, severity or alert.severity, samples, Clock(tz, now), over_at)
    return card(case, kind, round, test) if KINDS[kind].shape == "card" else line(case, kind, test)


def card(case: Case, kind: NewsKind, look: Round | None = None, test: bool = False) -> Message:
    """What is new and bad, with all that helps."""
    who, topic = _names(case.alert)
    fields = details.fields(case, look)
    return replace(
        _first(case, kind, test),
        header=fit(_header(case, kind, test), who, topic, _HEADER_LIMIT),
        section=details.section(case),
        still=fit(details.still(case), who, topic, TEXT_LIMIT),
        fields=tuple(replace(field, text=fit(field.text, who, topic, TEXT_LIMIT)) for field in fields),
        minutes=details.minutes(case),
    )


def line(case: Case, kind: NewsKind, test: bool = False) -> Message:
    """One sentence; where it does not name the meeting, the small print does."""
    message, topic = _first(case, kind, test), _names(case.alert)[1]
    missing = () if topic in message.first else (cut(topic, 80),)
    return replace(message, context=(*missing, *message.context))


def digest(messages: Sequence[Message], topic: str) -> Message:
    """Several alerts of one meeting in one message: a line each, the strongest news first."""
    ordered = sorted(messages, key=_strength)
    tones = [message.tone for message in ordered]
    counts = ", ".join(f"{tones.count(tone)} {word}" for tone, word in _COUNTED.items() if tone in tones)
    worst: Tone = min(tones, key=list(_COUNTED).index)
    severity = next((severity for severity, tone in _TONES.items() if tone == worst), None)
    test = any(message.test for message in ordered)
    lead = (TEST if test else "") + (f"{severity.upper()}: " if severity else "")
    first = fit(f"{lead}{len(ordered)} alerts in {TOPIC}: {counts}.", "", clean(topic) or "one meeting")
    return replace(
        ordered[0],
        kind="digest",
        severity=severity,
        tone=worst,
        first=first,
        brief=first,
        lines=tuple((message.tone, message.brief) for message in ordered),
        header="",
        section=(),
        still="",
        fields=(),
        minutes=None,
        context=(),
        test=test,
    )


def test(channel: Channel, sentence: str, tz: str, now: datetime) -> Message:
    """What `POST …/test` sends: proof that this channel is heard."""
    clock = Clock(tz, now)
    first = cut(TEST + clean(sentence), TEXT_LIMIT)
    return Message(
        "test",
        None,
        "grey",
        fit(first, "", ""),
        first,
        clock.abbreviation,
        context=(channel.id,),
        age=f"sent {clock.at(now)}",
        test=True,
    )


def _first(case: Case, kind: NewsKind, test: bool) -> Message:
    told, lead = sentence(kind, case), TEST if test else ""
    who, topic = _names(case.alert)
    first = fit(lead + told.whole, who, topic)
    roomy = f"{first} {told.spare}." if told.spare else first
    return Message(
        kind,
        None if _is_over(kind, case) else case.severity,
        _tone(kind, case),
        roomy if len(roomy) <= FIRST_LIMIT else first,
        fit(f"{lead}{told.core}.", who, topic),
        case.clock.abbreviation,
        context=details.context(case),
        age=details.age(case),
        test=test,
    )


def _header(case: Case, kind: NewsKind, test: bool) -> str:
    notice, lead = says(case.alert, case.main), (TEST if test else "") + KINDS[kind].lead
    return lead + notice if lead or notice.startswith(WHO) else capital(notice)


def _tone(kind: NewsKind, case: Case) -> Tone:
    """Green only for what is fine again; grey for what ended otherwise, or can not be told."""
    if _is_over(kind, case):
        return "good" if case.ending == "fine" else "grey"
    if kind == "held":
        return "grey"
    return _TONES[case.newest.severity if kind == "also" else case.severity]


def _is_over(kind: NewsKind, case: Case) -> bool:
    """Whether nothing is bad any more for the channel; who is back may be as bad as before."""
    return KINDS[kind].closing or (kind == "back" and not case.bad)


def _names(alert: AlertView) -> tuple[str, str]:
    return clean(alert.who) or "somebody", clean(alert.topic) or f"Meeting {clean(alert.meeting)}"


def _strength(message: Message) -> tuple[int, int]:
    kind = message.kind
    rank = STRENGTH.index(kind) if kind in STRENGTH else len(STRENGTH)
    return rank, list(_COUNTED).index(message.tone)
