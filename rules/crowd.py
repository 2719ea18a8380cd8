"""Those of a meeting who are bad in the same way, and those who are fine: what a storm is told from.

Meeting-wide is: at least three people, and half of those of whom there are figures, bad in the same stream and
direction. Everybody counts who is bad for this channel, also those of whom it was told before.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rules.case import stream
from rules.model import Breach, Seat, Severity
from rules.severities import RANK, worst

LEAST = 3  #: people
#: stream → what most of them do, and what so many of them do
_HARMS: Mapping[str, tuple[str, str]] = {
    "audio_input": ("is heard breaking up", "are heard breaking up"),
    "audio_output": ("hears it breaking up", "hear it breaking up"),
    "audio_*": ("hears it badly", "hear it badly"),
    "video_input": ("is seen freezing or blurred", "are seen freezing or blurred"),
    "video_output": ("sees it freeze or blur", "see it freeze or blur"),
    "video_*": ("has bad video", "have bad video"),
    "as_input": ("shares slides that arrive broken", "share slides that arrive broken"),
    "as_output": ("sees the slides broken", "see the slides broken"),
    "as_*": ("has a bad screen share", "have a bad screen share"),
    "cpu_usage": ("has a computer at its limit", "have a computer at its limit"),
    "wifi_rssi": ("has weak Wi-Fi", "have weak Wi-Fi"),
}
_DELAY = ("has a long delay", "have a long delay")


@dataclass(frozen=True, slots=True)
class Victim:
    """Somebody who is bad in the way in which most are."""

    seat: Seat
    breach: Breach


@dataclass(frozen=True, slots=True)
class Crowd:
    """A meeting in which most are bad, as one channel sees it."""

    victims: tuple[Victim, ...]  #: the worst first
    fine: tuple[Seat, ...]
    seen: int  #: here, and with figures
    silent: int  #: here, and without

    @property
    def severity(self) -> Severity:
        """Of the worst of them."""
        return worst(victim.breach.severity for victim in self.victims) or "warning"

    @property
    def harm(self) -> tuple[str, str]:
        """What most of them do, and what so many of them do."""
        operand = self.victims[0].breach.operand
        return _DELAY if "latency" in operand else _HARMS[stream(operand)]

    @property
    def count(self) -> str:
        """ "22 of 40"."""
        return f"{len(self.victims)} of {self.seen}"


def crowd(seats: Mapping[str, Seat], channel: str) -> Crowd | None:
    """Those who are bad in the way in which most are; None when it is not the whole meeting."""
    here = [seat for seat in seats.values() if seat.away_at is None]
    seen = [seat for seat in here if seat.row_at is not None]
    bad = {seat.id: _own(seat, channel) for seat in seen}
    counts = Counter(way for breaches in bad.values() for way in {_way(breach) for breach in breaches} if way)
    way, count = max(counts.items(), key=lambda each: each[1], default=("", 0))
    if count < LEAST or 2 * count < len(seen):
        return None
    own = ((seat, [breach for breach in bad[seat.id] if _way(breach) == way]) for seat in seen)
    victims = [Victim(seat, max(breaches, key=_harm)) for seat, breaches in own if breaches]
    victims.sort(key=lambda victim: _harm(victim.breach), reverse=True)
    fine = tuple(seat for seat in seen if not bad[seat.id])
    return Crowd(tuple(victims), fine, len(seen), len(here) - len(seen))


def _own(seat: Seat, channel: str) -> list[Breach]:
    """What is bad of somebody, of that which the channel hears of."""
    if seat.alert is None or not seat.alert.open:
        return []
    rules = {rule for view in seat.alert.watches if channel in view.notify for rule in view.rules}
    return [breach for breach in seat.alert.breaches if breach.ending is None and breach.rule in rules]


def _way(breach: Breach) -> str:
    """Stream and direction; "" where a breach has none, or nothing can be said of it now."""
    if breach.hold or breach.muted or breach.no_figures:
        return ""
    return f"{stream(breach.operand)}{' delay' if 'latency' in breach.operand else ''}".strip()


def _harm(breach: Breach) -> tuple[int, float]:
    """How far beyond its own limit it is."""
    beyond = abs((breach.value or 0.0) - breach.threshold) if breach.value is not None else 0.0
    return RANK[breach.severity], beyond / (abs(breach.threshold) or 1.0)
