"""Receives what is posted to Slack, Teams, PagerDuty and webhooks, answers as they do, and keeps every post."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulator import pagerduty, slack, teams, webhook
from simulator.clock import Clock

# kind → (status, text) ; the words are Slack's own, Teams has only statuses.
REFUSALS: dict[str, tuple[int, str]] = {
    "no_service": (404, "no_service"),
    "no_active_hooks": (404, "no_active_hooks"),
    "no_team": (404, "no_team"),
    "channel_not_found": (404, "channel_not_found"),
    "invalid_token": (403, "invalid_token"),
    "action_prohibited": (403, "action_prohibited"),
    "channel_is_archived": (410, "channel_is_archived"),
    "invalid_payload": (400, "invalid_payload"),
    "rollup_error": (500, "rollup_error"),
    "unauthorized": (401, '{"error":{"code":"AuthorizationFailed","message":"The sig is not valid."}}'),
    "gone": (404, '{"error":{"code":"WorkflowNotFound","message":"The workflow could not be found."}}'),
    "429": (429, '{"retry_after":1,"ok":false,"error":"rate_limited"}'),
    "500": (500, "internal_error"),
    "502": (502, "bad gateway"),
    "503": (503, "service unavailable"),
    "504": (504, "gateway timeout"),
    "redirect": (302, ""),
}
KINDS = frozenset({*REFUSALS, "hang", "late", "reset", "lost"})


@dataclass
class Behaviour:
    """How a destination answers for a while.

    "hang" waits `seconds` (a minute), then answers nothing; "late" takes the post and answers after
    `seconds`; "reset" drops the connection unread, "lost" takes the post and drops the connection.
    """

    kind: str
    count: int | None = None
    retry_after: str | None = None
    seconds: float = 0.0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """One post: what came and what it was told. `shown` says whether people would see it."""

    number: int
    at: float
    destination: str
    kind: str
    headers: dict[str, str]
    body: Any
    raw: str
    status: int
    answer: str
    shown: bool
    problems: tuple[str, ...] = ()
    pings: tuple[str, ...] = ()
    """Mentions that would call people, such as <!channel>."""

    @property
    def delivery(self) -> str:
        """The X-Qoswatch-Delivery it bore."""
        return self.headers.get("X-Qoswatch-Delivery", "")

    @property
    def accepted(self) -> bool:
        """Whether the sender was told yes."""
        return 200 <= self.status < 300

    def as_json(self) -> dict[str, Any]:
        """As /inbox.json has it."""
        names = ("number", "at", "destination", "kind", "headers", "body", "status", "answer", "shown")
        more = {"problems": [*self.problems], "pings": [*self.pings], "delivery": self.delivery}
        return {**{name: getattr(self, name) for name in names}, "bytes": len(self.raw.encode()), **more}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sender is told; status 0 is nothing at all, after `seconds`."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Inbox:
    """Every destination there is; any well-formed one exists without being made."""

    def __init__(self, clock: Clock, keep: int = 20_000) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._posts: deque[Post] = deque(maxlen=keep)
        self._behaviours: dict[str, list[Behaviour]] = {}
        self._number = 0
        self._arrived = threading.Condition(self._lock)

    def posts(self, destination: str = "", *, accepted: bool | None = None) -> list[Post]:
        """What came, oldest first; for one destination ("T1/B1/secret", "flow1", a routing key), accepted or not."""
        with self._lock:
            kept = list(self._posts)
        return [
            post
            for post in kept
            if (not destination or post.destination == destination) and (accepted is None or post.accepted == accepted)
        ]

    def wait(self, n: int = 1, destination: str = "", timeout_s: float = 10.0) -> list[Post]:
        """The accepted posts, as soon as there are `n` of them; raises TimeoutError."""
        with self._arrived:
            ready = self._arrived.wait_for(lambda: self._accepted(destination) >= n, timeout_s)
        if not ready:
            raise TimeoutError(f"{self._accepted(destination)} of {n} posts for {destination or 'anyone'} came")
        return self.posts(destination, accepted=True)

    def _accepted(self, destination: str) -> int:
        return sum(1 for p in self._posts if p.accepted and destination in ("", p.destination))

    def behave(
        self,
        destination: str,
        kind: str,
        *,
        count: int | None = None,
        retry_after: float | str | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Answer `count` posts, or all until `recover`, in this way; destination "" means every one."""
        if kind not in KINDS:
            raise ValueError(f"unknown behaviour {kind!r}: there are {', '.join(sorted(KINDS))}")
        wait = None if retry_after is None else str(retry_after)
        with self._lock:
            self._behaviours.setdefault(destination, []).append(Behaviour(kind, count, wait, seconds))

    def recover(self, destination: str | None = None) -> None:
        """Answer as usual again: one destination, or all."""
        with self._lock:
            if destination is None:
                self._behaviours.clear()
            else:
                self._behaviours.pop(destination, None)

    def clear(self) -> None:
        """Throw the posts away."""
        with self._lock:
            self._posts.clear()

    def receive(self, kind: str, destination: str, headers: dict[str, str], raw: bytes, sig: bool = True) -> Reply:
        """Judge a post, keep it, and say what to tell its sender."""
        behaviour = self._behaviour(destination)
        text = raw.decode("utf-8", "replace")
        verdict = _verdict(kind, text, headers, sig)
        reply = _reply(behaviour, verdict)
        taken = behaviour is None or behaviour.kind in ("late", "lost")
        with self._arrived:
            self._number += 1
            post = Post(
                self._number,
                self._clock.now(),
                destination,
                kind,
                headers,
                _json(text),
                text,
                reply.status,
                reply.text,
                taken and verdict.shown,
                verdict.problems,
                verdict.pings,
            )
            self._posts.append(post)
            self._arrived.notify_all()
        return reply

    def _behaviour(self, destination: str) -> Behaviour | None:
        with self._lock:
            own, everyones = (self._behaviours.get(name, []) for name in (destination, ""))
            for one in own + everyones:
                if one.count is None or one.hits < one.count:
                    one.hits += 1
                    return one
        return None


def _verdict(kind: str, text: str, headers: dict[str, str], sig: bool) -> slack.Verdict:
    match kind:
        case "slack":
            return slack.judge(text)
        case "teams":
            return teams.judge(text, sig)
        case "pagerduty":
            return pagerduty.judge(text)
        case _:
            return webhook.judge(text, headers)


def _reply(behaviour: Behaviour | None, verdict: slack.Verdict) -> Reply:
    if behaviour is None:
        return Reply(verdict.status, verdict.text)
    if behaviour.kind == "late":
        return Reply(verdict.status, verdict.text, seconds=behaviour.seconds)
    if behaviour.kind in ("hang", "reset", "lost"):
        return Reply(0, "", seconds=behaviour.seconds or 60.0 if behaviour.kind == "hang" else 0.0)
    status, text = REFUSALS[behaviour.kind]
    headers = {} if behaviour.retry_after is None else {"Retry-After": behaviour.retry_after}
    if behaviour.kind == "redirect":
        headers["Location"] = "/elsewhere"
    return Reply(status, text, headers)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
