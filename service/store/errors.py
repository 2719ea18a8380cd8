"""What can go wrong in the store.

StoreError           something is wrong that the same call again will not mend
├─ StoreUnavailable  Redis did not answer: nothing is known to be written; load again, then decide
│  └─ StoreFull      it has no room for this, and nothing was written
├─ CursorError       a page was asked for with a cursor that is not ours
└─ SealedElsewhere   a secret was sealed with a key that we were not given
"""


class StoreError(Exception):
    """The base of the room: its message is a sentence."""


class StoreUnavailable(StoreError):
    """Redis did not answer, or refused. What was asked may or may not have happened."""


class StoreFull(StoreUnavailable):
    """There is no room for what was to be written; nothing was."""


class CursorError(StoreError):
    """A cursor that no page of ours gave out."""


class SealedElsewhere(StoreError):
    """A stored secret that none of our keys opens."""
