"""Zoom's webhooks: everything that happens in the world, posted to one URL, signed, and as badly as is asked for.

    simulator.push.to(url, "the-secret-token")      # from now on; nothing is sent yet
    simulator.world.join(...) ; simulator.clock.step(60)
    simulator.push.flush()                          # sends what has happened, oldest first; the attempts
    simulator.push.behave("drop", "meeting.ended", count=1)
    simulator.push.knobs.qss = True                 # a participant_qos per person and minute, too

`to(…, auto=True)` flushes by itself in one thread, for a demonstration. Retries and delays go by the
simulator's clock: step it and flush.
"""

import heapq
import hmac
import json
import re
import threading
from collections import deque
from dataclasses import replace
from random import Random
from typing import Any

from simulator import letters, mischief
from simulator.letters import Letter, Sent, Storm
from simulator.runs import Runs
from simulator.telling import News, Telling

SECRET = "pretend-webhook-secret"
#: After a 5xx or no answer, each so long after the attempt before it; then never again.
RETRIES_S = (5 * 60.0, 20 * 60.0, 60 * 60.0)
REVALIDATED_S = 72 * 3600.0
FAILED_MOST = 6
_TICK_S = 0.05


class Push:
    """The event subscription of one simulator."""

    def __init__(self, world: Runs, account_id: str = "pretend-account", keep: int = 50_000) -> None:
        self._world, self._clock = world, world.clock
        self._telling = Telling(world, account_id)
        self.knobs = self._telling.knobs
        self.url, self.secret = "", SECRET
        self.mischiefs: list[mischief.Mischief] = []
        self.disabled = False
        """Zoom gives a subscription up after six failed challenges in a row."""
        self._lock = threading.RLock()
        self._waiting: list[Letter] = []
        self._log: deque[Sent] = deque(maxlen=keep)
        self._number = self._failed = 0
        self._validated_at: float | None = None
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    def to(self, url: str, secret: str = SECRET, *, since: float | None = None, auto: bool = False) -> None:
        """Send there what happens from now on (or has since a moment); `auto`: without being flushed."""
        self.off()
        with self._lock:
            self._telling.begin(self._clock.now(), since)
            self.url, self.secret, self.disabled = url, secret, False
        if auto:
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="push", daemon=True)
            self._thread.start()

    def off(self) -> None:
        """No subscription: nothing waits any more, the log stays."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._lock:
            self.url, self._waiting, self._validated_at, self._failed = "", [], None, 0

    def behave(self, kind: str, event: str = "", **more: Any) -> None:
        """Let webhooks go wrong; `event` is a pattern found in the event's name, `more` is as Mischief has it."""
        if kind not in mischief.KINDS:
            raise ValueError(f"unknown mischief {kind!r}: there are {', '.join(mischief.KINDS)}")
        re.compile(event)
        self.mischiefs.append(mischief.Mischief(kind, event, **more))

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self.mischiefs.clear()

    def flush(self) -> list[Sent]:
        """Send all that is due by the clock, in order, and wait for each answer; the attempts."""
        with self._lock:
            if not self.url or self.disabled:
                return []
            now, sent = self._clock.now(), []
            if self._validated_at is not None and now >= self._validated_at + REVALIDATED_S:
                self.validate()
            self._write(self._telling.news(now))
            if self.knobs.silent:
                self._waiting = []
            while self._waiting and self._waiting[0].due_at <= now and not self._stopped():
                sent.append(self._post(heapq.heappop(self._waiting)))
            return sent

    def send(self, event: str, thing: dict[str, Any], *, at: float | None = None) -> None:
        """Have any event sent, at the first flush after its moment; `thing` is the payload's object."""
        self._add(self._telling.made(event, self._clock.now() if at is None else at, thing))

    def alert(self, meeting: str | int, *issues: str, at: float | None = None) -> None:
        """meeting.alert or webinar.alert: something is wrong there, and nobody is named."""
        self._add(self._telling.alert(meeting, issues, self._clock.now() if at is None else at))

    def validate(self, *, signed: bool = True) -> bool:
        """Challenge the receiver now; whether it knew the answer. Repeats itself every 72 hours."""
        with self._lock:
            now = self._clock.now()
            token = Random(f"{self._world.seed}|challenge|{self._number}").randbytes(16).hex()
            body = {"event": "endpoint.url_validation", "payload": {"plainToken": token}, "event_ts": int(now * 1000)}
            letter = self._letter(News("endpoint.url_validation", now, body))
            told = self._post(replace(letter, signed=signed), again=False)
            good = told.status == 200 and self._knows(token, told.answer)
            self._validated_at, self._failed = now, 0 if good else self._failed + 1
            self.disabled = self.disabled or self._failed >= FAILED_MOST
            return good

    def storm(self, count: int = 1000, *, threads: int = 8) -> Storm:
        """Send so many QSS events at once, over many lines, as fast as they are taken."""
        return letters.storm(self.url, self.qss_letters(count), threads=threads, timeout_s=self.knobs.timeout_s)

    def qss_letters(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        """Headers and bodies of so many participant_qos events: the newest minutes of the people in live
        meetings, oldest first, over again when there are fewer. Raises ValueError when there are none.
        """
        now = self._clock.now()
        bodies = [letters.packed(each.body) for each in self._telling.minutes(count, now)]
        if not bodies:
            raise ValueError("nobody in a live meeting has a full minute behind them")
        all_of_them = [bodies[nth % len(bodies)] for nth in range(count)]
        return [(letters.headers(self.secret, now, body, f"storm-{n}"), body) for n, body in enumerate(all_of_them)]

    def log(self, event: str = "", *, accepted: bool | None = None) -> list[Sent]:
        """The attempts so far, oldest first: those whose event contains `event`, accepted ones or not."""
        kept = list(self._log)
        return [one for one in kept if event in one.event and (accepted is None or one.accepted == accepted)]

    @property
    def waiting(self) -> int:
        """How many are held back or to be tried again."""
        return len(self._waiting)

    @property
    def next_at(self) -> float | None:
        """When the next of those is due, by the simulator's clock."""
        with self._lock:
            return self._waiting[0].due_at if self._waiting else None

    def _add(self, one: News) -> None:
        """One more letter, behind what has happened before it."""
        with self._lock:
            self._write([*self._telling.news(self._clock.now()), one])

    def _write(self, news: list[News]) -> None:
        """Lay letters out to be sent, with what is to go wrong with them."""
        calm: list[Letter] = []
        mixed: list[Letter] = []
        for each in news:
            left, mix = mischief.done_to(self._letter(each), each.role, self.mischiefs)
            (mixed if mix else calm).extend(left)
        for letter in calm + mischief.mixed_up(mixed, Random(f"{self._world.seed}|mixed|{self._number}")):
            heapq.heappush(self._waiting, letter)

    def _letter(self, news: News) -> Letter:
        self._number += 1
        return Letter(news.at, self._number, news.event, letters.packed(news.body))

    def _post(self, letter: Letter, *, again: bool = True) -> Sent:
        now, secret = self._clock.now(), "another-secret" if letter.forged else self.secret
        request_id = f"{letter.number}-{letter.attempt}"
        head = letters.headers(secret, now - letter.age_s, letter.body, request_id, signed=letter.signed)
        line = letters.Line(self.url, self.knobs.timeout_s)
        status, answer = line.post(letter.body, head)
        line.close()
        sent = Sent(letter.number, now, letter.event, letter.attempt, status, json.loads(letter.body), answer)
        self._log.append(sent)
        if again and sent.to_retry and letter.attempt <= len(RETRIES_S):
            due = now + RETRIES_S[letter.attempt - 1]
            heapq.heappush(self._waiting, replace(letter, due_at=due, attempt=letter.attempt + 1))
        return sent

    def _knows(self, token: str, answer: str) -> bool:
        right = hmac.new(self.secret.encode(), token.encode(), "sha256").hexdigest()
        try:
            return bool(json.loads(answer) == {"plainToken": token, "encryptedToken": right})
        except ValueError:
            return False

    def _stopped(self) -> bool:
        return self._thread is not None and self._ending.is_set()

    def _run(self) -> None:
        while not self._ending.wait(_TICK_S):
            self.flush()
