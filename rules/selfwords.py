"""How qoswatch speaks of itself: blind and seeing again, a channel that refuses and one that listens again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rules import takewords, veil
from rules.case import Case, Sentence
from rules.details import TEXT_LIMIT
from rules.facts import Field, Said
from rules.model import AlertView, BreachView, Entry, Privacy
from rules.news import NewsKind
from rules.sentences import sentence
from rules.shapes import KINDS, Message, MessageKind
from rules.words import FIRST_LIMIT, Clock, clean, cut, duration, fit

_NAMES_SHOWN = 5


_OWN: Mapping[str, MessageKind] = {"service.webhooks": "webhooks", "service.memory": "memory"}
#: What people and policies do to a service alert, told in the sentences of every alert.
_TAKING: frozenset[NewsKind] = frozenset(("escalated", "flapping", "reminder", "taken", "untaken", "snoozed"))


def compose(
    alert: AlertView,
    kind: NewsKind,
    *,
    tz: str,
    now: datetime,
    entry: Entry | None = None,
    privacy: Privacy = "full",
) -> Message:
    """The message of a service alert, told as it stands."""
    alert = veil.veiled(alert, privacy)
    clock, breach = Clock(tz, now), alert.breaches[0]
    case = Case(alert, alert.breaches, alert.severity, (), clock, entry=veil.entry(entry, privacy))
    if kind in _TAKING or alert.ending == "resolved":
        return _taking(case, kind, _open(case, breach))
    over = kind in ("resolved", "closed_bad", "broke_and_recovered")
    return _over(alert, breach, clock) if over else _open(case, breach)


def _taking(case: Case, kind: NewsKind, card: Message) -> Message:
    """What was done to it, in a line; a step of its policy with all that helps."""
    told = sentence(kind, case)
    first, spare = (fit(text, clean(case.alert.who), "") for text in (_whole(told), f"{told.spare}."))
    roomy = f"{first} {spare}" if told.spare else first
    fits = len(roomy) <= FIRST_LIMIT
    closed = case.alert.state == "closed"
    made = replace(
        card,
        kind=kind,
        severity=None if closed else card.severity,
        tone="grey" if closed or kind in ("taken", "snoozed") else card.tone,
        first=roomy if fits else first,
        brief=fit(f"{told.brief or told.core}.", clean(case.alert.who), ""),
        still="" if fits else spare,
    )
    if KINDS[kind].shape == "card":
        return made
    notice = () if case.main.says in made.first else (cut(card.header, FIRST_LIMIT),)
    return replace(made, header="", section=(), fields=(), context=(*notice, *card.context))


def _whole(told: Sentence) -> str:
    """A first sentence without a meeting: it is ourselves who are in trouble."""
    return " ".join(f"{part}." for part in (told.core, told.tail) if part)


def _open(case: Case, breach: BreachView) -> Message:
    alert, clock = case.alert, case.clock
    header = f"{breach.says} since {clock.at(breach.since_at)}"
    first = cut(f"{breach.severity.upper()}: {header}: {_first_clause(breach.because)}", FIRST_LIMIT)
    fields = (
        Field(alert.facts.get("label", "Not watched"), cut(alert.facts.get("names", ""), TEXT_LIMIT)),
        Field("Do", cut(breach.hint, TEXT_LIMIT)),
        Field("Then", cut(alert.facts.get("then", ""), TEXT_LIMIT)),
        *([takewords.who_has_it(case)] if case.policed or alert.taken else []),
    )
    return Message(
        _kind(alert, over=False),
        breach.severity,
        "bad" if breach.severity == "critical" else "warn",
        first,
        first,
        clock.abbreviation,
        header=header,
        section=(Said("", cut(clean(breach.because), TEXT_LIMIT)),),
        fields=tuple(field for field in fields if field.text),
        context=(alert.id,),
        age=f"told {clock.at(clock.now)}",
        alert=alert.id,
        mentions=case.mentions,
    )


def _over(alert: AlertView, breach: BreachView, clock: Clock) -> Message:
    ended_at = alert.closed_at or clock.now
    lasted = duration((ended_at - breach.since_at).total_seconds())
    mended = alert.ending == "fine"
    well = alert.facts.get("well", "It works again") if mended else f"Closed: {breach.says}, and nobody asks any more,"
    cost = "; ".join(
        part for part in (f"{alert.facts.get('lasted', 'out for')} {lasted}", alert.facts.get("cost", "")) if part
    )
    first = cut(f"{well} since {clock.at(ended_at)} ({cost}).", FIRST_LIMIT)
    return Message(
        _kind(alert, over=True),
        None,
        "good" if mended else "grey",
        first,
        first,
        clock.abbreviation,
        context=(alert.id, *([alert.facts["note"]] if alert.facts.get("note") else [])),
        age=f"told {clock.at(clock.now)}",
        alert=alert.id,
    )


def _kind(alert: AlertView, *, over: bool) -> MessageKind:
    if alert.subject.startswith("service.channel."):
        return "channel_mended" if over else "channel_broken"
    if over:
        return "sees_again"
    if alert.subject.startswith("service.schedule."):
        return "gap"
    if own := _OWN.get(alert.subject):
        return own
    return "budget" if alert.severity == "warning" else "blind"


def names(things: Sequence[str]) -> str:
    """ "3: Spring Town Hall, Clinic 2, Court 7"; what is too many to name is counted."""
    shown = [clean(thing) or "a meeting without a name" for thing in sorted(things)[:_NAMES_SHOWN]]
    rest = len(things) - len(shown)
    return f"{len(things)}: {', '.join(shown)}{f' and {rest} more' if rest else ''}"


def _first_clause(text: str) -> str:
    return clean(text).partition(": ")[0].partition(". ")[0].partition(";")[0].rstrip(".") + "."
