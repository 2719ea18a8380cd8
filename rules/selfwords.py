"""How qoswatch speaks of itself: blind and seeing again, a channel that refuses and one that listens again."""

from collections.abc import Sequence
from datetime import datetime

from rules.details import TEXT_LIMIT, Field, Said
from rules.message import Message, MessageKind
from rules.model import AlertView, BreachView
from rules.news import NewsKind
from rules.words import FIRST_LIMIT, Clock, clean, cut, duration

_NAMES_SHOWN = 5


def compose(alert: AlertView, kind: NewsKind, *, tz: str, now: datetime) -> Message:
    """The message of a service alert, told as it stands."""
    clock, breach = Clock(tz, now), alert.breaches[0]
    over = kind in ("resolved", "closed_bad", "broke_and_recovered")
    write = _over if over else _open
    return write(alert, breach, clock)


def _open(alert: AlertView, breach: BreachView, clock: Clock) -> Message:
    header = f"{breach.says} since {clock.at(breach.since_at)}"
    first = cut(f"{breach.severity.upper()}: {header}: {_first_clause(breach.because)}", FIRST_LIMIT)
    fields = (
        Field(alert.facts.get("label", "Not watched"), cut(alert.facts.get("names", ""), TEXT_LIMIT)),
        Field("Do", cut(breach.hint, TEXT_LIMIT)),
        Field("Then", cut(alert.facts.get("then", ""), TEXT_LIMIT)),
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
    )


def _kind(alert: AlertView, *, over: bool) -> MessageKind:
    if alert.subject.startswith("service.channel."):
        return "channel_mended" if over else "channel_broken"
    if over:
        return "sees_again"
    if alert.subject == "service.webhooks":
        return "webhooks"
    return "budget" if alert.severity == "warning" else "blind"


def names(things: Sequence[str]) -> str:
    """ "3: Spring Town Hall, Clinic 2, Court 7"; what is too many to name is counted."""
    shown = [clean(thing) or "a meeting without a name" for thing in sorted(things)[:_NAMES_SHOWN]]
    rest = len(things) - len(shown)
    return f"{len(things)}: {', '.join(shown)}{f' and {rest} more' if rest else ''}"


def _first_clause(text: str) -> str:
    return clean(text).partition(":")[0].partition(". ")[0].partition(";")[0].rstrip(".") + "."
