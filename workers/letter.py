"""What a lane says next: its debts read as they are now, composed to one message, or kept because they can wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules import message, notewords, offers, patience, selfwords, sharing, storm, troubles
from rules.duty import CHATS
from rules.message import Message
from rules.model import AlertView, Channel, Note, Privacy, Sample
from rules.patience import Memory
from rules.storm import Hit
from service.store import Store
from service.store.lanes import Turn
from workers import items as debts
from workers.items import BY_ID, Item, Owed
from workers.items import TEST_LABEL as TEST_LABEL
from workers.pressable import Links

MINUTES_READ = 60  #: as far back as a rule can look; the message shows the newest of them
ALERTS_MAX = 1000  #: of one post
NOTES_MAX = 60

Rows = Mapping[tuple[str, str], tuple[Sample, ...]]  #: by instance and session


@dataclass(frozen=True, slots=True)
class Letter:
    """One message and the news that it tells; `stale` are debts that stand no longer. `news_at`: the oldest of it.

    Without a message the news can wait until `waits_until`, or there is none. `alerts`: it tells of alerts.
    """

    pairs: tuple[tuple[str, int], ...] = ()
    message: Message | None = None
    stale: tuple[str, ...] = ()
    news_at: datetime | None = None
    waits_until: datetime | None = None
    alerts: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a letter is written: the store, whose turn it is, to whom, with which links, and when."""

    store: Store
    turn: Turn
    channel: Channel
    links: Links | None
    now: datetime

    def pressable(self, said: Message, alert: AlertView | None, standing: bool = True, note: str = "") -> Message:
        """The message with the links that its reader may follow."""
        if self.links is None:
            return said
        offered = offers.offered(said.kind, alert, standing=standing)
        about = note or (alert.id if alert else "")
        return replace(said, actions=self.links.to(offered, about, self.turn.lane, self.now))


def letter(store: Store, turn: Turn, channel: Channel, now: datetime, links: Links | None = None) -> Letter:
    """Compose what the lane owes. A post of unknown fate goes again under its id, about the same, before the rest."""
    desk, owed = Desk(store, turn, channel, links, now), debts.read(store, turn, channel)
    for note in owed.notes:
        if note.kind == "test":
            return _test(desk, note)
    alerts_wait, notes_wait = _waits(desk, owed)
    if owed.items and not alerts_wait:
        return _alerts(desk, owed)
    if owed.notes and not notes_wait:
        return _notes(desk, owed)
    waits = min((until for until in (alerts_wait, notes_wait) if until), default=None)
    return Letter(stale=tuple(owed.stale), waits_until=waits)


def _waits(desk: Desk, owed: Owed) -> tuple[datetime | None, datetime | None]:
    """Until when alerts and notes can wait. What may have been posted already waits for nothing."""
    turn, channel, now = desk.turn, desk.channel, desk.now
    if turn.sending:
        return None, None
    pieces = [item.piece for item in owed.items]
    alerts = patience.waits_until(pieces, Memory(turn.posts, turn.last_at, turn.put_off), channel, now)
    return alerts, patience.quiet_until(channel, now) if owed.notes else None


def _test(desk: Desk, note: Note) -> Letter:
    said = message.test(desk.channel, note.sentence, desk.channel.timezone, desk.now)
    return Letter(((note.id, _seq(desk.turn, note.id)),), desk.pressable(said, None, note=note.id))


def _notes(desk: Desk, owed: Owed) -> Letter:
    """What is only said once, in one post; it waits while alerts have news."""
    told = owed.notes[:NOTES_MAX]
    pairs = tuple((note.id, _seq(desk.turn, note.id)) for note in told)
    return Letter(pairs, notewords.message(told, desk.channel.timezone, desk.now), tuple(owed.stale))


def _alerts(desk: Desk, owed: Owed) -> Letter:
    """Every alert in one post; where a machine listens, one each."""
    told = owed.items[: ALERTS_MAX if desk.channel.kind in CHATS else 1]
    pairs = tuple((item.alert.id, _up_to(desk, item)) for item in told)
    return Letter(pairs, _composed(desk, told), tuple(owed.stale), _news_at(desk, told), alerts=True)


def _seq(turn: Turn, subject: str) -> int:
    return dict(turn.sending.pairs)[subject] if turn.sending else turn.owed[subject]


def _up_to(desk: Desk, item: Item) -> int:
    """What is told: the newest state, which may be newer than what the turn owes, or a part of it that goes first."""
    turn, sent = desk.turn, _seq(desk.turn, item.alert.id)
    if turn.sending and desk.channel.kind in BY_ID:
        return sent
    whole = item.seq >= item.alert.seq
    return max(item.seq, sent if whole or turn.sending else 0)


def _news_at(desk: Desk, told: Sequence[Item]) -> datetime | None:
    """When what brought the post arose; None where it was kept on purpose until its time came."""
    known, put_off = [item.news_at for item in told if item.news_at], desk.turn.put_off
    if put_off is None or not known:
        return min(known, default=None)
    return None if put_off <= desk.now else max(known)


def _composed(desk: Desk, told: Sequence[Item]) -> Message:
    channel, standing = desk.channel, any(item.share.open for item in told)
    rows = _rows(desk, told)
    hits = [Hit(item.alert, item.kind, _message(desk, item, place, rows)) for place, item in enumerate(told)]
    said, topic = [hit.message for hit in hits], told[0].alert.topic
    pieces = [item.piece for item in told]
    kept = patience.was_quiet(pieces, channel, desk.now) and not any(piece.critical for piece in pieces)
    if kept and channel.kind in CHATS and (len(told) > 1 or not standing):
        return desk.pressable(message.digest(said, topic, quiet=channel.quiet_hours), None, standing)
    if len(told) == 1:
        return desk.pressable(said[0], told[0].alert)
    return desk.pressable(_meeting(desk, hits, told) or message.digest(said, topic), None, standing)


def _meeting(desk: Desk, hits: Sequence[Hit], told: Sequence[Item]) -> Message | None:
    """The whole meeting as one, or what those have in common of whom there is news; None: there are too few."""
    first = told[0].alert
    if len(hits) < sharing.LEAST or troubles.is_ours(first.subject):
        return None
    seats = {id: seat for id, (_, seat) in desk.store.seats.load(first.instance).items()}
    look, privacy = desk.store.seats.round(first.instance), _strictest(told)
    said = storm.compose(
        hits,
        seats,
        desk.channel.id,
        look,
        topic=first.topic,
        tz=desk.channel.timezone,
        now=desk.now,
        privacy=privacy,
    )
    shared = storm.shared(hits, seats, privacy)
    return said or message.digest([hit.message for hit in hits], first.topic, shared=shared)


def _strictest(told: Sequence[Item]) -> Privacy:
    found = {item.privacy for item in told}
    return "ids" if "ids" in found else "watched" if "watched" in found else "full"


def _rows(desk: Desk, told: Sequence[Item]) -> Rows:
    """The kept rows of those whom the message shows."""
    shown = (item.alert for item in told[: message.DIGEST_LINES] if not troubles.is_ours(item.alert.subject))
    return desk.store.samples.of_many(list({(alert.instance, alert.session): 1 for alert in shown}), MINUTES_READ)


def _message(desk: Desk, item: Item, place: int, rows: Rows) -> Message:
    alert, store, tz = item.alert, desk.store, desk.channel.timezone
    if troubles.is_ours(alert.subject):
        return selfwords.compose(alert, item.kind, tz=tz, now=desk.now, entry=item.entry, privacy=item.privacy)
    return message.compose(
        alert,
        item.kind,
        breaches=[breach for breach in alert.breaches if breach.rule in item.rules],
        severity=item.share.severity,
        round=store.seats.round(alert.instance) if place == 0 else None,
        samples=rows.get((alert.instance, alert.session), ()),
        tz=tz,
        now=desk.now,
        test=item.test,
        over_at=item.over_at,
        privacy=item.privacy,
        entry=item.entry,
    )
