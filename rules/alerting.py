"""The alert of one subject: what the breaches inside it add up to, and each change with its sentence."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.model import DROPPED, AlertState, Breach, Entry, Severity, TransitionKind, WatchView

REOPENS_WITHIN = 10  #: minutes in which returning trouble opens the same alert again
_RANK: Mapping[Severity | None, int] = {None: 0, "warning": 1, "critical": 2}


@dataclass(frozen=True, slots=True)
class Audience:
    """One watch of the seat: its rules by id, and whom it tells."""

    watch: str
    rules: frozenset[str]
    notify: tuple[str, ...]


@dataclass(slots=True)
class Docket:
    """The alert in hand while one decision runs, what it has gone through, and what it left behind."""

    subject: str
    now: datetime
    audience: Sequence[Audience]
    alert: AlertState | None
    entries: list[Entry] = field(default_factory=list)
    before: list[tuple[AlertState, tuple[Entry, ...]]] = field(default_factory=list)

    @property
    def known(self) -> dict[str, Breach]:
        """Every breach of the alert by rule, open or over."""
        return {breach.rule: breach for breach in (self.alert.breaches if self.alert else ())}

    @property
    def breaches(self) -> dict[str, Breach]:
        """The breaches that are open, by rule."""
        return {rule: breach for rule, breach in self.known.items() if breach.ending is None}

    def settle(self, minute: int, changed: Iterable[Breach]) -> None:
        """Put changed breaches in their place; where the alert changes, write it down."""
        changed = [breach for breach in changed if self.breaches.get(breach.rule) != breach]
        if self.alert and not changed and self.alert.watches == self._views(self.alert):
            return
        if self.alert is None and not changed:
            return
        self._place(minute, changed)

    def changes(self) -> tuple[tuple[AlertState, tuple[Entry, ...]], ...]:
        """Every alert that was touched, as it is at the end, with its new entries."""
        last = [(self.alert, tuple(self.entries))] if self.alert else []
        return (*self.before, *last)

    def _place(self, minute: int, changed: list[Breach]) -> None:
        was = self._current(minute, changed)
        merged = {breach.rule: breach for breach in (was.breaches if was else ())}
        merged.update({breach.rule: breach for breach in changed})
        breaches = tuple(sorted(merged.values(), key=_order))
        standing = [breach for breach in breaches if breach.ending is None]
        if was is None and not standing:
            return
        state = self._state(was, breaches, standing, minute)
        kind = _kind(was, state)
        if kind is not None:
            state = replace(state, seq=state.seq + 1)
            self.entries.append(self._entry(kind, state, was, minute))
        self.alert = state

    def _current(self, minute: int, changed: list[Breach]) -> AlertState | None:
        """The alert that these breaches belong to; an old one that is over is left behind."""
        alert = self.alert
        opens = any(breach.ending is None for breach in changed)
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
        severity = _worst(breach.severity for breach in standing) or base.severity
        held = bool(standing) and all(breach.hold for breach in standing)
        state = replace(base, breaches=breaches, severity=severity, held=held)
        if standing:
            state = replace(state, open=True, closed_at=None, closed_minute=None, ending=None)
        elif state.open:
            last = min((breach for breach in breaches if breach.rule in self.breaches), key=_order)
            state = replace(state, open=False, closed_at=self.now, closed_minute=minute, ending=last.ending)
        return replace(state, watches=self._views(state))

    def _views(self, state: AlertState) -> tuple[WatchView, ...]:
        """What each watch sees. Channels that a watch told, and tells no more, keep a place, to hear the end."""
        standing = {breach.rule: breach for breach in state.breaches if breach.ending is None}
        here = {seat.watch: seat for seat in self.audience}
        left: dict[str, set[str]] = {}
        for view in state.watches:
            tells = here[view.id].notify if view.id in here else ()
            left.setdefault(view.id, set()).update(set(view.notify) - set(tells))
        gone = [WatchView(watch, None, tuple(sorted(channels))) for watch, channels in left.items() if channels]
        return (*(_view(seat, standing) for seat in here.values()), *gone)

    def _entry(self, kind: TransitionKind, state: AlertState, was: AlertState | None, minute: int) -> Entry:
        return Entry(
            state.seq,
            kind,
            minute,
            self.now,
            _sentence(kind, state, was),
            state.open,
            state.severity,
            state.held,
            state.watches,
        )


def alert_id(subject: str, minute: int) -> str:
    """Derived, so that looking again after a lost second makes the same alert."""
    return "al_" + hashlib.sha256(f"{subject}/{minute}".encode()).hexdigest()[:12]


def _view(seat: Audience, standing: Mapping[str, Breach]) -> WatchView:
    own = [breach for rule, breach in standing.items() if rule in seat.rules]
    return WatchView(
        seat.watch,
        _worst(breach.severity for breach in own),
        seat.notify,
        tuple(sorted(breach.rule for breach in own)),
        bool(own) and all(breach.hold in ("idle", "no_data") for breach in own),
    )


def _worst(severities: Iterable[Severity]) -> Severity | None:
    return max(severities, key=lambda severity: _RANK[severity], default=None)


def _order(breach: Breach) -> tuple[bool, bool, int, int]:
    """Open before over, who dropped out before how they sounded, worse before better, earlier before later."""
    return (breach.ending is not None, breach.rule != DROPPED, -_RANK[breach.severity], breach.since_minute)


def _kind(was: AlertState | None, state: AlertState) -> TransitionKind | None:
    if was is None:
        return "fire"
    if was.open != state.open:
        return "reopened" if state.open else "closed"
    if not state.open:
        return None
    if _RANK[state.severity] != _RANK[was.severity]:
        return "worse" if _RANK[state.severity] > _RANK[was.severity] else "better"
    old, new = _standing(was), _standing(state)
    if new != old:
        return "also" if new - old else "gone"
    if was.held != state.held:
        return "held" if state.held else "resumed"
    return "also" if _seeing(state) - _seeing(was) else None


def _seeing(state: AlertState) -> frozenset[str]:
    """The watches that see something bad."""
    return frozenset(view.id for view in state.watches if view.severity)


def _standing(state: AlertState) -> frozenset[str]:
    return frozenset(breach.rule for breach in state.breaches if breach.ending is None)


def _sentence(kind: TransitionKind, state: AlertState, was: AlertState | None) -> str:
    old = _standing(was) if was else frozenset()
    new = _standing(state)
    if kind in ("closed", "gone"):
        ended = [breach for breach in state.breaches if breach.rule in old - new]
        return "; ".join(_ended(breach) for breach in ended)
    if kind == "held":
        return _HELD[state.breaches[0].hold or "no_data"]
    if kind == "resumed":
        return "figures again, still bad"
    told = [breach for breach in state.breaches if breach.rule in new - old]
    return (told or list(state.breaches))[0].because


_HELD = {"idle": "stopped sending (muted?)", "no_data": "no figures come", "away": "left the meeting"}


def _ended(breach: Breach) -> str:
    match breach.ending:
        case "fine":
            return f"clear for {breach.clears_for} minutes"
        case "left":
            return "left while still bad"
        case "meeting_over":
            return "the meeting ended while it was still bad"
        case "stopped_sending":
            return "stopped sending: cannot tell if fixed"
        case "no_figures":
            return "no figures come: cannot tell if fixed"
        case "rule_changed":
            return f"rule {breach.rule} was changed or removed"
        case "unwatched":
            return "no longer watched"
        case "figures_back":
            return "figures come again"
        case "back":
            return "back in the meeting"
        case "did_not_return":
            return "did not come back"
        case None:
            return breach.because
