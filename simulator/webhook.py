"""Judges a post to a program of one's own by the Standard Webhooks specification."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.slack import Verdict

# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
MOST_BYTES = 20_000
_TYPE = re.compile(r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)*")


def judge(raw: str, headers: Mapping[str, str]) -> Verdict:
    """Anything is taken, as by a program that only logs; what the specification would say is a problem."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    return Verdict(200, "ok", True, tuple(faults(body, len(raw.encode()), headers)))


def faults(body: Any, size: int, headers: Mapping[str, str]) -> Iterator[str]:
    """Each way in which the post is no standard webhook, as a sentence; signatures are not checked."""
    given = {name.lower(): value for name, value in headers.items()}
    if not given.get("webhook-id") or "." in given["webhook-id"]:
        yield "webhook-id is missing, or has a '.' in it"
    if not given.get("webhook-timestamp", "").isdigit():
        yield "webhook-timestamp is no whole number of seconds"
    if not re.fullmatch(r"v1a?,\S+( v1a?,\S+)*", given.get("webhook-signature", "")):
        yield "webhook-signature is no list of v1,…"
    if size > MOST_BYTES:
        yield f"the body has {size} bytes, over {MOST_BYTES}"
    if not isinstance(body, dict):
        yield "the body is no JSON object"
        return
    if not isinstance(body.get("type"), str) or not _TYPE.fullmatch(body["type"]):
        yield "type is no name such as alert.fired"
    if not isinstance(body.get("timestamp"), str):
        yield "timestamp is missing"
    if "data" not in body:
        yield "data is missing"
