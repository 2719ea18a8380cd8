"""What people registered: watches that reach nobody or find nobody, rules that can not decide."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rules import watching
from rules.errors import RuleTextError
from rules.expression import compile_rule_text
from rules.model import Instance, Rule, Watch
from rules.roster import meant
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
    over = [watch.id for watch in fresh if _by_id(watch) and watch.ends_at and watch.ends_at < now]
    if over:
        yield warning(
            f"watches that ended without having seen anybody: {_listed(over)}",
            "check their ids, or delete them",
        )
    lost = _lost(store, fresh, now)
    if by_id := [watch.id for watch in lost if _by_id(watch)]:
        yield warning(
            f"watches that find nobody in a meeting that is on: {_listed(by_id)}",
            "a participant id is the user_id of one join: it changes with every rejoin and every run",
        )
    if others := [watch.id for watch in lost if not _by_id(watch)]:
        yield warning(
            f"watches whose people are not found in a meeting that is on: {_listed(others)}",
            "GET /v1/watches/<id> says why; POST …/bind claims somebody who is there under another name",
        )


def _by_id(watch: Watch) -> bool:
    return all(who.kind == "participant_id" for who in watch.who)


def _lost(store: Store, fresh: Iterable[Watch], now: datetime) -> list[Watch]:
    """Watches of meetings that are on, and were looked at often enough, in which they mean nobody."""
    looked = list(_looked_at(store))
    people = {run.id: store.seats.roster(run.id)[1].people for run in looked}

    def finds_nobody(watch: Watch, run: Instance) -> bool:
        own = watch.meeting in (run.number, run.uuid) and watching.concerns(watch, run, now)
        return own and not meant(watching.entries(watch, run.id), people[run.id])

    return [watch for watch in fresh if any(finds_nobody(watch, run) for run in looked)]


def _looked_at(store: Store) -> Iterator[Instance]:
    """Meetings that are on and were looked at often enough."""
    for id in store.instances.live():
        run = store.instances.get(id)
        if run and run.ended_at is None and store.seats.record(id)[1].rounds >= ROUNDS:
            yield run


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
