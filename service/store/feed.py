"""Figures that are pushed: pieces of minutes by session until they are decided, and how fresh each session's are."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from rules.folding import Fed
from service.store import keys
from service.store.clock import Clock, moment, ms
from service.store.codec import decode, encode
from service.store.leases import Claim
from service.store.link import Link

FRESH = timedelta(seconds=150)  #: a session whose last event is older is not fed any more
_KEEP_S = 24 * 3600


class Feed:
    """What was pushed of every instance. One drainer at a time writes it, under its claim."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link, self._clock = link, clock

    def load(self, instance: str) -> dict[str, Fed]:
        """What is kept of each session of an instance."""
        return {session: decode(Fed, blob) for session, blob in self._link.hash(keys.feed(instance)).items()}

    def keep(
        self,
        claim: Claim,
        instance: str,
        sessions: Mapping[str, Fed],
        due_at: datetime | None,
        *,
        sooner: bool = False,
    ) -> bool:
        """Keep sessions, and when the instance is next to be decided. False: somebody else drains by now.

        `sooner`: one that is due before that stays so.
        """
        blobs = (part for session, fed in sessions.items() for part in (session, encode(fed)))
        found = (keys.claims(keys.drains()), keys.feed(instance), keys.feeds())
        due = "" if due_at is None else ms(due_at)
        terms = (*claim, instance, due, "LT" if sooner else "", _KEEP_S)
        return bool(self._link.run("feed_keep", found, (*terms, *blobs)))

    def due(self, now: datetime, n: int) -> list[str]:
        """Instances with a minute that is complete, the oldest first."""
        return [instance for instance, _ in self._link.span(keys.feeds(), "-inf", str(ms(now)), 0, n, newest=False)]

    def due_at(self) -> datetime | None:
        """When the next minute is complete."""
        found = self._link.span(keys.feeds(), "-inf", "+inf", 0, 1, newest=False)
        return moment(found[0][1]) if found else None

    def fed(self, instance: str, sessions: Iterable[str], now: datetime) -> bool:
        """Whether figures of every one of these sessions are pushed, as of now. Of nobody: no."""
        wanted = list(sessions)
        known = self.load(instance) if wanted else {}
        moments = [known[session].at if session in known else None for session in wanted]
        return bool(moments) and all(at is not None and now - at <= FRESH for at in moments)
