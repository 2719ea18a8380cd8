"""An alert as the page of a link shows it: as it is now, in the words and in the time zone of the channel."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.duty import MADE_OF
from rules.model import AlertView, BreachView, Calling, Ending, Privacy
from rules.veil import veiled
from rules.words import Clock, clean
from service.store.documents import Documents

_ENDINGS: dict[Ending, str] = {
    "fine": "fine again",
    "left": "they left while it was still bad",
    "meeting_over": "the meeting ended while it was still bad",
    "stopped_sending": "they stopped sending, so nobody knows whether it is fixed",
    "no_figures": "no figures came any more, so nobody knows whether it is fixed",
    "rule_changed": "the rule was changed",
    "unwatched": "nobody watches it any more",
    "figures_back": "figures came again",
    "back": "they are back",
    "did_not_return": "they did not come back",
    "resolved": "a person closed it",
}


@dataclass(frozen=True, slots=True)
class Place:
    """The channel in which a link was given: its clocks, and how much it may be told."""

    zone: str
    privacy: Privacy | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert on the page. `rows`: what is known of it, a name and a text each."""

    headline: str
    look: str  #: "critical", "warning", "closed"
    who: str
    holder: str
    rows: tuple[tuple[str, str], ...]


def place(documents: Documents, channel: str, zone: str) -> Place:
    """The channel of a link; no secret is opened. One that is gone may have been told no names, so it is not now."""
    person, made, _ = channel.partition(MADE_OF)
    if made:
        zones = {each.id: each.timezone for each in documents.people.unopened()}
        return Place(zones.get(person, zone), None if person in zones else "ids")
    known = next((each for each in documents.channels.unopened() if each.id == channel), None)
    return Place(known.timezone, known.privacy) if known else Place(zone, "ids")


def seen(alert: AlertView, channel: str, place: Place) -> AlertView:
    """The alert as far as its channel may be told of it."""
    named = any(view.named for view in alert.watches if channel in view.notify)
    return veiled(alert, place.privacy or ("full" if named else "watched"))


def unsaid(says: str, alert: AlertView, told: AlertView) -> str:
    """What was done, without what the channel may not be told. `told`: the alert as it may be."""
    says = says.replace(alert.says, told.says)
    spoken = [(alert.taken, told.taken), (alert.resolved, told.resolved), (alert.snooze, told.snooze)]
    for done, may in spoken:
        if done and may and done.comment and not may.comment:
            says = says.replace(f': "{clean(done.comment)}"', "")
    return says


def shown(alert: AlertView, clock: Clock) -> Shown:
    """The alert in words."""
    bad = [breach for breach in alert.breaches if breach.state != "over"]
    is_open = alert.state == "open"
    says = clean((bad or alert.breaches)[0].says) if alert.breaches else clean(alert.says)
    rows = (
        ("Meeting", clean(alert.topic) or f"number {alert.meeting}" if alert.meeting else clean(alert.topic)),
        ("State", _state(alert, clock)),
        ("Who has it", holder(alert, clock)),
        ("Quiet", _quiet(alert, clock)),
        *(("Since", _breach(breach, clock)) for breach in alert.breaches),
        ("Try", "; ".join(dict.fromkeys(clean(breach.hint) for breach in bad if breach.hint))),
    )
    return Shown(
        headline=f"{alert.severity.upper()}: {says}" if is_open else f"Closed: {says}",
        look=alert.severity if is_open else "closed",
        who=clean(alert.who),
        holder=holder(alert, clock),
        rows=tuple((name, text) for name, text in rows if text),
    )


def holder(alert: AlertView, clock: Clock) -> str:
    """Who has it, or who is called next."""
    if taken := alert.taken:
        comment = f": “{clean(taken.comment)}”" if taken.comment else ""
        return f"{clean(taken.by)} since {clock.at(taken.at)}{comment}"
    call = alert.next_call if alert.state == "open" and not alert.held else None
    return f"Nobody. {_next(call, clock)}" if call else "Nobody"


def _next(call: Calling, clock: Clock) -> str:
    verb = "Pages" if call.pages else "Tells"
    whom = _listed(clean(mention.name) for mention in call.names) or _listed(call.channels)
    return f"{verb} {whom} at {clock.at(call.at)}." if whom else f"The next step is at {clock.at(call.at)}."


def _state(alert: AlertView, clock: Clock) -> str:
    if alert.state == "open":
        held = ". On hold: nothing can be told now" if alert.held else ""
        return f"open since {clock.at(alert.opened_at)} {clock.abbreviation}{held}"
    at = f"closed {clock.at(alert.closed_at)} {clock.abbreviation}" if alert.closed_at else "closed"
    if resolved := alert.resolved:
        why = ", a false alarm" if resolved.reason == "false_alarm" else ""
        return f"{at} by {clean(resolved.by)}{why}"
    return f"{at}: {_ENDINGS[alert.ending]}" if alert.ending else at


def _quiet(alert: AlertView, clock: Clock) -> str:
    if alert.state != "open":
        return ""
    if alert.snooze:
        return f"snoozed until {clock.at(alert.snooze.until)} by {clean(alert.snooze.by)}"
    return "a silence keeps it from being told" if alert.silenced_by else ""


def _breach(breach: BreachView, clock: Clock) -> str:
    told = f"{clock.at(breach.since_at)} {clean(breach.because)}"
    if breach.ended_at:
        return f"{told} (over since {clock.at(breach.ended_at)})"
    return f"{told} (closed by a person)" if breach.muted else told


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
