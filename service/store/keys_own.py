"""Names in Redis of Zoom's account and of ourselves; keys.py has all the others, and hands these on."""

PREFIX = "qos:"


def budget(account: str, what: str) -> str:
    """ "qos:budget:3f9a0c11d2e4:heavy": when a label's next call may go, in real ms; a day's count, others' part of
    it, its pace (HASH), an hour's measures (ZSET); 48 h."""
    return f"{PREFIX}budget:{account}:{what}"


def token(account: str) -> str:
    """ "qos:zoom:token:3f9a0c11d2e4": HASH with Zoom's access token, sealed; its life."""
    return f"{PREFIX}zoom:token:{account}"


def clock() -> str:
    """ "qos:clock": HASH ms of the clock that tests step; never in production."""
    return f"{PREFIX}clock"


def counters() -> str:
    """ "qos:metrics": HASH of what workers counted; for good."""
    return f"{PREFIX}metrics"


def tick() -> str:
    """ "qos:tick": HASH at, the scheduler's last tick; for good."""
    return f"{PREFIX}tick"


def beats() -> str:
    """ "qos:beats": HASH role|host|pid -> real ms of the last sign of life; swept after a day."""
    return f"{PREFIX}beats"
