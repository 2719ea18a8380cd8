"""The parts below the first sentence: whose side, who else, what is likely, what to try, the last minutes."""

import re
from collections.abc import Sequence

from rules import dropwords, takewords
from rules.case import Case, stream
from rules.expression import value
from rules.facts import Field, Minutes, Said
from rules.model import AlertView, BreachView, Round, Sample
from rules.sentences import held
from rules.words import TOPIC, WHO, bars, capital, clean, cut, digits, duration, quantity

TEXT_LIMIT = 300  #: one field: a screen line or four
_SHOWN_BREACHES = 6
_LAST_MINUTES = 8
_WEAK_DBM, _BUSY_PCT = -75, 95
_HARMS = {
    "audio": 5.0,
    "as": 5.0,
    "video": 10.0,
}  # average loss, %, above which the other direction is bad too
_NETWORKS = {"Wifi": "Wi-Fi", "Cellular": "mobile network"}


def section(case: Case) -> tuple[Said, ...]:
    """Every open breach of the alert; first those that concern the channel."""
    others = (b for b in case.alert.breaches if b.ending is None and b not in case.breaches)
    return tuple(_said(case, breach) for breach in (*case.bad, *others))[:_SHOWN_BREACHES]


def still(case: Case) -> str:
    """Whether it goes on, as far as the newest minute tells; names are left as places."""
    breach, at = case.main, case.alert.data_at
    if breach.hold:
        return f"On hold: {held(case)}."
    if breach is case.drop:
        return dropwords.awaited(case)
    if at is None or breach.no_figures:
        return ""
    state = "Better" if breach.state == "recovering" else "Still bad"
    return f"{state} at {case.clock.at(at)}."


def fields(case: Case, look: Round | None) -> tuple[Field, ...]:
    """The facts in the order in which people need them; what is not known is left out."""
    sample, breach = _newest(case.samples), case.main
    found = (
        Field("Meeting", TOPIC, fresh=_live(case)),
        Field("Whose side", _side(breach, sample)),
        Field("Who else", dropwords.who_else(look) if look and breach is case.drop else _who_else(look)),
        Field("Likely", _likely(sample, case.alert)),
        Field("Try", _stopped(clean(breach.hint)), link=_web(breach.runbook_url)),
        takewords.who_has_it(case),
    )
    return tuple(field for field in found if field.text or field.link)


def minutes(case: Case) -> Minutes | None:
    """The last minutes of the figure that broke; a minute without one keeps its place."""
    breach = dropwords.before(case) or case.main if case.main is case.drop else case.main
    rows = {row.minute: value(breach.operand, row) for row in case.samples} if breach.operand else {}
    newest = max((minute for minute, number in rows.items() if number is not None), default=None)
    if newest is None:
        return None
    shown = [rows.get(minute) for minute in range(max(min(rows), newest - _LAST_MINUTES + 1), newest + 1)]
    row = " ".join(digits(number, breach.unit) for number in shown)
    return Minutes(f"Last {len(shown)} min", row, breach.unit, bars(shown))


def context(case: Case) -> tuple[str, ...]:
    """The small print: rules, device, network, place, the alert's id."""
    facts = case.alert.facts
    device = " ".join(part for part in (facts.get("device", ""), facts.get("version", "")) if part)
    network = facts.get("network_type", "")
    rules = ", ".join(dict.fromkeys(breach.rule for breach in case.bad or case.breaches))
    parts = (
        rules,
        device,
        _NETWORKS.get(network, network),
        facts.get("location", "").replace(" )", ")"),
        case.alert.id,
    )
    return tuple(cut(clean(part), 80) for part in parts if clean(part))


def age(case: Case) -> str:
    """How old the data is: "data to 10:44, read 10:45"."""
    data_at, read_at = case.alert.data_at, case.alert.read_at
    data = f"data to {case.clock.at(data_at)}" if data_at else ""
    return ", ".join(part for part in (data, f"read {case.clock.at(read_at)}" if read_at else "") if part)


def _said(case: Case, breach: BreachView) -> Said:
    """ "sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes", as a person says it, and since when."""
    strong, alarm, rest = clean(breach.because).partition(" (alarm ")
    rest = re.sub(r"\)? in (\d+) of (\d+) minutes$", r"), in \1 of the last \2 minutes", rest)
    rest = re.sub(r"\) in 1 minute$", "), in one minute", rest)
    since = f", since {case.clock.at(breach.since_at)}."
    return Said(capital(cut(strong, 200)), cut(f"{alarm}{rest}", 200) + since)


def _newest(samples: Sequence[Sample]) -> Sample | None:
    return max(samples, key=lambda row: row.minute, default=None)


def _live(case: Case) -> str:
    started = case.alert.meeting_started_at
    return f", live {duration((case.clock.now - started).total_seconds())}" if started else ""


def _side(breach: BreachView, sample: Sample | None) -> str:
    """Direction in words, and how the other direction fares in the newest minute."""
    media, _, way = stream(breach.operand).partition("_")
    if way == "*":
        return f"{WHO}'s own connection, both ways."
    if way not in ("input", "output"):
        return f"{WHO}'s own computer or network." if breach.operand else ""
    verb = "hear" if media == "audio" else "see"
    other = _fares(sample, media, "output" if way == "input" else "input")
    if way == "input":
        return f"{WHO}'s own connection, sending. What they {verb} {other}."
    return f"{WHO}'s own connection, receiving. What others {verb} of them {other}."


def _fares(sample: Sample | None, media: str, way: str) -> str:
    loss = sample.values.get(f"{media}_{way}.avg_loss") if sample else None
    if loss is None:
        return "is not known"
    return "is also bad" if loss > _HARMS[media] else "is fine"


def _who_else(look: Round | None) -> str:
    if look is None:
        return ""
    if look.bad > 1:
        return f"{look.bad} of {look.watched} watched are bad."
    if look.watched <= 1:
        return "Nobody else is watched."
    unknown = f", {look.no_figures} without figures" if look.no_figures else ""
    return f"Only {WHO}. {look.fine} other watched {'person' if look.fine == 1 else 'people'} fine{unknown}."


def _likely(sample: Sample | None, alert: AlertView) -> str:
    """Causes that the row itself shows; nothing when it shows none."""
    values = sample.values if sample else {}
    signal, cpu = values.get("wifi_rssi.avg_rssi"), values.get("cpu_usage.system_max_cpu_usage")
    causes = []
    if signal is not None and signal <= _WEAK_DBM:
        causes.append(f"Weak Wi-Fi, {quantity(signal, 'dBm')}.")
    if cpu is not None and cpu >= _BUSY_PCT:
        causes.append(f"Busy computer, CPU {quantity(cpu, '%')}.")
    if alert.facts.get("network_type") == "Cellular":
        causes.append("Mobile network.")
    place = clean(alert.facts.get("location", "")).replace(" )", ")")
    return " ".join([*causes, f"{cut(place, 80)}."] if causes and place else causes)


def _stopped(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _web(url: str | None) -> str:
    """A runbook's address, where it is one that a reader may safely follow."""
    safe = url and re.fullmatch(r"https?://[^\s<>|\"\\]{1,1000}", url)
    return url if url and safe else ""
