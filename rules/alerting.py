"""The alert of one subject: what the breaches inside it add up to, and each change with its sentence."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules import escalation, reminding, taking
from rules.alertwords import sentence, silences, standing, stands
from rules.audience import Audience, view
from rules.duty import Duty
from rules.model import DROPPED, AlertState, Breach, Entry, TransitionKind, WatchView
from rules.severities import RANK, worst
from rules.timeline import followed, is_flapping

REOPENS_WITHIN = 10  #: minutes in which returning trouble opens the same alert again
OPENED_WITHIN = 20  #: minutes over which it is counted how often it opened


@dataclass(slots=True)
class Docket:
    """The alert in hand while one decision runs, what it has gone through, and what it left behind."""

    subject: str
    now: datetime
    audience: Sequence[Audience]
    alert: AlertState | None
    entries: list[Entry] = field(default_factory=list)
    before: list[tuple[AlertState, tuple[Entry, ...]]] = field(default_factory=list)
    seen: bool = False  #: that its watches are as the audience asks; after that, breaches alone change them

    @property
    def flaps(self) -> bool:
        """Whether it must be good for long to close."""
        return self.alert is not None and is_flapping(self.alert)

    @property
    def known(self) -> dict[str, Breach]:
        """Every breach of the alert by rule, open or over."""
        return {breach.rule: breach for breach in (self.alert.breaches if self.alert else ())}

    @property
    def breaches(self) -> dict[str, Breach]:
        """The breaches that are open, by rule, also those that a person closed."""
        return {rule: breach for rule, breach in self.known.items() if breach.ending is None}

    def settle(self, minute: int, changed: Iterable[Breach]) -> None:
        """Put changed breaches in their place; where the alert changes, write it down."""
        known = self.breaches
        changed = [breach for breach in changed if known.get(breach.rule) != breach]
        as_asked = self.seen or self.alert is None or self.alert.watches == self._views(self.alert)
        self.seen = True
        if changed or not as_asked:
            self._place(minute, changed)

    def pass_on(self, duty: Duty, *, reminds: bool = True) -> None:
        """Once all is settled: policies, reminders and snoozes, as far as they are due."""
        if self.alert is None:
            return
        backings = {each.watch: each.backing for each in self.audience if each.backing}
        state = escalation.started(self.alert, backings, self.now)
        self.alert, entries = reminding.passed(state, duty, self.now, reminds=reminds)
        self.entries += entries

    def changes(self) -> tuple[tuple[AlertState, tuple[Entry, ...]], ...]:
        """Every alert that was touched, as it is at the end, with its new entries."""
        last = [(self.alert, tuple(self.entries))] if self.alert else []
        return (*self.before, *last)

    def _place(self, minute: int, changed: list[Breach]) -> None:
        changed = [_unmuted(breach) for breach in changed]
        was = self._current(minute, changed)
        kept = was.breaches if was else _muted(self.alert)
        merged = {breach.rule: breach for breach in kept}
        merged.update({breach.rule: breach for breach in changed})
        breaches = tuple(sorted(merged.values(), key=_order))
        standing = [breach for breach in breaches if stands(breach)]
        if was is None and not standing:
            return
        state = self._state(was, breaches, standing, minute)
        kind = _kind(was, state)
        if kind is not None:
            state = _turned(kind, was, state, minute)
            words, tells = sentence(kind, state, was), _heard_again(was, state)
            state, entry = followed(state, kind, self.now, words, minute=minute, tells=tells)
            self.entries.append(entry)
        self.alert = state

    def _current(self, minute: int, changed: list[Breach]) -> AlertState | None:
        """The alert that these breaches belong to; an old one that is over is left behind."""
        alert = self.alert
        opens = any(stands(breach) for breach in changed)
        if alert is None or alert.open or not opens:
            return alert
        if minute - (alert.closed_minute or 0) <= REOPENS_WITHIN and alert.ending != "meeting_over":
            return alert
        if self.entries:
            self.before.append((alert, tuple(self.entries)))
            self.entries = []
        return None

    def _state(
        self, was: AlertState | None, breaches: tuple[Breach, ...], standing: list[Breach], minute: int
    ) -> AlertState:
        base = was or AlertState(alert_id(self.subject, minute), 0, self.now, minute, True, "warning")
        severity = worst(breach.severity for breach in standing) or base.severity
        held = bool(standing) and all(breach.hold for breach in standing)
        state = replace(base, breaches=breaches, severity=severity, held=held)
        if standing:
            state = replace(state, open=True, closed_at=None, closed_minute=None, ending=None, resolved=None)
        elif state.open:
            last = min((breach for breach in breaches if breach.rule in self.breaches), key=_order)
            state = replace(state, open=False, closed_at=self.now, closed_minute=minute, ending=last.ending)
        return replace(state, watches=self._views(state))

    def _views(self, state: AlertState) -> tuple[WatchView, ...]:
        """What each watch sees. Channels that a watch told, and tells no more, keep a place, to hear the end."""
        standing = {breach.rule: breach for breach in state.breaches if stands(breach)}
        views = [escalation.reaching(view(seat, standing), state.runs) for seat in self.audience]
        here = {each.id: each for each in views}
        left: dict[str, set[str]] = {}
        for seen in state.watches:
            tells = here[seen.id].notify if seen.id in here else ()
            left.setdefault(seen.id, set()).update(set(seen.notify) - set(tells))
        gone = [WatchView(watch, None, tuple(sorted(channels))) for watch, channels in left.items() if channels]
        return (*views, *gone)


def alert_id(subject: str, minute: int) -> str:
    """Derived, so that looking again after a lost second makes the same alert."""
    return "al_" + hashlib.sha256(f"{subject}/{minute}".encode()).hexdigest()[:12]


def _unmuted(breach: Breach) -> Breach:
    """What a person closed is heard of again when it was clear once, or is worse than what they closed."""
    outgrown = breach.muted and (breach.ending or RANK[breach.severity] > RANK[breach.muted])
    return replace(breach, muted=None) if outgrown else breach


def _muted(alert: AlertState | None) -> tuple[Breach, ...]:
    return tuple(b for b in (alert.breaches if alert else ()) if b.ending is None and b.muted)


def _turned(kind: TransitionKind, was: AlertState | None, state: AlertState, minute: int) -> AlertState:
    """What an opening and a turn for the worse bring with them."""
    if kind in ("fire", "reopened"):
        lately = tuple(each for each in state.opened if minute - each < OPENED_WITHIN)
        state = replace(reminding.anew(state), opened=(*lately, minute))
    grown = was is not None and RANK[state.severity] > RANK[was.severity]
    return taking.outgrown(state) if grown and kind in ("worse", "reopened") else state


def _heard_again(was: AlertState | None, state: AlertState) -> tuple[str, ...]:
    """The channels for which a silence ended while it is still bad."""
    hushed = {view.id for view in (was.watches if was else ()) if view.silenced and view.severity is None}
    told = (channel for view in state.watches if view.id in hushed and view.severity for channel in view.notify)
    return tuple(dict.fromkeys(told))


def _order(breach: Breach) -> tuple[bool, bool, int, int]:
    """Open before over, who dropped out before how they sounded, worse before better, earlier before later."""
    return (breach.ending is not None, breach.rule != DROPPED, -RANK[breach.severity], breach.since_minute)


def _kind(was: AlertState | None, state: AlertState) -> TransitionKind | None:
    if was is None:
        return "fire"
    if was.open != state.open:
        return "reopened" if state.open else "closed"
    if not state.open:
        return None
    if RANK[state.severity] != RANK[was.severity]:
        return "worse" if RANK[state.severity] > RANK[was.severity] else "better"
    old, new = standing(was), standing(state)
    if new != old:
        return "also" if new - old else "gone"
    if was.held != state.held:
        return "held" if state.held else "resumed"
    if _seeing(state) - _seeing(was):
        return "unsilenced" if _heard_again(was, state) else "also"
    return "silenced" if silences(state) - silences(was) else None


def _seeing(state: AlertState) -> frozenset[str]:
    """The watches that see something bad."""
    return frozenset(view.id for view in state.watches if view.severity)
