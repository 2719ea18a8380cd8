"""Names that we derive: the same thing makes the same name in every process, and after a lost second."""

import hashlib
import json
from collections.abc import Iterable


def instance_id(uuid: str) -> str:
    """The short name of one run of a meeting: instance_id("aDYlohsHRtCd4ii1uC2+hA==") -> 12 hex."""
    return hashlib.sha256(uuid.encode()).hexdigest()[:12]


def delivery_id(lane: str, pairs: Iterable[tuple[str, int]]) -> str:
    """The id of one post: the same lane and the same news always make the same id, "dl_…"."""
    text = json.dumps([lane, sorted(pairs)], separators=(",", ":"))
    return "dl_" + hashlib.sha256(text.encode()).hexdigest()[:20]


def number_member(number: str) -> str:
    """How a meeting number that waits to go live stands in `due`: "n97763643886"."""
    return f"n{number}"
