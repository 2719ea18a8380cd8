"""Asks Zoom, within our budget, with a token that lives, and says in one error why there is no answer.

Before each call stands the budget, and it fails closed: no room in it, no call.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Self

import requests

from rules.model import Meeting
from service.settings import Settings
from service.store.errors import StoreUnavailable
from workers.zoom import answers, http, limits, paging, payloads, quota, urls, words
from workers.zoom.errors import Kind, ZoomError
from workers.zoom.needs import Shared, Taken
from workers.zoom.paging import Rows
from workers.zoom.token import Tokens
from workers.zoom.urls import Label, Question, When, ZoomKind

RETRIES = 2
TOKENS = 3  #: tokens that one attempt may try, at most one of them made for it
PATIENCE_S = 15.0  #: no further attempt after so long; one that is under way may still take its time
SHORT_S = 1.0  #: waits up to this are slept through here, longer ones are the caller's
#: So few a minute are allowed that the second page of a list always has to wait for some seconds.
ROOM_S: Mapping[Label, float] = {"heavy": SHORT_S, "intensive": 7.0, "light": SHORT_S}
BUDGET_S = 8.0  #: all the short waits of one call for its budget
Before = Callable[[], None]
_AGAIN: frozenset[Kind] = frozenset({"network", "server", "garbage", "rate"})
_BACKOFF_S = 0.3
_SPREAD_S = 0.03


def at_once() -> None:
    """Nothing has to be asked before a call."""


class Zoom:
    """One client for all threads of a process: one pooled session, one shared token.

    `before` is called right before every single call: each page of a list, each list that begins anew, each retry.
    What it raises ends the question.
    """

    def __init__(
        self,
        settings: Settings,
        store: Shared,
        session: requests.Session | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        rand: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._store = settings, store
        self._session = session or http.pooled_session(settings)
        self._sleep, self._rand, self._monotonic = sleep, rand, monotonic
        self._tokens = Tokens(settings, store, self._session, sleep=sleep, rand=rand, monotonic=monotonic)

    def meeting(
        self, meeting: str, type: When = "live", *, kind: ZoomKind = "meeting", before: Before = at_once
    ) -> Meeting:
        """One run of a meeting: by UUID that run, by number the latest. Raises ZoomError."""
        found = payloads.meeting(self._asked(urls.meeting(meeting, type, kind), before))
        if not found.uuid:
            raise ZoomError("garbage", "Zoom's answer names no meeting.")
        return found

    def live(self, *, kind: ZoomKind = "meeting", before: Before = at_once) -> Rows:
        """What goes on in the whole account, a Resource-intensive call; `payloads.running` reads it. Raises ZoomError.

        It waits some seconds between pages of 300, as so few of these calls are allowed in a minute.
        """
        today = self._store.clock.now().date()
        return paging.whole(partial(self._asked, before=before), urls.live(today, kind), "uuid")

    def participants(
        self, meeting: str, type: When = "live", *, kind: ZoomKind = "meeting", before: Before = at_once
    ) -> Rows:
        """Every join, also of people who left or wait; `payloads.listing` reads it. Raises ZoomError."""
        return paging.whole(partial(self._asked, before=before), urls.participants(meeting, type, kind), "user_id")

    def qos_pages(
        self, meeting: str, type: When = "live", *, kind: ZoomKind = "meeting", before: Before = at_once
    ) -> Iterator[Rows]:
        """Everybody's figures, ten people at a time; `payloads.bulk` reads a page, the last of which is `complete`.

        Raises ZoomError on the way.

        Each page is asked for when it is wanted, so whoever has seen enough stops. When the list expires
        meanwhile it begins anew, once: people who were told of already are told of again.
        """
        question, ask = urls.qos_pages(meeting, type, kind), partial(self._asked, before=before)
        return (Rows(page.rows, not page.token) for page in paging.pages(ask, question, paging.QOS_PAGES))

    def participant_qos(
        self,
        meeting: str,
        participant_id: str,
        type: When = "live",
        *,
        kind: ZoomKind = "meeting",
        before: Before = at_once,
    ) -> dict[str, Any]:
        """One person's figures as Zoom's own JSON; `payloads.sight` reads it. Raises ZoomError."""
        return self._asked(urls.participant_qos(meeting, participant_id, type, kind), before)

    def close(self) -> None:
        """Let go of every connection."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked(self, question: Question, before: Before) -> dict[str, Any]:
        """The answer to a question, asked again while that can help in a moment."""
        end = self._monotonic() + PATIENCE_S
        for attempt in range(RETRIES + 1):
            try:
                return self._asked_with_token(question, before)
            except ZoomError as error:
                wait_s = self._wait_s(error, attempt)
                if wait_s is None or self._monotonic() + wait_s > end:
                    raise
                self._sleep(wait_s)
        raise AssertionError("the last attempt answers or raises")

    def _asked_with_token(self, question: Question, before: Before) -> dict[str, Any]:
        """With the token we have; refused, with one that somebody else made since, else with a new one."""
        token, made = self._tokens.current(), False
        for _ in range(TOKENS):
            try:
                return self._exchanged(question, token, before)
            except ZoomError as error:
                if error.kind == "scope":
                    self._tokens.doubt(token)
                if not answers.is_token_refused(error):
                    raise
                refused = error
            if made:
                break
            token, made = self._tokens.instead_of(token)
        raise self._tokens.failed(refused)

    def _exchanged(self, question: Question, token: str, before: Before) -> dict[str, Any]:
        self._take_budget(question)
        before()
        answer = http.exchange(
            self._session,
            "GET",
            self._settings.zoom_api_url + question.path,
            params=question.params,
            authorization=f"Bearer {token}",
            monotonic=self._monotonic,
        )
        try:
            content = answers.read(question, answer, self._clock())
        except ZoomError as error:
            if error.kind in ("rate", "daily"):
                self._tell_budget(question.call.label, error)
            raise
        self._hear_budget(answer.headers)
        return content

    def _take_budget(self, question: Question) -> None:
        """Room for one call, waited for when it is near. Raises ZoomError "budget"."""
        label, purpose, slept_s = question.call.label, question.call.purpose, 0.0
        while not (taken := self._taken(label, purpose)).ok:
            wait_s = taken.wait_ms / 1000
            if wait_s > ROOM_S[label] or slept_s > BUDGET_S:
                sentence = words.budget(label, purpose, wait_s, taken.left_today)
                raise ZoomError("budget", sentence, retry_after_s=wait_s)
            wait_s += _SPREAD_S * self._rand() / (1 + slept_s)  # who has waited longest comes back first
            slept_s += wait_s
            self._sleep(wait_s)

    def _taken(self, label: urls.Label, purpose: urls.Purpose) -> Taken:
        """What the budget says; a lost answer of it is a no."""
        try:
            return self._store.budget.take(label, purpose)
        except StoreUnavailable:
            raise ZoomError("budget", words.no_count()) from None

    def _tell_budget(self, label: urls.Label, error: ZoomError) -> None:
        """Zoom counts everybody's calls of this account: it knows better than our own count."""
        until = self._clock().after(error.retry_after_s or 0.0)
        with suppress(StoreUnavailable):  # Zoom says it again at the next call
            self._store.budget.correct(label, error.kind == "daily", until)

    def _hear_budget(self, headers: Mapping[str, str]) -> None:
        """Some answers say how many calls of the day are left to the whole account: other apps spend of them too."""
        left_today = quota.left_today(headers)
        if left_today is not None:
            with suppress(StoreUnavailable):  # Zoom says it again at the next call
                self._store.budget.hear(left_today)

    def _wait_s(self, error: ZoomError, attempt: int) -> float | None:
        """How long until the next attempt, or None: it would not help, or is for the caller to wait for."""
        told_s = error.retry_after_s or 0.0
        if attempt == RETRIES or error.kind not in _AGAIN or told_s > SHORT_S:
            return None
        return max(told_s, _BACKOFF_S * (1 << attempt) * (0.5 + self._rand()))

    def _clock(self) -> limits.Clock:
        clock = self._store.clock
        return limits.Clock(clock.now(), clock.real(1) / 1000)
