"""Who hears of a seat's alert: each watch with its rules and channels, its policy, and what is silenced for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rules import silencing
from rules.escalation import Backing
from rules.model import Breach, Policy, Rule, Seat, Silence, WatchView
from rules.severities import worst
from rules.silencing import Thing


@dataclass(frozen=True, slots=True)
class Wish:
    """One watch as it concerns a seat: its rules, whom it tells, and what may keep it from telling.

    `named`: it names this person. `silences`: those at work that may cover this watch in this meeting.
    """

    watch: str
    rules: tuple[Rule, ...]
    notify: tuple[str, ...]
    policy: str = ""
    backing: Policy | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    named: bool = True
    silences: tuple[Silence, ...] = ()
    meeting: str = ""
    uuid: str = ""


def _unhushed(breach: Breach) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Audience:
    """One watch of the seat: its rules by id, whom it tells, and what is silenced for it."""

    watch: str
    rules: frozenset[str]
    notify: tuple[str, ...]
    policy: str = ""
    backing: Backing | None = None  #: its policy, where that exists
    named: bool = True
    hushed: Callable[[Breach], tuple[str, ...]] = _unhushed  #: the silences that cover a breach


def audience_of(wish: Wish, seat: Seat) -> Audience:
    """A watch's wish for one seat, as its alert asks of it."""
    rules = frozenset([rule.id for rule in wish.rules])
    backing = Backing(wish.backing, wish.labels) if wish.backing else None

    def hushed(breach: Breach) -> tuple[str, ...]:
        thing = Thing(
            wish.watch, wish.labels, wish.meeting, wish.uuid, seat.id, seat.name, seat.aliases, breach.rule,
            breach.severity,
        )  # fmt: skip
        return tuple(silence.id for silence in wish.silences if silencing.fits(silence, thing))

    return Audience(wish.watch, rules, wish.notify, wish.policy, backing, wish.named, hushed)


def view(seat: Audience, standing: Mapping[str, Breach]) -> WatchView:
    """How a watch sees what is bad."""
    hushed = {rule: seat.hushed(breach) for rule, breach in standing.items() if rule in seat.rules}
    own = [standing[rule] for rule, silences in hushed.items() if not silences]
    return WatchView(
        seat.watch,
        worst(breach.severity for breach in own),
        seat.notify,
        tuple(sorted(breach.rule for breach in own)),
        bool(own) and all(breach.hold in ("idle", "no_data") for breach in own),
        seat.policy,
        tuple(sorted({silence for silences in hushed.values() for silence in silences})),
        seat.named,
    )
