"""What a lane owes, read as it is now: alerts with their news for this channel, notes, and what no longer stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules import news, telling, troubles
from rules.model import AlertView, BreachView, Channel, ChannelKind, Entry, Note, Privacy, Watch, moment_of
from rules.news import NewsKind, Share
from rules.patience import Piece
from service.store import Store
from service.store.lanes import Turn

TEST_LABEL = "test"  #: a watch with this label makes alerts that say TEST
#: They may drop what bears an id that they know: a repeat tells them what its first did, and what came since follows.
#: The others show or do whatever comes, so a repeat tells them how it stands now, once.
BY_ID: frozenset[ChannelKind] = frozenset(("webhook", "email"))


@dataclass(frozen=True, slots=True)
class Item:
    """One alert as the channel of this lane hears of it now, up to `seq` of its timeline."""

    alert: AlertView
    kind: NewsKind
    share: Share
    rules: frozenset[str]
    seq: int
    test: bool = False
    privacy: Privacy = "full"
    critical: bool = False  #: for this channel, now or before
    entry: Entry | None = None
    over_at: datetime | None = None
    news_at: datetime | None = None

    @property
    def piece(self) -> Piece:
        """What decides whether it can wait."""
        return Piece(self.kind, self.critical, self.news_at)


@dataclass(frozen=True, slots=True)
class Owed:
    """Everything that a lane owes. `items`: the strongest news first. `notes`: those not told yet."""

    items: Sequence[Item] = ()
    notes: Sequence[Note] = ()
    stale: Sequence[str] = ()


def read(store: Store, turn: Turn, channel: Channel) -> Owed:
    """Read a lane's debts. Those of a post of unknown fate stand whatever has become of them."""
    owed = dict(turn.sending.pairs) if turn.sending else dict(turn.owed)
    alerts = store.alerts.told(owed)
    watches = store.documents.watches.get_many({view.id for alert, _ in alerts.values() for view in alert.watches})
    items, notes, stale = list[Item](), list[Note](), list[str]()
    for subject in owed:
        if subject in alerts:
            alert, timeline = alerts[subject]
            told = _up_to(alert, timeline, owed[subject]) if turn.sending and channel.kind in BY_ID else alerts[subject]
            item = _item(turn, channel, *told, watches)
            if item is None and turn.sending:
                item = _again(channel, alert, owed[subject], watches)
            items += [item] if item else []
            stale += [] if item else [subject]
        elif (note := store.lanes.note(subject)) and not _was_told(turn, subject):
            notes.append(note)
        else:
            stale.append(subject)
    items.sort(key=lambda item: news.STRENGTH.index(item.kind))
    return Owed(items, notes, stale)


def _was_told(turn: Turn, note: str) -> bool:
    """Owed again by somebody who died before he could write down that it was owed: it is told once."""
    return not turn.sending and turn.told.get(note, 0) >= turn.owed[note]


def _up_to(alert: AlertView, timeline: Sequence[Entry], seq: int) -> tuple[AlertView, Sequence[Entry]]:
    """The alert as it stood after an entry of its timeline, and the timeline up to there."""
    then = [entry for entry in timeline if entry.seq <= seq]
    return _as_of(alert, then[-1]) if then and then[-1].seq == seq else alert, then


def _item(
    turn: Turn, channel: Channel, alert: AlertView, timeline: Sequence[Entry], watches: Mapping[str, Watch]
) -> Item | None:
    """The news of one alert for this channel; None when there is none any more."""
    heard = turn.told.get(alert.id)
    told = _share_at(timeline, heard, channel.id) if heard is not None else None
    unsaid = [entry for entry in timeline if entry.seq > (heard or 0)]
    seen = [news.share_of(entry, channel.id) for entry in unsaid]
    now = news.share_of(alert, channel.id)
    rules = frozenset().union(*(share.rules for share in (*seen, now, told) if share))
    endings = {breach.ending for breach in alert.breaches if breach.rule in rules}
    new = telling.news_of(alert, told, unsaid, channel, fine=endings <= {None, "fine"}, back="back" in endings)
    if new is None or (now.open and not _still_watched(alert, channel, watches)):
        return None
    return Item(
        alert,
        new.kind,
        new.share,
        rules,
        new.seq,
        _is_test(alert, channel, watches),
        _privacy(alert, channel),
        critical=telling.was_critical(timeline, now, channel.id),
        entry=new.entry,
        over_at=_closed_at(timeline, heard),
        news_at=new.at,
    )


def _again(channel: Channel, alert: AlertView, seq: int, watches: Mapping[str, Watch]) -> Item:
    """The alert of a post whose fate is unknown, where nothing is new: it is told as it stands."""
    share = news.share_of(alert, channel.id)
    endings = {breach.ending for breach in alert.breaches} - {None}
    kind = news.as_it_stands(share, fine=endings == {"fine"}, back="back" in endings)
    rules = frozenset(breach.rule for breach in alert.breaches)
    return Item(alert, kind, share, rules, seq, _is_test(alert, channel, watches), _privacy(alert, channel))


def _as_of(alert: AlertView, entry: Entry) -> AlertView:
    """The alert as it stood after an entry: what was bad then, whatever has become of it."""
    bad = {rule for view in entry.watches for rule in view.rules}
    then = replace(alert, closed_at=None, ending=None, resolved=None) if entry.open else alert
    return replace(
        then,
        seq=entry.seq,
        state="open" if entry.open else "closed",
        severity=entry.severity,
        held=entry.held,
        watches=entry.watches,
        breaches=tuple(_still_bad(breach) if breach.rule in bad else breach for breach in alert.breaches),
        data_at=moment_of(entry.minute),
        taken_by=entry.taken_by or None,
        taken=alert.taken if entry.taken_by else None,
        snoozed_until=entry.snoozed_until,
    )


def _still_bad(breach: BreachView) -> BreachView:
    return replace(breach, state="bad", ending=None, ended_at=None)


def _share_at(timeline: Iterable[Entry], seq: int, channel: str) -> Share:
    """What the channel heard at that point of the timeline; nothing when it is too long ago to be kept."""
    return next((news.share_of(entry, channel) for entry in timeline if entry.seq == seq), Share())


def _closed_at(timeline: Iterable[Entry], heard: int | None) -> datetime | None:
    closed = [entry.at for entry in timeline if entry.seq <= (heard or 0) and not entry.open]
    return closed[-1] if closed else None


def _of_channel(alert: AlertView, channel: Channel, watches: Mapping[str, Watch]) -> list[Watch]:
    own = (view.id for view in alert.watches if channel.id in view.notify)
    return [watches[id] for id in own if id in watches]


def _still_watched(alert: AlertView, channel: Channel, watches: Mapping[str, Watch]) -> bool:
    return troubles.is_ours(alert.subject) or bool(_of_channel(alert, channel, watches))


def _is_test(alert: AlertView, channel: Channel, watches: Mapping[str, Watch]) -> bool:
    own = _of_channel(alert, channel, watches)
    return bool(own) and all(TEST_LABEL in watch.labels for watch in own)


def _privacy(alert: AlertView, channel: Channel) -> Privacy:
    """What the channel says; else everything, and less of people whom nobody named."""
    if channel.privacy or troubles.is_ours(alert.subject):
        return channel.privacy or "full"
    own = [view for view in alert.watches if channel.id in view.notify]
    return "full" if any(view.named for view in own) else "watched"
