"""What to tell, in no vendor's form: the first sentence a sleepy person understands, then the rest.

Two shapes only: a card for what is new and bad, a line for all else. Everything comes in as arguments.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from rules import details, takewords, veil
from rules.case import Case, says
from rules.details import TEXT_LIMIT
from rules.digests import DIGEST_LINES as DIGEST_LINES
from rules.digests import digest as digest
from rules.facts import Said
from rules.gists import gist
from rules.model import AlertView, BreachView, Channel, Entry, Privacy, Round, Sample, Severity
from rules.news import NewsKind
from rules.sentences import sentence
from rules.shapes import KINDS as KINDS
from rules.shapes import TEST as TEST
from rules.shapes import TONES
from rules.shapes import Action as Action
from rules.shapes import Message as Message
from rules.shapes import MessageKind as MessageKind
from rules.shapes import OwnKind as OwnKind
from rules.shapes import Tone as Tone
from rules.words import FIRST_LIMIT, TOPIC, WHO, Clock, capital, clean, cut, fit

_HEADER_LIMIT = 120


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
    privacy: Privacy = "full",
    entry: Entry | None = None,
) -> Message:
    """The news of an alert in the shape of its kind. `over_at`: when an alert that is back had closed.

    `entry` is the newest change behind the news; what `privacy` forbids is taken away before anything is said.
    """
    known = veil.veiled(alert, privacy)
    own = veil.breaches(breaches, alert.who, known.who) or known.breaches
    told = veil.entry(entry, privacy)
    case = Case(known, own, severity or alert.severity, samples, Clock(tz, now), over_at, told)
    return card(case, kind, round, test) if KINDS[kind].shape == "card" else line(case, kind, test)


def card(case: Case, kind: NewsKind, look: Round | None = None, test: bool = False) -> Message:
    """What is new and bad, with all that helps."""
    who, topic = _names(case.alert)
    fields, first, still = details.fields(case, look), _first(case, kind, test), details.still(case)
    still = fit(still, who, topic, TEXT_LIMIT)
    spare = (Said("", first.still),) if first.still and first.still not in still else ()
    return replace(
        first,
        header=fit(_header(case, kind, test), who, topic, _HEADER_LIMIT),
        section=(*spare, *details.section(case)),
        still=still,
        fields=tuple(replace(field, text=fit(field.text, who, topic, TEXT_LIMIT)) for field in fields),
        minutes=details.minutes(case),
    )


def line(case: Case, kind: NewsKind, test: bool = False) -> Message:
    """One sentence; where it does not name the meeting or what is bad, the small print does."""
    message, (who, topic) = _first(case, kind, test), _names(case.alert)
    told = sentence(kind, case)
    notice = "" if WHO in told.whole or TOPIC in told.whole else fit(_notice(case), who, topic)
    missing = " · ".join(part for part in (notice, "" if topic in message.first else cut(topic, 80)) if part)
    still = " ".join(part for part in (message.still, takewords.rest(case) if kind == "reminder" else "") if part)
    return replace(message, still=still, context=(*((missing,) if missing else ()), *message.context))


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
    spare = fit(f"{told.spare}.", who, topic, TEXT_LIMIT) if told.spare else ""
    roomy = f"{first} {spare}".strip()
    fits = len(roomy) <= FIRST_LIMIT
    return Message(
        kind,
        None if _is_over(kind, case) else case.severity,
        _tone(kind, case),
        roomy if fits else first,
        fit(f"{lead}{told.brief or told.core}.", who, topic),
        case.clock.abbreviation,
        still="" if fits else spare,
        context=details.context(case),
        age=details.age(case),
        test=test,
        alert=case.alert.id,
        mentions=case.mentions,
        place=topic,
        gist=gist(case, who),
    )


def _header(case: Case, kind: NewsKind, test: bool) -> str:
    lead = (TEST if test else "") + KINDS[kind].lead
    return lead + says(case.alert, case.main) if lead else _notice(case)


def _notice(case: Case) -> str:
    notice = says(case.alert, case.main)
    return notice if notice.startswith(WHO) else capital(notice)


def _tone(kind: NewsKind, case: Case) -> Tone:
    """Green only for what is fine again; grey for what ended otherwise, or can not be told."""
    if _is_over(kind, case):
        return "good" if case.ending == "fine" else "grey"
    if kind in ("held", "taken", "snoozed"):
        return "grey"
    return TONES[case.newest.severity if kind == "also" else case.severity]


def _is_over(kind: NewsKind, case: Case) -> bool:
    """Whether nothing is bad any more for the channel; who is back may be as bad as before."""
    return KINDS[kind].closing or (kind == "back" and not case.bad)


def _names(alert: AlertView) -> tuple[str, str]:
    return clean(alert.who) or "somebody", clean(alert.topic) or f"Meeting {clean(alert.meeting)}"
