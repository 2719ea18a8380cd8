"""What people registered: watches that reach nobody or find nobody, rules that can not decide."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rules import watching
from rules.errors import RuleTextError
from rules.expression import compile_rule_text
from rules.model import Rule, Watch
from service.store import Store
from service.store.errors import SealedElsewhere
from workers.doctor.findings import Finding, Patient, fault, ok, warning
from workers.doctor.shelves import everything

ROUNDS = 3  #: looks at a meeting after which somebody who is in it would have been seen
_NAMED = 5


def watches(patient: Patient) -> Iterator[Finding]:
    """Every watch has rules that are there, tells somebody, and has seen somebody."""
    store = patient.kept
    known = everything(store.documents.watches)
    now = store.clock.now()
    worries = [*_unheard(store, known), *_unruled(store, known), *_unseen(store, known, now)]
    yield from worries
    if not known:
        yield warning("nothing is watched", "POST /v1/watches, or see /docs")
    elif not worries:
        number = "1 watch" if len(known) == 1 else f"{len(known)} watches"
        paused = sum(watch.paused for watch in known)
        yield ok(f"{number}, each with rules and a channel" + (f"; {paused} paused" if paused else ""))


def rules(patient: Patient) -> Iterator[Finding]:
    """Rules that can not be read any more, and rules that stay silent where a figure is missing."""
    known = everything(patient.kept.documents.rules)
    worries = [worry for rule in known if not rule.stock for worry in _rule(rule)]
    yield from worries
    if not known:
        yield warning("no rules are registered, not even the stock rules", "start `qoswatch web` once: it brings them")
    elif not worries:
        yield ok(f"{len(known)} rules, all of them can decide")


def _unheard(store: Store, known: Iterable[Watch]) -> Iterator[Finding]:
    """Watches that tell nobody, or fewer than they say."""
    wanted = {channel for watch in known for channel in watch.notify}
    there = _channels(store, wanted)
    deaf = [watch.id for watch in known if not there & set(watch.notify)]
    missing = sorted(wanted - there)
    if deaf:
        yield fault(
            f"watches whose channels are gone, so that nobody hears: {_listed(deaf)}",
            "give them `notify` anew",
        )
    elif missing:
        yield warning(f"watches name channels that are gone: {_listed(missing)}", "PUT them, or change `notify`")


def _channels(store: Store, wanted: set[str]) -> set[str]:
    """Those that are there. One whose address nobody can read is there all the same."""
    try:
        return set(store.documents.channels.get_many(sorted(wanted)))
    except SealedElsewhere:
        return wanted


def _unruled(store: Store, known: Iterable[Watch]) -> Iterator[Finding]:
    """Watches that judge by rules that are gone."""
    wanted = {rule for watch in known for rule in watching.rule_ids(watch)}
    there = set(store.documents.rules.get_many(sorted(wanted)))
    blank = [watch.id for watch in known if not there & set(watching.rule_ids(watch))]
    named = {rule for watch in known for rule in watch.rules}
    missing = sorted((wanted - there) & named)
    if blank:
        yield fault(
            f"watches whose rules are gone, so that nothing is judged: {_listed(blank)}",
            "give them `rules` anew",
        )
    elif missing:
        yield warning(f"watches name rules that are gone: {_listed(missing)}", "PUT them, or change `rules`")


def _unseen(store: Store, known: Iterable[Watch], now: datetime) -> Iterator[Finding]:
    """Watches that match nobody: over without a sight, or their meeting is on and nobody of theirs is in it."""
    fresh = [watch for watch in known if watch.bound is None and not watch.paused]
    over = [watch.id for watch in fresh if watch.ends_at and watch.ends_at < now]
    if over:
        yield warning(
            f"watches that ended without having seen anybody: {_listed(over)}",
            "check their ids, or delete them",
        )
    looked = _looked_at(store)
    lost = [watch.id for watch in fresh if watch.meeting in looked and watching.concerns(watch, "", now)]
    if lost:
        yield warning(
            f"watches that find nobody in a meeting that is on: {_listed(lost)}",
            "a participant id is the user_id of one join: it changes with every rejoin and every run",
        )


def _looked_at(store: Store) -> set[str]:
    """Numbers and UUIDs of meetings that are on and were looked at often enough."""
    found: set[str] = set()
    for id in store.instances.live():
        instance = store.instances.get(id)
        if instance and instance.ended_at is None and store.seats.record(id)[1].rounds >= ROUNDS:
            found |= {instance.number, instance.uuid}
    return found - {""}


def _rule(rule: Rule) -> Iterator[Finding]:
    for text in (rule.warning, rule.critical, rule.clear):
        if text is None:
            continue
        try:
            for sentence in compile_rule_text(text).warnings:
                yield warning(f"rule {rule.id}: {sentence}")
        except RuleTextError as error:
            yield fault(f"rule {rule.id} can not be read: {error.sentence}", f"PUT /v1/rules/{rule.id} anew")
            return


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
