"""The one audience door: what changed in an alert, and who is told of it, by which lane.

A channel hears of the breaches of its own watches only, and of the *net* change of a commit: what broke and
recovered within one look is one line, what went up and down within it is none.
"""

from rules import news
from rules.duty import Duty
from rules.model import AlertState, Debt, Entry


def debts(
    before: AlertState | None, after: AlertState, entries: tuple[Entry, ...], instance: str, duty: Duty
) -> tuple[Debt, ...]:
    """Who is owed the news of an alert, up to its newest entry."""
    known = before if before is not None and before.id == after.id else None
    channels = {channel for view in after.watches for channel in view.notify}
    owed = []
    for channel in sorted(channels):
        told = news.share_in(known, channel) if known else None
        if news.kind(told, entries, news.share_in(after, channel), channel, fine=True, back=True):
            owed.append(Debt(channel, lane(channel, instance, after.id, duty), after.id, after.seq))
    return tuple(owed)


def lane(channel: str, instance: str, alert: str, duty: Duty) -> str:
    """The conversation in which a channel hears of an alert: the meeting's in a chat, the alert's own elsewhere."""
    return f"{channel}:{instance if duty.is_chat(channel) else alert}"
