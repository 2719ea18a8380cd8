"""What a lane says next: its debts read as they are now, composed to one message, and what no longer stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rules import message, news, rollwords, selfwords, troubles
from rules.message import Message
from rules.model import AlertView, Channel, Entry, Note, Watch
from rules.news import NewsKind, Share
from service.store import Store
from service.store.lanes import Turn

MINUTES_READ = 60  #: as far back as a rule can look; the message shows the newest of them
TEST_LABEL = "test"  #: a watch with this label makes alerts that say TEST


@dataclass(frozen=True, slots=True)
class Letter:
    """One message and the news that it tells; `stale` are debts that stand no longer. `news_at`: the oldest of it."""

    pairs: tuple[tuple[str, int], ...] = ()
    message: Message | None = None
    stale: tuple[str, ...] = ()
    news_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One alert as the channel of this lane hears of it now."""

    alert: AlertView
    kind: NewsKind
    share: Share
    rules: frozenset[str]
    test: bool
    over_at: datetime | None
    news_at: datetime | None


def letter(store: Store, turn: Turn, channel: Channel, now: datetime) -> Letter:
    """Compose what the lane owes. A post of unknown fate goes again with the very same set before anything newer."""
    owed = dict(turn.sending.pairs) if turn.sending else dict(turn.owed)
    alerts = store.alerts.get_many(owed)
    watches = store.documents.watches.get_many({view.id for alert in alerts.values() for view in alert.watches})
    items, stale, calls = [], [], list[Note]()
    for subject in owed:
        if note := store.lanes.note(subject):
            if note.kind == "test":
                return Letter(((subject, owed[subject]),), message.test(channel, note.sentence, channel.timezone, now))
            calls.append(note)
            continue
        item = _item(store, turn, channel, alerts[subject], watches) if subject in alerts else None
        if item is None and not (turn.sending and subject in alerts):
            stale.append(subject)
        else:
            items.append(item or _again(store, channel, alerts[subject], owed[subject], watches))
    unsaid = [note for note in calls if not _was_told(turn, note.id)]
    stale += [note.id for note in calls if note not in unsaid]
    if unsaid and not items:
        return _roll_call(unsaid[: message.DIGEST_LINES], owed, channel, now)
    items.sort(key=lambda item: news.STRENGTH.index(item.kind))
    told = items[: message.DIGEST_LINES]
    pairs = tuple((item.alert.id, max(owed[item.alert.id], _seq(turn, item))) for item in told)
    news_at = min((item.news_at for item in told if item.news_at), default=None)
    return Letter(pairs, _composed(store, told, channel, now), tuple(stale), news_at)


def _seq(turn: Turn, item: Item) -> int:
    """What is told is the newest state, unless the very same set has to go again."""
    return 0 if turn.sending else min(item.alert.seq, turn.owed[item.alert.id])


def _was_told(turn: Turn, note: str) -> bool:
    """Owed again by somebody who died before he could write down that it was owed: it is told once."""
    return not turn.sending and turn.told.get(note, 0) >= turn.owed[note]


def _roll_call(notes: list[Note], owed: dict[str, int], channel: Channel, now: datetime) -> Letter:
    """Every watch's roll-call in one post; they wait while alerts have news."""
    pairs = tuple((note.id, owed[note.id]) for note in notes)
    return Letter(pairs, rollwords.message(notes, channel.timezone, now))


def _item(store: Store, turn: Turn, channel: Channel, alert: AlertView, watches: dict[str, Watch]) -> Item | None:
    """The news of one alert for this channel; None when there is none any more."""
    timeline = store.alerts.timeline(alert.id)
    heard = turn.told.get(alert.id)
    told = _share_at(timeline, heard, channel.id) if heard is not None else None
    unsaid = [entry for entry in timeline if entry.seq > (heard or 0)]
    between = [news.share(entry.watches, channel.id) for entry in unsaid]
    now = news.share(alert.watches, channel.id)
    rules = frozenset().union(*(share.rules for share in (*between, now, told) if share))
    endings = {breach.ending for breach in alert.breaches if breach.rule in rules}
    kind = news.kind(told, between, now, fine=endings <= {None, "fine"}, back="back" in endings)
    if kind is None or (now.open and not _still_watched(alert, channel, watches)):
        return None
    return Item(
        alert,
        kind,
        now,
        rules,
        _is_test(alert, channel, watches),
        over_at=_closed_at(timeline, heard),
        news_at=unsaid[0].at if unsaid else None,
    )


def _again(store: Store, channel: Channel, alert: AlertView, seq: int, watches: dict[str, Watch]) -> Item:
    """The alert of a post whose fate is unknown, where nothing is new: it is told as it stands."""
    share = news.share(alert.watches, channel.id)
    endings = {breach.ending for breach in alert.breaches} - {None}
    kind = news.as_it_stands(share, fine=endings == {"fine"}, back="back" in endings)
    rules = frozenset(breach.rule for breach in alert.breaches)
    return Item(alert, kind, share, rules, _is_test(alert, channel, watches), None, None)


def _share_at(timeline: Iterable[Entry], seq: int, channel: str) -> Share:
    """What the channel heard at that point of the timeline; nothing when it is too long ago to be kept."""
    return next((news.share(entry.watches, channel) for entry in timeline if entry.seq == seq), Share())


def _closed_at(timeline: Iterable[Entry], heard: int | None) -> datetime | None:
    closed = [entry.at for entry in timeline if entry.seq <= (heard or 0) and not entry.open]
    return closed[-1] if closed else None


def _of_channel(alert: AlertView, channel: Channel, watches: dict[str, Watch]) -> list[Watch]:
    own = (view.id for view in alert.watches if channel.id in view.notify)
    return [watches[id] for id in own if id in watches]


def _still_watched(alert: AlertView, channel: Channel, watches: dict[str, Watch]) -> bool:
    return troubles.is_ours(alert.subject) or bool(_of_channel(alert, channel, watches))


def _is_test(alert: AlertView, channel: Channel, watches: dict[str, Watch]) -> bool:
    own = _of_channel(alert, channel, watches)
    return bool(own) and all(TEST_LABEL in watch.labels for watch in own)


def _composed(store: Store, items: list[Item], channel: Channel, now: datetime) -> Message | None:
    if not items:
        return None
    messages = [_message(store, item, channel, now) for item in items]
    return messages[0] if len(messages) == 1 else message.digest(messages, items[0].alert.topic)


def _message(store: Store, item: Item, channel: Channel, now: datetime) -> Message:
    alert = item.alert
    if troubles.is_ours(alert.subject):
        return selfwords.compose(alert, item.kind, tz=channel.timezone, now=now)
    return message.compose(
        alert,
        item.kind,
        breaches=[breach for breach in alert.breaches if breach.rule in item.rules],
        severity=item.share.severity,
        round=store.seats.round(alert.instance),
        samples=store.samples.recent(alert.instance, alert.session, MINUTES_READ),
        tz=channel.timezone,
        now=now,
        test=item.test,
        over_at=item.over_at,
    )
