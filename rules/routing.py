"""The one audience door: what changed in an alert, and who is told of it, by which lane.

A channel hears of the breaches of its own watches only, and of the *net* change of a commit: what broke and
recovered within one look is one line, what went up and down within it is none.
"""

from rules import news
from rules.model import AlertState, Debt, Entry


def debts(before: AlertState | None, after: AlertState, entries: tuple[Entry, ...], instance: str) -> tuple[Debt, ...]:
    """Who is owed the news of an alert, up to its newest entry."""
    known = before if before is not None and before.id == after.id else None
    channels = {channel for view in after.watches for channel in view.notify}
    owed = []
    for channel in sorted(channels):
        told = news.share(known.watches, channel) if known else None
        between = [news.share(entry.watches, channel) for entry in entries]
        if news.kind(told, between, news.share(after.watches, channel), fine=True, back=True):
            owed.append(Debt(channel, f"{channel}:{instance}", after.id, after.seq))
    return tuple(owed)
