"""A claimed meeting in hand: its token is renewed while work goes on, and a stale one ends the work."""

import time
from collections import Counter
from dataclasses import dataclass, field

from service.store.leases import Claim
from workers.common import Shelf
from workers.runtime import Runtime

LEASE_S = 90  #: real seconds, like all that bounds machines and not meetings
RENEW_S = 20


class Stale(Exception):
    """Somebody else holds this meeting now: end the work before the next call."""


@dataclass(slots=True)
class Holding:
    """A claimed meeting in hand; asked before every call to Zoom whether it is still ours."""

    runtime: Runtime
    claim: Claim
    shelf: Shelf  #: of the batch
    renewed: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)  #: what /metrics will show of this look, written at its end

    def keep(self) -> None:
        """Renew a claim that has been held for a while.

        Raises:
            Stale: the token is not the current one; no call may begin.
        """
        asked = time.monotonic()  # and not later: whoever is stopped after the answer must ask again
        if asked - self.renewed < RENEW_S:
            return
        if not self.runtime.store.due.renew(self.claim, LEASE_S):
            raise Stale(self.claim.member)
        self.renewed = asked
