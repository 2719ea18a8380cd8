"""Who may work on what is due: one lease for every queue of ours, with a token that a later holder outdates.

A claim pushes the member behind the lease's end, so that what a dead worker held becomes due again by itself.
"""

from datetime import datetime
from typing import NamedTuple

from service.store import keys
from service.store.clock import Clock, moment, ms
from service.store.link import Link, word


class Claim(NamedTuple):
    """The right to work on a member, for as long as the token is the current one."""

    member: str
    token: str


class Leases:
    """What is due in one sorted set, and who has claimed it. Leases are meant in real seconds."""

    def __init__(self, link: Link, clock: Clock, set_key: str) -> None:
        self._link, self._clock = link, clock
        self._set, self._claims = set_key, keys.claims(set_key)
        self._keys = (set_key, self._claims, keys.fence(set_key))

    def arm(self, member: str, at: datetime) -> None:
        """Make a member due at `at` or earlier; one that somebody holds will be so when they are done with it."""
        self._run("arm", member, ms(at))

    def hasten(self, member: str, every_s: float) -> bool:
        """Make a member due now. False: somebody did less than `every_s` ago, so it is due or was seen to since."""
        if not self._link.do("SET", keys.hastened(member), 1, "NX", "PX", round(every_s * 1000)):
            return False
        self._run("arm", member, self._clock.now_ms())
        return True

    def claim(self, n: int, lease_s: float) -> list[Claim]:
        """Up to `n` members that are due, earliest first, now ours for `lease_s`."""
        flat = self._run("claim", n, self._until(lease_s))
        return [Claim(word(member), word(token)) for member, token in zip(flat[::2], flat[1::2], strict=True)]

    def take(self, member: str, lease_s: float) -> Claim | None:
        """This very member, due or not, unless somebody holds it."""
        token = word(self._run("take", member, self._until(lease_s)))
        return Claim(member, token) if token else None

    def renew(self, claim: Claim, lease_s: float) -> bool:
        """Hold on to it. False: somebody else has it by now, stop."""
        return bool(self._run("renew", *claim, self._until(lease_s)))

    def done(self, claim: Claim, next_at: datetime | None) -> bool:
        """Finished: due again at `next_at` (None: never), or sooner, when it was wanted for meanwhile."""
        return bool(self._run("done", *claim, "" if next_at is None else ms(next_at)))

    def give_back(self, claim: Claim) -> bool:
        """Not begun: due as it was before, so that it comes first and shows as overdue."""
        return bool(self._run("give_back", *claim))

    def remove(self, member: str) -> None:
        """Forget a member, whoever holds it."""
        self._run("remove", member)

    def first(self) -> tuple[str, datetime] | None:
        """The member that is due next, and when; a held one counts by the end of its lease."""
        found = self._link.span(self._set, "-inf", "+inf", 0, 1, newest=False)
        return (found[0][0], moment(found[0][1])) if found else None

    def when(self, member: str) -> datetime | None:
        """When a member is due; a held one by the end of its lease. None: never."""
        found = self._link.do("ZSCORE", self._set, member)
        return None if found is None else moment(int(float(found)))

    def members(self) -> frozenset[str]:
        """Everything that is due at some time, held or not."""
        return frozenset(member for member, _ in self._link.span(self._set, "-inf", "+inf", 0, -1, newest=False))

    def overdue(self, by_s: float) -> int:
        """How many have waited longer than `by_s` of the clock's seconds, also those claimed over and over."""
        limit = self._clock.now_ms() - by_s * 1000
        waiting = {member for member, _ in self._link.span(self._set, "-inf", f"({limit}", 0, -1, newest=False)}
        held = self._link.hash(self._claims)
        late = {member for member, text in held.items() if int(text.rsplit(b"|", 1)[1]) < limit}
        return len(waiting | late)

    def _until(self, lease_s: float) -> int:
        return self._clock.now_ms() + self._clock.real(lease_s)

    def _run(self, verb: str, *args: str | int) -> list[bytes]:
        answer: list[bytes] = self._link.run("lease", self._keys, (verb, self._clock.now_ms(), *args))
        return answer
