"""Judges a post as PagerDuty's Events v2 does, and tells which incidents the events come to."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator.slack import Verdict

# https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
MOST_BYTES, MOST_KEY, MOST_SUMMARY = 512 * 1024, 255, 1024
ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
_STATES = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}


def judge(raw: str) -> Verdict:
    """202, or 400 with everything that is wrong with the event."""
    body = _object(raw)
    if body is None:
        return Verdict(400, _invalid(["JSON parse error"]), False, ("the body is not a JSON object",))
    problems = tuple(faults(body, len(raw.encode())))
    if problems:
        return Verdict(400, _invalid(problems), False, problems)
    words = {"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]}
    return Verdict(202, json.dumps(words))


def faults(body: dict[str, Any], size: int) -> Iterator[str]:
    """Each reason why PagerDuty would refuse the event, as a sentence."""
    key, action = body.get("routing_key"), body.get("event_action")
    if not isinstance(key, str) or len(key) != 32:
        yield "Length of 'routing_key' is incorrect (should be 32 characters)"
    elif not re.fullmatch("[A-Za-z0-9]+", key):
        yield "'routing_key' cannot contain non-alphanumeric characters."
    if action not in ACTIONS:
        yield f"'event_action' is not one of {', '.join(ACTIONS)}"
    if not isinstance(body.get("dedup_key"), str) or not 1 <= len(body["dedup_key"]) <= MOST_KEY:
        yield f"'dedup_key' has to have 1 to {MOST_KEY} characters"  # without it a random one would be made
    if size > MOST_BYTES:
        yield f"the event has {size} bytes, over {MOST_BYTES}"
    if action == "trigger":
        yield from _payload(body.get("payload"))
    links = body.get("links", [])
    if not isinstance(links, list) or not all(isinstance(one, dict) and one.get("href") for one in links):
        yield "'links' has to be a list of objects with 'href'"


def destination(raw: str) -> str:
    """Whom an event is for: its routing key."""
    return str((_object(raw) or {}).get("routing_key") or "nobody")


def incidents(bodies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """dedup_key → what its incident came to; what is not open can neither be acknowledged nor resolved."""
    found: dict[str, str] = {}
    for body in bodies:
        key, action = body["dedup_key"], body["event_action"]
        is_open = found.get(key, "resolved") != "resolved"
        if is_open is (action != "trigger"):
            found[key] = _STATES[action]
    return found


def _payload(payload: Any) -> Iterator[str]:
    if not isinstance(payload, dict):
        yield "'payload' is missing or blank"
        return
    for name in ("summary", "source", "severity"):
        if not isinstance(payload.get(name), str) or not payload[name]:
            yield f"'payload.{name}' is missing or blank"
    if len(str(payload.get("summary", ""))) > MOST_SUMMARY:
        yield f"'payload.summary' has more than {MOST_SUMMARY} characters"
    if payload.get("severity") not in SEVERITIES:
        yield f"'payload.severity' is not one of {', '.join(SEVERITIES)}"


def _invalid(errors: Iterable[str]) -> str:
    return json.dumps({"status": "invalid event", "message": "Event object is invalid", "errors": [*errors]})


def _object(raw: str) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
